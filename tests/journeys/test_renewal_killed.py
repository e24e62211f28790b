"""A process that renews is killed at every step, and each holder gets one successor: signed once, told of once.

The old certificate is good throughout: nobody has accepted anything yet.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509

from builders.zygote import Zygote
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.renewal import renewal
from dojang.adapters.store.tables.revocation import standing

MOST = 90
KILLED_BY_CLOCK = 6


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    opened = Zygote(Path(__file__).with_name("renewal_victims.py"))
    yield opened
    opened.close()


@pytest.mark.journey
def test_killing_the_process_at_every_step_leaves_one_successor_per_renewal(
    database: Database, zygote: Zygote, tmp_path: Path
) -> None:
    url, journal = database.url.render_as_string(hide_password=False), tmp_path / "signed.txt"
    assert zygote.ask("hold", count=MOST, database_url=url, journal=str(journal)) == {"held": MOST}

    whole = zygote.ask("renew", index=0, kill_at=10**9)
    room = MOST - 1 - KILLED_BY_CLOCK
    moments = sorted(whole["steps"])
    if len(moments) > room:  # evenly, first and last among them
        moments = [moments[round(n * (len(moments) - 1) / (room - 1))] for n in range(room)]
    outcomes = [zygote.ask("renew", index=1 + turn, kill_at=at) for turn, at in enumerate(moments)]
    assert [one for one in outcomes if one != {"killed": 9}] == []
    for turn in range(KILLED_BY_CLOCK):
        zygote.ask("renew", index=1 + len(moments) + turn, kill_after_ms=2.0 + 4.0 * turn)
    holders = 1 + len(moments) + KILLED_BY_CLOCK

    with database.reading() as connection:
        unsigned = issuance.c.state == "prepared"
        prepared = connection.execute(sa.select(sa.func.count()).select_from(issuance).where(unsigned)).scalar_one()
    assert prepared > 2  # some died between recording and signing: the case this is about
    assert zygote.ask("recover_later") == {"concluded": prepared}
    answers = zygote.ask("renew_all", count=holders)
    assert zygote.ask("renew_all", count=holders) == answers
    assert answers[0]["sha256"] == whole["sha256"]

    with database.reading() as connection:
        renewed = connection.execute(sa.select(renewal.c.application_id).where(renewal.c.state == "proven")).scalars()
        made = dict(connection.execute(sa.select(issuance.c.application_id, issuance.c.state)).all())
        stored = connection.execute(sa.select(certificate.c.certificate_der)).scalars().all()
        ended = connection.execute(sa.select(sa.func.count()).select_from(standing)).scalar_one()
        tags = [one.leaf.tag for one in AuditLogView(connection).leaves()]
        proven = set(renewed)
    assert len(proven) == holders
    assert {made[one] for one in proven} == {"issued"}
    assert len(stored) == 2 * (MOST + holders)
    assert ended == 0
    assert tags.count("renewal:request:proven") == holders
    assert tags.count("issuance:certificate_set:issued") == MOST + holders
    signed = journal.read_text().split()
    bodies = {hashlib.sha256(x509.load_der_x509_certificate(one).tbs_certificate_bytes).hexdigest() for one in stored}
    assert set(signed) <= bodies  # none signed but unrecorded
    assert len(set(signed)) == 2 * holders
