"""Tables of the relying parties' guides that are drawn from the code: codes, limits, test customers."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from dojang.kernel.catalogue import load_catalogue
from dojang.sandbox.authority.branches import CUSTOMERS, NEVER_GIVEN, questions

Table = Callable[[tuple[str, ...], Iterable[tuple[str, ...]]], list[str]]

AREAS = (
    "relying_party.",
    "reliance.",
    "sign_in_request.",
    "signature_request.",
    "signature_document.",
    "recipient.",
    "party_events.",
    "known_certificate.",
    "npki.virtual_id",
    "npki.identification_number",
    "npki.random_number",
    "request.",
)
OPERATORS = frozenset({"reliance.trust_unreadable", "reliance.root_for_tests", "relying_party.address_refused"})
LIMITS = ("policy.relying_parties.", "policy.reliance.", "policy.sign_in.", "policy.recipient.", "policy.party_events.",
          "policy.signature_request.", "policy.known_certificates.")  # fmt: skip
CODES_HEAD = {"en": ("code", "what happened", "what to do"), "ko": ("코드", "무슨 일", "할 일")}
LIMITS_HEAD = {"en": ("setting", "default", "meaning"), "ko": ("설정", "기본값", "뜻")}
CUSTOMERS_HEAD = {
    "en": ("customer", "what is wrong", "verdict", "signing in"),
    "ko": ("고객", "무엇이 다른가", "나와야 하는 답", "로그인"),
}
KOREAN = Path(__file__).with_name("party_limits.ko.toml")
NEVER_GIVEN_KO = {
    "SIG_CONSTRAINTS_FAILURE": "서명 정책을 적용하지 않으므로, 정책이 요구할 수 있는 속성은 따지지 않습니다.",
    "SIGNED_DATA_NOT_FOUND": "원문이 없으면 판정하기 전에 reliance.signed_content_needed로 거절합니다.",
}
CHANGED_HEAD = {"en": ("signature", "what must come back"), "ko": ("서명", "나와야 하는 답")}


def parts(table: Table, settings: Mapping[str, object], meanings: Mapping[str, str]) -> dict[str, Callable[[], str]]:
    """Return what generates each part, by its name."""
    found: dict[str, Callable[[], str]] = {}
    for language in ("en", "ko"):
        found[f"party-codes-{language}"] = partial(codes, language, table)
        found[f"party-limits-{language}"] = partial(limits, language, table, settings, meanings)
        found[f"party-customers-{language}"] = partial(customers, language, table)
        found[f"party-signatures-{language}"] = partial(changed, language, table)
    return found


def codes(language: str, table: Table) -> str:
    """Return every code a relying party may meet, with its words."""
    catalogue = load_catalogue()
    met = sorted(one for one in catalogue.codes if one.startswith(AREAS) and one not in OPERATORS)
    rows = ((f"`{code}`", words.title, words.next) for code in met for words in [catalogue.get(code, language)])
    return "\n".join(table(CODES_HEAD[language], rows))


def limits(language: str, table: Table, settings: Mapping[str, object], meanings: Mapping[str, str]) -> str:
    """Return the settings that bound what a party may ask for, with their defaults."""
    chosen = {name: value for name, value in settings.items() if name.startswith(LIMITS)}
    if language == "ko":
        meanings = tomllib.loads(KOREAN.read_text("utf-8"))
        wrong = sorted(set(chosen) ^ set(meanings))
        if wrong:
            raise SystemExit(f"{KOREAN.name} and the settings differ in: {', '.join(wrong)}")
    rows = ((f"`{name}`", str(value), meanings[name]) for name, value in chosen.items())
    return "\n".join(table(LIMITS_HEAD[language], rows))


def customers(language: str, table: Table) -> str:
    """Return the test customers of the sandbox, each with its verdict."""
    rows = (
        (
            f"`{one.flaw}`",
            one.ko if language == "ko" else one.en,
            said(one.verdict.indication, one.verdict.sub_indication),
            f"`{one.sign_in}`",
        )
        for one in CUSTOMERS
    )
    return "\n".join(table(CUSTOMERS_HEAD[language], rows))


def changed(language: str, table: Table) -> str:
    """Return the further signatures of the test customers, and what is never answered."""
    plain = {"pkcs1", "cms", "cms-detached", "pdf"}
    rows = [
        (
            f"`{one.customer.flaw}/{one.name}`",
            said(one.verdict.indication, one.verdict.sub_indication, one.verdict.error),
        )
        for one in questions()
        if one.name not in plain
    ]
    if NEVER_GIVEN.keys() != NEVER_GIVEN_KO.keys():
        raise SystemExit("NEVER_GIVEN and NEVER_GIVEN_KO differ")
    reasons = NEVER_GIVEN_KO if language == "ko" else NEVER_GIVEN
    never = "\n".join(f"- `{name}`: {why}" for name, why in reasons.items())
    return "\n".join([*table(CHANGED_HEAD[language], rows), "", never])


def said(*parts: str | None) -> str:
    """Return what is answered, as code."""
    return " ".join(f"`{one}`" for one in parts if one)
