"""What pieces of text say, kept for those met lately: most of what a page says has been said before.

A piece is what stands between two white spaces. Told of each: its terms, the forms of its words, and their shapes.
The other way round, which of a page's pieces say something that is asked: a page is looked at only where it matters.

What is kept is bounded: when a generation is full the next one begins, and takes over from the one before it what is
met again. Threads may share a vocabulary: whoever works with a generation has all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound="Known[Any]")

Said: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""(terms in order, forms in order, distinct shapes that are not forms) of a piece."""

MOST = 400_000
"""Characters of the pieces of a generation: some 50,000 pieces of Spanish."""

_BEGINNING = 2
"""Letters by which forms are found for a beginning."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for in a text: terms, forms, shapes of forms, and beginnings of forms."""

    terms: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()


class Known(dict[str, T]):
    """Pieces with what is told of them: one that is not here yet is taken over from the generation before, or read.
    `size`: characters of all its pieces."""

    __slots__ = ("former", "read", "size")

    def __init__(self, read: Callable[[str], T], former: Mapping[str, T]) -> None:
        super().__init__()
        self.read, self.former, self.size = read, former, 0

    def __missing__(self, piece: str) -> T:
        told = self[piece] = self.former.get(piece) or self.read(piece)
        self.size += len(piece)
        return told


def turned(young: K, most: int) -> K:
    """The generation to work with: the next one, where this one is full."""
    if young.size <= most:
        return young
    young.former = {}
    return type(young)(young.read, young)


class Kept(Generic[T]):
    """`read` tells what is to be kept of a piece; it is asked once while the piece is kept."""

    def __init__(self, read: Callable[[str], T], most: int = MOST) -> None:
        self._read, self._most = read, most
        self._young: Known[T] = Known(read, {})

    def told(self, pieces: Iterable[str]) -> list[T]:
        """What is told of each of the pieces, in order."""
        self._young = turned(self._young, self._most)
        return list(map(self._young.__getitem__, pieces))


class Generation(Known[Said]):
    """Pieces with what they say, and each term, form, shape and beginning with the pieces that say it."""

    __slots__ = ("_by", "_listed")

    def __init__(self, read: Callable[[str], Said], former: Mapping[str, Said]) -> None:
        super().__init__(read, former)
        self._listed: dict[str, None] = {}
        self._by: dict[str, list[str]] = {}

    def saying(self, pieces: set[str], wanted: Wanted) -> set[str]:
        """Those of the pieces, all listed here, that may say something wanted: for a beginning, some too many."""
        if any(len(start) < _BEGINNING for start in wanted.starts):
            return pieces
        names = ["t" + term for term in wanted.terms]
        # A shape may be somebody's form as it is.
        names += ["f" + form for form in wanted.forms | wanted.shapes]
        names += ["s" + shape for shape in wanted.shapes]
        names += ["b" + start[:_BEGINNING] for start in wanted.starts]
        return pieces.intersection([piece for name in names for piece in self._by.get(name, ())])

    def unlisted(self, pieces: set[str]) -> set[str]:
        """Those of the pieces that `saying` would not find."""
        return pieces.difference(self._listed)

    def list_piece(self, piece: str) -> None:
        """From now on `saying` finds the piece."""
        terms, forms, shapes = self[piece]
        names = {"t" + term for term in terms}
        names.update("s" + shape for shape in shapes)
        for form in forms:
            names.add("f" + form)
            names.add("b" + form[:_BEGINNING])
        for name in names:
            self._by.setdefault(name, []).append(piece)
        # Last: another thread that does not list the piece again finds all of it.
        self._listed[piece] = None


class Vocabulary:
    """`read` tells what a piece says; it is asked once while the piece is kept."""

    def __init__(self, read: Callable[[str], Said], most: int = MOST) -> None:
        self._read, self._most = read, most
        self._young = Generation(read, {})

    def said(self, pieces: Iterable[str]) -> list[Said]:
        """What each of the pieces says, in order."""
        return list(map(self.generation().__getitem__, pieces))

    def listing(self, pieces: set[str]) -> Generation:
        """A generation that knows all of these pieces and finds them by what they say."""
        young = self._young
        if young.unlisted(pieces):
            young = self.generation()
            for piece in young.unlisted(pieces):
                young.list_piece(piece)
        return young

    def generation(self) -> Generation:
        """The generation to work with."""
        self._young = turned(self._young, self._most)
        return self._young
