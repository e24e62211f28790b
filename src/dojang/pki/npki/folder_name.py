"""The name of a subscriber's NPKI folder: the subject as one path component that cannot leave its place.

Pure text; knows nothing of disks. Characters a file system would not take are percent-encoded as UTF-8 (our own rule;
the specification is silent), so that two subjects never share a folder. Source: KCAC.TS.UI, KCAC.TS.DN.
"""

import unicodedata
from typing import Any, Final

from asn1crypto import x509

from dojang.pki.npki import asn1
from dojang.pki.npki.errors import FolderNameUnusable

MAX_COMPONENT_BYTES: Final = 255

_KEYWORDS: Final = {
    "2.5.4.3": "cn",
    "2.5.4.5": "serialnumber",
    "2.5.4.6": "c",
    "2.5.4.7": "l",
    "2.5.4.8": "st",
    "2.5.4.10": "o",
    "2.5.4.11": "ou",
    "0.9.2342.19200300.100.1.25": "dc",
    "1.2.840.113549.1.9.1": "email",
}
_UNSAFE: Final = frozenset('/\\:*?"<>|%')
_VALUE_SEPARATORS: Final = frozenset(",+")


def subject_folder_name(certificate_der: bytes) -> str:
    """Return the folder name of a certificate: `cn=…,ou=…,o=…,c=kr`.

    The relative names in reverse order, keywords in lower case, no blanks around the separators, NFC; a pypinksign or
    vendor client finds it by its leading `cn=`. Raises `Malformed`, `FolderNameUnusable`.
    """
    with asn1.decoding("Certificate"):
        certificate = asn1.load(x509.Certificate, certificate_der)
        rdns = list(certificate["tbs_certificate"]["subject"].chosen)
        name = ",".join("+".join(_attribute_text(attribute) for attribute in rdn) for rdn in reversed(rdns))
    return _whole(name)


def safe_component(text: str) -> str:
    """Return `text` as one path component: NFC, nothing that leads elsewhere. Raises `FolderNameUnusable`."""
    return _whole(_escape(text, _UNSAFE))


def _attribute_text(attribute: Any) -> str:
    type_oid = attribute["type"].dotted
    value = attribute["value"].native
    if not isinstance(value, str):
        raise TypeError("attribute value is not text")
    return f"{_KEYWORDS.get(type_oid, type_oid)}={_escape(value, _UNSAFE | _VALUE_SEPARATORS)}"


def _escape(text: str, unsafe: frozenset[str]) -> str:
    normal = unicodedata.normalize("NFC", text)
    return "".join(_percent(c) if c in unsafe or unicodedata.category(c).startswith("C") else c for c in normal)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _whole(name: str) -> str:
    # Windows drops a trailing dot or blank, and "." and ".." lead elsewhere; a leading dot hides the folder
    if name and name[-1] in ". ":
        name = name[:-1] + _percent(name[-1])
    if name.startswith("."):
        name = _percent(".") + name[1:]
    if not name or len(name.encode("utf-8")) > MAX_COMPONENT_BYTES:
        raise FolderNameUnusable
    return name
