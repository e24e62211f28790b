"""NPKI folders on disk: names that stay in their place, writes that survive a crash, files that are found."""

import os
import stat
import unicodedata
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from dojang.pki.npki import folder_write
from dojang.pki.npki.ca_pubs import ca_pubs_der, parse_ca_pubs
from dojang.pki.npki.errors import (
    FolderAmbiguous,
    FolderIncomplete,
    FolderNameUnusable,
    FolderNotFound,
    FolderNotReadable,
    FolderNotWritable,
    Malformed,
)
from dojang.pki.npki.folder import FolderContent, find_folders, get_folder, read_folder
from dojang.pki.npki.folder_name import safe_component, subject_folder_name
from dojang.pki.npki.folder_write import write_folder
from unit.pki.npki.subscriber import CA_NAME, COMMON_NAME, certificate, name, rsa_key, subject_name, subscriber, usage

FOLDER_NAME = f"cn={COMMON_NAME},ou=DJB,ou=personal4IB,o=dojang,c=kr"


def content(key: bytes = b"encrypted sign key") -> FolderContent:
    holder = subscriber()
    return FolderContent(
        sign_certificate_der=holder.sign_certificate_der,
        sign_key_encrypted=key,
        km_certificate_der=holder.km_certificate_der,
        km_key_encrypted=b"encrypted km key",
        ca_certificates_der=(holder.ca_certificate_der,),
    )


def signing_only(key: bytes = b"another key", common_name: str = COMMON_NAME) -> FolderContent:
    return FolderContent(sign_certificate_der=leaf(subject_name(common_name)), sign_key_encrypted=key)


def leaf(subject: x509.Name) -> bytes:
    return certificate(rsa_key("sign"), usage(sign=True), subject, 7)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_layout_names_and_modes(tmp_path: Path) -> None:
    path = write_folder(tmp_path, "dojang", content())
    assert path == tmp_path / "NPKI" / "dojang" / "USER" / FOLDER_NAME
    assert sorted(entry.name for entry in path.iterdir()) == [
        *("CaPubs", "kmCert.der", "kmPri.key", "signCert.der", "signPri.key")
    ]
    assert [entry.name for entry in path.parent.iterdir()] == [FOLDER_NAME]
    for folder in (path, path.parent, path.parent.parent, path.parent.parent.parent):
        assert mode(folder) == 0o700
    assert mode(path / "signPri.key") == mode(path / "kmPri.key") == 0o600
    assert read_folder(path) == content()


def test_optional_files_are_optional(tmp_path: Path) -> None:
    path = write_folder(tmp_path, "dojang", signing_only())
    assert sorted(entry.name for entry in path.iterdir()) == ["signCert.der", "signPri.key"]
    assert read_folder(path) == signing_only()


def test_a_new_certificate_of_the_same_subject_replaces_the_old_files(tmp_path: Path) -> None:
    path = write_folder(tmp_path, "dojang", content())
    (path / "notes.txt").write_text("kept")
    again = write_folder(tmp_path, "dojang", signing_only())
    assert again == path
    assert read_folder(path) == signing_only()
    assert (path / "notes.txt").read_text() == "kept"
    assert not (path / "kmPri.key").exists()
    assert [entry.name for entry in path.parent.iterdir()] == [FOLDER_NAME]


@pytest.mark.parametrize("spelling", [FOLDER_NAME.upper(), unicodedata.normalize("NFD", FOLDER_NAME)])
def test_the_old_folder_is_recognised_however_it_is_spelled(tmp_path: Path, spelling: str) -> None:
    path = write_folder(tmp_path, "dojang", content())
    path.rename(path.parent / spelling)
    write_folder(tmp_path, "dojang", signing_only())
    assert [entry.name for entry in path.parent.iterdir()] == [FOLDER_NAME]


def test_a_write_killed_between_its_renames_is_put_right(tmp_path: Path) -> None:
    path = write_folder(tmp_path, "dojang", content(b"first"))
    digest = folder_write.hashlib.sha256(FOLDER_NAME.encode()).hexdigest()[:16]
    (path / "notes.txt").write_text("kept")
    path.rename(path.parent / f".old-{digest}")
    (path.parent / f".new-{digest}").mkdir()
    (path.parent / f".new-{digest}" / "signPri.key").write_bytes(b"half a key")
    assert find_folders(tmp_path) == ()
    write_folder(tmp_path, "dojang", content(b"second"))
    assert read_folder(path).sign_key_encrypted == b"second"
    assert (path / "notes.txt").read_text() == "kept"
    assert [entry.name for entry in path.parent.iterdir()] == [FOLDER_NAME]


def test_a_failed_write_leaves_the_old_certificate(tmp_path: Path) -> None:
    """A folder where a file must go cannot be carried over, and nothing has moved yet."""
    path = write_folder(tmp_path, "dojang", content(b"first"))
    digest = folder_write.hashlib.sha256(FOLDER_NAME.encode()).hexdigest()[:16]
    (path.parent / f".new-{digest}").write_bytes(b"in the way")
    with pytest.raises(FolderNotWritable):
        write_folder(tmp_path, "dojang", content(b"second"))
    assert read_folder(path).sign_key_encrypted == b"first"


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "NPKI").write_bytes(b"")
    with pytest.raises(FolderNotWritable):
        write_folder(tmp_path, "dojang", content())


HOSTILE = ["../../escape", "a/b", "a\\b", "..", "nul\x00", "a,b=c", "a+b", 'q"<>|*?:', "e\u202egpj", "."]


