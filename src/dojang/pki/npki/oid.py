"""Object identifiers of the NPKI formats. Names only; certificate policies are configuration and never stand here.

Arc 1.2.410.200004 is KISA's. Sources: KCAC.TS.SIVID, KCAC.TS.ENC, RFC 4269, RFC 7292, RFC 8018.
"""

from typing import Final

# identity attributes
IDENTIFY_DATA: Final = "1.2.410.200004.10.1.1"
VIRTUAL_ID: Final = "1.2.410.200004.10.1.1.1"
RANDOM_NUMBER: Final = "1.2.410.200004.10.1.1.3"

# SEED and the password-based schemes built on it
SEED_CBC: Final = "1.2.410.200004.1.4"
PBE_SHA1_SEED_CBC: Final = "1.2.410.200004.1.15"

# PKCS#5
PBKDF2: Final = "1.2.840.113549.1.5.12"
PBES2: Final = "1.2.840.113549.1.5.13"
HMAC_SHA1: Final = "1.2.840.113549.2.7"
HMAC_SHA256: Final = "1.2.840.113549.2.9"
HMAC_SHA384: Final = "1.2.840.113549.2.10"
HMAC_SHA512: Final = "1.2.840.113549.2.11"

AES_128_CBC: Final = "2.16.840.1.101.3.4.1.2"
AES_256_CBC: Final = "2.16.840.1.101.3.4.1.42"

SHA1: Final = "1.3.14.3.2.26"
SHA256: Final = "2.16.840.1.101.3.4.2.1"
SHA384: Final = "2.16.840.1.101.3.4.2.2"
SHA512: Final = "2.16.840.1.101.3.4.2.3"

# PKCS#7 and PKCS#12
DATA: Final = "1.2.840.113549.1.7.1"
ENCRYPTED_DATA: Final = "1.2.840.113549.1.7.6"
PBE_SHA1_3DES: Final = "1.2.840.113549.1.12.1.3"
KEY_BAG: Final = "1.2.840.113549.1.12.10.1.1"
SHROUDED_KEY_BAG: Final = "1.2.840.113549.1.12.10.1.2"
CERT_BAG: Final = "1.2.840.113549.1.12.10.1.3"
X509_CERTIFICATE: Final = "1.2.840.113549.1.9.22.1"
LOCAL_KEY_ID: Final = "1.2.840.113549.1.9.21"
