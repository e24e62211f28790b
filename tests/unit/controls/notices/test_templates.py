"""Every notice that any code sends has its words, in both languages, and none has room for a secret."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dojang
from dojang.controls.notices.model import Topic
from dojang.controls.notices.templates import (
    LANGUAGES,
    Templates,
    TemplatesBroken,
    is_short,
    load_templates,
)
from dojang.lifecycle.identity_proofing.model import Alert

SOURCE = Path(dojang.__file__).parent
WORDS = {"subject": "s", "text": "t", "body": "b"}
ENTRY: dict[str, Any] = {"security": True, "ko": WORDS, "en": WORDS}
TYPICAL = {
    "bank": "도장은행",
    "at": "11월 23일 13:05",
    "number": "4821",
    "until": "2027년 11월 22일",
    "days": "30",
    "case": "01890a5d-ac96-774b-bcce-b302099a8057",
    "code": "482913",
    "minutes": "10",
}


def patterns(node: ast.expr, scope: ast.AST, module: ast.Module) -> Iterator[str]:
    """Yield a regular expression for each template name an expression may stand for."""
    match node:
        case ast.Constant(value=str(name)):
            yield re.escape(name)
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[a-z_]+" for p in parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from patterns(body, scope, module)
            yield from patterns(orelse, scope, module)
        case ast.Name(id=name):
            yield from _of_name(name, scope, module)
        case ast.Attribute() | ast.Subscript() | ast.Call():
            # A table or an enumeration: every word in the module that looks like a template may be meant.
            yield "[a-z_]+"
        case _:
            raise AssertionError(f"write the template's name where it can be found: {ast.unparse(node)}")


def _of_name(name: str, scope: ast.AST, module: ast.Module) -> Iterator[str]:
    found = False
    for one in ast.walk(scope):
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in one.targets):
            found = True
            yield from patterns(one.value, scope, module)
    if not found and isinstance(scope, ast.FunctionDef):
        places = [*scope.args.posonlyargs, *scope.args.args]
        position = next((index for index, each in enumerate(places) if each.arg == name), None)
        for call in (one for one in ast.walk(module) if isinstance(one, ast.Call)):
            if not isinstance(call.func, ast.Name) or call.func.id != scope.name:
                continue
            given = {each.arg: each.value for each in call.keywords}
            if position is not None and position < len(call.args):
                given[name] = call.args[position]
            if name in given:
                found = True
                caller = _function_around(call, module)
                yield from patterns(given[name], caller, module)
    if not found:
        yield "[a-z_]+"


def _function_around(node: ast.AST, module: ast.Module) -> ast.AST:
    around: ast.AST = module
    for one in ast.walk(module):  # breadth first: the innermost comes last
        if isinstance(one, ast.FunctionDef) and any(each is node for each in ast.walk(one)):
            around = one
    return around


def emissions() -> Iterator[tuple[str, str]]:
    """Yield (place, pattern) for every `NotifySubscriber(template=…)` in the program."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "NotifySubscriber" not in text:
            continue
        module = ast.parse(text)
        for call in (one for one in ast.walk(module) if isinstance(one, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "NotifySubscriber":
                (template,) = (each.value for each in call.keywords if each.arg == "template")
                for pattern in patterns(template, _function_around(call, module), module):
                    yield f"{path.relative_to(SOURCE)}:{call.lineno}", pattern


def test_every_template_that_is_sent_has_words() -> None:
    names = [one.name for one in load_templates()]
    found = list(emissions())
    assert len(found) >= 3
    assert [one for one in found if not any(re.fullmatch(one[1], name) for name in names)] == []


def test_every_alert_has_words() -> None:
    templates = load_templates()
    wanted = [f"{alert.value}_office" for alert in Alert] + [Alert.CALL_DISOWNED.value]
    assert [name for name in wanted if templates.find_template(name) is None] == []


def test_no_notice_has_room_for_a_secret_or_a_link() -> None:
    for one in load_templates():
        if one.topic is not Topic.PROOF:
            assert one.parameters <= {"bank", "at", "number", "until", "days", "case"}, one.name
        assert one.topic is Topic.OFFICE or "case" not in one.parameters
        for words in one.words.values():
            for text in (words.subject, words.text, words.body):
                assert "://" not in text, one.name
                assert "www." not in text, one.name
    assert [one.name for one in load_templates() if "code" in one.parameters] == ["contact_code"]


def test_korean_is_korean_english_is_not_and_both_leave_the_same_things_open() -> None:
    hangul = re.compile("[가-힣]")
    for one in load_templates():
        assert one.words.keys() == set(LANGUAGES)
        for text in (one.words["ko"].subject, one.words["ko"].text, one.words["ko"].body):
            assert hangul.search(text), one.name
        for text in (one.words["en"].subject, one.words["en"].text, one.words["en"].body):
            assert not hangul.search(text), one.name


def test_every_text_is_a_short_message_in_both_languages() -> None:
    long = [
        (one.name, language, len(text.encode("euc-kr")))
        for one in load_templates()
        if one.topic is not Topic.OFFICE
        for language in LANGUAGES
        if not is_short(
            text := one.render(language, TYPICAL | ({"bank": "Dojang Bank"} if language == "en" else {})).text
        )
    ]
    assert long == []


def test_what_euc_kr_cannot_write_is_a_long_message() -> None:
    assert is_short("가" * 45)
    assert not is_short("가" * 45 + "1")
    assert not is_short("\N{GRINNING FACE}")


def test_only_reminders_and_answers_can_be_turned_off() -> None:
    optional = {one.name for one in load_templates() if one.is_optional}
    assert optional == {
        "certificate_expires_soon",
        "certificate_expires_tomorrow",
        "certificate_expired",
        "ticket_answered",
    }


def test_rendering_fills_in_what_is_given() -> None:
    template = load_templates().find_template("certificate_expires_soon")
    assert template is not None
    assert template.render("ko", TYPICAL).text.startswith("[도장은행] 인증서가 30일 뒤(2027년 11월 22일) 끝나요")
    assert template.render("fr", {}).text.startswith("[#{bank}] Your certificate ends in #{days} days")


@pytest.mark.parametrize(
    "entry",
    [
        {**ENTRY, "more": 1},
        {"security": True, "ko": WORDS},
        {**ENTRY, "en": {"subject": "s", "text": "t"}},
        {**ENTRY, "en": {**WORDS, "body": " "}},
        {**ENTRY, "topic": "weather"},
        {"ko": WORDS, "en": WORDS},
        {**ENTRY, "ko": {**WORDS, "text": "#{rrn}"}},
        "words",
    ],
)
def test_an_incomplete_template_is_refused(entry: Any) -> None:
    with pytest.raises(TemplatesBroken, match="a_b"):
        Templates([("one.toml", {"a_b": entry})])


def test_a_template_that_stands_twice_is_refused() -> None:
    with pytest.raises(TemplatesBroken, match=r"a_b .* two\.toml"):
        Templates([("one.toml", {"a_b": ENTRY}), ("two.toml", {"a_b": ENTRY})])
