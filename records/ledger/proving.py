"""Proofs for some entries of a large ledger, from one pass over its leaf hashes.

`merkle.Tree` holds every node; here only those that the asked proofs need are kept, so that proving a thousand events
of millions takes a few megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from records.ledger.merkle import Frontier, complete, consistency_spans, folded, inclusion_spans, node_hash

Span = tuple[int, int]
#: Height and place of a complete subtree.
Node = tuple[int, int]


class Gathered:
    """A growing tree that keeps its peaks and the nodes in `wanted` (all it makes, without it)."""

    def __init__(self, begun: Frontier, wanted: set[Node] | None = None) -> None:
        self.size, self.peaks, self.wanted = begun.size, list(begun.peaks), wanted
        self.nodes: dict[Node, bytes] = dict(zip(complete(0, begun.size), begun.peaks, strict=True))

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next entry."""
        height, place, node = 0, self.size, leaf
        self._keep((height, place), node)
        while place & 1:
            node, height, place = node_hash(self.peaks.pop(), node), height + 1, place >> 1
            self._keep((height, place), node)
        self.peaks.append(node)
        self.size += 1

    def _keep(self, where: Node, node: bytes) -> None:
        if self.wanted is None or where in self.wanted:
            self.nodes[where] = node

    def root(self) -> bytes:
        return folded(self.peaks)

    def inclusion(self, index: int) -> list[bytes]:
        """Path of an entry, under the present size, from the leaf up. Raises KeyError for one that was not wanted."""
        return [self._over(span) for span in inclusion_spans(index, 0, self.size)]

    def consistency(self, first: int) -> list[bytes]:
        """Proof that the tree of `first` entries is the beginning of the present one."""
        return [self._over(span) for span in consistency_spans(first, self.size)]

    def _over(self, span: Span) -> bytes:
        return folded([self.nodes[node] for node in complete(*span)])


def gathered(leaves: Iterable[bytes], indexes: Iterable[int], size: int) -> Gathered:
    """The tree over `size` leaf hashes, ready to prove these entries."""
    tree = Gathered(Frontier(), set(needed(indexes, size)))
    for leaf in leaves:
        tree.append(leaf)
    return tree


def needed(indexes: Iterable[int], size: int) -> Iterator[Node]:
    for index in indexes:
        for span in inclusion_spans(index, 0, size):
            yield from complete(*span)
