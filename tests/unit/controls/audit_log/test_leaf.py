"""The canonical encoding of entries."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.controls.audit_log.leaf import format_time, leaf_of, parse_time
from dojang.kernel.audit import AuditEntry

AT = datetime(2026, 11, 23, 1, 38, 28, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8"))


def entry(**data: str) -> AuditEntry:
    return AuditEntry(tag="issuance:certificate:issued", at=AT, actor="system", subject="c-1", data=data)


def test_the_encoding_is_exactly_this() -> None:
    encoded = leaf_of(entry(serial="12", application="a-7", 사유="재발급\n")).encode()
    assert encoded.decode() == (
        '{"actor":"system","at":"2026-11-23T01:38:28Z",'
        '"data":{"application":"a-7","serial":"12","사유":"재발급\\n"},'
        '"subject":"c-1","tag":"issuance:certificate:issued","v":1}'
    )


def test_keys_are_sorted_by_utf16_as_rfc_8785_says() -> None:
    # U+FB33 sorts before U+1F600 by code point, after it by UTF-16 code unit (RFC 8785 section 3.2.3).
    leaf = leaf_of(entry(**{"\ufb33": "b", "\U0001f600": "a"}))
    assert leaf.data == '{"\U0001f600":"a","\ufb33":"b"}'


@given(st.dictionaries(TEXT, TEXT, max_size=5), TEXT, TEXT)
def test_an_entry_comes_back_and_equal_entries_encode_equally(data: dict[str, str], actor: str, subject: str) -> None:
    original = AuditEntry(tag="a:b:c", at=AT, actor=actor, subject=subject, data=data)
    reversed_data = dict(reversed(data.items()))
    again = AuditEntry(tag="a:b:c", at=AT, actor=actor, subject=subject, data=reversed_data)
    leaf = leaf_of(original)
    assert leaf.to_entry() == original
    assert leaf.encode() == leaf_of(again).encode()
    parsed = json.loads(leaf.encode())
    assert parsed == {
        "actor": actor, "at": "2026-11-23T01:38:28Z", "data": data, "subject": subject, "tag": "a:b:c", "v": 1,
    }  # fmt: skip


def test_what_has_no_encoding_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        leaf_of(AuditEntry(tag="a:b:c", at=AT + timedelta(microseconds=1), actor="", subject=""))
    with pytest.raises(ValueError, match="timezone-aware"):
        leaf_of(AuditEntry(tag="a:b:c", at=AT.replace(tzinfo=None), actor="", subject=""))
    with pytest.raises(ValueError, match="surrogates"):
        leaf_of(entry(x="\ud800"))
    with pytest.raises(ValueError, match="strings only"):
        leaf_of(AuditEntry(tag="a:b:c", at=AT, actor="", subject="", data={"n": 1}))  # type: ignore[dict-item]  # the point


def test_times_are_written_in_utc() -> None:
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    assert format_time(seoul) == "2026-11-23T01:38:28Z"
    assert parse_time(format_time(seoul)) == AT
