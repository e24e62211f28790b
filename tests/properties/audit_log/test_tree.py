"""The tree against RFC 9162 section 2.1 written down naively: recursive, over all leaves, sharing no code."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from dojang.controls.audit_log.tree import (
    EMPTY,
    NodeReader,
    extends,
    hash_leaf,
    includes,
    prove_consistency,
    prove_inclusion,
    read_frontier,
)

SIZES = st.integers(min_value=1, max_value=130)


def leaves_of(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


def naive_split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if old <= k:
        return [*naive_subproof(old, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(old - k, leaves[k:], False), naive_root(leaves[:k])]


def reader(leaves: list[bytes]) -> NodeReader:
    """What the store keeps: the complete subtrees each append completes, found again by (level, index)."""
    frontier, rows = EMPTY, []
    for leaf in leaves:
        frontier, subtrees = frontier.append(hash_leaf(leaf))
        rows.append(subtrees)
    return lambda level, index: rows[((index + 1) << level) - 1][level]


@given(SIZES)
def test_growing_gives_the_root_of_every_size(size: int) -> None:
    leaves = leaves_of(size)
    frontier = EMPTY
    for count, leaf in enumerate(leaves, start=1):
        frontier, _ = frontier.append(hash_leaf(leaf))
        if count in (size, size // 2):
            assert frontier.root == naive_root(leaves[:count])
            assert read_frontier(count, reader(leaves)) == frontier


@given(SIZES, st.data())
def test_inclusion_proofs_are_the_standards_and_hold(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = prove_inclusion(index, size, reader(leaves))
    assert list(path) == naive_path(index, leaves)
    assert includes(hash_leaf(leaves[index]), index, size, path, naive_root(leaves))


@given(SIZES, st.data())
def test_an_inclusion_proof_proves_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = list(prove_inclusion(index, size, reader(leaves)))
    root = naive_root(leaves)
    leaf = hash_leaf(leaves[index])
    assert not includes(hash_leaf(b"another"), index, size, path, root)
    assert not includes(leaf, index, size, [*path, root], root)
    if path:
        assert not includes(leaf, index, size, path[:-1], root)
        other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
        assert not includes(leaf, other, size, path, root)
        broken = data.draw(st.integers(0, len(path) - 1))
        path[broken] = hashlib.sha256(path[broken]).digest()
        assert not includes(leaf, index, size, path, root)


@given(SIZES, st.data())
def test_consistency_proofs_are_the_standards_and_hold(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size))
    proof = prove_consistency(old, size, reader(leaves))
    assert list(proof) == naive_subproof(old, leaves, True)
    assert extends(old, naive_root(leaves[:old]), size, naive_root(leaves), proof)


@given(st.integers(2, 130), st.data())
def test_no_proof_makes_a_rewritten_log_consistent(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    rewritten = list(leaves)
    rewritten[data.draw(st.integers(0, old - 1))] = b"rewritten"
    proof = prove_consistency(old, size, reader(rewritten))
    assert not extends(old, naive_root(leaves[:old]), size, naive_root(rewritten), proof)
    honest = list(prove_consistency(old, size, reader(leaves)))
    assert not extends(old, naive_root(leaves[:old]), size, naive_root(rewritten), honest)
    assert not extends(old, naive_root(leaves[:old]), size, naive_root(leaves), [*honest, b"\x00" * 32])


@given(SIZES, st.lists(st.binary(min_size=32, max_size=32), max_size=9), st.data())
def test_junk_proofs_prove_nothing(size: int, junk: list[bytes], data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(-2, size + 2))
    old = data.draw(st.integers(-2, size - 1))
    assert not includes(hash_leaf(b"never there"), index, size, junk, naive_root(leaves))
    assert not extends(old, hash_leaf(b"never a root"), size, naive_root(leaves), junk)
