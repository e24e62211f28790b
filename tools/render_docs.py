"""Write the parts of the documents that are drawn from the code; with `--check`, say which of them are out of date.

A generated part stands between `<!-- generated:NAME -->` and `<!-- /generated -->`. Nothing here is prose about the
code: diagrams come from the transition tables, their notes from the comments beside the states, tables from settings,
profiles, routes, contracts and tests.
"""

import ast
import dataclasses
import inspect
import re
import sys
import tomllib
import typing
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import party_tables
from fastapi.routing import APIRoute
from pydantic import BaseModel

from dojang.bootstrap import EFFECT_QUEUES
from dojang.config import Settings
from dojang.controls.notices.templates import load_templates
from dojang.controls.outage import model as outage
from dojang.controls.outage import rules as outage_rules
from dojang.controls.support import model as support
from dojang.controls.support import rules as support_rules
from dojang.kernel.catalogue import load_catalogue
from dojang.lifecycle.application import model as application
from dojang.lifecycle.application import rules as application_rules
from dojang.lifecycle.delivery import model as delivery
from dojang.lifecycle.delivery import rules as delivery_rules
from dojang.lifecycle.identity_proofing import model as proofing
from dojang.lifecycle.identity_proofing import rules as proofing_rules
from dojang.lifecycle.identity_proofing.account_deposit import model as deposit
from dojang.lifecycle.identity_proofing.account_deposit import rules as deposit_rules
from dojang.lifecycle.identity_proofing.ars_call import model as call
from dojang.lifecycle.identity_proofing.ars_call import rules as call_rules
from dojang.lifecycle.issuance import model as issuance
from dojang.lifecycle.issuance import rules as issuance_rules
from dojang.lifecycle.issuance.usecases import issue
from dojang.lifecycle.issue_lock import model as issue_lock
from dojang.lifecycle.issue_lock import rules as issue_lock_rules
from dojang.lifecycle.renewal import model as renewal
from dojang.lifecycle.renewal import rules as renewal_rules
from dojang.lifecycle.revocation import model as revocation
from dojang.lifecycle.revocation import rules as revocation_rules
from dojang.lifecycle.transfer import model as transfer
from dojang.lifecycle.transfer import rules as transfer_rules
from dojang.pki.profile import KeyUsage, OperatorValues
from dojang.pki.profile_file import load_profile, profile_names
from dojang.web.app import ROUTERS

ROOT = Path(__file__).resolve().parents[1]
MEANINGS = Path(__file__).with_name("settings.toml")
PART = re.compile(r"<!-- generated:(?P<name>[a-z-]+) -->\n.*?<!-- /generated -->", re.DOTALL)
STATE_COMMENT = re.compile(r'^\s+(?P<name>[A-Z_]+) = "(?P<value>[^"]+)"\s+# (?P<who>.+)$', re.MULTILINE)

PROPER = {
    "openssl": "OpenSSL",
    "korea": "Korea",
    "korean": "Korean",
    "ocsp": "OCSP",
    "seed": "SEED",
    "sha 1": "SHA-1",
    "utc": "UTC",
    "utf8": "UTF-8",
    "ia5": "IA5",
    "r": "R",
    "virtual id": "virtual ID",
    "pkilint": "pkilint",
}

Edge = tuple[StrEnum, str, StrEnum]  # from, event, to


# --- state diagrams -------------------------------------------------------------------------------------------------


def table_edges(table: Mapping[typing.Any, StrEnum]) -> list[Edge]:
    """Return the edges of a table {(state, event): state}; an event is a class or an enumeration's value."""
    return [
        (state, event.value if isinstance(event, StrEnum) else event.__name__, target)
        for (state, event), target in table.items()
    ]


def call_edges() -> list[Edge]:
    """Return the edges of the call's table, which names no events."""
    return [(state, "", target) for state, targets in call_rules.TRANSITIONS.items() for target in sorted(targets)]


