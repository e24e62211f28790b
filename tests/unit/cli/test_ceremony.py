"""`dojang ceremony`: from a file to keys, certificates and a transcript; again without effect; refused when altered."""

from pathlib import Path

import pytest
from cryptography import x509

from builders.command import Run
from builders.edge import CEREMONY
from dojang.adapters.authority_folder import read_root_list
from dojang.controls.ceremony.spec_file import parse_ceremony

EXAMPLE = Path(__file__).parents[3] / "docs" / "ceremony.example.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ceremony.yaml"
    path.write_text(CEREMONY, "utf-8")
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Settings of an office that has held no ceremony."""
    path = tmp_path / "empty.toml"
    path.write_text(f'data_dir = "{tmp_path}/empty"\n', "utf-8")
    return path


def test_a_ceremony_is_held_then_checked(run: Run, file: Path, empty: Path, tmp_path: Path) -> None:
    first = run("ceremony", file, "--config", empty)
    assert first.code == 0, first.err
    folder = tmp_path / "empty" / "ca"
    root, issuing = (
        x509.load_pem_x509_certificate((folder / name).read_bytes()) for name in ("root.pem", "issuing.pem")
    )
    issuing.verify_directly_issued_by(root)
    assert "witness and sign:" in first.out
    passphrase = tmp_path / "empty" / "secrets" / "keystore.passphrase"
    assert passphrase.stat().st_mode & 0o077 == 0
    assert passphrase.read_text("utf-8").strip() not in first.out
    assert all(b"ENCRYPTED PRIVATE KEY" in key.read_bytes() for key in (folder / "keys").glob("*.pem"))
    before = {path: path.read_bytes() for path in folder.rglob("*.pem")}
    second = run("ceremony", file, "--config", empty)
    assert "nothing was made" in second.out
    assert {path: path.read_bytes() for path in folder.rglob("*.pem")} == before


def test_an_altered_certificate_is_found(run: Run, file: Path, empty: Path, tmp_path: Path) -> None:
    run("ceremony", file, "--config", empty)
    root = tmp_path / "empty" / "ca" / "root.pem"
    issuing = tmp_path / "empty" / "ca" / "issuing.pem"
    root.chmod(0o600)
    root.write_bytes(issuing.read_bytes())
    done = run("ceremony", file, "--config", empty)
    assert done.code == 1
    assert done.refusal is not None
    assert done.refusal.code.startswith("ceremony.")


def test_a_wrong_file_is_refused_by_its_field(run: Run, file: Path, empty: Path, tmp_path: Path) -> None:
    file.write_text(CEREMONY.replace("witnesses:", "wittnesses:"), "utf-8")
    done = run("ceremony", file, "--config", empty)
    assert done.refusal is not None
    assert done.refusal.code == "ceremony.spec_invalid"
    assert "wittnesses" in str(done.refusal.fields)
    assert not (tmp_path / "empty" / "ca" / "root.pem").exists()


def test_the_documents_example_is_a_ceremony() -> None:
    spec = parse_ceremony(EXAMPLE.read_bytes())
    assert spec.operator.arc == "1.3.6.1.4.1.99999"
    assert {one.label for one in spec.delegates} >= {"transport", "statement"}


def test_the_root_issues_its_next_list_before_witnesses(run: Run, file: Path, empty: Path, tmp_path: Path) -> None:
    run("ceremony", file, "--config", empty)
    folder = tmp_path / "empty" / "ca"
    first = x509.load_der_x509_crl(read_root_list(folder))
    done = run("root-list", file, "--config", empty)
    assert done.code == 0, done.err
    assert "root-2.crl: number 2, 0 entries" in done.out
    second = x509.load_der_x509_crl(read_root_list(folder))
    assert numbers(first, second) == [1, 2]
    assert second.next_update_utc is not None
    assert first.next_update_utc is not None
    assert second.next_update_utc >= first.next_update_utc
    assert "root-2.crl" in (folder / "transcript-2.md").read_text("utf-8")
    root, issuing = (
        x509.load_pem_x509_certificate((folder / name).read_bytes()) for name in ("root.pem", "issuing.pem")
    )
    assert second.is_signature_valid(root.public_key())  # type: ignore[arg-type]  # an elliptic curve key
    # The issuing authority's end is said once and carried on.
    run("root-list", file, "--revoke-issuing", "cACompromise", "--config", empty)
    run("root-list", file, "--config", empty)
    (entry,) = x509.load_der_x509_crl(read_root_list(folder))
    assert entry.serial_number == issuing.serial_number
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.ca_compromise
    assert "nothing was made" in run("ceremony", file, "--config", empty).out


def test_without_its_key_the_root_issues_nothing(run: Run, file: Path, empty: Path, tmp_path: Path) -> None:
    run("ceremony", file, "--config", empty)
    folder = tmp_path / "empty" / "ca"
    (folder / "keys" / "root.key.pem").unlink()
    done = run("root-list", file, "--config", empty)
    assert done.code == 1
    assert done.refusal is not None
    assert done.refusal.code == "pki.key_not_found"
    assert not (folder / "root-2.crl").exists()


def numbers(*lists: x509.CertificateRevocationList) -> list[int]:
    return [one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for one in lists]
