"""The audit key's file."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dojang.adapters.secrecy.audit_key import open_audit_key


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "audit.pem"
    first = open_audit_key(path, origin="dojang.test/audit")
    assert path.stat().st_mode & 0o777 == 0o600
    again = open_audit_key(path, origin="dojang.test/audit")
    assert again.public == first.public
    assert [one.name for one in path.parent.iterdir()] == ["audit.pem"]
    assert first.public.verifies(b"text", again.sign(b"text"))
    assert not first.public.verifies(b"text!", again.sign(b"text"))


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    key = generate_private_key(SECP256R1())
    path = tmp_path / "audit.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="another kind"):
        open_audit_key(path, origin="dojang.test/audit")
