"""Trees and proofs of RFC 6962 against published vectors, the definition itself, and every flipped bit that matters."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.ledger.merkle import (
    EMPTY,
    Frontier,
    ProofOutOfRange,
    Tree,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
)

#: Entries and roots of the reference implementation of Certificate Transparency (RFC 6962).
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
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
SIZES = st.integers(1, 70)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def root_by_definition(nodes: list[bytes]) -> bytes:
    """RFC 6962 §2.1 word for word: the largest power of two smaller than the size divides the list."""
    if len(nodes) <= 1:
        return nodes[0] if nodes else hashlib.sha256(b"").digest()
    middle = 1
    while middle * 2 < len(nodes):
        middle *= 2
    return node_hash(root_by_definition(nodes[:middle]), root_by_definition(nodes[middle:]))


@pytest.mark.rule("U2")
@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    assert Tree(map(leaf_hash, ENTRIES[:size])).root().hex() == ROOTS[size - 1]


@pytest.mark.rule("U2")
@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_the_published_paths(index: int, size: int, path: list[str]) -> None:
    tree = Tree(map(leaf_hash, ENTRIES))
    assert [step.hex() for step in tree.inclusion(index, size)] == path
    assert is_included(leaf_hash(ENTRIES[index]), index, size, tree.inclusion(index, size), tree.root(size))


@pytest.mark.rule("U2")
@pytest.mark.parametrize(
    ("first", "size", "proof"),
    [
        (1, 1, []),
        (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_the_published_proofs_of_growth(first: int, size: int, proof: list[str]) -> None:
    tree = Tree(map(leaf_hash, ENTRIES))
    assert [step.hex() for step in tree.consistency(first, size)] == proof
    assert is_consistent(first, size, tree.consistency(first, size), tree.root(first), tree.root(size))


@given(size=SIZES)
def test_frontier_and_tree_agree_with_the_definition_at_every_size(size: int) -> None:
    given_leaves = leaves(size)
    tree, growing = Tree(given_leaves), Frontier()
    for reached, leaf in enumerate(given_leaves, 1):
        growing.append(leaf)
        assert growing.root() == tree.root(reached) == root_by_definition(given_leaves[:reached])
        growing = Frontier(growing.size, growing.peaks)  # put away and taken up again


@given(sizes=st.lists(st.integers(0, 40), max_size=6))
def test_many_leaves_at_once_make_the_same_tree_as_one_by_one(sizes: list[int]) -> None:
    many, one, given_leaves = Frontier(), Frontier(), iter(leaves(sum(sizes)))
    for size in sizes:
        some = [next(given_leaves) for _number in range(size)]
        many.extend(some)
        for leaf in some:
            one.append(leaf)
        assert (many.size, many.peaks) == (one.size, one.peaks)


@given(size=SIZES, data=st.data())
def test_a_path_proves_its_entry_its_place_and_its_tree_alone(size: int, data: st.DataObject) -> None:
    tree = Tree(leaves(size))
    index = data.draw(st.integers(0, size - 1))
    path, root = tree.inclusion(index, size), tree.root()
    leaf = tree.levels[0][index]
    assert is_included(leaf, index, size, path, root)
    assert not is_included(leaf_hash(b"other"), index, size, path, root)
    assert not any(is_included(leaf, other, size, path, root) for other in range(size) if other != index)
    assert not is_included(leaf, index, size, [*path, root], root)
    assert not is_included(leaf, index, size, path, leaf_hash(b"other"))
    assert not path or not is_included(leaf, index, size, path[:-1], root)


@given(size=SIZES, data=st.data())
def test_a_proof_of_growth_holds_for_its_two_trees_alone(size: int, data: st.DataObject) -> None:
    tree = Tree(leaves(size))
    first = data.draw(st.integers(0, size))
    proof, roots = tree.consistency(first, size), (tree.root(first), tree.root())
    assert is_consistent(first, size, proof, *roots)
    assert not is_consistent(first, size, [*proof, roots[1]], *roots)
    assert not is_consistent(first, size, proof, leaf_hash(b"other"), roots[1])
    assert first == 0 or not is_consistent(first, size, proof, roots[0], leaf_hash(b"other"))
    assert not proof or not is_consistent(first, size, proof[:-1], *roots)


def test_what_the_tree_does_not_have_is_refused() -> None:
    tree = Tree(leaves(3))
    for fault in (
        lambda: tree.inclusion(3, 3), lambda: tree.inclusion(-1, 3), lambda: tree.inclusion(0, 4),
        lambda: tree.consistency(4, 3), lambda: tree.root(4), lambda: Frontier(3, [EMPTY]),
    ):  # fmt: skip
        with pytest.raises(ProofOutOfRange):
            fault()
    assert Tree([]).root() == Frontier().root() == EMPTY
    assert not is_included(EMPTY, 0, 0, [], EMPTY)
    assert not is_consistent(3, 2, [], EMPTY, EMPTY)
