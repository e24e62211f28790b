"""The ceremony file: YAML, because witnesses read it aloud. Every complaint names its field; unknown fields are
refused.

A file holds `title`, `place`, `operator`, `witnesses`, `root`, `issuing` and, if wanted, `delegates`.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from dojang.controls.ceremony.spec import AuthoritySpec, CeremonySpec, CeremonySpecInvalid, CertificateSpec, Witness
from dojang.kernel.errors import DojangError
from dojang.pki import oid
from dojang.pki.name import Name, NameInvalid
from dojang.pki.profile import OperatorValues, ProfileRole
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm

MAX_BYTES: Final = 64 * 1024
_LABEL = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_URI = re.compile(r"^https?://[!-~]+$")
_DEFAULT_ROOT_CRL_HOURS = 24 * 365
_DEFAULT_ISSUING_CRL_HOURS = 24


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice: the witnesses would have read only one of them."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        if len(set(names)) != len(names):
            raise yaml.YAMLError("repeated key")
        return super().construct_mapping(node, deep)


def parse_ceremony(yaml_bytes: bytes) -> CeremonySpec:
    """Return the ceremony a YAML document describes. Raises `CeremonySpecInvalid`."""
    if len(yaml_bytes) > MAX_BYTES:
        raise CeremonySpecInvalid(field="", reason="too_large")
    try:
        document = yaml.load(yaml_bytes, _Loader)  # noqa: S506  # a SafeLoader, stricter
    except (yaml.YAMLError, ValueError, RecursionError):
        raise CeremonySpecInvalid(field="", reason="not_yaml") from None
    return _ceremony(_Node(document, "", _TOP_FIELDS))


_TOP_FIELDS: Final = frozenset({"title", "place", "operator", "witnesses", "root", "issuing", "delegates"})
_CERTIFICATE_FIELDS: Final = frozenset({"label", "profile", "key", "subject", "years"})
_AUTHORITY_FIELDS: Final = _CERTIFICATE_FIELDS | {"real_name", "crl", "ocsp"}


class _Node:
    """One mapping of the document with the path that leads to it."""

    def __init__(self, value: object, path: str, fields: frozenset[str]) -> None:
        if not isinstance(value, Mapping):
            raise CeremonySpecInvalid(field=path, reason="missing" if value is None else "not_a_mapping")
        for unknown in sorted(str(key) for key in value if key not in fields):
            raise CeremonySpecInvalid(field=f"{path}{unknown[:40]}", reason="unknown")
        self._value = value
        self.path = path

    def invalid(self, name: str, reason: str) -> CeremonySpecInvalid:
        return CeremonySpecInvalid(field=f"{self.path}{name}", reason=reason)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._value.get(name, default)
        if not isinstance(value, str) or not value.strip() or len(value) > 500 or "\n" in value:
            raise self.invalid(name, "missing" if value is None else "text")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.text(name)

    def uri(self, name: str) -> str:
        value = self.text(name)
        if not _URI.match(value):
            raise self.invalid(name, "uri")
        return value

    def number(self, name: str, default: int) -> int:
        value = self._value.get(name, default)
        if type(value) is not int or not 0 < value <= 1_000_000:
            raise self.invalid(name, "number")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._value.get(name) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.invalid(name, "not_a_list_of_text")
        return tuple(values)

    def node(self, name: str, fields: frozenset[str], *, default: object = None) -> "_Node":
        value = self._value.get(name, default)
        if value is None:
            raise self.invalid(name, "missing")
        return _Node(value, f"{self.path}{name}.", fields)

    def nodes(self, name: str, fields: frozenset[str]) -> list["_Node"]:
        values = self._value.get(name) or []
        if not isinstance(values, list):
            raise self.invalid(name, "not_a_list")
        return [_Node(value, f"{self.path}{name}[{index}].", fields) for index, value in enumerate(values)]


def _ceremony(top: _Node) -> CeremonySpec:
    operator = _operator(top.node("operator", frozenset({"arc", "cps", "notice"}), default={}))
    witnesses = tuple(
        Witness(name=node.text("name"), role=node.text("role"))
        for node in top.nodes("witnesses", frozenset({"name", "role"}))
    )
    if not witnesses:
        raise top.invalid("witnesses", "missing")
    spec = CeremonySpec(
        title=top.text("title"),
        place=top.text("place"),
        operator=operator,
        witnesses=witnesses,
        root=_authority(top.node("root", _AUTHORITY_FIELDS), ProfileRole.ROOT, operator),
        issuing=_authority(top.node("issuing", _AUTHORITY_FIELDS), ProfileRole.ISSUING_CA, operator),
        delegates=tuple(
            _certificate(node, ProfileRole.DELEGATE, operator) for node in top.nodes("delegates", _CERTIFICATE_FIELDS)
        ),
    )
    _check_distinct(spec, top)
    return spec


def _check_distinct(spec: CeremonySpec, top: _Node) -> None:
    certificates = [spec.root.certificate, spec.issuing.certificate, *spec.delegates]
    for field_name, values in (
        ("label", [one.label for one in certificates]),
        ("subject", [one.subject.display for one in certificates]),
    ):
        if len(set(values)) != len(values):
            raise top.invalid(field_name, "repeated")


def _operator(node: _Node) -> OperatorValues:
    sandbox = OperatorValues()
    arc = node.text("arc", sandbox.arc)
    if not oid.is_oid(arc):
        raise node.invalid("arc", "not_an_identifier")
    return OperatorValues(
        arc=arc, cps_uri=node.text("cps", sandbox.cps_uri), notice=node.text("notice", sandbox.notice)
    )


def _authority(node: _Node, role: ProfileRole, operator: OperatorValues) -> AuthoritySpec:
    certificate = _certificate(node, role, operator)
    carries_identity = load_profile(certificate.profile, operator).carries_identity
    crl = node.node("crl", frozenset({"uri", "hours"}))
    hours = _DEFAULT_ROOT_CRL_HOURS if role is ProfileRole.ROOT else _DEFAULT_ISSUING_CRL_HOURS
    return AuthoritySpec(
        certificate=certificate,
        real_name=node.text("real_name") if carries_identity else None,
        crl_uri=crl.uri("uri"),
        crl_hours=crl.number("hours", hours),
        ocsp_uri=None if node.optional_text("ocsp") is None else node.uri("ocsp"),
    )


_DEFAULTS: Final = {
    ProfileRole.ROOT: ("root", "root"),
    ProfileRole.ISSUING_CA: ("issuing", "issuing-ca"),
}


def _certificate(node: _Node, role: ProfileRole, operator: OperatorValues) -> CertificateSpec:
    default_label, default_profile = _DEFAULTS.get(role, (None, None))
    label = node.text("label", default_label)
    if not _LABEL.match(label):
        raise node.invalid("label", "form")
    profile_name = node.text("profile", default_profile or label)
    try:
        profile = load_profile(profile_name, operator)
    except DojangError as error:
        raise node.invalid("profile", error.code.removeprefix("pki.")) from None
    if profile.role is not role:
        raise node.invalid("profile", "role")
    if node.text("key") not in profile.key_algorithms:
        raise node.invalid("key", "not_allowed_by_profile")
    years = node.number("years", max(profile.validity_years))
    if years > max(profile.validity_years):
        raise node.invalid("years", "not_allowed_by_profile")
    return CertificateSpec(
        label=label, profile=profile_name, key=KeyAlgorithm(node.text("key")), subject=_name(node), years=years
    )


def _name(node: _Node) -> Name:
    parts = node.node("subject", frozenset({"country", "organization", "units", "common_name"}))
    country, organization, common_name = (parts.text(part) for part in ("country", "organization", "common_name"))
    units = parts.texts("units")
    try:
        return Name(country=country, organization=organization, units=units, common_name=common_name)
    except NameInvalid as error:
        raise parts.invalid(str(error.fields.get("part", "")), "form") from None
