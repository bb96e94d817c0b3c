"""What a text says, as the fields of the index hold it.

The same as `analysis.terms_and_keys`, put together from what is kept of each piece ready to be written: most of what a
rebuild costs is this. One thing more is said: a shape that is another word's form on the same page. Who asks for a
shape asks for that form too, so it finds nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import NamedTuple

from search.analysis import mended, said_by
from search.asking import FORM, REFERENCE, SHAPE
from search.engines.base import Keys
from search.engines.embedded_query import key_of
from search.references import references
from search.vocabulary import Kept

_FORM, _SHAPE, _REFERENCE = (key_of(kind, "") for kind in (FORM, SHAPE, REFERENCE))


class Read(NamedTuple):
    """What one text says: its terms and its keys as they are written; some of the keys may be several in one."""

    number: int
    words: str
    keys: set[str]

    @property
    def terms(self) -> list[str]:
        """The terms in order: none of them has a space."""
        return self.words.split()


def read(number: int, text: str) -> Read:
    """`number` is that of the page."""
    whole = mended(text)
    told = _PIECES.told(whole.split())
    keys = set(map(_KEYS, told))
    keys.update([_REFERENCE + cited.term for cited in references(whole)])
    return Read(number, " ".join(filter(None, map(_WORDS, told))), keys)


def joined(parts: Iterable[Collection[str]]) -> str:
    """The keys of several texts as one field holds them."""
    return " ".join(set().union(*parts))


def written(keys: Keys) -> set[str]:
    """Keys by kind, as a field holds them."""
    return {key_of(kind, term) for kind, found in keys.items() for term in found}


def _written_of(piece: str) -> tuple[str, str]:
    """(terms, keys) of a piece without white space."""
    terms, forms, shapes = said_by(piece)
    keys = [*(_FORM + form for form in forms), *(_SHAPE + shape for shape in shapes)]
    return " ".join(terms), " ".join(dict.fromkeys(keys))


MOST = 800_000
"""Characters of the pieces kept: numbers and names met once fill what is kept sooner here, where all is read."""

_PIECES = Kept(_written_of, MOST)
_WORDS, _KEYS = map(itemgetter, range(2))