def draw(states: type[StrEnum], first: StrEnum, edges: list[Edge]) -> str:
    """Return a Mermaid state diagram and, below it, who acts next in each state."""
    labels: defaultdict[tuple[StrEnum, StrEnum], list[str]] = defaultdict(list)
    for source, event, target in edges:
        labels[source, target].append(event)
    order = list(states)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    for (source, target), events in sorted(
        labels.items(), key=lambda one: (order.index(one[0][0]), order.index(one[0][1]))
    ):
        label = ", ".join(event for event in events if event)
        lines.append(f"    {source.value} --> {target.value}" + (f": {label}" if label else ""))
    leaving = {source for source, _, _ in edges}
    lines += [f"    {state.value} --> [*]" for state in order if state not in leaving]
    return "\n".join([*lines, "```", "", *who_acts_next(states)])


def who_acts_next(states: type[StrEnum]) -> list[str]:
    """Return a table of the states with the comment that stands beside each in the code."""
    comments = {found["value"]: found["who"] for found in STATE_COMMENT.finditer(inspect.getsource(states))}
    missing = [state.value for state in states if state.value not in comments]
    if missing:
        raise SystemExit(f"{states.__name__}: no comment beside {', '.join(missing)}")
    return table(("state", "who acts next"), ((f"`{state.value}`", comments[state.value]) for state in states))


# --- tables ---------------------------------------------------------------------------------------------------------


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the lines of a Markdown table."""
    cells = (" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows)
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *(f"| {row} |" for row in cells)]


def issue_steps() -> str:
    """Return the numbered steps of `issue()`'s docstring, in its own numbers."""
    lines = inspect.cleandoc(issue.__doc__ or "").splitlines()
    numbered = [index for index, line in enumerate(lines) if re.match(r"\d+\. ", line)]
    end = next(index for index in range(numbered[-1], len(lines)) if not lines[index])
    return "\n".join(lines[numbered[0] : end])


def needs() -> str:
    """Return which checks must stand where before a check may begin."""
    rows = []
    for check, wanted in proofing_rules.NEEDS.items():
        parts = [
            f"`{needed.value}` at {' or '.join(f'`{s.value}`' for s in proofing.CheckState if s in states)}"
            for needed, states in wanted.items()
        ]
        rows.append((f"`{check.value}`", "; ".join(parts) or "nothing"))
    return "\n".join(table(("check", "may begin once"), rows))


def effects() -> str:
    """Return what each queue of the worker carries."""
    rows = []
    for queue, classes in EFFECT_QUEUES.items():
        for effect in classes:
            doc = " ".join(inspect.cleandoc(effect.__doc__ or "").split())
            rows.append((f"`{queue}`", f"`{effect.__name__}`", doc))
    return "\n".join(table(("queue", "effect", "what is done"), rows))


