"""Profiles as files: TOML named as in the practice statement, checked when read.

Policy identifiers are written relative to the operator's arc (`{arc}.1.1`), so no other authority's identifier can
slip in unnoticed; `{notice}` and `{cps}` stand for the operator's own. The files ship inside the package, in
`dojang/profiles/`.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, ClassVar, Final

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import oid
from dojang.pki.profile import ExtensionName, KeyUsage, OperatorValues, Profile, ProfileRole, contradictions
from dojang.pki.public_key import KeyAlgorithm

_NAME = re.compile(r"^[a-z][a-z0-9-]{2,47}$")


_EXTENDED_KEY_USAGES: Final[Mapping[str, str]] = {
    "OCSPSigning": oid.EKU_OCSP_SIGNING,
    "timeStamping": oid.EKU_TIME_STAMPING,
    "cmcCA": oid.EKU_CMC_CA,
    "cmcRA": oid.EKU_CMC_RA,
}


class ProfileNotFound(DojangError):
    """No profile of that name is installed."""

    code: ClassVar[str] = "pki.profile_not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class ProfileInvalid(DojangError):
    """A profile cannot be used; `profile` and `field` say where, `reason` why."""

    code: ClassVar[str] = "pki.profile_invalid"
    fault: ClassVar[Fault] = Fault.OPERATOR


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles shipped with Dojang, sorted."""
    entries = (resources.files("dojang") / "profiles").iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))


def load_profile(name: str, operator: OperatorValues) -> Profile:
    """Return a shipped profile with the operator's values filled in. Raises `ProfileNotFound`, `ProfileInvalid`."""
    if name not in profile_names():
        raise ProfileNotFound(profile=name if _NAME.match(name) else "?")
    source = resources.files("dojang") / "profiles" / f"{name}.toml"
    return parse_profile(source.read_bytes(), operator)


def parse_profile(toml_bytes: bytes, operator: OperatorValues) -> Profile:
    """Return the profile a TOML document describes, with the operator's values filled in. Raises `ProfileInvalid`."""
    try:
        document = tomllib.loads(toml_bytes.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ProfileInvalid(profile="?", field="", reason="not_toml") from None
    return _Reader(document, operator).profile()


class _Reader:
    """Reads one document field by field, so that every complaint names its field."""

    def __init__(self, document: Mapping[str, Any], operator: OperatorValues) -> None:
        self._document = document
        self._operator = operator
        self._name = "?"

    def profile(self) -> Profile:
        name = self._get("name", str)
        if not _NAME.match(name):
            raise self._invalid("name", "form")
        self._name = name
        self._refuse_unknown()
        order = tuple(self._choice(ExtensionName, "extensions.order"))
        profile = Profile(
            name=name,
            role=self._one(ProfileRole, self._get("role", str), "role"),
            key_algorithms=frozenset(self._choice(KeyAlgorithm, "key.algorithms")),
            validity_years=tuple(self._list("validity.years", int)),
            carry_over_days=self._get("validity.carry_over_days", int, 0),
            extensions=order,
            critical=frozenset(self._choice(ExtensionName, "extensions.critical")),
            key_usage=frozenset(self._choice(KeyUsage, "usage.key")),
            extended_key_usage=tuple(self._extended_key_usage()),
            policies=tuple(self._policies()),
            notice=self._filled("policy.notice"),
            cps_uri=self._filled("policy.cps"),
            path_length=self._get("constraints.path_length", int, None),
            require_explicit_policy=self._get("constraints.require_explicit_policy", int, None),
        )
        self._check(profile)
        return profile

    def _invalid(self, field_name: str, reason: str) -> ProfileInvalid:
        return ProfileInvalid(profile=self._name, field=field_name, reason=reason)

    def _refuse_unknown(self) -> None:
        for key, value in self._document.items():
            known = _FIELDS.get(key)
            if known is None or (known and (not isinstance(value, dict) or set(value) - known)):
                raise self._invalid(key, "unknown")

    def _get(self, path: str, kind: type[Any], *default: Any) -> Any:
        value: Any = self._document
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None and default:
            return default[0]
        if type(value) is not kind or (isinstance(value, int) and value < 0):
            raise self._invalid(path, "missing" if value is None else "type")
        return value

    def _list(self, path: str, kind: type[Any], *default: list[Any]) -> list[Any]:
        values: list[Any] = self._get(path, list, *default)
        if any(type(value) is not kind for value in values) or len(set(values)) != len(values):
            raise self._invalid(path, "values")
        return values

    def _one(self, kind: type[Any], value: str, path: str) -> Any:
        try:
            return kind(value)
        except ValueError:
            raise self._invalid(path, "unknown_value") from None

    def _choice(self, kind: type[Any], path: str) -> list[Any]:
        return [self._one(kind, value, path) for value in self._list(path, str, [])]

    def _extended_key_usage(self) -> list[str]:
        names = self._list("usage.extended", str, [])
        if any(name not in _EXTENDED_KEY_USAGES for name in names):
            raise self._invalid("usage.extended", "unknown_value")
        return [_EXTENDED_KEY_USAGES[name] for name in names]

    def _policies(self) -> list[str]:
        written = self._list("policy.identifiers", str, [])
        policies = [
            oid.ANY_POLICY if text == "anyPolicy" else text.replace("{arc}", self._operator.arc) for text in written
        ]
        if not all(oid.is_oid(policy) for policy in policies):
            raise self._invalid("policy.identifiers", "not_an_identifier")
        return policies

    def _filled(self, path: str) -> str | None:
        text: str | None = self._get(path, str, None)
        if text is None:
            return None
        return text.replace("{notice}", self._operator.notice).replace("{cps}", self._operator.cps_uri)

    def _check(self, profile: Profile) -> None:
        for field_name, reason in contradictions(profile):
            raise self._invalid(field_name, reason)


_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "name": frozenset(),
    "role": frozenset(),
    "title": frozenset({"ko", "en"}),
    "source": frozenset(),
    "key": frozenset({"algorithms"}),
    "validity": frozenset({"years", "carry_over_days"}),
    "extensions": frozenset({"order", "critical"}),
    "usage": frozenset({"key", "extended"}),
    "policy": frozenset({"identifiers", "notice", "cps"}),
    "constraints": frozenset({"path_length", "require_explicit_policy"}),
}
