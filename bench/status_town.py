"""The office of `bench/status.py`: founded, delegates in office, full of certificates that are rows only."""

import os
import random
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

from builders.edge import EdgeOffice, founded, open_edge  # noqa: E402 - the path comes first
from builders.status import appoint, set_clock  # noqa: E402
from dojang.adapters.store.tables.issuance import certificate, issuance  # noqa: E402
from dojang.adapters.store.tables.revocation import standing  # noqa: E402
from dojang.authorities import open_authority, open_keystore, open_responder  # noqa: E402
from dojang.controls.delegates.model import DelegateKind  # noqa: E402
from dojang.controls.delegates.policy import DelegatePolicy  # noqa: E402
from dojang.controls.delegates.rules import validity_for  # noqa: E402
from dojang.pki import der, oid  # noqa: E402
from dojang.pki.certificate import Serial, assemble_certificate, build_tbs_certificate, certificate_pem  # noqa: E402
from dojang.pki.lint import lint_certificate  # noqa: E402
from dojang.pki.profile import OperatorValues  # noqa: E402
from dojang.pki.profile_file import load_profile  # noqa: E402
from dojang.pki.public_key import KeyAlgorithm  # noqa: E402
from status_peers import free_port  # noqa: E402

GOOD = 5000  # certificates beside the revoked ones


@dataclass(frozen=True, kw_only=True)
class Town:
    """The office, and the certificates in it."""

    edge: EdgeOffice
    folder: Path
    revoked: tuple[int, ...]
    good: tuple[int, ...]

    def request(self, serial: int) -> bytes:
        """Return an OCSP request as clients send it (SHA-1, no nonce)."""
        hashes = open_responder(self.edge.office.settings, self.edge.office.published).hashes
        name_hash, key_hash = hashes.of(oid.SHA1)
        named = der.sequence(der.oid(oid.SHA1), der.NULL_DER)
        certificate_id = der.sequence(
            named, der.octet_string(name_hash), der.octet_string(key_hash), der.integer(serial)
        )
        return der.sequence(der.sequence(der.sequence(der.sequence(certificate_id))))


def populate(database: Path, revoked: list[int], good: list[int], now: datetime) -> None:
    """Write certificates and their standings as rows, in bulk."""
    connection = sqlite3.connect(database)
    day, year = int((now - timedelta(days=1)).timestamp()), int((now + timedelta(days=300)).timestamp())
    of_all = [(f"i{serial}", serial) for serial in (*revoked, *good)]
    _insert(connection, issuance, ({"id": name, "state": "issued"} for name, _ in of_all))
    rows = (
        {"serial": serial, "issuance_id": name, "kind": "signing", "not_before": day, "not_after": year}
        | {"certificate_der": b"0"}
        for name, serial in of_all
    )
    _insert(connection, certificate, rows)
    ended = ({"issuance_id": f"i{one}", "state": "revoked", "reason": "keyCompromise"} for one in revoked)
    _insert(connection, standing, (one | {"since": day, "not_after": year, "version": 1} for one in ended))
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    columns = [column for column in table.columns if column.name != "tbs_der"]
    sql = (
        f"INSERT INTO {table.name} ({', '.join(one.name for one in columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
    )

    def filled(index: int, row: dict[str, Any], column: sa.Column[Any]) -> Any:
        if column.name in row or column.nullable:
            return row.get(column.name)
        return f"{column.name}-{index}" if isinstance(column.type, sa.Text) else 0

    connection.executemany(sql, ([filled(n, row, one) for one in columns] for n, row in enumerate(rows)))


def build_town(folder: Path, revoked_count: int, key: KeyAlgorithm = KeyAlgorithm.RSA_2048) -> Town:
    """Found an office, appoint its delegates, who have such keys, and fill its store."""
    chosen = {"web": {"port": free_port(), "workers": os.cpu_count() or 1}, "policy": {"delegates": {"key": key.value}}}
    edge = open_edge(founded(folder), **chosen)
    set_clock(edge)
    appoint(edge)
    draw = random.Random(4711)
    serials = draw.sample(range(1, 2**53), revoked_count + GOOD)
    revoked, good = serials[:revoked_count], serials[revoked_count:]
    populate(edge.office.settings.data_dir / "dojang.db", revoked, good, edge.clock.now())
    return Town(edge=edge, folder=folder, revoked=tuple(revoked), good=tuple(good))


def with_nonce(request_der: bytes) -> bytes:
    """Return a request with a nonce."""
    extension = der.sequence(der.oid(oid.OCSP_NONCE), der.octet_string(der.octet_string(b"n" * 32)))
    tbs = der.whole(der.whole(request_der, der.SEQUENCE), der.SEQUENCE)
    return der.sequence(der.sequence(tbs, der.explicit(2, der.sequence(extension))))


def _generated(key: KeyAlgorithm) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if key is KeyAlgorithm.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(key.value.removeprefix("rsa-")))


def write_authority(town: Town) -> None:
    """Write the issuing CA's certificate, and a delegate of it for OpenSSL to answer with."""
    office, now = town.edge.office, town.edge.clock.now()
    authority = open_authority(office.settings, office.published, open_keystore(office.settings))
    key = _generated(office.settings.policy.delegates.key)
    profile = load_profile("ocsp-delegate", OperatorValues(arc=office.settings.authority.arc))
    issuer = authority.signer.issuer
    tbs_der = build_tbs_certificate(
        profile=profile,
        issuer=issuer,
        serial=Serial.draw(office.chance),
        subject_der=replace(authority.organization_name, common_name="bench").der,
        spki_der=key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        validity=validity_for(DelegateKind.OCSP, issuer.validity, DelegatePolicy(), now),
    )
    linted = lint_certificate(tbs_der, profile=profile, issuer=issuer, record_id="bench")
    signature = authority.signer.sign_certificate(linted)
    delegate_der = assemble_certificate(tbs_der, authority.signer.algorithm, signature)
    (town.folder / "issuing.pem").write_bytes(certificate_pem(office.published.issuing_der))
    (town.folder / "delegate.pem").write_bytes(certificate_pem(delegate_der))
    (town.folder / "delegate.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
