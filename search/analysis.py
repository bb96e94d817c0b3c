"""One analysis for every engine: text → terms, the same when indexing, asking and marking.

Steps per word: case folded → stop words (before folding, so that an accented word is judged as written) → accents
folded, ñ kept (año is not ano) → plural undone → domain table, else Snowball stem. Numbers and words with digits
stay as they are. A run like CM-2026-001 or 123/2021 gives its parts in order; asked whole it is a phrase of them,
so it is found whole and by part. Stop words take no position: "acta de inicio" is the phrase acta·inicio, and
"123 de 2021" meets 123/2021.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import Stemmer

from search.spanish import DOMAIN, STOP_WORDS

VERSION = 1
"""Raised with every change of the chain or its data; an index of another version must be rebuilt."""

MAX_TERM = 64
"""Characters of a term kept; longer ones are cut alike in text and query."""

# Combining accents, soft hyphen, zero-width and bidi marks, and PDFium's mark for a hyphenated line end: inside
# a word they are part of it.
_INNER = r"[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\x02]+"
_WORD = rf"[^\W_]+(?:{_INNER}[^\W_]*)*"
_CHUNK = re.compile(rf"{_WORD}(?:[-–_./·]{_WORD})*")
_PART = re.compile(_WORD)
# A word broken over two lines: a hyphen between a letter and a line that begins with a small letter.
_BROKEN = re.compile(r"(?:(?<=[^\W\d_])-|[\u00ad\ufffe\x02]+)\r?\n(?=[a-záéíóúüñ])")
_BREAKS = ("-\n", "-\r\n", "\u00ad", "\ufffe", "\x02")
_HAS_DIGIT = re.compile(r"\d")
_CACHED = 50_000
_stemmers = local()
_known: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Token:
    """One term with its place in the text (offsets in characters, `end` exclusive)."""

    term: str
    start: int
    end: int


def fold(word: str) -> str:
    """Case and accents folded, ñ kept, compatibility forms (ligatures, º) resolved; letters and digits only."""
    if word.isascii() and word.isalnum():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold()).replace("n\u0303", "ñ")
    return "".join(c for c in spread if c.isalnum())


def singular(word: str) -> str:
    """A folded word without Spanish plural endings, final e and the z/c change: "clase" and "clases", "juez" and
    "jueces", "interés" and "intereses" meet. Singulars that look plural change alike, which is all matching needs.
    """
    while len(word) > 3 and word[-1] in "se" and not word.endswith("ss"):
        word = word[:-1]
    return word[:-1] + "c" if word.endswith("z") else word


_PINNED = {singular(word): term for word, term in DOMAIN.items()}


def terms(text: str) -> list[str]:
    """The terms of a text in order, without offsets: the fast path of indexing."""
    found: list[str] = []
    for piece in _mended(text).split():
        parts = _known.get(piece)
        found += _terms_of(piece) if parts is None else parts
    return found


def tokens(text: str) -> list[Token]:
    """The terms of a text in order, each with where it stands."""
    return [
        Token(term, match.start() + start, match.start() + end)
        for match in _CHUNK.finditer(_mended(text))
        for term, start, end in _chunk_tokens(match.group())
    ]


def chunks(text: str) -> list[tuple[str, ...]]:
    """The terms of each written word or code: ("CM-2026-001 acta") → (cm, 2026, 001), (acta,). A run of plain
    words ("técnico-económico", "y/o") gives its words one by one, since writers join them at will."""
    found: list[tuple[str, ...]] = []
    for chunk in _CHUNK.findall(_mended(text)):
        parts = _parts_of(chunk)
        found.extend([parts] if _HAS_DIGIT.search(chunk) else [(part,) for part in parts])
    return [parts for parts in found if parts]


def wanted_tokens(text: str, wanted: frozenset[str]) -> list[tuple[int, Token]]:
    """The tokens whose term is wanted, each with its ordinal among all terms of the text: what marking needs,
    without making the others."""
    found: list[tuple[int, Token]] = []
    mended = _mended(text)
    position = at = 0
    for piece in mended.split():
        at = mended.index(piece, at)
        kept = _known.get(piece)
        parts = _terms_of(piece) if kept is None else kept
        if not wanted.isdisjoint(parts):
            found.extend(_wanted_of(piece, at, position, wanted))
        position += len(parts)
        at += len(piece)
    return found


def _wanted_of(piece: str, at: int, position: int, wanted: frozenset[str]) -> Iterator[tuple[int, Token]]:
    for step, token in enumerate(_tokens_of(piece)):
        if token.term in wanted:
            yield position + step, Token(token.term, at + token.start, at + token.end)


@lru_cache(maxsize=10_000)
def _tokens_of(piece: str) -> tuple[Token, ...]:
    return tuple(tokens(piece))


def _mended(text: str) -> str:
    """The text with every word that is broken over two lines made one, of the same length."""
    if any(sign in text for sign in _BREAKS):
        return _BROKEN.sub(lambda broken: "\u00ad" * len(broken.group()), text)
    return text


def _terms_of(piece: str) -> tuple[str, ...]:
    """Terms of a piece without white space. Pieces with digits hardly repeat: they are not kept."""
    found = tuple(term for chunk in _CHUNK.findall(piece) for term in _parts_of(chunk))
    if not _HAS_DIGIT.search(piece):
        if len(_known) >= _CACHED:
            _known.clear()
        _known[piece] = found
    return found


def _parts_of(chunk: str) -> tuple[str, ...]:
    return tuple(term for term, _start, _end in _chunk_tokens(chunk))


def _chunk_tokens(chunk: str) -> list[tuple[str, int, int]]:
    words = list(_PART.finditer(chunk))
    # In a code nothing is a stop word: NO-2026-001 and SE-2026-001 keep their letters.
    is_code = len(words) > 1 and _HAS_DIGIT.search(chunk) is not None
    found = ((_term(m.group(), is_code), m.start(), m.end()) for m in words)
    return [(term, start, end) for term, start, end in found if term]


def _term(word: str, is_code: bool) -> str:
    written = unicodedata.normalize("NFC", word.casefold())
    if not is_code and written in STOP_WORDS:
        return ""
    folded = fold(word)[:MAX_TERM]
    if is_code or not folded.isalpha():
        return folded
    bare = singular(folded)
    return _PINNED.get(bare) or _stemmer().stemWord(bare)


def _stemmer() -> Stemmer.Stemmer:
    # A stemmer is not safe across threads.
    if not hasattr(_stemmers, "spanish"):
        _stemmers.spanish = Stemmer.Stemmer("spanish", 0)
    stemmer: Stemmer.Stemmer = _stemmers.spanish
    return stemmer
