/** Object identifiers of the formats written and read here. Sources: KCAC.TS.SIVID, KCAC.TS.ENC, RFC 4269, 5083, 5084, 5652, 7292, 8018. */

export const RANDOM_NUMBER = "1.2.410.200004.10.1.1.3";

export const SEED_CBC = "1.2.410.200004.1.4";
export const PBE_SHA1_SEED_CBC = "1.2.410.200004.1.15";
export const PBKDF2 = "1.2.840.113549.1.5.12";
export const PBES2 = "1.2.840.113549.1.5.13";
export const HMAC_SHA1 = "1.2.840.113549.2.7";
export const HMAC_SHA256 = "1.2.840.113549.2.9";
export const HMAC_SHA384 = "1.2.840.113549.2.10";
export const HMAC_SHA512 = "1.2.840.113549.2.11";
export const AES_128_CBC = "2.16.840.1.101.3.4.1.2";
export const AES_192_CBC = "2.16.840.1.101.3.4.1.22";
export const AES_256_CBC = "2.16.840.1.101.3.4.1.42";
export const AES_128_GCM = "2.16.840.1.101.3.4.1.6";
export const AES_192_GCM = "2.16.840.1.101.3.4.1.26";
export const AES_256_GCM = "2.16.840.1.101.3.4.1.46";

export const SHA1 = "1.3.14.3.2.26";
export const SHA256 = "2.16.840.1.101.3.4.2.1";
export const SHA384 = "2.16.840.1.101.3.4.2.2";
export const SHA512 = "2.16.840.1.101.3.4.2.3";
export const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
export const RSA_OAEP = "1.2.840.113549.1.1.7";
export const RSA_SHA256 = "1.2.840.113549.1.1.11";

export const DATA = "1.2.840.113549.1.7.1";
export const SIGNED_DATA = "1.2.840.113549.1.7.2";
export const ENVELOPED_DATA = "1.2.840.113549.1.7.3";
export const AUTH_ENVELOPED_DATA = "1.2.840.113549.1.9.16.1.23";
export const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
export const CONTENT_TYPE = "1.2.840.113549.1.9.3";
export const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
export const SIGNING_TIME = "1.2.840.113549.1.9.5";
export const CONTENT_HINTS = "1.2.840.113549.1.9.16.2.4";
export const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";

export const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
export const CERT_BAG = "1.2.840.113549.1.12.10.1.3";
export const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
export const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

export const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
export const KEY_USAGE = "2.5.29.15";