def contracts() -> str:
    """Return the import contracts of the project file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = project["tool"]["importlinter"]["contracts"]
    return "\n".join(table(("contract", "what it keeps"), ((f"`{one['id']}`", one["name"]) for one in found)))


def profiles() -> str:
    """Return what each shipped certificate profile contains; critical extensions in bold."""
    rows = []
    for name in profile_names():
        one = load_profile(name, OperatorValues(arc="1.3.6.1.4.1.32473"))
        policies = ", ".join(one.policies).replace("1.3.6.1.4.1.32473", "{arc}")
        rows.append(
            (
                f"`{name}`",
                ", ".join(sorted(one.key_algorithms)),
                ", ".join(map(str, one.validity_years)),
                ", ".join(f"**{each}**" if each in one.critical else str(each) for each in one.extensions),
                ", ".join(usage for usage in KeyUsage if usage in one.key_usage),
                policies or "none",
            )
        )
    head = ("profile", "keys", "years", "extensions in order", "keyUsage", "policies")
    return "\n".join(table(head, rows))


def routes() -> str:
    """Return the HTTP interface, audience by audience."""
    rows = []
    for audience, routers in ROUTERS.items():
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    methods = " ".join(sorted(route.methods or ()))
                    rows.append((audience.value, f"`{methods} {route.path}`", route.description.split("\n")[0]))
    return "\n".join(table(("audience", "request", "what it does"), rows))


def codes() -> str:
    """Return every code a caller may meet with its title in both languages."""
    catalogue = load_catalogue()
    rows = []
    for code in sorted(catalogue.codes):
        korean, english = catalogue.get(code, "ko"), catalogue.get(code, "en")
        wait = "" if english.retry_after_s is None else str(english.retry_after_s)
        rows.append((f"`{code}`", korean.title, english.title, wait))
    return "\n".join(table(("code", "한국어", "English", "retry after (s)"), rows))


def notice_templates() -> str:
    """Return every notice with its Korean short text and what it leaves open."""
    rows = []
    for one in load_templates():
        nature = "always, everywhere" if one.security else "may be turned off" if one.is_optional else "once"
        open_parts = ", ".join(f"`{name}`" for name in sorted(one.parameters - {"bank"}))
        rows.append((f"`{one.name}`", one.topic.value, nature, one.words["ko"].text, open_parts or "none"))
    return "\n".join(table(("template", "topic", "sent", "한국어", "parameters"), rows))


# --- settings -------------------------------------------------------------------------------------------------------


def shown(value: object) -> str:
    """Return a default as a reader of TOML would expect it."""
    if value is None or value == "":
        return "(none)"
    if isinstance(value, application.Consent):
        return f"{value.text_id}@{value.version}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {shown(each)}" for key, each in value.items())
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "(none)"
    return str(value)


def leaves(section: object, prefix: str = "") -> dict[str, object]:
    """Return every setting below `section` by its dotted name, with its default."""
    names = (
        list(type(section).model_fields)
        if isinstance(section, BaseModel)
        else [one.name for one in dataclasses.fields(typing.cast("typing.Any", section))]
    )
    found: dict[str, object] = {}
    for name in names:
        value = getattr(section, name)
        if isinstance(value, BaseModel) or dataclasses.is_dataclass(value):
            found |= leaves(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def settings() -> str:
    """Return the reference of all settings: those of `settings.toml`, no more and no fewer."""
    meanings: dict[str, str] = tomllib.loads(MEANINGS.read_text("utf-8"))
    found = leaves(Settings())
    wrong = sorted(set(found) ^ set(meanings))
    if wrong:
        raise SystemExit(f"{MEANINGS.name} and the settings differ in: {', '.join(wrong)}")
    rows = ((f"`{name}`", shown(value), meanings[name]) for name, value in found.items())
    return "\n".join(table(("setting", "default", "meaning"), rows))


# --- conformance ----------------------------------------------------------------------------------------------------


def requirements() -> list[tuple[str, str, str]]:
    """Return (section, requirement, test) of every test marked with a section, in the order of sections."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                words = node.name.removeprefix("test_").replace("_", " ")
                place = path.relative_to(ROOT).as_posix()
                found += [(section, words, f"{place}::{node.name}") for section in sections_of(node)]
    return sorted(found, key=lambda one: (section_order(one[0]), one[1]))


def spelled(words: str) -> str:
    """Return a test's name as a sentence, with proper names spelled as they are."""
    for plain, proper in PROPER.items():
        words = re.sub(rf"\b{plain}\b", proper, words)
    return words[:1].upper() + words[1:]


def sections_of(node: ast.FunctionDef) -> list[str]:
    """Return the arguments of a test's `pytest.mark.section` marks."""
    return [
        str(argument.value)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.section"
        for argument in mark.args
        if isinstance(argument, ast.Constant)
    ]


