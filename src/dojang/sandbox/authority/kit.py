"""The folder a developer gets: signatures with the requests that ask about them, and the keys to make new ones.

`expected.json` says what must come back for each. The folder is made anew each time, with status data as of now.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from dojang.pki.certificate import certificate_pem, parse_certificate
from dojang.pki.npki.folder import FolderContent
from dojang.pki.npki.folder_write import write_folder
from dojang.pki.npki.key_pair import KeyPair
from dojang.pki.npki.pfx import PfxContent
from dojang.pki.npki.pfx_write import pfx_der
from dojang.pki.npki.private_key import encrypt_private_key, get_random_number
from dojang.sandbox.authority.branches import CUSTOMERS, GOOD_POLICY, PASSWORD, Change, Form, Question, questions
from dojang.sandbox.authority.holders import Holder
from dojang.sandbox.authority.house import ORGANISATION, PUBLISHING, Rank
from dojang.sandbox.authority.office import AuthorityOffice
from dojang.sandbox.authority.signing import ALTERED_CONTENT, CONTENT, sign, stamper_at

FORMAT: Final = "dojang-sandbox-customers/1"
_ENDINGS: Final = {Form.PKCS1: "sig", Form.CMS: "p7m", Form.CMS_DETACHED: "p7s", Form.PDF: "pdf"}
_FORMATS: Final = {Form.PKCS1: "pkcs1", Form.CMS: "cms", Form.CMS_DETACHED: "cms", Form.PDF: "pdf"}


def write_kit(office: AuthorityOffice, directory: Path, now: datetime) -> None:
    """Write the folder. What is in the way under the same names is overwritten."""
    directory.mkdir(parents=True, exist_ok=True)
    _write_authorities(office, directory, now)
    people = {one.flaw: office.holders.holder(one.flaw) for one in CUSTOMERS}
    for holder in people.values():
        _write_person(directory, holder)
    expected = {
        "format": FORMAT,
        "environment": "sandbox",
        "made_at": now.isoformat(),
        "password": PASSWORD,
        "policy": GOOD_POLICY,
        "root": "root.pem",
        "authorities": "authorities.pem",
        "crls": [f"crl/{rank}.crl" for rank in PUBLISHING],
        "customers": [_described(one) for one in people.values()],
        "questions": [_write_question(office, directory, one, people[one.customer.flaw]) for one in questions()],
    }
    (directory / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_authorities(office: AuthorityOffice, directory: Path, now: datetime) -> None:
    root_der = office.house.authority(Rank.ROOT).holding.certificate_der
    (directory / "root.pem").write_bytes(certificate_pem(root_der))
    (directory / "authorities.pem").write_bytes(office.trusted_pem())
    (directory / "crl").mkdir(exist_ok=True)
    for rank in PUBLISHING:
        (directory / "crl" / f"{rank}.crl").write_bytes(office.statements.crl(rank, now))


def _write_question(office: AuthorityOffice, directory: Path, question: Question, holder: Holder) -> dict[str, Any]:
    """Write one signature, what it signs, and the body of the request; return its entry in `expected.json`."""
    files = {"signature": (f"{question.name}.{_ENDINGS[question.form]}", _signature(office, question, holder))}
    content = _content_beside(question)
    if content is not None:
        files["content"] = (f"{question.name}.txt", content)
    flaw, asks = question.customer.flaw, _asks(office, question)
    body: dict[str, Any] = {"format": _FORMATS[question.form], **asks}
    named = {name: f"{flaw}/{file}" for name, (file, _) in files.items()}
    for name, (file, value) in files.items():
        (directory / flaw / file).write_bytes(value)
        body[name] = _text(value)
    if question.form is Form.PKCS1:
        body["certificate"] = _text(holder.holding.certificate_der)
        body["certificates"] = [_text(one) for one in holder.above_der]
        named["certificate"] = f"{flaw}/chain.pem"
    request = f"{flaw}/{question.name}.request.json"
    (directory / request).write_text(json.dumps(body) + "\n", "utf-8")
    expect = {name: value for name, value in asdict(question.verdict).items() if _says(name, value, question)}
    return {"customer": flaw, "name": question.name, "request": request, **named, "asks": asks, "expect": expect}


def _signature(office: AuthorityOffice, question: Question, holder: Holder) -> bytes:
    stamper = None
    if question.stamped_days is not None:
        stamper = stamper_at(office.house.days_ago(question.stamped_days), office.holders.stamper())
    return sign(question.form, question.change, holder, stamper)


def _asks(office: AuthorityOffice, question: Question) -> dict[str, Any]:
    """What the request says beside the signature."""
    asks: dict[str, Any] = {}
    if question.signed_after_days is not None:
        asks["signed_after"] = office.house.days_ago(question.signed_after_days).isoformat()
    if question.asks_for_policy:
        asks["policies"] = [GOOD_POLICY]
    return asks


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _says(name: str, value: object, question: Question) -> bool:
    """An error stands alone; a verdict has both indications, though a pass has no reason."""
    return value is not None if question.verdict.error else name != "error"


def _content_beside(question: Question) -> bytes | None:
    """What a signature that does not carry its content signs, as it is sent along."""
    if question.form not in (Form.PKCS1, Form.CMS_DETACHED) or question.change is Change.NO_CONTENT:
        return None
    return ALTERED_CONTENT if question.change is Change.ALTERED else CONTENT


def _write_person(directory: Path, holder: Holder) -> None:
    """The keys in every wrapping developers ask for, all under the published password."""
    folder, password, holding = directory / holder.customer.flaw, PASSWORD.encode(), holder.holding
    folder.mkdir(exist_ok=True)
    pair = KeyPair(certificate_der=holding.certificate_der, pkcs8_der=holding.pkcs8_der)
    (folder / "signer.p12").write_bytes(
        pfx_der(PfxContent(signing=pair, ca_certificates_der=holder.above_der), password, os.urandom)
    )
    (folder / "chain.pem").write_bytes(
        b"".join(certificate_pem(one) for one in (holding.certificate_der, *holder.above_der))
    )
    (folder / "key.pem").write_bytes(
        holding.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    )
    content = FolderContent(
        sign_certificate_der=holding.certificate_der,
        sign_key_encrypted=encrypt_private_key(holding.pkcs8_der, password, os.urandom),
        ca_certificates_der=holder.above_der[::-1],
    )
    write_folder(directory, ORGANISATION, content)


def _described(holder: Holder) -> Mapping[str, Any]:
    customer = holder.customer
    described: dict[str, Any] = {
        "name": customer.flaw,
        "real_name": customer.real_name,
        "ko": customer.ko,
        "en": customer.en,
        "serial": str(parse_certificate(holder.holding.certificate_der).serial_number),
        "chain": f"{customer.flaw}/chain.pem",
        "key": f"{customer.flaw}/key.pem",
        "p12": f"{customer.flaw}/signer.p12",
        "sign_in": {"error": "sign_in_request.signature_refused", "sub_indication": customer.sign_in},
    }
    random_number = get_random_number(holder.holding.pkcs8_der)
    described["identity"] = {"number": holder.number, "r": _text(random_number.value)}
    return described
