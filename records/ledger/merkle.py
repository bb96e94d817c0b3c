"""Merkle trees of RFC 6962 §2.1 (the same as RFC 9162 §2.1): roots, proofs that an entry is included, proofs that a
smaller tree is the beginning of a larger one, and their checks.

Written here and not taken from a library: the kept ones are copyleft or bring a store of their own, and these are
the hundred lines that an outsider must be able to read. Hashes are 32 raw bytes of SHA-256 throughout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

LEAF, NODE = b"\x00", b"\x01"
#: Root of the tree without entries.
EMPTY = hashlib.sha256(b"").digest()


class ProofOutOfRange(ValueError):
    """A proof was asked about an entry or a size that the tree does not have: a programming fault."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


class Frontier:
    """A growing tree of which only the roots of its complete subtrees are kept, largest first: what is needed to go
    on, 32 bytes for each one-bit of `size`."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ProofOutOfRange("a frontier has one peak for each one-bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next entry."""
        peaks, carry, node = self.peaks, self.size, leaf
        while carry & 1:
            node = hashlib.sha256(NODE + peaks.pop() + node).digest()
            carry >>= 1
        peaks.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of many next entries: the same as one by one, a level of the tree at a time."""
        nodes, waiting, fresh = list(leaves), self.size, []
        self.size += len(nodes)
        while nodes or waiting:
            if waiting & 1:
                nodes.insert(0, self.peaks.pop())
            if len(nodes) & 1:
                fresh.append(nodes.pop())
            pairs = zip(nodes[::2], nodes[1::2], strict=True)
            nodes, waiting = [hashlib.sha256(NODE + left + right).digest() for left, right in pairs], waiting >> 1
        self.peaks = fresh[::-1]

    def root(self) -> bytes:
        return folded(self.peaks)


def folded(peaks: Sequence[bytes]) -> bytes:
    """Root of a tree given the roots of its complete subtrees, largest first."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Tree:
    """All complete subtrees over some leaf hashes, for making proofs; memory: 64 bytes and a reference per entry."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaves)]
        while len(below := self.levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            self.levels.append([node_hash(left, right) for left, right in pairs])
        self.size = len(self.levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` entries; of all without it."""
        return self._root(0, self._checked(self.size if size is None else size))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Path from the entry `index` to the root of the first `size` entries, from the leaf up."""
        if not 0 <= index < self._checked(size):
            raise ProofOutOfRange(f"entry {index} of {size}")
        return [self._root(*span) for span in inclusion_spans(index, 0, size)]

    def consistency(self, first: int, size: int) -> list[bytes]:
        """Proof that the tree of `first` entries is the beginning of that of `size`; empty for none or all."""
        if not 0 <= first <= self._checked(size):
            raise ProofOutOfRange(f"{first} entries of {size}")
        return [self._root(*span) for span in consistency_spans(first, size)]

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ProofOutOfRange(f"{size} entries of {self.size}")
        return size

    def _root(self, start: int, end: int) -> bytes:
        """Root of the entries from `start`, which begins a subtree large enough for them."""
        return folded([self.levels[height][place] for height, place in complete(start, end)])


def inclusion_spans(index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The entries under each step of the path from `index` to the root over those from start to end, leaf up."""
    if end - start <= 1:
        return
    middle = start + split(end - start)
    near, far = ((start, middle), (middle, end)) if index < middle else ((middle, end), (start, middle))
    yield from inclusion_spans(index, *near)
    yield far


def consistency_spans(first: int, size: int) -> Iterator[tuple[int, int]]:
    """The entries under each step of the proof that `first` entries are the beginning of `size`; none for none or
    all."""
    return _beginning(first, 0, size, whole=True) if 0 < first < size else iter(())


def _beginning(first: int, start: int, end: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    """RFC 6962 §2.1.2: `whole` while the earlier tree's own root needs no telling."""
    if first == end:
        if not whole:
            yield start, end
        return
    middle = start + split(end - start)
    if first <= middle:
        yield from _beginning(first, start, middle, whole=whole)
        yield middle, end
    else:
        yield from _beginning(first, middle, end, whole=False)
        yield start, middle


def split(size: int) -> int:
    """The largest power of two below a size of two or more: where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """(height, place) of the complete subtrees that make up the entries from start to end, largest first."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2: is the entry with this leaf hash the one at `index` of the tree with that root?"""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def is_consistent(first: int, size: int, proof: Sequence[bytes], first_root: bytes, root: bytes) -> bool:
    """RFC 9162 §2.1.4.2: is the tree of `first` entries with its root the beginning of that of `size` with its own?"""
    if not 0 <= first <= size:
        return False
    if first in (0, size):
        return not proof and first_root == (root if first else EMPTY)
    steps = list(proof) if first & (first - 1) else [first_root, *proof]
    return bool(steps) and _grown(first - 1, size - 1, steps) == (first_root, root)


def _grown(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots before and after that a proof leads to; nothing when it is too long or too short."""
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None
