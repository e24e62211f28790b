"""Profiles: the shipped ones are what they are called, mistakes are named by field, and arcs belong to somebody."""

import pytest

from dojang.pki.profile import (
    ArcInvalid,
    ArcIsForDocumentation,
    ArcNotOwned,
    ExtensionName,
    OperatorValues,
    ProfileRole,
    check_arc,
)
from dojang.pki.profile_file import ProfileInvalid, ProfileNotFound, load_profile, parse_profile, profile_names
from dojang.pki.public_key import KeyAlgorithm

FILE = """
name = "some-profile"
role = "subscriber"
[key]
algorithms = ["rsa-2048"]
[validity]
years = [1]
[extensions]
order = ["subjectKeyIdentifier", "keyUsage", "certificatePolicies"]
critical = ["keyUsage"]
[usage]
key = ["digitalSignature"]
[policy]
identifiers = ["{arc}.1.1"]
notice = "{notice}"
cps = "{cps}"
"""
SANDBOX = OperatorValues()


@pytest.mark.parametrize("name", profile_names())
def test_every_shipped_profile_is_named_as_its_file(name: str) -> None:
    assert load_profile(name, SANDBOX).name == name


def test_the_shipped_profiles_say_what_the_practice_statement_says() -> None:
    signing, management = load_profile("personal-signing", SANDBOX), load_profile("personal-key-management", SANDBOX)
    assert signing.validity_years == management.validity_years == (1, 3)
    assert (signing.policies, management.policies) == (("1.3.6.1.4.1.32473.1.1",), ("1.3.6.1.4.1.32473.1.2",))
    assert signing.carries_identity
    assert not management.carries_identity
    assert load_profile("personal-signing-rsa-3072", SANDBOX).key_algorithms == {KeyAlgorithm.RSA_3072}
    assert load_profile("personal-signing-ec-p256", SANDBOX).key_algorithms == {KeyAlgorithm.EC_P256}
    issuing = load_profile("issuing-ca", SANDBOX)
    assert (issuing.role, issuing.path_length, issuing.require_explicit_policy) == (ProfileRole.ISSUING_CA, 0, 0)
    assert ExtensionName.EXTENDED_KEY_USAGE in load_profile("tsa-delegate", SANDBOX).critical


def test_the_operators_values_are_filled_in() -> None:
    operator = OperatorValues(arc="1.3.6.1.4.1.99999", cps_uri="https://ca.example/cps", notice="안내")
    profile = parse_profile(FILE.encode(), operator)
    assert (profile.policies, profile.cps_uri, profile.notice) == (
        ("1.3.6.1.4.1.99999.1.1",),
        "https://ca.example/cps",
        "안내",
    )


def test_an_unknown_profile_is_not_found() -> None:
    for name in ("nobody", "../root", ""):
        with pytest.raises(ProfileNotFound):
            load_profile(name, SANDBOX)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('name = "some-profile"', 'name = "Some Profile"', "name"),
        ('role = "subscriber"', 'role = "nobody"', "role"),
        ('role = "subscriber"', 'role = "subscriber"\ncolour = "red"', "colour"),
        ("years = [1]", "years = [1]\nmonths = [1]", "validity"),
        ("[validity]\nyears = [1]", "validity = 1", "key"),
        ('algorithms = ["rsa-2048"]', 'algorithms = ["rsa-1024"]', "key.algorithms"),
        ('algorithms = ["rsa-2048"]', "algorithms = []", "key.algorithms"),
        ("years = [1]", "years = []", "validity.years"),
        ("years = [1]", "years = [true]", "validity.years"),
        ("years = [1]", "years = [0]", "validity.years"),
        ("years = [1]", "years = [1, 1]", "validity.years"),
        ("years = [1]", "years = 1", "validity.years"),
        ("years = [1]", "years = [1]\ncarry_over_days = -1", "validity.carry_over_days"),
        ('"keyUsage", "certificatePolicies"]', '"keyUsage", "nonsense"]', "extensions.order"),
        ('critical = ["keyUsage"]', 'critical = ["subjectAltName"]', "extensions.critical"),
        ('key = ["digitalSignature"]', 'key = ["signing"]', "usage.key"),
        ('key = ["digitalSignature"]', "key = []", "usage.key"),
        ('key = ["digitalSignature"]', 'key = ["keyCertSign"]', "usage.key"),
        ('key = ["digitalSignature"]', 'key = ["digitalSignature"]\nextended = ["nonsense"]', "usage.extended"),
        ('key = ["digitalSignature"]', 'key = ["digitalSignature"]\nextended = ["timeStamping"]', "usage.extended"),
        ('"{arc}.1.1"', '"{arc}.01"', "policy.identifiers"),
        ('identifiers = ["{arc}.1.1"]', "identifiers = []", "policy.identifiers"),
        ('"{notice}"', '"\\u0007"', "policy.notice"),
        ('"{notice}"', f'"{"가" * 201}"', "policy.notice"),
        ('"{cps}"', '"not a uri"', "policy.cps"),
        ("[policy]", "[constraints]\npath_length = 0\n[policy]", "constraints.path_length"),
        ("[policy]", "[constraints]\nrequire_explicit_policy = 0\n[policy]", "constraints.require_explicit_policy"),
        ('"subjectKeyIdentifier", ', '"subjectKeyIdentifier", "basicConstraints", ', "extensions.order"),
    ],
)
def test_every_mistake_is_named_by_its_field(old: str, new: str, field: str) -> None:
    assert old in FILE
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(FILE.replace(old, new).encode(), SANDBOX)
    assert caught.value.fields["field"] == field


@pytest.mark.parametrize("junk", [b"\xff", b"name =", b"[[["])
def test_junk_is_not_a_profile(junk: bytes) -> None:
    with pytest.raises(ProfileInvalid):
        parse_profile(junk, SANDBOX)


@pytest.mark.parametrize("arc", ["", "1", "3.1", "1.40", "1.3.06", "1.3.", ".1.3", "1.3.x", "2.5.29.32.0"])
def test_an_arc_is_an_object_identifier(arc: str) -> None:
    for production in (False, True):
        with pytest.raises(ArcInvalid):
            check_arc(arc, production=production)


def test_a_sandbox_may_use_any_arc() -> None:
    for arc in ("1.3.6.1.4.1.32473", "1.2.410.200005"):
        check_arc(arc, production=False)


def test_production_has_an_arc_of_its_own() -> None:
    check_arc("1.3.6.1.4.1.99999", production=True)
    check_arc("1.2.4100.1", production=True)
    for arc in ("1.3.6.1.4.1.32473", "1.3.6.1.4.1.32473.5"):
        with pytest.raises(ArcIsForDocumentation):
            check_arc(arc, production=True)
    for arc in ("1.2.410", "1.2.410.200005", "1.2.410.200005.1"):
        with pytest.raises(ArcNotOwned):
            check_arc(arc, production=True)
        with pytest.raises(ArcNotOwned):
            check_arc(arc, production=True, owned_arcs=frozenset({"1.2.410.2000055"}))
    check_arc("1.2.410.200005.1", production=True, owned_arcs=frozenset({"1.2.410.200005"}))
