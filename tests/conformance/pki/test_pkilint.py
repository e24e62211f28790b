"""pkilint, an independent linter, on everything Dojang issues: no ERROR, no FATAL.

What the deployed NPKI profile forces on us is listed in `FORCED` with its reason; nothing else is let through.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pkilint.bin import lint_crl, lint_pkix_cert, lint_pkix_signer_signee_cert_chain

from builders.hierarchy import NOW, Hierarchy, hierarchy, subscriber_certificate
from dojang.pki.certificate import Serial, certificate_pem
from dojang.pki.crl import CrlScope, ReasonCode, RevokedEntry, assemble_crl, build_tbs_crl
from dojang.pki.profile_file import profile_names
from dojang.pki.public_key import KeyAlgorithm

LEAVES = tuple(name for name in profile_names() if name not in ("root", "issuing-ca"))

# pkilint finding codes of severity ERROR or FATAL that the deployed profile makes unavoidable, and why.
FORCED = {
    "pkix.rfc5280_certificate_policies_invalid_explicit_text_encoding": (
        "Deployed clients expect the notice as BMPString (npki.md 1.2). RFC 5280 forbade it; RFC 6818 section 3, which"
        " updates RFC 5280, makes it acceptable again, and pkilint has not followed."
    ),
}

Main = Callable[[list[str]], int]
Lint = Callable[[Main, list[str]], list[str]]


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Lint:
    """Run one of pkilint's commands and return `SEVERITY code` of all findings from NOTICE up, forced ones left out."""

    def run(main: Main, arguments: list[str]) -> list[str]:
        capsys.readouterr()
        main(["lint", "-s", "NOTICE", "-f", "JSON", *arguments])
        results = json.loads(capsys.readouterr().out)["results"]
        findings = [finding for result in results for finding in result["finding_descriptions"]]
        return [f"{one['severity']} {one['code']}" for one in findings if one["code"] not in FORCED]

    return run


def _severe(findings: list[str]) -> list[str]:
    return [finding for finding in findings if finding.startswith(("ERROR", "FATAL"))]


def _pem(directory: Path, name: str, certificate_der: bytes) -> str:
    path = directory / f"{name}.pem"
    path.write_bytes(certificate_pem(certificate_der))
    return str(path)


@pytest.fixture(
    params=[
        (KeyAlgorithm.EC_P256, KeyAlgorithm.RSA_2048),
        (KeyAlgorithm.RSA_2048, KeyAlgorithm.EC_P256),
    ],
    ids=["ec-root-rsa-issuing", "rsa-root-ec-issuing"],
)
def house(request: pytest.FixtureRequest) -> Hierarchy:
    return hierarchy(*request.param)


def test_the_root(house: Hierarchy, lint: Lint, tmp_path: Path) -> None:
    assert _severe(lint(lint_pkix_cert.main, [_pem(tmp_path, "root", house.root_der)])) == []


def test_the_issuing_authority(house: Hierarchy, lint: Lint, tmp_path: Path) -> None:
    assert _severe(lint(lint_pkix_cert.main, [_pem(tmp_path, "issuing", house.issuing_der)])) == []


@pytest.mark.parametrize("profile", LEAVES)
def test_leaves_of_every_profile(house: Hierarchy, lint: Lint, tmp_path: Path, profile: str) -> None:
    certificate_der = subscriber_certificate(profile, house=house)
    assert _severe(lint(lint_pkix_cert.main, [_pem(tmp_path, profile, certificate_der)])) == []


@pytest.mark.parametrize("profile", LEAVES)
def test_issuer_and_subject_fit_together(house: Hierarchy, lint: Lint, tmp_path: Path, profile: str) -> None:
    issuer, subject = house.issuing_der, subscriber_certificate(profile, house=house)
    arguments = [_pem(tmp_path, "issuer", issuer), _pem(tmp_path, "subject", subject)]
    assert _severe(lint(lint_pkix_signer_signee_cert_chain.main, arguments)) == []
    above = [_pem(tmp_path, "issuer", house.root_der), _pem(tmp_path, "subject", issuer)]
    assert _severe(lint(lint_pkix_signer_signee_cert_chain.main, above)) == []


@pytest.mark.parametrize("kind", ["empty", "full", "partition", "authorities"])
def test_lists(house: Hierarchy, lint: Lint, tmp_path: Path, kind: str) -> None:
    entries = [
        RevokedEntry(serial=Serial(1000 + reason.number), revoked_at=NOW - timedelta(days=1), reason=reason)
        for reason in ReasonCode
        if reason is not ReasonCode.REMOVE_FROM_CRL
    ]
    tbs_der = build_tbs_crl(
        issuer=house.issuer,
        number=77,
        this_update=NOW,
        next_update=NOW + timedelta(days=1),
        entries=[] if kind == "empty" else entries,
        scope={"partition": CrlScope.USERS, "authorities": CrlScope.AUTHORITIES}.get(kind, CrlScope.ALL),
        distribution_point_uri="http://ca.dojang.example/crl/3.crl" if kind == "partition" else None,
    )
    path = tmp_path / "list.crl"
    path.write_bytes(assemble_crl(tbs_der, house.signer.algorithm, house.signer.sign_crl(tbs_der)))
    arguments = ["-t", "ARL" if kind == "authorities" else "CRL", "-p", "PKIX", "--document-format", "DER", str(path)]
    assert _severe(lint(lint_crl.main, arguments)) == []


def test_the_forced_finding_is_still_found(
    house: Hierarchy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lint_pkix_cert.main(["lint", "-s", "ERROR", "-f", "JSON", _pem(tmp_path, "leaf", subscriber_certificate())])
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert [one["code"] for one in result["finding_descriptions"]] == list(FORCED)


def test_this_judge_can_say_no(house: Hierarchy, lint: Lint, tmp_path: Path) -> None:
    wrong = subscriber_certificate(house=house).replace(b"\x03\x02\x06\xc0", b"\x03\x02\x00\xc0")
    assert _severe(lint(lint_pkix_cert.main, [_pem(tmp_path, "wrong", wrong)])) != []
