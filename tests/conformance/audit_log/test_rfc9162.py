"""Requirements of RFC 9162 on the audit log's tree, recomputed with hashlib from the standard's own definition."""

import hashlib

import pytest

from dojang.controls.audit_log.tree import EMPTY, Frontier, hash_leaf

LEAVES = [f"entry {number}".encode() for number in range(21)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, as written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def grown(leaves: list[bytes]) -> Frontier:
    frontier = EMPTY
    for leaf in leaves:
        frontier, _ = frontier.append(hash_leaf(leaf))
    return frontier


@pytest.mark.section("RFC 9162 2.1.1")
def test_leaf_and_node_hashes_are_told_apart_by_their_first_octet() -> None:
    assert hash_leaf(b"x") == hashlib.sha256(b"\x00x").digest()
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    assert grown([b"a", b"b"]).root == hashlib.sha256(b"\x01" + left + right).digest()
    assert hash_leaf(left + right) != grown([b"a", b"b"]).root


@pytest.mark.section("RFC 9162 2.1.1")
@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_the_tree_head_is_the_merkle_tree_hash_of_all_leaves(size: int) -> None:
    assert grown(LEAVES[:size]).root == tree_hash(LEAVES[:size])
