"""The NPKI folder on disk, `NPKI/<CA>/USER/<subject>/`: its files, how to find it and how to read it.

Files go in and out as bytes; keys stay encrypted, passwords never come here. `folder_write` writes. Source: KCAC.TS.UI.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dojang.pki.npki.ca_pubs import parse_ca_pubs
from dojang.pki.npki.errors import FolderAmbiguous, FolderIncomplete, FolderNotFound, FolderNotReadable

MAX_FILE_BYTES: Final = 262_144
MAX_DEPTH: Final = 5  # a folder above NPKI / NPKI / <CA> / USER / <subject>

SIGN_CERTIFICATE: Final = "signCert.der"
SIGN_KEY: Final = "signPri.key"
KM_CERTIFICATE: Final = "kmCert.der"
KM_KEY: Final = "kmPri.key"
CA_PUBS: Final = "CaPubs"
FILE_NAMES: Final = (SIGN_CERTIFICATE, SIGN_KEY, KM_CERTIFICATE, KM_KEY, CA_PUBS)

USER_FOLDER: Final = "USER"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContent:
    """The files of one folder: certificates as DER, keys as encrypted DER, CA certificates root first."""

    sign_certificate_der: bytes = field(repr=False)
    sign_key_encrypted: bytes = field(repr=False)
    km_certificate_der: bytes | None = field(default=None, repr=False)
    km_key_encrypted: bytes | None = field(default=None, repr=False)
    ca_certificates_der: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFolder:
    """A folder seen on disk: where, and its name in NFC. Both hold the subscriber's name, so neither is shown."""

    path: Path = field(repr=False)
    name: str = field(repr=False)


def read_folder(path: Path) -> FolderContent:
    """Read a folder; file names match without regard to case.

    Raises `FolderNotFound`, `FolderIncomplete`, `FolderNotReadable`, `Malformed` (`CaPubs`).
    """
    if not path.is_dir():
        raise FolderNotFound
    data = {name: _read_file(entry) for name, entry in _known_files(path).items()}
    for required in (SIGN_CERTIFICATE, SIGN_KEY):
        if required not in data:
            raise FolderIncomplete(missing=required)
    return FolderContent(
        sign_certificate_der=data[SIGN_CERTIFICATE],
        sign_key_encrypted=data[SIGN_KEY],
        km_certificate_der=data.get(KM_CERTIFICATE),
        km_key_encrypted=data.get(KM_KEY),
        ca_certificates_der=parse_ca_pubs(data[CA_PUBS]) if CA_PUBS in data else (),
    )


def find_folders(base: Path, name_part: str = "") -> tuple[FoundFolder, ...]:
    """Return the certificate folders below `base` whose name contains `name_part`, sorted by name.

    A certificate folder lies in a `USER` folder and holds `signCert.der`. `base` may be the `USER` folder itself or up
    to four levels above it. Names compare in NFC without regard to case; links are not followed; hidden and unreadable
    folders are skipped.
    """
    wanted = nfc(name_part).casefold()
    found = [FoundFolder(path=path, name=nfc(path.name)) for path in _certificate_folders(base, MAX_DEPTH)]
    return tuple(sorted((f for f in found if wanted in f.name.casefold()), key=lambda folder: folder.name))


def get_folder(base: Path, name_part: str) -> FoundFolder:
    """Return the one folder `find_folders` finds. Raises `FolderNotFound`, `FolderAmbiguous`."""
    found = find_folders(base, name_part)
    if not found:
        raise FolderNotFound
    if len(found) > 1:
        raise FolderAmbiguous(found=len(found))
    return found[0]


def nfc(text: str) -> str:
    """Return the composed form of Hangul: some systems hand file names back decomposed."""
    return unicodedata.normalize("NFC", text)


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted; nothing when it cannot be listed."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _certificate_folders(folder: Path, depth: int) -> Iterator[Path]:
    is_user_folder = folder.name.casefold() == USER_FOLDER.casefold()
    for entry in entries(folder):
        if entry.name.startswith(".") or entry.is_symlink() or not entry.is_dir():
            continue
        if is_user_folder and SIGN_CERTIFICATE in _known_files(entry):
            yield entry
        elif depth > 1:
            yield from _certificate_folders(entry, depth - 1)


def _known_files(folder: Path) -> dict[str, Path]:
    known = {name.casefold(): name for name in FILE_NAMES}
    return {
        known[entry.name.casefold()]: entry
        for entry in entries(folder)
        if entry.name.casefold() in known and entry.is_file()
    }


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        raise FolderNotReadable from None
    if len(data) > MAX_FILE_BYTES:
        raise FolderNotReadable
    return data
