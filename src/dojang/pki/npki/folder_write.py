"""Writing an NPKI folder so that a crash leaves the old certificate or the new one, never a mixture.

The new folder is complete on disk under a hidden name before it takes the old one's place by renaming.
Source: KCAC.TS.UI for the layout; the order of steps is ours.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dojang.pki.npki import folder
from dojang.pki.npki.ca_pubs import ca_pubs_der
from dojang.pki.npki.errors import FolderNotWritable
from dojang.pki.npki.folder import FolderContent
from dojang.pki.npki.folder_name import safe_component, subject_folder_name

_PRIVATE_FILES: Final = frozenset({folder.SIGN_KEY, folder.KM_KEY})


def write_folder(base: Path, ca_name: str, content: FolderContent) -> Path:
    """Write `base/NPKI/<ca_name>/USER/<subject>` and return its path.

    The five NPKI files become exactly `content`; other files found in the folder are carried over. Folders made here
    get mode 0700, keys 0600, certificates 0644. Between two renames there is an instant without the folder; a process
    killed there leaves the old one hidden beside it, and the next write puts it back first.

    Raises `FolderNameUnusable`, `FolderNotWritable` (what was there before is still there), `Malformed`.
    """
    name = subject_folder_name(content.sign_certificate_der)
    ca_component = safe_component(ca_name)
    files = _files(content)
    try:
        user_folder = _private_folders(base, "NPKI", ca_component, folder.USER_FOLDER)
        return _write_into(user_folder, name, files)
    except OSError:
        raise FolderNotWritable from None


def _write_into(user_folder: Path, name: str, files: dict[str, bytes]) -> Path:
    # short fixed names: a long subject leaves no room for a suffix
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    fresh, retired = user_folder / f".new-{digest}", user_folder / f".old-{digest}"
    target = user_folder / name
    _recover(fresh, retired, target, _find_existing(user_folder, name))
    existing = _find_existing(user_folder, name)
    fresh.mkdir(mode=0o700)
    with _removed_on_failure(fresh):
        if existing is not None:
            _carry_over(existing, fresh)
        for file_name, data in files.items():
            _write_file(fresh / file_name, data, 0o600 if file_name in _PRIVATE_FILES else 0o644)
        _sync_folder(fresh)
        _swap(fresh, target, existing, retired)
    _sync_folder(user_folder)
    return target


def _files(content: FolderContent) -> dict[str, bytes]:
    optional = {
        folder.KM_CERTIFICATE: content.km_certificate_der,
        folder.KM_KEY: content.km_key_encrypted,
        folder.CA_PUBS: ca_pubs_der(content.ca_certificates_der) if content.ca_certificates_der else None,
    }
    files = {folder.SIGN_CERTIFICATE: content.sign_certificate_der, folder.SIGN_KEY: content.sign_key_encrypted}
    return files | {name: data for name, data in optional.items() if data is not None}


def _private_folders(base: Path, *components: str) -> Path:
    path = base
    for component in components:
        path = path / component
        path.mkdir(mode=0o700, parents=path.parent == base, exist_ok=True)
    return path


def _find_existing(user_folder: Path, name: str) -> Path | None:
    """Return the folder of this subject however its name is spelled (case, decomposed Hangul)."""
    wanted = name.casefold()
    for entry in folder.entries(user_folder):
        if folder.nfc(entry.name).casefold() == wanted and entry.is_dir() and not entry.is_symlink():
            return entry
    return None


def _recover(fresh: Path, retired: Path, target: Path, existing: Path | None) -> None:
    """Clear away what a killed write left, and put the retired folder back when nothing took its place."""
    if fresh.exists():
        shutil.rmtree(fresh)
    if retired.exists():
        if existing is None:
            retired.rename(target)
        else:
            shutil.rmtree(retired)


def _carry_over(existing: Path, fresh: Path) -> None:
    known = {name.casefold() for name in folder.FILE_NAMES}
    for entry in folder.entries(existing):
        if entry.name.casefold() not in known and entry.is_file() and not entry.is_symlink():
            shutil.copy2(entry, fresh / entry.name)


def _write_file(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder to flush it
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(fresh: Path, target: Path, existing: Path | None, retired: Path) -> None:
    if existing is None:
        fresh.rename(target)
        return
    existing.rename(retired)
    try:
        fresh.rename(target)
    except OSError:
        retired.rename(existing)
        raise
    # the write has succeeded: what cannot be deleted now, the next write deletes
    shutil.rmtree(retired, ignore_errors=True)


@contextmanager
def _removed_on_failure(fresh: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
