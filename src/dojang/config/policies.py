"""What the bank decides, of every step and control."""

from dojang.config.section import Section
from dojang.controls.access.policy import AccessPolicy
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.controls.notices.policy import NoticePolicy
from dojang.controls.outage.policy import OutagePolicy
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.relying_parties.policy import PartyPolicy
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.support.policy import SupportPolicy
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.reliance.policy import ReliancePolicy
from dojang.lifecycle.reliance.recipient.policy import RecipientPolicy
from dojang.lifecycle.reliance.sign_in.policy import SignInPolicy
from dojang.lifecycle.reliance.signature_request.policy import SignatureRequestPolicy
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.status.policy import CrlPolicy, OcspPolicy
from dojang.lifecycle.timestamping.policy import TimestampPolicy
from dojang.lifecycle.transfer.policy import TransferPolicy


class Policies(Section):
    """What the bank decides, step by step."""

    access: AccessPolicy = AccessPolicy()
    notices: NoticePolicy = NoticePolicy()
    application: ApplicationPolicy = ApplicationPolicy()
    proofing: ProofingPolicy = ProofingPolicy()
    issuance: IssuancePolicy = IssuancePolicy()
    renewal: RenewalPolicy = RenewalPolicy()
    transfer: TransferPolicy = TransferPolicy()
    crl: CrlPolicy = CrlPolicy()
    revocation: RevocationPolicy = RevocationPolicy()
    support: SupportPolicy = SupportPolicy()
    ocsp: OcspPolicy = OcspPolicy()
    timestamp: TimestampPolicy = TimestampPolicy()
    delegates: DelegatePolicy = DelegatePolicy()
    outage: OutagePolicy = OutagePolicy()
    step_up: StepUpPolicy = StepUpPolicy()
    reliance: ReliancePolicy = ReliancePolicy()
    relying_parties: PartyPolicy = PartyPolicy()
    party_events: PartyEventPolicy = PartyEventPolicy()
    issue_lock: IssueLockPolicy = IssueLockPolicy()
    sign_in: SignInPolicy = SignInPolicy()
    recipient: RecipientPolicy = RecipientPolicy()
    signature_request: SignatureRequestPolicy = SignatureRequestPolicy()
