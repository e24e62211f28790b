"""Programs we did not write judge what was issued: the OpenSSL command line and, where installed, pypinksign."""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one program said of one thing. `words` is its own last line."""

    what: str
    by: str
    passed: bool
    words: str


class OpenSsl:
    """The OpenSSL command line, if the machine has one."""

    def __init__(self, policy: str) -> None:
        """`policy` is the certificate policy a relying party here accepts (dotted)."""
        self._policy = policy
        self._program = shutil.which("openssl")
        version = self._run(["version"]).stdout if self._program else "OpenSSL (not installed)"
        self.name = version.partition(" (Library")[0].strip()

    @property
    def is_there(self) -> bool:
        """Whether it can judge."""
        return self._program is not None

    def verify_certificate(self, certificate: Path, *, root: Path, issuing: Path, crl: Path | None = None) -> Verdict:
        """Judge the path to the root, and the revocation list when one is given (DER)."""
        status = ["-crl_check", "-CRLfile", str(crl)] if crl else []
        policy = ["-x509_strict", "-policy_check", "-policy", self._policy]
        chain = ["-CAfile", str(root), "-untrusted", str(issuing), str(certificate)]
        arguments = ["verify", *status, *policy, *chain]
        return self._judge("certification path" + (" and revocation list" if crl else ""), arguments)

    def verify_signature(self, signed: Path, *, root: Path, issuing: Path) -> Verdict:
        """Judge a CMS message (DER, attached)."""
        arguments = ["cms", "-verify", "-inform", "DER", "-binary", "-in", str(signed), "-CAfile", str(root),
                     "-certfile", str(issuing), "-purpose", "any", "-out", "/dev/null"]  # fmt: skip
        return self._judge("signed file", arguments)

    def open_pkcs12(self, file: Path, password: str) -> Verdict:
        """Judge a PKCS#12 file: it opens, and its key bag still holds R."""
        done = self._run(["pkcs12", "-in", str(file), "-passin", "stdin", "-nodes", "-nocerts"], password + "\n")
        kept = "1.2.410.200004.10.1.1.3" in done.stdout
        words = "opened; R is in the key attributes" if kept else (done.stderr.strip() or "R is missing")
        return Verdict(what="PKCS#12 file", by=self.name, passed=done.returncode == 0 and kept, words=words)

    def _judge(self, what: str, arguments: Sequence[str]) -> Verdict:
        done = self._run(arguments)
        lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        complaints = [line for line in lines if line.startswith("error ")]
        words = (complaints or lines[-1:] or [""])[0]
        return Verdict(what=what, by=self.name, passed=done.returncode == 0, words=words)

    def _run(self, arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [self._program or "openssl", *arguments]
        return subprocess.run(  # noqa: S603 - our own arguments
            command, input=stdin, capture_output=True, encoding="utf-8", errors="replace", check=False
        )


def judge_folder_with_pypinksign(base: Path, name: str, password: str) -> Verdict | None:
    """Have pypinksign find the NPKI folder below `base`, open the key and sign; None when it is not installed."""
    if importlib.util.find_spec("pypinksign") is None:
        return None
    import pypinksign

    pair = pypinksign.choose_cert(base_path=str(base), cn=name, pw=password.encode())
    message = b"signed by pypinksign"
    passed = bool(pair.verify(pair.sign(message), message)) and not pair.verify(pair.sign(message), b"altered")
    return Verdict(what="NPKI folder", by="pypinksign", passed=passed, words=str(pair.cn()))
