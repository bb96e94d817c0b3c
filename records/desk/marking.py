"""Which words of a page a search means. Custody does not know the search room: wiring hands the marker over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

Marker = Callable[[Sequence[str], str], Collection[int]]


def mark_nothing(_words: Sequence[str], _query: str) -> Collection[int]:
    return ()


_marker: list[Marker] = [mark_nothing]


def use_marker(marker: Marker) -> None:
    """Mark with this function from now on: (words of a page in order, the reader's query) → indexes from 0."""
    _marker[0] = marker


def mark(words: Sequence[str], query: str) -> set[int]:
    """Indexes of the words that the query means; none for an empty query."""
    return set(_marker[0](words, query)) if query.strip() else set()
