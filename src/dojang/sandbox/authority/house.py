"""The authority's hierarchy: a root that says in its name what it is, issuers below it, and a stranger's root.

Certificates are built by the office's own profiles and signed without the linter, which would refuse half of them.
Must not know the office: a sandbox office fetches the root from here and trusts it for verification alone.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from dojang.pki.certificate import (
    Issuer,
    Serial,
    assemble_certificate,
    build_tbs_certificate,
    issuer_from_certificate,
    self_issuer,
)
from dojang.pki.extensions import identity_name
from dojang.pki.name import Name
from dojang.pki.profile import TEST_ROOT_MARK, OperatorValues, Profile
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm, parse_public_key
from dojang.pki.validity import Validity, end_of_day_kst, start_of_day_kst
from dojang.sandbox.authority.records import Holding, Memory, PrivateKey

ORGANISATION = "DojangSandbox"
OPERATOR = OperatorValues()


class Rank(StrEnum):
    """The authorities. Each but the root is below the root named in `ABOVE`."""

    ROOT = "root"
    ISSUING = "issuing"
    STALE = "stale"  # its lists and answers are never renewed
    SILENT = "silent"  # publishes nothing
    REVOKED = "revoked-issuer"
    EXPIRED = "expired-issuer"
    STRANGER_ROOT = "stranger-root"
    STRANGER = "stranger"


ROOTS = frozenset({Rank.ROOT, Rank.STRANGER_ROOT})
PUBLISHING = (Rank.ROOT, Rank.ISSUING, Rank.STALE, Rank.REVOKED, Rank.EXPIRED)
TRUSTED = (*PUBLISHING, Rank.SILENT)
NOWHERE = "http://status.invalid"  # RFC 6761: never resolves
_COMMON_NAMES = {
    Rank.ROOT: f"Dojang Misbehaving Root - {TEST_ROOT_MARK}",
    Rank.ISSUING: f"Dojang Misbehaving CA - {TEST_ROOT_MARK}",
    Rank.STALE: f"Dojang Stale CA - {TEST_ROOT_MARK}",
    Rank.SILENT: f"Dojang Silent CA - {TEST_ROOT_MARK}",
    Rank.REVOKED: f"Dojang Revoked CA - {TEST_ROOT_MARK}",
    Rank.EXPIRED: f"Dojang Expired CA - {TEST_ROOT_MARK}",
    Rank.STRANGER_ROOT: f"Stranger Root - {TEST_ROOT_MARK}",
    Rank.STRANGER: f"Stranger CA - {TEST_ROOT_MARK}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One authority: what its certificates say of it, and its key. `above_der` are the certificates up to the root."""

    rank: Rank
    issuer: Issuer
    holding: Holding = field(repr=False)
    above_der: tuple[bytes, ...] = field(repr=False)

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """Its own certificate first, the root's last."""
        return (self.holding.certificate_der, *self.above_der)


class House:
    """The hierarchy, made when first asked for. `address` is where the sandbox is reached from outside."""

    def __init__(self, memory: Memory, address: str) -> None:
        self.memory = memory
        self.address = address.rstrip("/")

    def authority(self, rank: Rank) -> Authority:
        """Return an authority."""
        above: tuple[bytes, ...] = ()
        if rank in ROOTS:
            holding = self.memory.remember(rank, "", lambda: self._root(rank))
        else:
            upper = self.authority(Rank.STRANGER_ROOT if rank is Rank.STRANGER else Rank.ROOT)
            holding = self.memory.remember(rank, self.address, lambda: self._issuing(rank, upper))
            above = upper.chain_der
        base = f"{NOWHERE if rank is Rank.SILENT else self.address}/authority"
        issuer = issuer_from_certificate(
            holding.certificate_der, crl_uri=f"{base}/crl/{rank}.crl", ocsp_uri=f"{base}/ocsp/{rank}"
        )
        return Authority(rank=rank, issuer=issuer, holding=holding, above_der=above)

    def days_ago(self, days: int) -> datetime:
        """Return the moment so many days before the founding; later ones have a negative number."""
        return self.memory.founded_at() - timedelta(days=days)

    def validity(self, first_days_ago: int, last_days_ago: int) -> Validity:
        """Return whole Korean days, both inclusive."""
        return Validity(
            not_before=start_of_day_kst(self.days_ago(first_days_ago)),
            not_after=end_of_day_kst(self.days_ago(last_days_ago).date()),
        )

    def _root(self, rank: Rank) -> Holding:
        key = new_key(KeyAlgorithm.RSA_2048)
        public = parse_public_key(spki_of_key(key), frozenset(KeyAlgorithm))
        name, validity = _name(rank), self.validity(3 * 365, -20 * 365)
        issuer = self_issuer(name_der=name.der, key=public, serial=Serial(1), validity=validity)
        tbs_der = build_tbs_certificate(
            profile=profile_of("root"),
            issuer=issuer,
            serial=Serial(1),
            subject_der=name.der,
            spki_der=public.spki_der,
            validity=validity,
        )
        return signed(tbs_der, issuer, key, key)

    def _issuing(self, rank: Rank, upper: Authority) -> Holding:
        key = new_key(KeyAlgorithm.RSA_2048 if rank is Rank.ISSUING else KeyAlgorithm.EC_P256)
        tbs_der = build_tbs_certificate(
            profile=profile_of("issuing-ca"),
            issuer=upper.issuer,
            serial=serial_of(f"{rank}/{self.address}"),
            subject_der=_name(rank).der,
            spki_der=spki_of_key(key),
            validity=self.validity(3 * 365, 10 if rank is Rank.EXPIRED else -15 * 365),
            identity_der=identity_name("도장시험인증기관"),
        )
        return signed(tbs_der, upper.issuer, upper.holding.key, key)


def signed(tbs_der: bytes, issuer: Issuer, issuer_key: PrivateKey, own_key: PrivateKey) -> Holding:
    """Return the certificate over `tbs_der`, signed as its issuer signs, with the key it is about."""
    signature = Holding(b"", pkcs8_of(issuer_key)).sign(tbs_der)
    return Holding(assemble_certificate(tbs_der, issuer.signature_algorithm, signature), pkcs8_of(own_key))


def new_key(algorithm: KeyAlgorithm) -> PrivateKey:
    """Return a fresh key."""
    if algorithm is KeyAlgorithm.EC_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(algorithm.removeprefix("rsa-")))


def pkcs8_of(key: PrivateKey) -> bytes:
    """Return PKCS#8 DER without encryption."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def spki_of_key(key: PrivateKey) -> bytes:
    """Return SubjectPublicKeyInfo DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def serial_of(label: str) -> Serial:
    """Return the serial number a label always has."""
    return Serial(int.from_bytes(hashlib.sha256(label.encode()).digest()[:6], "big") | 1)


@lru_cache(maxsize=32)
def profile_of(name: str, arc: str = OPERATOR.arc) -> Profile:
    """Return one of the office's profiles under the sandbox's values, or under another arc."""
    return load_profile(name, OperatorValues(arc=arc))


def _name(rank: Rank) -> Name:
    return Name(country="kr", organization=ORGANISATION, units=("TestCA",), common_name=_COMMON_NAMES[rank])
