"""Formats of the Korean NPKI (공동인증서): identity binding, key files, PKCS#12, folders, passwords.

Knows nothing of who the subscriber is, how a certificate is issued, or where the rest of the program keeps things.
Sources: KCAC.TS.SIVID (본인확인), KCAC.TS.ENC (SEED, PBES), KCAC.TS.UI (folders),
RFC 4269, RFC 5958, RFC 7292, RFC 8018.
"""
