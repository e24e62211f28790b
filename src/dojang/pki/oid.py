"""Object identifiers by the name the standards give them.

Sources: RFC 3161, RFC 5035, RFC 5280, RFC 5480, RFC 5652, RFC 6960, RFC 8017, and the NPKI identity attributes
(KCAC.TS.SIVID). Policy identifiers are not here: they belong to the operator's own arc and come from the profiles.
"""

import re
from typing import Final

# Names (RFC 5280 appendix A.1)
COUNTRY: Final = "2.5.4.6"
ORGANIZATION: Final = "2.5.4.10"
ORGANIZATIONAL_UNIT: Final = "2.5.4.11"
COMMON_NAME: Final = "2.5.4.3"

# Certificate and CRL extensions (RFC 5280 section 4.2 and 5.2)
SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
KEY_USAGE: Final = "2.5.29.15"
SUBJECT_ALT_NAME: Final = "2.5.29.17"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
CRL_NUMBER: Final = "2.5.29.20"
CRL_REASON: Final = "2.5.29.21"
DELTA_CRL_INDICATOR: Final = "2.5.29.27"
ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
FRESHEST_CRL: Final = "2.5.29.46"
CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
CERTIFICATE_POLICIES: Final = "2.5.29.32"
NAME_CONSTRAINTS: Final = "2.5.29.30"
POLICY_MAPPINGS: Final = "2.5.29.33"
INHIBIT_ANY_POLICY: Final = "2.5.29.54"
ISSUER_ALT_NAME: Final = "2.5.29.18"
ANY_POLICY: Final = "2.5.29.32.0"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
POLICY_CONSTRAINTS: Final = "2.5.29.36"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
AUTHORITY_INFO_ACCESS: Final = "1.3.6.1.5.5.7.1.1"
OCSP_NOCHECK: Final = "1.3.6.1.5.5.7.48.1.5"

# OCSP (RFC 6960 section 4, RFC 9654)
OCSP_BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
OCSP_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
OCSP_ACCEPTABLE_RESPONSES: Final = "1.3.6.1.5.5.7.48.1.4"
SERVICE_LOCATOR: Final = "1.3.6.1.5.5.7.48.1.7"
OCSP_PREFERRED_ALGORITHMS: Final = "1.3.6.1.5.5.7.48.1.8"

# Values inside them
AD_OCSP: Final = "1.3.6.1.5.5.7.48.1"
QUALIFIER_CPS: Final = "1.3.6.1.5.5.7.2.1"
QUALIFIER_USER_NOTICE: Final = "1.3.6.1.5.5.7.2.2"
EKU_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
EKU_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
EKU_CMC_CA: Final = "1.3.6.1.5.5.7.3.27"
EKU_CMC_RA: Final = "1.3.6.1.5.5.7.3.28"

# Keys and signatures (RFC 8017, RFC 5480, RFC 5758)
RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
SHA256_WITH_RSA: Final = "1.2.840.113549.1.1.11"
EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
P256: Final = "1.2.840.10045.3.1.7"
ECDSA_WITH_SHA256: Final = "1.2.840.10045.4.3.2"
SHA1: Final = "1.3.14.3.2.26"
SHA256: Final = "2.16.840.1.101.3.4.2.1"
SHA384: Final = "2.16.840.1.101.3.4.2.2"
SHA512: Final = "2.16.840.1.101.3.4.2.3"

# Signed messages and time-stamps (RFC 5652, RFC 3161, RFC 5035)
DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
ATTRIBUTE_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
ATTRIBUTE_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
ATTRIBUTE_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
ATTRIBUTE_CONTENT_HINTS: Final = "1.2.840.113549.1.9.16.2.4"
ATTRIBUTE_SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"
ATTRIBUTE_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
REVOCATION_INFO_OCSP: Final = "1.3.6.1.5.5.7.16.2"

# NPKI identity attributes (KCAC.TS.SIVID)
IDENTIFY_DATA: Final = "1.2.410.200004.10.1.1"

# Arcs
DOCUMENTATION_ARC: Final = "1.3.6.1.4.1.32473"  # RFC 5612: for examples, nobody's own
KOREA_ARC: Final = "1.2.410"

_DOTTED = re.compile(r"^(?:[01]\.(?:[0-9]|[1-3][0-9])|2\.(?:0|[1-9][0-9]*))(?:\.(?:0|[1-9][0-9]*))*$")


def is_oid(text: str) -> bool:
    """Return whether `text` is a dotted object identifier of at least two arcs, without leading zeros."""
    return bool(_DOTTED.match(text))


def is_under(identifier: str, arc: str) -> bool:
    """Return whether `identifier` equals `arc` or lies below it."""
    return identifier == arc or identifier.startswith(arc + ".")
