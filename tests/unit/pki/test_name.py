"""Names: order, string types, the digits that never change, and what is refused."""

from datetime import date

import pytest
from asn1crypto import x509 as asn1_x509

from dojang.pki import der
from dojang.pki.name import Name, NameInvalid, SubscriberName, display_name, parse_name

OFFICE = Name(country="kr", organization="Dojang", units=("personal4IB", "HANBIT"))


def _subscriber(**changes: object) -> SubscriberName:
    parts: dict[str, object] = {
        "real_name": "도하람",
        "bank_code": "0097",
        "first_registered": date(2026, 3, 5),
        "sequence": 7,
    }
    return SubscriberName(**{**parts, **changes})  # type: ignore[arg-type]  # any part may be changed


def test_the_digits_are_bank_branch_first_day_and_sequence() -> None:
    assert _subscriber().common_name == "도하람()009704120260305000000007"
    assert (
        _subscriber(romanized_name="HARAM.DO", sequence_digits=7).common_name
        == "도하람(HARAM.DO)0097041202603050000007"
    )


def test_the_name_is_shown_in_reverse_and_encoded_outermost_first() -> None:
    subject = _subscriber().under(OFFICE)
    assert subject.display == "cn=도하람()009704120260305000000007,ou=HANBIT,ou=personal4IB,o=Dojang,c=kr"
    assert display_name(subject.der) == subject.display
    assert [(kind, tag) for kind, tag, _ in parse_name(subject.der)] == [
        ("2.5.4.6", der.PRINTABLE_STRING),
        ("2.5.4.10", der.UTF8_STRING),
        ("2.5.4.11", der.UTF8_STRING),
        ("2.5.4.11", der.UTF8_STRING),
        ("2.5.4.3", der.UTF8_STRING),
    ]
    parsed = asn1_x509.Name.load(subject.der, strict=True).native
    assert parsed["organizational_unit_name"] == ["personal4IB", "HANBIT"]
    assert parsed["common_name"] == "도하람()009704120260305000000007"


@pytest.mark.parametrize(
    "changes",
    [
        {"real_name": ""},
        {"real_name": "도(하)람"},
        {"romanized_name": "A)B"},
        {"bank_code": "097"},
        {"bank_code": "００97"},
        {"branch": "4"},
        {"sequence": 0},
        {"sequence": 10**9},
        {"sequence": 10**7, "sequence_digits": 7},
        {"sequence_digits": 8},
    ],
)
def test_digits_that_would_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(NameInvalid):
        _subscriber(**changes)


@pytest.mark.parametrize("text", ["", " x", "x ", "a\nb", "a\x00", "a\u202eb", "\ud800", "x" * 65])
def test_texts_that_hide_or_do_not_fit_are_refused(text: str) -> None:
    for part in ({"organization": text}, {"units": ("a", text)}, {"common_name": text}):
        with pytest.raises(NameInvalid) as caught:
            Name(**{"country": "kr", "organization": "o", **part})  # type: ignore[arg-type]  # one part is bad
        assert text not in str(caught.value) or not text


@pytest.mark.parametrize("country", ["", "k", "kor", "k1", "한국"])
def test_countries_are_two_letters(country: str) -> None:
    with pytest.raises(NameInvalid):
        Name(country=country, organization="o")


def test_representations_do_not_show_the_person() -> None:
    assert "도하람" not in repr(_subscriber())
    assert "도하람" not in repr(_subscriber().under(OFFICE))


@pytest.mark.parametrize("junk", [b"", b"\x30", b"\x31\x00", b"\x30\x02\x31\x00", b"\x30\x04\x31\x02\x30\x00"])
def test_junk_is_not_a_name(junk: bytes) -> None:
    with pytest.raises(der.DerMalformed):
        parse_name(junk)
