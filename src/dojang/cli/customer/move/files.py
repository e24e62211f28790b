"""What a computer keeps: a certificate set as PKCS#12 or as an NPKI folder, read for sending, written on receipt."""

import secrets
from pathlib import Path

from dojang.cli.customer.move.protocol import Moved
from dojang.cli.customer.move.vault import open_keys, seal_keys
from dojang.pki.npki.errors import FolderIncomplete
from dojang.pki.npki.folder import FolderContent, get_folder, read_folder
from dojang.pki.npki.folder_write import write_folder
from dojang.pki.npki.key_pair import KeyPair, pair_up
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import decrypt_private_key, encrypt_private_key, get_random_number


def read_set(source: Path, password: str, *, ca_folder: str, chain_der: tuple[bytes, ...]) -> Moved:
    """Return the set in a PKCS#12 file, an NPKI folder, or the one such folder below `source`, its keys locked anew.

    Raises `WrongPassword`, `KeyCertificateMismatch`, `RandomNumberMissing`, `FolderIncomplete` without a key-management
    pair, and what the formats raise.
    """
    signing, key_management = _read_file(source, password) if source.is_file() else _read_folder(source, password)
    get_random_number(signing.pkcs8_der)
    return Moved(
        signing_der=signing.certificate_der,
        key_management_der=key_management.certificate_der,
        chain_der=chain_der,
        ca_folder=ca_folder,
        vault=seal_keys(signing.pkcs8_der, key_management.pkcs8_der, password),
    )


def write_set(moved: Moved, target: Path, password: str) -> Path:
    """Write the set as PKCS#12 when `target` ends in .p12 or .pfx, else as a folder below `target/NPKI`; return where.

    Raises `WrongPassword`, `KeyCertificateMismatch`, and what writing raises.
    """
    signing_pkcs8, key_management_pkcs8 = open_keys(moved.vault, password)
    signing = pair_up(moved.signing_der, signing_pkcs8)
    key_management = pair_up(moved.key_management_der, key_management_pkcs8)
    secret = password.encode()
    if target.suffix.lower() in (".p12", ".pfx"):
        content = PfxContent(signing=signing, key_management=key_management, ca_certificates_der=moved.chain_der)
        target.touch(mode=0o600)
        target.write_bytes(pfx_der(content, secret, secrets.token_bytes, PfxForm.STRONG))
        return target
    folder = FolderContent(
        sign_certificate_der=signing.certificate_der,
        sign_key_encrypted=encrypt_private_key(signing.pkcs8_der, secret, secrets.token_bytes),
        km_certificate_der=key_management.certificate_der,
        km_key_encrypted=encrypt_private_key(key_management.pkcs8_der, secret, secrets.token_bytes),
        ca_certificates_der=tuple(reversed(moved.chain_der)),
    )
    return write_folder(target, moved.ca_folder, folder)


def _read_file(path: Path, password: str) -> tuple[KeyPair, KeyPair]:
    content = parse_pfx(path.read_bytes(), password.encode())
    if content.key_management is None:
        raise FolderIncomplete(missing="kmPri.key")
    return content.signing, content.key_management


def _read_folder(path: Path, password: str) -> tuple[KeyPair, KeyPair]:
    here = (path / "signCert.der").is_file()
    content = read_folder(path if here else get_folder(path, "").path)
    if content.km_certificate_der is None or content.km_key_encrypted is None:
        raise FolderIncomplete(missing="kmPri.key")
    secret = password.encode()
    signing = pair_up(content.sign_certificate_der, decrypt_private_key(content.sign_key_encrypted, secret))
    return signing, pair_up(content.km_certificate_der, decrypt_private_key(content.km_key_encrypted, secret))
