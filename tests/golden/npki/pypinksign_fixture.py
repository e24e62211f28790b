"""The public test subscriber inside the pypinksign wheel (yessignCA-Test Class 4, 2020): imported, not copied."""

import base64

from pypinksign.test_pinkSign import TEST_CERT

CERTIFICATE_DER: bytes = base64.b64decode(TEST_CERT["signCert"])
SIGN_PRI: bytes = base64.b64decode(TEST_CERT["signPri"])
PKCS8_DER: bytes = base64.b64decode(TEST_CERT["plainSignPri"])
PKCS8_WITH_R_DER: bytes = base64.b64decode(TEST_CERT["plainSignPriFullB64"])
SALT: bytes = base64.b64decode(TEST_CERT["signPriSalt"])
PASSWORD: bytes = TEST_CERT["signPw"]
RANDOM_NUMBER: bytes = TEST_CERT["r"]
PFX_DER: bytes = base64.b64decode(TEST_CERT["pfx"])
PFX_SALT = bytes.fromhex("D9BB77DFC2FCD542")  # one salt for key and MAC alike, read out of the file
COMMON_NAME: str = TEST_CERT["cn"]
