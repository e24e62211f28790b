"""A ceremony from one file: made once, carried on after a stop, found finished, and never fooled."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from dojang.controls.ceremony import CeremonyRecord, CeremonySpec, parse_ceremony, run_ceremony
from dojang.controls.ceremony.artefacts import ArtefactAltered, RecordUnreadable
from dojang.controls.ceremony.certifier import CeremonyContradiction
from dojang.pki.certificate import certificate_pem, parse_certificates_pem
from dojang.pki.keystore import KeyUse, Mechanism
from dojang.pki.public_key import KeyAlgorithm
from fakes.memory_keystore import MemoryKeyStore

NOW = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)

FILE = """
title: 도장 모의 인증센터 2026
place: 서울 본점 지하 2층
operator:
  arc: 1.3.6.1.4.1.32473
  cps: http://ca.dojang.example/cps
  notice: 이 인증서는 시험용 인증서입니다
witnesses:
  - {name: 김참관, role: 감사}
  - {name: 이입회, role: 보안}
root:
  key: ec-p256
  subject: {country: kr, organization: Dojang, units: [RootCA], common_name: Dojang Sandbox Root 1}
  crl: {uri: http://ca.dojang.example/crl/root.crl}
issuing:
  key: rsa-2048
  subject: {country: kr, organization: Dojang, units: [AccreditedCA], common_name: Dojang Sandbox CA 1}
  real_name: 도장은행
  crl: {uri: http://ca.dojang.example/crl/issuing.crl, hours: 24}
  ocsp: http://ocsp.dojang.example
delegates:
  - label: transport
    key: rsa-2048
    subject: {country: kr, organization: Dojang, units: [AccreditedCA], common_name: Dojang Transport 1}
"""

OCSP = """
  - label: ocsp
    profile: ocsp-delegate
    key: ec-p256
    subject: {country: kr, organization: Dojang, units: [AccreditedCA], common_name: Dojang OCSP 1}
"""


class CountingChance:
    """Different bytes each time, the same in each run."""

    def __init__(self) -> None:
        self._count = 0

    def new_id(self) -> str:
        return self.token_bytes(16).hex()

    def token_bytes(self, length: int) -> bytes:
        self._count += 1
        return sha256(str(self._count).encode()).digest()[:length]

    def below(self, bound: int) -> int:
        return int.from_bytes(self.token_bytes(16), "big") % bound


class Stopped(Exception):
    """The power went."""


class StoppingKeyStore(MemoryKeyStore):
    """Stops at the n-th operation that changes or signs something; before it, or just after it."""

    def __init__(self, *, stop_at: int, after: bool) -> None:
        super().__init__()
        self.stop_at = stop_at
        self._after = after
        self.operations = 0
        self.signed: list[bytes] = []

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        self._count(before=True)
        made = super().generate(label, algorithm, use)
        self._count(before=False)
        return made

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        self._count(before=True)
        self.signed.append(data)
        signature = super().sign(label, data, mechanism)
        self._count(before=False)
        return signature

    def _count(self, *, before: bool) -> None:
        self.operations += before
        if self.operations == self.stop_at and before != self._after:
            raise Stopped


@pytest.fixture
def spec() -> CeremonySpec:
    return parse_ceremony(FILE.encode())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[MemoryKeyStore, Path, CeremonyRecord]:
    keystore, out_dir = MemoryKeyStore(), tmp_path_factory.mktemp("ca")
    return keystore, out_dir, _run(parse_ceremony(FILE.encode()), keystore, out_dir)


@pytest.fixture
def copy(
    finished: tuple[MemoryKeyStore, Path, CeremonyRecord], tmp_path: Path
) -> tuple[MemoryKeyStore, Path, CeremonyRecord]:
    keystore, out_dir, record = finished
    for path in out_dir.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    own = MemoryKeyStore()
    own._keys = dict(keystore._keys)
    return own, tmp_path, record


def _run(
    spec: CeremonySpec, keystore: MemoryKeyStore, out_dir: Path, *, now: datetime = NOW, chance: int = 0
) -> CeremonyRecord:
    counting = CountingChance()
    counting._count = chance
    return run_ceremony(spec, keystore=keystore, out_dir=out_dir, now=now, chance=counting)


def _files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def _openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False, text=True, errors="replace")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


AT = str(int((NOW + timedelta(hours=1)).timestamp()))


def test_openssl_verifies_every_certificate_with_the_first_lists(
    finished: tuple[MemoryKeyStore, Path, CeremonyRecord], tmp_path: Path
) -> None:
    _, out_dir, _ = finished
    lists = tmp_path / "lists.pem"
    for name in ("root.crl", "issuing.crl"):
        pem = _openssl("crl", "-inform", "DER", "-in", out_dir / name)
        lists.write_text((lists.read_text() if lists.exists() else "") + pem)
    for name in ("issuing.pem", "transport.pem"):
        printed = _openssl(
            "verify", "-x509_strict", "-policy_check", "-policy", "2.5.29.32.0", "-attime", AT, "-CAfile",
            out_dir / "root.pem", "-untrusted", out_dir / "issuing.pem", "-crl_check_all", "-extended_crl", "-CRLfile",
            lists, out_dir / name,
        )  # fmt: skip
        assert printed.strip().endswith("OK")


def test_the_first_lists_are_empty_numbered_one_and_last_as_ordered(
    finished: tuple[MemoryKeyStore, Path, CeremonyRecord],
) -> None:
    _, out_dir, _ = finished
    for name, next_update in (("root", "Mar  5 01:02:03 2027 GMT"), ("issuing", "Mar  6 01:02:03 2026 GMT")):
        printed = _openssl("crl", "-inform", "DER", "-in", out_dir / f"{name}.crl", "-noout", "-text")
        assert "No Revoked Certificates" in printed
        assert f"Next Update: {next_update}" in printed
        assert "X509v3 CRL Number: \n                1\n" in printed


def test_the_chain_file_is_issuing_then_root(finished: tuple[MemoryKeyStore, Path, CeremonyRecord]) -> None:
    _, out_dir, record = finished
    assert parse_certificates_pem((out_dir / "chain.pem").read_bytes()) == (record.issuing_der, record.root_der)


def test_keys_are_made_for_one_use_each(finished: tuple[MemoryKeyStore, Path, CeremonyRecord]) -> None:
    keystore, _, _ = finished
    assert keystore.labels() == {"root", "issuing", "transport"}
    assert {label: use for label, (_, use) in keystore._keys.items()} == {
        "root": KeyUse.SIGN,
        "issuing": KeyUse.SIGN,
        "transport": KeyUse.DECRYPT,
    }


def test_the_transcript_names_witnesses_and_gives_every_digest(
    finished: tuple[MemoryKeyStore, Path, CeremonyRecord],
) -> None:
    _, out_dir, record = finished
    transcript = (out_dir / "transcript.md").read_text()
    assert "김참관 (감사)" in transcript
    assert "이입회 (보안)" in transcript
    assert "2026-03-05 10:02:03 KST" in transcript
    made = {"root.pem", "issuing.pem", "transport.pem", "chain.pem", "root.crl", "issuing.crl"}
    for name in made:
        assert f"| `{name}` | `{sha256((out_dir / name).read_bytes()).hexdigest()}` |" in transcript
    assert set(record.digests) == made | {"transcript.md"}
    assert set(_files(out_dir)) == made | {"transcript.md", "record.json"}


def test_running_again_changes_nothing_years_later(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec
) -> None:
    keystore, out_dir, record = copy
    before = _files(out_dir)
    again = _run(spec, keystore, out_dir, now=NOW + timedelta(days=365 * 30), chance=1000)
    assert again.made == ()
    assert (again.root_der, again.issuing_der) == (record.root_der, record.issuing_der)
    assert again.digests == record.digests
    assert _files(out_dir) == before


def test_a_finished_ceremony_is_checked_without_the_root_key(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec
) -> None:
    """The root key is offline after its ceremony: checking must neither need it nor make another."""
    keystore, out_dir, record = copy
    keystore.delete("root")
    again = _run(spec, keystore, out_dir, now=NOW + timedelta(days=30), chance=1000)
    assert (again.made, again.root_der) == ((), record.root_der)
    assert "root" not in keystore.labels()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("stop_at", range(1, 9))
def test_a_ceremony_cut_off_anywhere_goes_on(spec: CeremonySpec, tmp_path: Path, stop_at: int, after: bool) -> None:
    keystore = StoppingKeyStore(stop_at=stop_at, after=after)
    with pytest.raises(Stopped):
        _run(spec, keystore, tmp_path)
    keystore.stop_at = 0
    record = _run(spec, keystore, tmp_path, now=NOW + timedelta(hours=2), chance=500)
    assert set(record.digests) == {
        "root.pem", "issuing.pem", "transport.pem", "chain.pem", "root.crl", "issuing.crl", "transcript.md",
    }  # fmt: skip
    assert keystore.labels() == {"root", "issuing", "transport"}
    certificates_signed = {data for data in keystore.signed if data[4:7] == b"\xa0\x03\x02"}
    assert len(certificates_signed) == 3, "one set of to-be-signed bytes per certificate, however often it stopped"
    assert not list(tmp_path.glob("*.tbs"))
    assert _run(spec, keystore, tmp_path, chance=900).made == ()


def test_a_stop_between_files_and_transcript_is_made_good(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec
) -> None:
    keystore, out_dir, record = copy
    (out_dir / "record.json").unlink()
    again = _run(spec, keystore, out_dir, chance=700)
    assert again.made == ("transcript.md",)
    assert again.digests == record.digests


def test_a_delegate_added_later_gets_a_transcript_of_its_own(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord],
) -> None:
    keystore, out_dir, record = copy
    later = _run(parse_ceremony((FILE + OCSP).encode()), keystore, out_dir, now=NOW + timedelta(days=40), chance=800)
    assert later.made == ("ocsp.pem", "transcript-2.md")
    assert later.root_der == record.root_der
    assert [path.name for path in later.transcripts] == ["transcript.md", "transcript-2.md"]
    second = (out_dir / "transcript-2.md").read_text()
    assert "ocsp.pem" in second
    assert "root.pem" not in second
    keystore.delete("ocsp")


@pytest.mark.parametrize("name", ["root.pem", "transcript.md", "issuing.crl"])
@pytest.mark.parametrize("gone", [False, True], ids=["altered", "gone"])
def test_a_witnessed_file_that_changed_is_found(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec, name: str, gone: bool
) -> None:
    keystore, out_dir, _ = copy
    content = (out_dir / name).read_bytes()
    if gone:
        (out_dir / name).unlink()
    else:
        (out_dir / name).write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    with pytest.raises(ArtefactAltered) as caught:
        _run(spec, keystore, out_dir)
    assert caught.value.fields["artefact"] == name


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Dojang Sandbox Root 1", "Dojang Sandbox Root 2", "subject"),
        ("도장은행", "인주은행", "real_name"),
        ("시험용 인증서입니다", "공동인증서 입니다", "profile"),
        ("crl/root.crl", "crl/other.crl", "profile"),
        ("key: ec-p256", "key: rsa-2048", "key_algorithm"),
        ("  real_name:", "  years: 5\n  real_name:", "years"),
    ],
)
def test_a_file_that_asks_for_something_else_is_contradicted(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], old: str, new: str, reason: str
) -> None:
    keystore, out_dir, _ = copy
    assert old in FILE
    with pytest.raises(CeremonyContradiction) as caught:
        _run(parse_ceremony(FILE.replace(old, new).encode()), keystore, out_dir)
    assert caught.value.fields["reason"] == reason


def test_a_certificate_of_another_key_is_contradicted(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec
) -> None:
    keystore, out_dir, _ = copy
    keystore.delete("transport")
    keystore.generate("transport", spec.delegates[0].key, KeyUse.DECRYPT)
    with pytest.raises(CeremonyContradiction) as caught:
        _run(spec, keystore, out_dir)
    assert caught.value.fields["reason"] == "key"


def test_a_certificate_with_another_signature_is_contradicted(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec, tmp_path: Path
) -> None:
    keystore, out_dir, record = copy
    (out_dir / "record.json").unlink()
    forged = record.issuing_der[:-1] + bytes([record.issuing_der[-1] ^ 1])
    (out_dir / "issuing.pem").write_bytes(certificate_pem(forged))
    with pytest.raises(CeremonyContradiction) as caught:
        _run(spec, keystore, out_dir)
    assert caught.value.fields["reason"] == "signature"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"sessions": [{}]}', b'{"sessions": 1}', b"\xff"])
def test_a_broken_record_is_not_guessed_at(
    copy: tuple[MemoryKeyStore, Path, CeremonyRecord], spec: CeremonySpec, content: bytes
) -> None:
    keystore, out_dir, _ = copy
    (out_dir / "record.json").write_bytes(content)
    with pytest.raises(RecordUnreadable):
        _run(spec, keystore, out_dir)


def test_the_record_is_json_people_can_read(finished: tuple[MemoryKeyStore, Path, CeremonyRecord]) -> None:
    _, out_dir, record = finished
    (session,) = json.loads((out_dir / "record.json").read_text())["sessions"]
    assert session["transcript"] == "transcript.md"
    assert session["digests"] == dict(record.digests)
