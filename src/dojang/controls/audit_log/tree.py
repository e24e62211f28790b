"""The Merkle tree: hashes, the frontier that grows it, roots and proofs.

Pure: knows nothing of entries, signatures or storage. A tree over n leaves is never held; it is read through
`NodeReader`, which returns roots of complete subtrees. Level 0 are leaf hashes; the node (level, index) covers the
leaves [index * 2^level, (index + 1) * 2^level). Source: RFC 9162 section 2.1 with SHA-256.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]


def hash_leaf(data: bytes) -> bytes:
    """Return the leaf hash: SHA-256(0x00 || data) (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right) (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The roots of the complete subtrees that a tree of `size` leaves consists of, largest (leftmost) first.

    All that is needed to append and to know the root: one hash per set bit of `size`. Raises `ValueError` when the
    number or length of hashes does not fit the size.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError("a frontier has one hash per set bit of its size")
        if any(len(one) != HASH_LENGTH for one in self.hashes):
            raise ValueError("a frontier holds SHA-256 hashes")

    def append(self, leaf_hash: bytes) -> tuple["Frontier", tuple[bytes, ...]]:
        """Return the frontier after one more leaf, and the subtrees that leaf completes, smallest (the leaf) first."""
        completed = [leaf_hash]
        remaining = len(self.hashes)
        # A new leaf carries like adding one to a binary number: every trailing set bit merges two subtrees of its size.
        bits = self.size
        while bits & 1:
            remaining -= 1
            completed.append(hash_node(self.hashes[remaining], completed[-1]))
            bits >>= 1
        grown = Frontier(size=self.size + 1, hashes=(*self.hashes[:remaining], completed[-1]))
        return grown, tuple(completed)

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves; `EMPTY_ROOT` for none."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = hash_node(left, root)
        return root

    def pack(self) -> bytes:
        """Return the hashes, 32 bytes each, in order."""
        return b"".join(self.hashes)


EMPTY = Frontier(size=0, hashes=())


def parse_frontier(size: int, packed: bytes) -> Frontier:
    """Return the frontier stored as `pack` gave it. Raises `ValueError` when it does not fit `size`."""
    return Frontier(size=size, hashes=split_hashes(packed))


def split_hashes(packed: bytes) -> tuple[bytes, ...]:
    """Split into 32-byte hashes. Raises `ValueError` for an odd length."""
    if len(packed) % HASH_LENGTH:
        raise ValueError("hashes are 32 bytes each")
    return tuple(packed[start : start + HASH_LENGTH] for start in range(0, len(packed), HASH_LENGTH))


def read_frontier(size: int, node: NodeReader) -> Frontier:
    """Return the frontier of the first `size` leaves, reading one node per set bit."""
    return Frontier(size=size, hashes=tuple(_cover(0, size, node)))


def read_root(size: int, node: NodeReader) -> bytes:
    """Return the root over the first `size` leaves."""
    return read_frontier(size, node).root


def prove_inclusion(index: int, size: int, node: NodeReader) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` in the tree of `size` leaves, nearest sibling first (RFC 9162 2.1.3.1).

    Raises `ValueError` unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    return tuple(reversed(path))


def prove_consistency(old_size: int, new_size: int, node: NodeReader) -> tuple[bytes, ...]:
    """Return the proof that the first `old_size` leaves are a prefix of the tree of `new_size` (RFC 9162 2.1.4.1).

    Empty for equal sizes. Raises `ValueError` unless 0 < old_size <= new_size.
    """
    if not 0 < old_size <= new_size:
        raise ValueError("consistency is between a tree and a later one")
    proof = []
    start, end = 0, new_size
    while end != old_size:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(start, middle, node))
            start = middle
    if start:
        proof.append(_range_root(start, end, node))
    return tuple(reversed(proof))


def includes(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the leaf stands at `index` under `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last = index, size - 1
    computed = leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = hash_node(sibling, computed)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            computed = hash_node(computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and hmac.compare_digest(computed, root)


def extends(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the new tree only appended to the old one (RFC 9162 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and hmac.compare_digest(old_root, new_root)
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = hash_node(sibling, old), hash_node(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = hash_node(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and hmac.compare_digest(old, old_root) and hmac.compare_digest(new, new_root)


def _left_width(width: int) -> int:
    """Return the largest power of two smaller than `width` (at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)


def _cover(start: int, end: int, node: NodeReader) -> list[bytes]:
    """Return the complete subtrees that make up the leaves [start, end), largest first.

    `start` is a multiple of the largest power of two not above the width, as it is for every subtree of RFC 9162.
    """
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(node(level, start >> level))
        start += 1 << level
    return hashes


def _range_root(start: int, end: int, node: NodeReader) -> bytes:
    hashes = _cover(start, end, node)
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = hash_node(left, root)
    return root
