"""A holder near the end of their certificate, and what their device sends to renew it."""

from dataclasses import replace
from datetime import datetime, timedelta

from builders.applicants import (
    HONG,
    Applicant,
    ClientKeys,
    application_of,
    certification_request,
    client_keys,
    seal_r,
)
from builders.office import NOW, office
from builders.world import World
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.application import application as application_table
from dojang.adapters.store.tables.identity_proofing import proofing_case, verified_identity
from dojang.lifecycle.application.model import ApplicationState, Ration
from dojang.lifecycle.delivery import rules as delivery_rules
from dojang.lifecycle.delivery.usecases import accept
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issuance.usecases import issue
from dojang.lifecycle.renewal.model import Renewal
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.renewal.statement import RenewalStatement
from dojang.lifecycle.renewal.usecases import Trust, open_renewal, prove_renewal
from dojang.pki.cms import sign_content
from dojang.pki.validity import not_after_years

CONSENTS = RenewalPolicy().required_consents
IN_WINDOW = not_after_years(NOW, 1) - timedelta(days=20)
OLD, NEW = 0, 1  # which client keys


def trust() -> Trust:
    """The chain above every certificate of the test office."""
    return Trust(chain_der=office().authority.chain_der)


def keep_identity(database: Database, application_id: str, applicant: Applicant = HONG) -> None:
    """Store what identity proofing keeps of a concluded case, as far as a renewal looks for it."""
    case_id = f"case-of-{application_id}"
    with database.writing() as connection:
        connection.execute(
            proofing_case.insert().values(
                id=case_id,
                application_id=application_id,
                subscriber_id=applicant.subscriber_id,
                kind="new",
                state="closed",
                opened_at=NOW,
                expires_at=NOW,
                person_key=applicant.person_key,
                verified_at=NOW,
                version=1,
            )
        )
        connection.execute(
            verified_identity.insert().values(
                case_id=case_id,
                application_id=application_id,
                subscriber_id=applicant.subscriber_id,
                person_key=applicant.person_key,
                sealed_name=b"-",
                evidence="{}",
                verified_at=NOW,
                expires_at=NOW,
            )
        )


class Holder:
    """Somebody who holds an accepted certificate of one year, made with the client keys `OLD`."""

    def __init__(self, world: World, *, applicant: Applicant = HONG, application_id: str = "application-1") -> None:
        self.world = world
        self.applicant = applicant
        application = application_of(applicant, id=application_id)
        self.old: CertificateSet = world.issued(application, index=OLD, applicant=applicant)
        keep_identity(world.database, application_id, applicant)
        statement = delivery_rules.acceptance_statement(self.old)
        accept(application_id, applicant.subscriber_id, client_keys(OLD).sign(statement), store=world.store, now=NOW)
        world.end(application, ApplicationState.COMPLETED)
        world.outbox.emissions.clear()

    @property
    def serial(self) -> int:
        return self.old.signing.serial

    def opens(self, *, now: datetime = IN_WINDOW, years: int = 1, ration: Ration | None = None) -> Renewal:
        return open_renewal(
            self.serial,
            self.applicant.subscriber_id,
            years=years,
            consents=CONSENTS,
            store=self.world.store,
            trust=trust(),
            policy=RenewalPolicy(),
            ration=ration or Ration(),
            chance=SystemChance(),
            now=now,
        )

    def statement(self, renewal: Renewal, keys: ClientKeys | None = None) -> RenewalStatement:
        keys = keys or client_keys(NEW)
        return RenewalStatement(
            renewal_id=renewal.application_id,
            predecessor_serial=str(renewal.predecessor_serial),
            years=renewal.years,
            not_after=renewal.not_after,
            signing_request_der=certification_request(keys.signing),
            key_management_request_der=certification_request(keys.key_management),
            sealed_r=seal_r(keys.r, renewal.application_id, office().transport_spki_der),
        )

    def signs(self, statement: RenewalStatement, *, now: datetime = IN_WINDOW) -> bytes:
        return sign_content(
            statement.to_json(),
            certificate_der=self.old.signing.certificate_der,
            sign=client_keys(OLD).sign,
            now=now,
        )

    def sends(self, renewal: Renewal, signed: bytes, *, now: datetime = IN_WINDOW) -> CertificateSet:
        request = prove_renewal(
            renewal.application_id,
            self.applicant.subscriber_id,
            signed,
            store=self.world.store,
            trust=trust(),
            now=now,
        )
        return issue(
            request,
            store=self.world.store,
            authority=office().authority,
            virtual_ids=self.world.identities,
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=SystemChance(),
            now=now,
        )

    def hears(self, renewal: Renewal, state: ApplicationState) -> None:
        """Have the application told what became of it, as the worker would."""
        with self.world.database.writing() as connection:
            connection.execute(
                application_table.update()
                .where(application_table.c.id == renewal.application_id)
                .values(state=state.value, version=application_table.c.version + 1)
            )

    def accepts(self, issued: CertificateSet, *, now: datetime = IN_WINDOW, index: int = NEW) -> None:
        signature = client_keys(index).sign(delivery_rules.acceptance_statement(replace(issued, chain_der=())))
        accept(issued.application_id, self.applicant.subscriber_id, signature, store=self.world.store, now=now)
