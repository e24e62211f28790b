"""The linter every certificate passes before it is signed, and the proof that it did.

Rules are filed by the document that imposes them: `rfc5280`, `npki` (the deployed profile), `profile` (our own
TOML). The linter reads the to-be-signed bytes with its own strict reader and shares nothing with the builder but
the profile.
"""

from dojang.pki.lint.findings import LintFailed
from dojang.pki.lint.linted import LintedCertificate
from dojang.pki.lint.linter import lint_certificate

__all__ = ["LintFailed", "LintedCertificate", "lint_certificate"]
