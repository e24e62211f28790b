"""A process that issues certificates is killed, at every step and at random moments, and nothing is lost or doubled.

The story, on SQLite and on PostgreSQL: dozens of applicants ask for their certificates, and each time the process dies
at another line of the way (SIGKILL: no clean-up, no last word). Then a worker starts and recovers, the clients send the
same bytes again under the same idempotency key, and everything is counted.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509

from builders.zygote import Zygote
from dojang.adapters.secrecy.audit_key import open_audit_key
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.issuance import certificate, issuance, subject
from dojang.controls.audit_log.verify import verify_log

EVERY_NTH_LINE = 32
KILLED_BY_CLOCK = 8
KILLED_TOGETHER = 6
AT_ONCE = 4
MOST = 200


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    opened = Zygote(Path(__file__).with_name("issuance_victims.py"))
    yield opened
    opened.close()


def tbs_digests(certificates: list[bytes]) -> list[str]:
    return [
        hashlib.sha256(x509.load_der_x509_certificate(one).tbs_certificate_bytes).hexdigest() for one in certificates
    ]


def effects_per_application(database: Database) -> Counter[str]:
    """How often each application was told of its certificates."""
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    query = sa.text(f"SELECT workflow_uuid FROM {table} WHERE workflow_uuid LIKE 'AdvanceApplication:%'")  # noqa: S608 - ours
    with database.reading() as connection:
        return Counter(str(one) for one in connection.execute(query).scalars())


@pytest.mark.journey
def test_killing_the_process_at_every_step_leaves_one_certificate_set_per_request(
    database: Database, zygote: Zygote, tmp_path: Path
) -> None:
    journal = tmp_path / "signed.txt"
    url = database.url.render_as_string(hide_password=False)
    assert zygote.ask("enter", count=MOST, database_url=url, journal=str(journal)) == {"entered": MOST}

    # One lives, and shows how long the way is.
    whole = zygote.ask("issue", index=0, kill_at=10**9)
    # The others die: before every line of the use case itself, and along the way through what it calls …
    moments = sorted({*whole["steps"], *range(1, whole["lines"], EVERY_NTH_LINE)})
    alone = 1 + len(moments) + KILLED_BY_CLOCK
    applicants = alone + KILLED_TOGETHER * AT_ONCE
    assert 60 < applicants <= MOST
    outcomes = [zygote.ask("issue", index=1 + turn, kill_at=at) for turn, at in enumerate(moments)]
    # … and inside whatever was running when the alarm rang, the database's own code included.
    for turn in range(KILLED_BY_CLOCK):
        outcomes.append(zygote.ask("issue", index=1 + len(moments) + turn, kill_after_ms=0.5 + 2.0 * turn))
    # … and several at once, who share their commits.
    for turn in range(KILLED_TOGETHER):
        first = alone + turn * AT_ONCE
        indices = list(range(first, first + AT_ONCE))
        outcomes.append(zygote.ask("issue_together", indices=indices, kill_after_ms=4.0 + 5.0 * turn))
    assert [outcome for outcome in outcomes[: len(moments)] if outcome != {"killed": 9}] == []

    with database.reading() as connection:
        prepared = connection.execute(
            sa.select(sa.func.count()).where(issuance.c.state == "prepared").select_from(issuance)
        ).scalar_one()
    assert prepared > 5  # some died between recording and signing: the case this is about

    # A worker starts, twice over; the clients, who never had an answer, ask again with the same bytes.
    assert zygote.ask("recover") == {"concluded": prepared}
    assert zygote.ask("recover") == {"concluded": 0}
    answers = zygote.ask("issue_to_all", count=applicants)
    assert zygote.ask("issue_to_all", count=applicants) == answers
    assert answers[0]["sha256"] == whole["sha256"]

    with database.reading() as connection:
        issuances = connection.execute(sa.select(issuance.c.application_id, issuance.c.state)).all()
        stored = connection.execute(sa.select(certificate.c.serial, certificate.c.certificate_der)).all()
        subjects = connection.execute(sa.select(sa.func.count()).select_from(subject)).scalar_one()
        log = AuditLogView(connection)
        entries = [(one.leaf.tag, one.leaf.subject) for one in log.leaves()]
        checked = verify_log(log, open_audit_key(tmp_path / "audit.pem", origin="dojang.example"), b"")

    # One certificate set per request.
    assert sorted(row.application_id for row in issuances) == sorted(f"application-{n}" for n in range(applicants))
    assert {row.state for row in issuances} == {"issued"}
    assert len(stored) == 2 * applicants
    assert sorted(row.serial for row in stored) == sorted(serial for answer in answers for serial in answer["serials"])
    assert subjects == applicants
    # None signed but unrecorded, none recorded but unsigned.
    signed = set(journal.read_text().split())
    assert signed == set(tbs_digests([row.certificate_der for row in stored]))
    # Each told of exactly once, and each audited exactly once.
    assert effects_per_application(database) == Counter(
        f"AdvanceApplication:application-{n}:CertificatesIssued" for n in range(applicants)
    )
    issued_entries = [subject for tag, subject in entries if tag == "issuance:certificate_set:issued"]
    prepared_entries = [subject for tag, subject in entries if tag == "issuance:certificate_set:prepared"]
    assert len(issued_entries) == len(set(issued_entries)) == applicants
    assert sorted(prepared_entries) == sorted(issued_entries)
    assert checked.size == len(entries) == 2 * applicants
