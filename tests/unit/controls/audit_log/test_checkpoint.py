"""Checkpoints: their exact text, and that only the log's key makes them. The second judge of signatures is OpenSSL."""

import base64
import hashlib
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.adapters.secrecy.audit_key import Ed25519HeadSigner
from dojang.controls.audit_log.checkpoint import (
    SignedTreeHead,
    TreeHead,
    checkpoint_text,
    parse_note,
    parse_notes,
    sign_head,
)

ORIGIN = "dojang.example/audit"
SIGNER = Ed25519HeadSigner(origin=ORIGIN, private_key=Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
HEAD = TreeHead(size=3, root=b"\x42" * 32, at=datetime(2026, 11, 23, 1, 38, 28, tzinfo=UTC))


def test_the_text_is_exactly_this() -> None:
    root = base64.b64encode(b"\x42" * 32).decode()
    assert checkpoint_text(ORIGIN, HEAD) == f"{ORIGIN}\n3\n{root}\nat 2026-11-23T01:38:28Z\n"


def test_the_key_id_is_that_of_a_signed_note() -> None:
    expected = hashlib.sha256(ORIGIN.encode() + b"\x0a\x01" + SIGNER.public_key).digest()[:4]
    assert sign_head(HEAD, SIGNER).key_id == expected


def test_openssl_verifies_the_signature(tmp_path: Path) -> None:
    lines = sign_head(HEAD, SIGNER).note().split("\n")
    (tmp_path / "text").write_text("\n".join(lines[:4]) + "\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(lines[5].split(" ")[2])[4:])
    public = SIGNER.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    command = "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in text -sigfile signature"
    answer = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "Signature Verified Successfully" in answer.stdout


def test_a_note_comes_back() -> None:
    signed = sign_head(HEAD, SIGNER)
    assert parse_note(signed.note().encode()) == signed
    assert parse_note(signed.note().encode()).is_signed_by(SIGNER.public)
    assert list(parse_notes((signed.note() * 3).encode())) == [signed] * 3
    assert list(parse_notes(b"")) == []


def test_only_the_logs_key_over_exactly_this_text_counts() -> None:
    signed = sign_head(HEAD, SIGNER)
    other = Ed25519HeadSigner(origin=ORIGIN, private_key=Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    forged = sign_head(HEAD, other)
    wrong: list[SignedTreeHead] = [
        forged,
        replace(forged, key_id=signed.key_id),
        replace(signed, key_id=b"\0\0\0\0"),
        replace(signed, origin="dojang.example/other"),
        replace(signed, head=replace(HEAD, size=4)),
        replace(signed, head=replace(HEAD, root=b"\x43" * 32)),
        replace(signed, head=replace(HEAD, at=HEAD.at.replace(second=29))),
        replace(signed, signature=bytes(64)),
    ]
    assert [one.is_signed_by(SIGNER.public) for one in wrong] == [False] * len(wrong)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note.replace("\n3\n", "\n03\n"),
        lambda note: note.replace("\n3\n", "\n-3\n"),
        lambda note: note.replace("at 2026", "on 2026"),
        lambda note: note.replace("QkJC", "QkJ"),
        lambda note: note.replace("\n\n", "\nextra\n\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace(ORIGIN, "dojang example"),
        lambda note: note[:0],
    ],
)
def test_anything_else_is_no_checkpoint(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError, match=r"."):
        parse_note(spoil(sign_head(HEAD, SIGNER).note()).encode())
