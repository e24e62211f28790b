"""What reads, judges and completes signatures, opened with the processes and the delegates' keys it takes.

Read by `bootstrap` and the worker. Nothing is connected, and no process started, at import.
"""

from urllib.parse import urlsplit

from dojang.adapters.authority_folder import AuthorityFolder, read_root_list
from dojang.adapters.chance import SystemChance
from dojang.adapters.register_status import RegisterStatus
from dojang.adapters.sandbox_trust import SandboxTrust
from dojang.adapters.signatures.own_evidence import OwnStamper, OwnStatusProver
from dojang.adapters.signatures.pdf_workshop import PooledPdfWorkshop
from dojang.adapters.signatures.reader import PooledSignatureReader
from dojang.adapters.status_fetch import FetchedStatus
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.adapters.trust_folder import TrustFolder
from dojang.authorities import open_delegate_keystore, open_issuer, open_timestamp_authority
from dojang.config import Settings
from dojang.controls.delegates.holder import DelegateHolder
from dojang.controls.delegates.model import DelegateKind
from dojang.lifecycle.reliance.ports import StatusSource, TrustStore
from dojang.lifecycle.reliance.signature_request.assembly import Bench
from dojang.lifecycle.reliance.signature_request.ports import PdfWorkshop
from dojang.lifecycle.reliance.verification import Verifier
from dojang.pki.ocsp import IssuerHashes


def open_verifier(settings: Settings, store: SqlStore[SqlTransaction], published: AuthorityFolder) -> Verifier:
    """Return what verifications work with; its processes start at the first one. Raises what `TrustFolder` does."""
    policy, chosen = settings.policy.reliance, settings.reliance
    trust: TrustStore = TrustFolder(published, chosen.trusted_roots_dir, production=settings.is_production)
    hosts = set(chosen.status_hosts)
    if settings.has_sandbox_beside:
        trust = SandboxTrust(trust, settings.sandbox_url)
        hosts.add(urlsplit(settings.sandbox_url).hostname or "")
    sources: list[StatusSource] = [RegisterStatus(store, published)]
    if hosts:
        sources.append(FetchedStatus(hosts))
    return Verifier(
        reader=PooledSignatureReader(workers=policy.readers, timeout_s=policy.reading_timeout_s),
        trust=trust,
        sources=tuple(sources),
    )


def open_workshop(settings: Settings) -> PdfWorkshop:
    """Return who judges and writes PDFs for signing; its processes start at the first one."""
    policy = settings.policy.reliance
    return PooledPdfWorkshop(workers=policy.readers, timeout_s=policy.reading_timeout_s)


def open_signature_bench(
    settings: Settings,
    published: AuthorityFolder,
    *,
    store: SqlStore[SqlTransaction],
    workshop: PdfWorkshop,
    verifier: Verifier,
) -> Bench:
    """Return what customers' signatures are put together with: delegates' keys for timestamp and status, no other."""
    keystore, chance = open_delegate_keystore(settings), SystemChance()
    stamper = OwnStamper(
        authority=open_timestamp_authority(settings, published),
        delegate=DelegateHolder(DelegateKind.TSA, store=store, keystore=keystore),
        store=store,
        chance=chance,
    )
    prover = OwnStatusProver(
        issuer=IssuerHashes(open_issuer(settings, published)),
        chain_der=published.chain_der,
        root_list=lambda: read_root_list(settings.authority_dir),
        delegate=DelegateHolder(DelegateKind.OCSP, store=store, keystore=keystore),
        store=store,
        policy=settings.policy.ocsp,
    )
    return Bench(workshop=workshop, stamper=stamper, prover=prover, verifier=verifier)
