"""Name constraints: whom the authorities above allow a certificate to name. Source: RFC 5280 section 4.2.1.10.

Forms that are compared: directory names, mail addresses, DNS names, URIs, IP addresses. A constraint on any other
form refuses the certificates that use that form. Must not know signatures or dates.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from dojang.pki.path.errors import NameNotPermitted, PathTooComplex
from dojang.pki.path.member import Member, comparable_name

MAX_COMPARISONS = 100_000  # for one path

Form = type[x509.GeneralName]
Names = list[tuple[Form, Any]]


class NameSpace:
    """The permitted and excluded subtrees gathered along a path (6.1.2 b, c)."""

    def __init__(self) -> None:
        # A name must lie in one subtree of each list of its form: that is the intersection of 6.1.4 (g).
        self._permitted: list[dict[Form, list[Any]]] = []
        self._excluded: list[tuple[Form, Any]] = []
        self._comparisons = 0

    def narrow(self, constraints: x509.NameConstraints | None) -> None:
        """Take in the constraints of one authority (6.1.4 g)."""
        if constraints is None:
            return
        permitted: dict[Form, list[Any]] = {}
        for one in constraints.permitted_subtrees or ():
            permitted.setdefault(type(one), []).append(one.value)
        if permitted:
            self._permitted.append(permitted)
        self._excluded.extend((type(one), one.value) for one in constraints.excluded_subtrees or ())

    def check(self, member: Member, depth: int) -> None:
        """Return when every name of the certificate is allowed. Raises `NameNotPermitted`, `PathTooComplex`."""
        if not self._permitted and not self._excluded:
            return
        for form, value in names_of(member):
            for permitted in self._permitted:
                if form in permitted and not self._is_in_any(form, value, permitted[form], depth):
                    raise NameNotPermitted(depth=depth)
            if self._is_in_any(form, value, [one for kind, one in self._excluded if kind is form], depth, unread=True):
                raise NameNotPermitted(depth=depth)

    def _is_in_any(self, form: Form, value: Any, subtrees: Sequence[Any], depth: int, *, unread: bool = False) -> bool:
        """`unread` is the answer for a form that cannot be compared here: both ways it refuses the name."""
        self._comparisons += len(subtrees)
        if self._comparisons > MAX_COMPARISONS:
            raise PathTooComplex(depth=depth)
        is_in = _COMPARISONS.get(form)
        if is_in is None:
            return unread and bool(subtrees)
        return any(is_in(value, subtree, unread) for subtree in subtrees)


def names_of(member: Member) -> Names:
    """Return what the certificate names: its subject, its alternative names, and mail addresses in its subject."""
    names: Names = []
    if member.subject:
        names.append((x509.DirectoryName, member.certificate.subject))
    alternative = member.find(x509.SubjectAlternativeName)
    if alternative is None:
        mail = member.certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
        return names + [(x509.RFC822Name, str(one.value)) for one in mail]
    return names + [(type(one), one.value) for one in alternative]


def _in_directory(name: x509.Name, subtree: x509.Name, _unread: bool) -> bool:
    wanted = comparable_name(subtree.public_bytes())
    return comparable_name(name.public_bytes())[: len(wanted)] == wanted


def _in_mail(address: str, subtree: str, _unread: bool) -> bool:
    local, _, host = address.rpartition("@")
    if "@" in subtree:
        wanted_local, _, wanted_host = subtree.rpartition("@")
        return local == wanted_local and host.lower() == wanted_host.lower()
    return _in_host(host, subtree)


def _in_dns(name: str, subtree: str, _unread: bool) -> bool:
    host, wanted = name.lower().rstrip("."), subtree.lower().rstrip(".")
    return not wanted or host == wanted.lstrip(".") or host.endswith("." + wanted.lstrip("."))


def _in_uri(uri: str, subtree: str, unread: bool) -> bool:
    """A URI without a host name, or with an address in its place, is refused either way."""
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        return unread
    if not host or ":" in host or host.replace(".", "").isdigit():
        return unread
    return _in_host(host, subtree)


def _in_host(host: str, subtree: str) -> bool:
    """A subtree that begins with a period holds all hosts below the domain, any other that host alone."""
    host, wanted = host.lower(), subtree.lower()
    return host.endswith(wanted) if wanted.startswith(".") else host == wanted


def _in_network(address: Any, network: Any, _unread: bool) -> bool:
    return address.version == network.version and address in network


_COMPARISONS: dict[Form, Callable[[Any, Any, bool], bool]] = {
    x509.DirectoryName: _in_directory,
    x509.RFC822Name: _in_mail,
    x509.DNSName: _in_dns,
    x509.UniformResourceIdentifier: _in_uri,
    x509.IPAddress: _in_network,
}
