"""Opening what a password closed: one entry for every scheme an AlgorithmIdentifier may name.

Source: RFC 8018, RFC 7292 appendix C, KCAC.TS.ENC.
"""

from typing import Any

from dojang.pki.npki import asn1, oid, pbes1, pbes2
from dojang.pki.npki.errors import AlgorithmUnsupported


def decrypt(algorithm: Any, ciphertext: bytes, password: bytes) -> bytes:
    """Decrypt under the scheme that `algorithm` (an `asn1.AlgorithmIdentifier`) names.

    Raises `Malformed`, `AlgorithmUnsupported`, `IterationCountRefused`, `PasswordEncodingUnusable`, `WrongPassword`. A
    wrong password passes unnoticed once in 256 tries: callers must check what comes out.
    """
    with asn1.decoding("AlgorithmIdentifier"):
        algorithm_oid = algorithm["algorithm"].dotted
    if algorithm_oid in (oid.PBE_SHA1_SEED_CBC, oid.SEED_CBC):
        return pbes1.decrypt_seed(algorithm, ciphertext, password)
    if algorithm_oid == oid.PBE_SHA1_3DES:
        return pbes1.decrypt_triple_des(algorithm, ciphertext, password)
    if algorithm_oid == oid.PBES2:
        return pbes2.parse_pbes2(algorithm).decrypt(ciphertext, password)
    raise AlgorithmUnsupported(algorithm=algorithm_oid)
