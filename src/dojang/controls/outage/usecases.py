"""Ask whether a neighbour may be asked, tell how it went, look how all of them stand."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dojang.controls.outage import rules
from dojang.controls.outage.model import (
    Answered,
    Breaker,
    BreakerEvent,
    Failed,
    Neighbour,
    ProbeBegan,
    ProbeWasted,
    RaiseOutageAlert,
)
from dojang.controls.outage.policy import OutagePolicy
from dojang.controls.outage.ports import OutageTransaction
from dojang.kernel.audit import AuditEntry
from dojang.kernel.neighbour import NeighbourResting
from dojang.kernel.transaction import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Leave to ask a neighbour. `probe_due_at` is set on the one that finds out whether it is back."""

    neighbour: Neighbour
    probe_due_at: datetime | None = None


def admit(neighbour: Neighbour, *, store: Store[OutageTransaction], policy: OutagePolicy, now: datetime) -> Admission:
    """Return leave to ask the neighbour now; while it is away, one caller at a time gets it, as a probe.

    Raises `NeighbourResting`: the neighbour was not asked, come back after `retry_after_s`.
    """
    breaker = store.read(lambda tx: tx.breakers.get_breaker(neighbour))
    if breaker.is_closed:
        return Admission(neighbour=neighbour)
    if not rules.may_probe(breaker, now):
        raise NeighbourResting(neighbour=neighbour.value, retry_after_s=rules.seconds_to_rest(breaker, now))

    before, after = _change(neighbour, ProbeBegan(), store, policy, now)
    if after is not before:
        return Admission(neighbour=neighbour, probe_due_at=after.due_at)
    if after.is_closed:
        return Admission(neighbour=neighbour)
    raise NeighbourResting(neighbour=neighbour.value, retry_after_s=rules.seconds_to_rest(after, now))  # a lost race


def report_answer(
    neighbour: Neighbour, *, store: Store[OutageTransaction], policy: OutagePolicy, now: datetime
) -> bool:
    """Note that the neighbour answered; return whether that ended its outage. Costs one read when nothing was wrong."""
    known = store.read(lambda tx: tx.breakers.get_breaker(neighbour))
    if rules.advance(known, Answered(), policy, now) is known:
        return False
    before, after = _change(neighbour, Answered(), store, policy, now)
    return after.is_closed and not before.is_closed


def report_failure(
    neighbour: Neighbour, code: str, *, store: Store[OutageTransaction], policy: OutagePolicy, now: datetime
) -> bool:
    """Note that the neighbour did not do its part; return whether that began an outage."""
    before, after = _change(neighbour, Failed(code=code), store, policy, now)
    return before.is_closed and not after.is_closed


def give_back(admission: Admission, *, store: Store[OutageTransaction], policy: OutagePolicy, now: datetime) -> None:
    """Let another caller probe at once if this one's probe asked nothing; otherwise change nothing."""
    if admission.probe_due_at is not None:
        _change(admission.neighbour, ProbeWasted(due_at=admission.probe_due_at), store, policy, now)


def list_breakers(*, store: Store[OutageTransaction]) -> tuple[Breaker, ...]:
    """Return every neighbour's breaker."""
    return store.read(lambda tx: tuple(tx.breakers.get_breaker(one) for one in Neighbour))


def _change(
    neighbour: Neighbour, event: BreakerEvent, store: Store[OutageTransaction], policy: OutagePolicy, now: datetime
) -> tuple[Breaker, Breaker]:
    def work(tx: OutageTransaction) -> tuple[Breaker, Breaker]:
        before = tx.breakers.get_breaker(neighbour)
        after = rules.advance(before, event, policy, now)
        if after is before:
            return before, after
        if before.is_closed and not after.is_closed:
            after = _announce(tx, after, policy, now)
        if before.is_closed is not after.is_closed:
            tx.record(_entry(after, now))
        tx.breakers.put_breaker(after)
        return before, after

    return store.transact(work)


def _announce(tx: OutageTransaction, opened: Breaker, policy: OutagePolicy, now: datetime) -> Breaker:
    """Have operators told of the outage, unless they were told of one a moment ago."""
    if opened.alerted_at is not None and now - opened.alerted_at < timedelta(seconds=policy.alert_pause_s):
        return opened
    since = int(now.timestamp())
    alert = RaiseOutageAlert(neighbour=opened.neighbour.value, since=since)
    tx.emit(alert, key=f"{opened.neighbour.value}:{since}")
    return replace(opened, alerted_at=now)


def _entry(breaker: Breaker, now: datetime) -> AuditEntry:
    data = {} if breaker.is_closed else {"code": breaker.code, "failures": str(breaker.failures)}
    what = "ended" if breaker.is_closed else "began"
    name = f"neighbour:{breaker.neighbour.value}"
    return AuditEntry(tag=f"outage:neighbour:{what}", at=now, actor="system", subject=name, data=data)
