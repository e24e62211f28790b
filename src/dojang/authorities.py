"""Who signs what, opened with their keys: the authority that issues, its delegates for OCSP answers and timestamps.

Read by `bootstrap`, which gives each process role the ones it needs and no other. Nothing is connected at import.
"""

from dataclasses import replace

from dojang.adapters.authority_folder import AuthorityFolder
from dojang.adapters.chance import SystemChance
from dojang.adapters.keys.file_keystore import FileKeyStore, open_passphrase, read_passphrase
from dojang.config import Settings
from dojang.controls.delegates.usecases import DelegatingAuthority
from dojang.lifecycle.issuance.authority import CertificateAuthority, TransportKey
from dojang.lifecycle.issuance.model import (
    CertificateKind,
)
from dojang.lifecycle.status.responder import Responder
from dojang.lifecycle.timestamping.usecases import TimestampAuthority
from dojang.pki.certificate import Issuer, issuer_from_certificate, parse_certificate
from dojang.pki.keystore import KeyStore
from dojang.pki.name import Name
from dojang.pki.ocsp import IssuerHashes
from dojang.pki.profile import OperatorValues, check_arc
from dojang.pki.profile_file import load_profile
from dojang.pki.signer import KeyStoreSigner

SIGNING_PROFILES = ("personal-signing", "personal-signing-rsa-3072", "personal-signing-ec-p256")
KEY_MANAGEMENT_PROFILES = ("personal-key-management", "personal-key-management-rsa-3072")


def open_keystore(settings: Settings) -> FileKeyStore:
    """Open the key store. Raises `KeyStoreLocked` without its passphrase."""
    passphrase_file = settings.authority.passphrase_file or settings.secrets_dir / "keystore.passphrase"
    return FileKeyStore(
        directory=settings.authority_dir / "keys", passphrase=read_passphrase(passphrase_file), chance=SystemChance()
    )


def open_authority(settings: Settings, published: AuthorityFolder, keystore: KeyStore) -> CertificateAuthority:
    """Return the issuing CA with its key, below the settings' name arc. Raises what `check_arc` refuses."""
    chosen = settings.authority
    check_arc(chosen.arc, production=settings.is_production, owned_arcs=frozenset(chosen.owned_arcs))
    issuer = open_issuer(settings, published)
    operator = OperatorValues(arc=chosen.arc, cps_uri=settings.cps_uri, notice=chosen.notice)
    partitions = settings.policy.crl.partitions
    in_partitions = replace(issuer, crl_uri=f"{settings.public_url}/crl/issuing/{{partition}}.crl")
    return CertificateAuthority(
        issuer=in_partitions if partitions else issuer,
        crl_partitions=partitions,
        signer=KeyStoreSigner(keystore=keystore, label="issuing", issuer=issuer, certificate_der=published.issuing_der),
        chain_der=published.chain_der,
        organization_name=Name(country="kr", organization=chosen.organisation, units=("personal4IB", chosen.bank_unit)),
        bank_code=chosen.bank_code,
        profiles={
            CertificateKind.SIGNING: tuple(load_profile(name, operator) for name in SIGNING_PROFILES),
            CertificateKind.KEY_MANAGEMENT: tuple(load_profile(name, operator) for name in KEY_MANAGEMENT_PROFILES),
        },
        transport_key=TransportKey(keystore=keystore, label="transport"),
    )


def open_issuer(settings: Settings, published: AuthorityFolder) -> Issuer:
    """Return the issuing CA as certificates and CRLs refer to it."""
    return issuer_from_certificate(
        published.issuing_der,
        crl_uri=f"{settings.public_url}/crl/issuing.crl",
        ocsp_uri=f"{settings.public_url}/ocsp",
    )


def open_delegate_keystore(settings: Settings) -> FileKeyStore:
    """Open the delegates' own key store, with a passphrase made at the first call. It holds no key of the authority."""
    path = settings.delegates.passphrase_file or settings.secrets_dir / "delegates.passphrase"
    return FileKeyStore(
        directory=settings.delegates_dir / "keys", passphrase=open_passphrase(path), chance=SystemChance()
    )


def open_delegating_authority(settings: Settings, authority: CertificateAuthority) -> DelegatingAuthority:
    """Return the issuing CA as it certifies delegates, with the key store their keys are made in."""
    chosen = settings.authority
    return DelegatingAuthority(
        signer=authority.signer,
        organization_name=Name(country="kr", organization=chosen.organisation, units=("Delegates",)),
        operator=OperatorValues(arc=chosen.arc, cps_uri=settings.cps_uri, notice=chosen.notice),
        keystore=open_delegate_keystore(settings),
    )


def open_responder(settings: Settings, published: AuthorityFolder) -> Responder:
    """Return whom status answers speak for: the issuing CA."""
    own = (published.transport_der, published.statement_der)
    return Responder(
        hashes=IssuerHashes(open_issuer(settings, published)),
        ceremony_serials=frozenset(parse_certificate(one).serial_number for one in own),
    )


def open_timestamp_authority(settings: Settings, published: AuthorityFolder) -> TimestampAuthority:
    """Return who stamps, as tokens say it. Tokens carry the issuing CA beside their own certificate, not the root."""
    chosen = settings.policy.timestamp
    return TimestampAuthority(
        policy=chosen.arc or f"{settings.authority.arc}.3.1",
        accuracy_s=chosen.accuracy_s,
        chain_der=(published.issuing_der,),
    )
