"""Programs not ours that judge what a journey left: OpenSSL, pypinksign, pkilint."""

import contextlib
import io
import json
import subprocess
from pathlib import Path

import pypinksign
from pkilint.bin import lint_pkix_cert, lint_pkix_signer_signee_cert_chain

SIGNING_POLICY = "1.3.6.1.4.1.32473.1.1"
KEY_MANAGEMENT_POLICY = "1.3.6.1.4.1.32473.1.2"
# Deployed clients expect the notice as BMPString; RFC 6818 section 3 allows it and pkilint has not followed.
FORCED = {"pkix.rfc5280_certificate_policies_invalid_explicit_text_encoding"}


def openssl(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the OpenSSL command line."""
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", errors="replace", check=False)


def openssl_verifies(certificate: Path, authority: Path, policy: str, *more: str | Path) -> str:
    """Have OpenSSL judge a path strictly, under an explicit policy; return what it complained of, empty for nothing."""
    strictly = ["-x509_strict", "-policy_check", "-explicit_policy", "-policy", policy]
    chain = ["-CAfile", authority / "root.pem", "-untrusted", authority / "issuing.pem"]
    done = openssl("verify", *more, *strictly, *chain, certificate)
    return "" if done.returncode == 0 else done.stderr


def openssl_verifies_message(signed: Path, authority: Path) -> str:
    """Have OpenSSL judge a CMS message with its content inside (DER); return the content, or raise."""
    # Not every message carries the issuing CA's certificate: it lies beside the root, as a relying party has it.
    anchors = signed.with_suffix(".anchors.pem")
    anchors.write_bytes((authority / "root.pem").read_bytes() + (authority / "issuing.pem").read_bytes())
    arguments = ["-in", signed, "-CAfile", anchors, "-purpose", "any"]
    done = openssl("cms", "-verify", "-inform", "DER", "-binary", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pinksign(folder: Path, name: str, password: str) -> pypinksign.PinkSign:
    """Have pypinksign find the certificate below `folder` by the person's name and open its key."""
    return pypinksign.choose_cert(base_path=str(folder), cn=name, pw=password.encode())


def pkilint_errors(certificate: Path) -> list[str]:
    """Return pkilint's errors on one certificate (PEM)."""
    return _errors(lint_pkix_cert.main, [str(certificate)])


def pkilint_chain_errors(issuer: Path, subject: Path) -> list[str]:
    """Return pkilint's errors on an issuer and what it issued (PEM)."""
    return _errors(lint_pkix_signer_signee_cert_chain.main, [str(issuer), str(subject)])


def _errors(main: object, arguments: list[str]) -> list[str]:
    assert callable(main)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(["lint", "-s", "ERROR", "-f", "JSON", *arguments])
    found = [one for result in json.loads(said.getvalue())["results"] for one in result["finding_descriptions"]]
    return [f"{one['severity']} {one['code']}" for one in found if one["code"] not in FORCED]