def section_order(section: str) -> list[tuple[int, str]]:
    """Return a key that sorts 4.2.1.9 before 4.2.1.10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|[^\d]+", section)]


def conformance() -> str:
    """Return one row per requirement and the test that holds it."""
    rows = (
        (spelled(one[1]), one[0], f"[`{one[2].split('::')[1]}`](../{one[2].split('::')[0]})") for one in requirements()
    )
    return "\n".join(table(("requirement", "section", "test"), rows))


PARTS: dict[str, Callable[[], str]] = {
    "issue-steps": issue_steps,
    "application": lambda: draw(
        application.ApplicationState,
        application.ApplicationState.PROOFING,
        table_edges(application_rules.TRANSITIONS),
    ),
    "check": lambda: draw(
        proofing.CheckState, proofing.CheckState.AWAITED, table_edges(proofing_rules.CHECK_TRANSITIONS)
    ),
    "case": lambda: draw(proofing.CaseState, proofing.CaseState.OPEN, table_edges(proofing_rules.CASE_TRANSITIONS)),
    "deposit": lambda: draw(
        deposit.DepositState, deposit.DepositState.REQUESTED, table_edges(deposit_rules.TRANSITIONS)
    ),
    "call": lambda: draw(call.CallState, call.CallState.REQUESTED, call_edges()),
    "issuance": lambda: draw(
        issuance.IssuanceState, issuance.IssuanceState.PREPARED, table_edges(issuance_rules.TRANSITIONS)
    ),
    "delivery": lambda: draw(
        delivery.DeliveryState, delivery.DeliveryState.AVAILABLE, table_edges(delivery_rules.TRANSITIONS)
    ),
    "renewal": lambda: draw(renewal.RenewalState, renewal.RenewalState.OPENED, table_edges(renewal_rules.TRANSITIONS)),
    "transfer": lambda: draw(
        transfer.TransferState, transfer.TransferState.OPEN, table_edges(transfer_rules.TRANSITIONS)
    ),
    "issue-lock": lambda: draw(
        issue_lock.LockState, issue_lock.LockState.OPEN, table_edges(issue_lock_rules.TRANSITIONS)
    ),
    "standing": lambda: draw(
        revocation.CertificateState, revocation.CertificateState.GOOD, table_edges(revocation_rules.TRANSITIONS)
    ),
    "breaker": lambda: draw(outage.BreakerState, outage.BreakerState.CLOSED, table_edges(outage_rules.TRANSITIONS)),
    "ticket": lambda: draw(support.TicketState, support.TicketState.OPEN, table_edges(support_rules.TRANSITIONS)),
    "needs": needs,
    "effects": effects,
    "contracts": contracts,
    "profiles": profiles,
    "routes": routes,
    "codes": codes,
    "notice-templates": notice_templates,
    "settings": settings,
    "conformance": conformance,
}
PARTS |= party_tables.parts(table, leaves(Settings()), tomllib.loads(MEANINGS.read_text("utf-8")))


def render(text: str, used: set[str]) -> str:
    """Return a document with its generated parts written anew; names go into `used`."""

    def replace(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in PARTS:
            raise SystemExit(f"nothing generates {name}")
        used.add(name)
        return f"<!-- generated:{name} -->\n{PARTS[name]()}\n<!-- /generated -->"

    return PART.sub(replace, text)


def main(arguments: list[str]) -> int:
    """Write the documents, or with `--check` return 1 and name those that are out of date."""
    used: set[str] = set()
    stale = []
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]):
        before = path.read_text("utf-8")
        after = render(before, used)
        if before != after:
            stale.append(path.relative_to(ROOT).as_posix())
            if "--check" not in arguments:
                path.write_text(after, "utf-8")
    unused = sorted(set(PARTS) - used)
    if unused:
        sys.stderr.write(f"generated but standing nowhere: {', '.join(unused)}\n")
        return 1
    for name in stale:
        sys.stdout.write(f"{name}: {'out of date; run `make docs`' if '--check' in arguments else 'written'}\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
