"""Rules for a new certificate password."""

import pytest

from dojang.pki.npki.errors import PasswordRejected
from dojang.pki.npki.password import PasswordFinding, encode_new_password, find_password_findings

F = PasswordFinding


@pytest.mark.parametrize("password", ["Dojang!9x7", "a1!b2@c3#d", "9x7!" * 16, "cba321!zyx", "aab!b1c1d1"])
def test_good_passwords(password: str) -> None:
    assert find_password_findings(password) == ()
    assert encode_new_password(password) == password.encode("ascii")


@pytest.mark.parametrize(
    ("password", "findings"),
    [
        ("Dojang!9x", (F.TOO_SHORT,)),
        ("9x7!" * 16 + "a", (F.TOO_LONG,)),
        ("Dojang!9 x7", (F.NOT_TYPABLE,)),
        ("Dojang!9x7é", (F.NOT_TYPABLE,)),
        ("94!7263!5810", (F.NO_LETTER,)),
        ("Dojang!Bank", (F.NO_DIGIT,)),
        ("Dojang9x7Bank", (F.NO_SPECIAL,)),
        ("Dojang!9x7'", (F.FORBIDDEN_CHARACTER,)),
        ('Dojang!9x7"', (F.FORBIDDEN_CHARACTER,)),
        ("Dojang!9x7\\", (F.FORBIDDEN_CHARACTER,)),
        ("Dojang!9x7|", (F.FORBIDDEN_CHARACTER,)),
        ("Dojang!9x7₩", (F.FORBIDDEN_CHARACTER,)),
        ("Dojang!9x777", (F.REPEATED,)),
        ("Dojang!9x7abc", (F.SEQUENCE,)),
        ("Dojang!9x123", (F.SEQUENCE,)),
        ("Dojang9x7#$%", (F.SEQUENCE,)),
        ("", (F.TOO_SHORT, F.NO_LETTER, F.NO_DIGIT, F.NO_SPECIAL)),
        ("비밀번호", (F.TOO_SHORT, F.NOT_TYPABLE, F.NO_LETTER, F.NO_DIGIT, F.NO_SPECIAL)),
        ("aaa|123", (F.TOO_SHORT, F.FORBIDDEN_CHARACTER, F.REPEATED, F.SEQUENCE)),
    ],
)
def test_every_broken_rule_is_named_at_once(password: str, findings: tuple[PasswordFinding, ...]) -> None:
    assert find_password_findings(password) == findings
    with pytest.raises(PasswordRejected) as refusal:
        encode_new_password(password)
    assert refusal.value.fields == {"findings": [finding.value for finding in findings]}


def test_the_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(PasswordRejected) as refusal:
        encode_new_password("hunter2")
    assert "hunter2" not in str(refusal.value) + repr(refusal.value)