@pytest.mark.parametrize("common_name", HOSTILE)
def test_hostile_names_stay_in_their_folder(tmp_path: Path, common_name: str) -> None:
    path = write_folder(tmp_path, "dojang", signing_only(common_name=common_name))
    user_folder = (tmp_path / "NPKI" / "dojang" / "USER").resolve()
    assert path.resolve().parent == user_folder
    assert path.name.startswith("cn=")
    assert path.name.count(",") == 4
    assert not set(path.name) & set('/\\:*?"<>|\x00')
    assert read_folder(path) == signing_only(common_name=common_name)


def test_hostile_names_never_share_a_folder() -> None:
    names = [subject_folder_name(leaf(subject_name(c))) for c in [*HOSTILE, "a%2Fb", "a%2Cb%3Dc", "%2E%2E"]]
    assert len({n.casefold() for n in names}) == len(names)


@pytest.mark.parametrize(
    ("ca_name", "component"),
    [("yessign", "yessign"), ("..", "%2E%2E"), (".", "%2E"), ("a/b", "a%2Fb"), ("A. ", "A.%20"), (".x", "%2Ex")],
)
def test_ca_names_become_one_component(tmp_path: Path, ca_name: str, component: str) -> None:
    assert safe_component(ca_name) == component
    assert write_folder(tmp_path, ca_name, content()).parent.parent.parent == tmp_path / "NPKI"


@pytest.mark.parametrize("ca_name", ["", "가" * 86])
def test_unusable_ca_names(tmp_path: Path, ca_name: str) -> None:
    with pytest.raises(FolderNameUnusable):
        write_folder(tmp_path, ca_name, content())


def test_a_subject_too_long_for_a_file_system() -> None:
    organisation = [(NameOID.ORGANIZATIONAL_UNIT_NAME, "길" * 60) for _ in range(2)]
    with pytest.raises(FolderNameUnusable):
        subject_folder_name(leaf(name((NameOID.COUNTRY_NAME, "kr"), *organisation)))


def test_names_are_composed_and_blanks_inside_values_stay() -> None:
    subject = name(
        (NameOID.COUNTRY_NAME, "KR"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unicodedata.normalize("NFD", "MOHW RA센터")),
        (NameOID.COMMON_NAME, unicodedata.normalize("NFD", "홍길동")),
    )
    assert subject_folder_name(leaf(subject)) == "cn=홍길동,ou=MOHW RA센터,c=KR"


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_folders_are_found_from_every_level(tmp_path: Path, depth: int) -> None:
    path = write_folder(tmp_path, "dojang", content())
    write_folder(tmp_path, "dojang", signing_only(common_name="다른이()001"))
    base = [tmp_path, *reversed(path.parents[: len(path.relative_to(tmp_path).parts) - 1])][depth]
    assert [found.name for found in find_folders(base)] == [
        *("cn=다른이()001,ou=DJB,ou=personal4IB,o=dojang,c=kr", FOLDER_NAME)
    ]
    assert get_folder(base, unicodedata.normalize("NFD", "도장이")).path == path


def test_case_does_not_matter_and_strangers_are_passed_over(tmp_path: Path) -> None:
    gpki = tmp_path / "npki" / "KICA" / "User" / "CN=holder,c=KR"
    gpki.mkdir(parents=True)
    (gpki / "SignCert.der").write_bytes(subscriber().sign_certificate_der)
    (gpki / "SIGNPRI.KEY").write_bytes(b"key")
    (tmp_path / "npki" / "KICA" / "User" / "cn=empty").mkdir()
    elsewhere = tmp_path / "npki" / "KICA" / "cn=not-under-user"
    elsewhere.mkdir()
    (elsewhere / "signCert.der").write_bytes(b"x")
    (tmp_path / "npki" / "KICA" / "User" / "cn=link").symlink_to(gpki)
    assert [found.path for found in find_folders(tmp_path)] == [gpki]
    assert read_folder(gpki).sign_key_encrypted == b"key"
    assert get_folder(tmp_path, "HOLDER").path == gpki


def test_none_and_several(tmp_path: Path) -> None:
    with pytest.raises(FolderNotFound):
        get_folder(tmp_path / "absent", "")
    write_folder(tmp_path, "dojang", content())
    write_folder(tmp_path, "other", content())
    with pytest.raises(FolderAmbiguous) as refusal:
        get_folder(tmp_path, "도장이")
    assert refusal.value.fields == {"found": 2}


def test_incomplete_and_unreadable_folders(tmp_path: Path) -> None:
    path = write_folder(tmp_path, "dojang", content())
    (path / "signPri.key").unlink()
    with pytest.raises(FolderIncomplete) as refusal:
        read_folder(path)
    assert refusal.value.fields == {"missing": "signPri.key"}
    (path / "signPri.key").write_bytes(bytes(300_000))
    with pytest.raises(FolderNotReadable):
        read_folder(path)
    with pytest.raises(FolderNotFound):
        read_folder(path / "absent")


def test_ca_pubs_round_trip_and_refuse_junk() -> None:
    chain = (subscriber().ca_certificate_der, certificate(rsa_key("sub"), usage(certify=True), CA_NAME, 2))
    assert parse_ca_pubs(ca_pubs_der(chain)) == chain
    assert parse_ca_pubs(ca_pubs_der(chain) + b"behind") == chain
    assert parse_ca_pubs(ca_pubs_der(())) == ()
    for junk in (b"", b"\x30\x03\x02\x01\x01", os.urandom(40)):
        with pytest.raises(Malformed):
            parse_ca_pubs(junk)
    with pytest.raises(Malformed):
        ca_pubs_der((b"not a certificate",))
