"""Invented applicants who have proven who they are, and the requests their clients send."""

import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from builders.office import NOW, office
from dojang.lifecycle.application.model import (
    Application,
    ApplicationKind,
    ApplicationState,
    ReissueReason,
    Validity,
)
from dojang.lifecycle.identity_proofing import rules as proofing
from dojang.lifecycle.identity_proofing.errors import NotVerified
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckState,
    CheckStatus,
    ProofingCase,
    VerificationRecord,
    VerifiedIdentity,
)
from dojang.lifecycle.issuance.model import IssuanceRequest
from dojang.pki.extensions import identity_name
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.virtual_id import compute_virtual_id

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """An invented person. `rrn` has a region code that was never issued."""

    subscriber_id: str = "subscriber-1"
    name: str = "홍가람"
    rrn: str = "9001011978123"

    @property
    def person_key(self) -> str:
        """A digest in the place of the blind index."""
        return hashlib.sha256(self.rrn.encode()).hexdigest()


HONG = Applicant()


def application_of(
    applicant: Applicant = HONG,
    *,
    id: str = "application-1",
    kind: ApplicationKind = ApplicationKind.NEW,
    state: ApplicationState = ApplicationState.IDENTIFIED,
    years: int = 1,
    predecessor_serial: int | None = None,
    predecessor_not_after: datetime | None = None,
    reason: ReissueReason | None = None,
    validity: Validity = Validity.ANEW,
    opened_at: datetime = NOW - timedelta(hours=1),
) -> Application:
    """Return an application that waits for keys."""
    return Application(
        id=id,
        subscriber_id=applicant.subscriber_id,
        kind=kind,
        years=years,
        validity=validity,
        reissue_reason=reason,
        predecessor_serial=predecessor_serial,
        predecessor_not_after=predecessor_not_after,
        consents=(),
        state=state,
        opened_at=opened_at,
        expires_at=opened_at + timedelta(hours=24),
    )


class ProvenIdentities:
    """`VerifiedIdentities` and `VirtualIds` in memory: what identity proofing would say."""

    def __init__(self) -> None:
        self._proven: dict[str, tuple[VerificationRecord, ProofingCase]] = {}
        self._rrns: dict[str, tuple[str, str]] = {}

    def prove(self, application: Application, applicant: Applicant = HONG, *, at: datetime = NOW) -> None:
        """Conclude a case for the application: every check passed."""
        case = ProofingCase(
            id=f"case-of-{application.id}",
            application_id=application.id,
            subscriber_id=application.subscriber_id,
            kind=application.kind,
            state=CaseState.VERIFIED,
            checks={
                check: CheckStatus(check=check, state=CheckState.PASSED, changed_at=at, evidence_id=f"evidence-{check}")
                for check in Check
            },
            opened_at=application.opened_at,
            expires_at=application.expires_at,
            person_key=applicant.person_key,
            verified_at=at,
        )
        record = proofing.record_verification(case, name=applicant.name, verified_hours=24, now=at)
        self._proven[application.id] = record, case
        self._rrns[case.id] = applicant.rrn, applicant.name

    def get_verified_identity(self, application_id: str, now: datetime) -> VerifiedIdentity:
        """See the port."""
        if application_id not in self._proven:
            raise NotVerified()
        record, case = self._proven[application_id]
        return proofing.affirm(record, case, now)

    def compute(self, case_id: str, r: bytes) -> bytes:
        """See the port: what the registration authority answers."""
        rrn, name = self._rrns[case_id]
        virtual_id = compute_virtual_id(rrn, RandomNumber(value=r))
        return identity_name(name, virtual_id.digest)

    def compute_again(self, case_id: str, r: bytes) -> bytes:
        """See the port."""
        return self.compute(case_id, r)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKeys:
    """What the applicant's client holds."""

    signing: PrivateKey = field(repr=False)
    key_management: PrivateKey = field(repr=False)
    r: bytes = field(repr=False, default=b"\x5a" * 20)

    def sign(self, statement: bytes) -> bytes:
        """Sign with the signing key and SHA-256."""
        if isinstance(self.signing, rsa.RSAPrivateKey):
            return self.signing.sign(statement, padding.PKCS1v15(), hashes.SHA256())
        return self.signing.sign(statement, ec.ECDSA(hashes.SHA256()))


@lru_cache(maxsize=1024)
def client_keys(index: int = 0, *, rsa_signing: bool = False) -> ClientKeys:
    """Return the `index`-th client's keys, made once per process. The signing key is P-256 unless asked otherwise."""
    return ClientKeys(
        signing=rsa_key(2 * index + 1) if rsa_signing else ec.generate_private_key(ec.SECP256R1()),
        key_management=rsa_key(2 * index),
        r=bytes([index % 255 + 1]) * 20,
    )


_PRIMES: list[int] = []


def rsa_key(index: int) -> rsa.RSAPrivateKey:
    """Return the `index`-th of many RSA-2048 keys, always the same within a process.

    Made of few primes, each pair of which gives a key: n primes take n/2 key generations and give n(n-1)/2 keys. They
    pass every test a CA can make of one key, and are worth nothing as secrets.
    """
    larger = (1 + math.isqrt(8 * index + 1)) // 2  # the pair (larger, smaller) that stands at `index` in the triangle
    smaller = index - larger * (larger - 1) // 2
    while len(_PRIMES) <= larger:
        fresh = rsa.generate_private_key(65537, 2048).private_numbers()
        _PRIMES.extend((fresh.p, fresh.q))
    p, q = _PRIMES[larger], _PRIMES[smaller]
    d = pow(65537, -1, math.lcm(p - 1, q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(65537, p * q),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def certification_request(key: PrivateKey) -> bytes:
    """Return PKCS#10 in DER; its subject is of no account."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "applicant")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


def seal_r(r: bytes, application_id: str, transport_spki_der: bytes) -> bytes:
    """Return R as the client sends it."""
    key = load_der_public_key(transport_spki_der)
    assert isinstance(key, rsa.RSAPublicKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=application_id.encode())
    return key.encrypt(r, oaep)


def issuance_request(
    application: Application,
    keys: ClientKeys,
    *,
    idempotency_key: str = "idempotency-1",
    transport_spki_der: bytes | None = None,
) -> IssuanceRequest:
    """Return what the client sends once identified."""
    return IssuanceRequest(
        application_id=application.id,
        subscriber_id=application.subscriber_id,
        idempotency_key=idempotency_key,
        signing_request_der=certification_request(keys.signing),
        key_management_request_der=certification_request(keys.key_management),
        sealed_r=seal_r(keys.r, application.id, transport_spki_der or office().transport_spki_der),
    )


_IDS = itertools.count(1)


class ScriptedChance:
    """`Chance` whose draws a test decides; what is not scripted is counted up."""

    def __init__(self, below: Sequence[int] = ()) -> None:
        self._below = list(below)
        self._count = 0

    def new_id(self) -> str:
        """Return an id that no instance of this process returned before."""
        return f"id-{next(_IDS)}"

    def token_bytes(self, length: int) -> bytes:
        """Return counted bytes."""
        self._count += 1
        return self._count.to_bytes(length, "big")

    def below(self, bound: int) -> int:
        """Return the next scripted draw, then counted ones."""
        if self._below:
            return self._below.pop(0) % bound
        self._count += 1
        return (0x1_0000_0000 + self._count) % bound
