"""The ristretto255 group (RFC 9496): decode, encode, multiply, derive from uniform bytes. Python integers only.

For a customer's side that makes one exchange with fresh secrets: the time taken depends on the scalar, and nobody who
could measure it sees more than one use. No key that lives longer than an exchange may be used with it. (No library of
ours has the group: PyNaCl's bindings leave it out, and the wrappers that have it are kept by one person each.)
"""

from dataclasses import dataclass
from typing import ClassVar

ELEMENT_BYTES = 32
UNIFORM_BYTES = 64
ORDER = 2**252 + 27742317777372353535851937790883648493

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)
_ONE_MINUS_D_SQ = (1 - _D * _D) % _P
_D_MINUS_ONE_SQ = (_D - 1) ** 2 % _P


def _is_negative(value: int) -> bool:
    return value % 2 == 1


def _abs(value: int) -> int:
    return -value % _P if _is_negative(value) else value


def _sqrt_ratio_m1(u: int, v: int) -> tuple[bool, int]:
    """Return (whether u/v is square, the non-negative root of u/v or of SQRT_M1·u/v): RFC 9496 section 4.2."""
    v3 = v * v % _P * v % _P
    root = u * v3 % _P * pow(u * v3 % _P * v3 % _P * v % _P, (_P - 5) // 8, _P) % _P
    check = v * root % _P * root % _P
    u_neg = -u % _P
    flipped = check == u_neg
    if flipped or check == u_neg * _SQRT_M1 % _P:
        root = root * _SQRT_M1 % _P
    return check == u % _P or flipped, _abs(root)


# RFC 9496 section 4.1 gives these constants as numbers; here they come from their definitions.
_INVSQRT_A_MINUS_D = _sqrt_ratio_m1(1, (-1 - _D) % _P)[1]
_root = _sqrt_ratio_m1((-_D - 1) % _P, 1)[1]
_SQRT_AD_MINUS_ONE = -_root % _P  # the negative root is the one the standard names


@dataclass(frozen=True, slots=True)
class Element:
    """A group element in extended coordinates; compare encodings, not instances."""

    x: int
    y: int
    z: int
    t: int

    NEUTRAL: ClassVar["Element"]

    def encode(self) -> bytes:
        """Return the 32 bytes of the element: RFC 9496 section 4.3.2."""
        u1 = (self.z + self.y) * (self.z - self.y) % _P
        u2 = self.x * self.y % _P
        _, invsqrt = _sqrt_ratio_m1(1, u1 * u2 % _P * u2 % _P)
        den1, den2 = invsqrt * u1 % _P, invsqrt * u2 % _P
        z_inv = den1 * den2 % _P * self.t % _P
        x, y, den_inv = self.x, self.y, den2
        if _is_negative(self.t * z_inv % _P):
            x, y, den_inv = self.y * _SQRT_M1 % _P, self.x * _SQRT_M1 % _P, den1 * _INVSQRT_A_MINUS_D % _P
        if _is_negative(x * z_inv % _P):
            y = -y % _P
        return _abs(den_inv * (self.z - y) % _P).to_bytes(ELEMENT_BYTES, "little")

    def __add__(self, other: "Element") -> "Element":
        """Return the sum (unified addition on a twisted Edwards curve, a = -1)."""
        a = (self.y - self.x) * (other.y - other.x) % _P
        b = (self.y + self.x) * (other.y + other.x) % _P
        c = 2 * _D * self.t % _P * other.t % _P
        d = 2 * self.z * other.z % _P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Element(e * f % _P, g * h % _P, f * g % _P, e * h % _P)

    def times(self, scalar: int) -> "Element":
        """Return the element multiplied by a scalar in [0, 2^253)."""
        total, power = Element.NEUTRAL, self
        for bit in range(253):
            if scalar >> bit & 1:
                total = total + power
            power = power + power
        return total


Element.NEUTRAL = Element(0, 1, 1, 0)


def decode(encoded: bytes) -> Element | None:
    """Return the element, or None for bytes that encode none: RFC 9496 section 4.3.1."""
    s = int.from_bytes(encoded, "little")
    if len(encoded) != ELEMENT_BYTES or s >= _P or _is_negative(s):
        return None
    ss = s * s % _P
    u1, u2 = (1 - ss) % _P, (1 + ss) % _P
    u2_sqr = u2 * u2 % _P
    v = (-(_D * u1 % _P * u1) - u2_sqr) % _P
    was_square, invsqrt = _sqrt_ratio_m1(1, v * u2_sqr % _P)
    den_x = invsqrt * u2 % _P
    den_y = invsqrt * den_x % _P * v % _P
    x = _abs(2 * s * den_x % _P)
    y = u1 * den_y % _P
    t = x * y % _P
    if not was_square or _is_negative(t) or y == 0:
        return None
    return Element(x, y, 1, t)


def derive(uniform: bytes) -> Element:
    """Return the element that 64 uniform bytes lead to: RFC 9496 section 4.3.4. Raises `ValueError`."""
    if len(uniform) != UNIFORM_BYTES:
        raise ValueError("element derivation takes 64 bytes")
    first, second = (int.from_bytes(half, "little") % 2**255 % _P for half in (uniform[:32], uniform[32:]))
    return _map(first) + _map(second)


def _map(t: int) -> Element:
    r = _SQRT_M1 * t % _P * t % _P
    u = (r + 1) * _ONE_MINUS_D_SQ % _P
    c = _P - 1
    v = (c - r * _D) * (r + _D) % _P
    was_square, s = _sqrt_ratio_m1(u, v)
    if not was_square:
        s = -_abs(s * t % _P) % _P
        c = r
    n = (c * (r - 1) % _P * _D_MINUS_ONE_SQ - v) % _P
    w0, w1 = 2 * s * v % _P, n * _SQRT_AD_MINUS_ONE % _P
    ss = s * s % _P
    w2, w3 = (1 - ss) % _P, (1 + ss) % _P
    return Element(w0 * w3 % _P, w2 * w1 % _P, w1 * w3 % _P, w0 * w2 % _P)
