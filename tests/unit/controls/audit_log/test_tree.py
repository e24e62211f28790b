"""The tree against the published vectors of Certificate Transparency (RFC 6962 reference implementation)."""

import hashlib

import pytest

from dojang.controls.audit_log.tree import (
    EMPTY,
    EMPTY_ROOT,
    Frontier,
    extends,
    hash_leaf,
    includes,
    parse_frontier,
    prove_consistency,
    prove_inclusion,
    read_root,
)

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> tuple[Frontier, dict[tuple[int, int], bytes]]:
    """Return the frontier over `leaves` and every complete subtree met on the way, by (level, index)."""
    frontier, nodes = EMPTY, {}
    for position, leaf in enumerate(leaves):
        frontier, subtrees = frontier.append(hash_leaf(leaf))
        nodes.update({(level, position >> level): value for level, value in enumerate(subtrees)})
    return frontier, nodes


def test_roots_are_those_of_certificate_transparency() -> None:
    for size in range(1, len(LEAVES) + 1):
        frontier, nodes = grown(LEAVES[:size])
        assert frontier.root.hex() == ROOTS[size - 1]
        assert read_root(size, lambda level, index, nodes=nodes: nodes[level, index]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert EMPTY.root == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_proofs_are_those_of_certificate_transparency() -> None:
    _, nodes = grown(LEAVES)
    path = prove_inclusion(5, 8, lambda level, index: nodes[level, index])
    assert [one.hex() for one in path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = prove_consistency(6, 8, lambda level, index: nodes[level, index])
    assert [one.hex() for one in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_out_of_range_is_refused() -> None:
    _, nodes = grown(LEAVES)

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    for index, size in ((-1, 8), (8, 8), (0, 0)):
        with pytest.raises(ValueError, match="no such leaf"):
            prove_inclusion(index, size, node)
        assert not includes(hash_leaf(b""), index, size, (), EMPTY_ROOT)
    for old, new in ((0, 8), (9, 8)):
        with pytest.raises(ValueError, match="consistency"):
            prove_consistency(old, new, node)
        assert not extends(old, EMPTY_ROOT, new, EMPTY_ROOT, ())


def test_a_frontier_fits_its_size() -> None:
    frontier, _ = grown(LEAVES[:6])
    assert parse_frontier(6, frontier.pack()) == frontier
    for size, packed in ((7, frontier.pack()), (6, frontier.pack()[:-1]), (-1, b"")):
        with pytest.raises(ValueError, match="hash"):
            parse_frontier(size, packed)
