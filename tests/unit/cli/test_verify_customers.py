"""`dojang verify` on the misbehaving customers, away from any office: the verdicts relying parties get online."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from builders.command import Done, Run
from dojang.adapters.signatures.reader import make_reading
from dojang.kernel.errors import DojangError
from dojang.lifecycle.reliance import verification
from dojang.lifecycle.reliance.model import SignatureFormat, SignatureReading, VerificationRequest
from dojang.lifecycle.reliance.verification import Verifier
from dojang.pki.certificate import parse_certificates_pem
from dojang.sandbox import clock
from dojang.sandbox.authority.kit import write_kit
from dojang.sandbox.authority.office import AuthorityOffice
from dojang.sandbox.authority.records import Memory
from dojang.sandbox.state import State

EXIT = {"PASSED": 0, "FAILED": 1, "INDETERMINATE": 3}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kit")
    write_kit(AuthorityOffice(Memory(State()), "http://127.0.0.1:9"), out, clock.now())
    return out


@pytest.fixture(scope="module")
def expected(kit: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((kit / "expected.json").read_text("utf-8"))
    return found


@dataclass(frozen=True)
class Given:
    """Trusts the root of the folder alone."""

    certificates: Sequence[bytes]

    def anchors(self) -> Sequence[bytes]:
        return self.certificates[:1]

    def intermediates(self) -> Sequence[bytes]:
        return self.certificates[1:]

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return make_reading()(request)


def asked(body: dict[str, Any], crls: tuple[bytes, ...]) -> VerificationRequest:
    def value(name: str) -> bytes | None:
        return base64.b64decode(body[name]) if name in body else None

    return VerificationRequest(
        format=SignatureFormat(body["format"]),
        signature=base64.b64decode(body["signature"]),
        content=value("content"),
        certificate_der=value("certificate"),
        certificates_der=tuple(base64.b64decode(one) for one in body.get("certificates", [])),
        crls_der=crls,
        signed_after=datetime.fromisoformat(body["signed_after"]) if "signed_after" in body else None,
        accepted_policies=frozenset(body["policies"]) if "policies" in body else None,
    )


def test_with_the_lists_of_the_folder_every_verdict_is_the_one_promised(kit: Path, expected: dict[str, Any]) -> None:
    crls = tuple((kit / one).read_bytes() for one in expected["crls"])
    given = Given(parse_certificates_pem((kit / expected["authorities"]).read_bytes()))
    verifier = Verifier(reader=given, trust=given, sources=())
    wrong = {}
    for question in expected["questions"]:
        request = asked(json.loads((kit / question["request"]).read_text("utf-8")), crls)
        try:
            (report,) = verification.verify(request, verifier=verifier, now=clock.now())
            came: dict[str, str | None] = {"indication": report.indication, "sub_indication": report.sub_indication}
        except DojangError as refused:
            came = {"error": refused.code}
        if came != question["expect"]:
            wrong[question["request"]] = came
    assert not wrong


def verified(run: Run, kit: Path, expected: dict[str, Any], question: dict[str, Any]) -> Done:
    """Ask on the command line what the question asks."""
    beside = [part for name in ("content", "certificate") if name in question
              for part in (f"--{name}", kit / question[name])]  # fmt: skip
    asks = question["asks"]
    policies = [part for one in asks.get("policies", []) for part in ("--policy", one)]
    after = ["--signed-after", asks["signed_after"][:19]] if "signed_after" in asks else []
    lists = [part for one in expected["crls"] for part in ("--crl", kit / one)]
    return run("verify", kit / question["signature"], "--root", kit / "root.pem", *beside, *policies, *after, *lists)


@pytest.mark.parametrize(
    ("customer", "name"),
    [
        ("good", "cms"),
        ("good", "pdf-altered"),
        ("good", "pkcs1-no-content"),
        ("revoked", "pdf"),
        ("revoked", "pkcs1-signed-after"),
        ("expired", "cms-stamped"),
        ("wrong-policy", "pkcs1"),
        ("stale-status", "cms-detached"),
    ],
)
def test_the_command_line_says_the_same_and_ends_accordingly(
    run: Run, kit: Path, expected: dict[str, Any], customer: str, name: str
) -> None:
    (question,) = (one for one in expected["questions"] if (one["customer"], one["name"]) == (customer, name))
    done, expect = verified(run, kit, expected, question), question["expect"]
    if "error" in expect:
        assert done.refusal is not None
        assert (done.code, done.refusal.code) == (1, expect["error"])
    else:
        assert done.code == EXIT[expect["indication"]], done.out
        assert expect["indication"] in done.out
        assert expect["sub_indication"] is None or expect["sub_indication"] in done.out


def test_without_the_root_nobody_vouches_for_them(run: Run, kit: Path) -> None:
    done = run("verify", kit / "good" / "cms.p7m", "--without-status")
    assert (done.code, "NO_CERTIFICATE_CHAIN_FOUND" in done.out) == (3, True)


def test_production_has_neither_customers_nor_trust_in_their_root(run: Run, kit: Path, config: Path) -> None:
    config.write_text(f'environment = "production"\n{config.read_text("utf-8")}', "utf-8")
    refusal = run("sandbox-customers", kit.parent / "never").refusal
    assert refusal is not None
    assert refusal.code == "sandbox_customers.no_sandbox"
    assert not (kit.parent / "never").exists()
    refusal = run("verify", kit / "good" / "cms.p7m", "--root", kit / "root.pem").refusal
    assert refusal is not None
    assert (refusal.code, refusal.fields) == ("reliance.root_for_tests", {"file": "root.pem"})
