"""PKCS#7 padding: whole blocks out of any bytes, and back.

Source: RFC 5652 section 6.3.
"""

from dojang.pki.npki.errors import WrongPassword


def pad(data: bytes, block_bytes: int) -> bytes:
    """Fill up to whole blocks; a full block is added to data that is whole already."""
    missing = block_bytes - len(data) % block_bytes
    return data + bytes([missing]) * missing


def unpad(padded: bytes, block_bytes: int) -> bytes:
    """Take the padding off. Raises `WrongPassword`: after a decryption, bad padding means nothing else."""
    length = padded[-1] if padded else 0
    if not 1 <= length <= block_bytes or padded[-length:] != bytes([length]) * length:
        raise WrongPassword
    return padded[:-length]
