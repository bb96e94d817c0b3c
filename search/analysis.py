"""One analysis for every engine: text → terms, the same when indexing, asking and marking.

Main stream. Steps per word: case folded → stop words (before folding, so that an accented word is judged as written)
→ accents folded, ñ kept (año is not ano) → plural undone → domain table, else Snowball stem. Numbers and words with
digits stay as they are. A run like CM-2026-001 or 123/2021 gives its parts in order; asked whole it is a phrase of
them, so it is found whole and by part. A number written with points or commas is one term: $1.234.567, 1.234.567,00
and 1234567 are the same. Stop words take no position: "acta de inicio" is the phrase acta·inicio, and "123 de 2021"
meets 123/2021.

Beside it stand streams without order (`keys`): the folded word as written, for beginnings; its shape, for what was
badly read (`shapes`); and what is cited (`references`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from threading import local

import Stemmer

from search.asking import FORM, REFERENCE, SHAPE
from search.references import references
from search.shapes import shape
from search.spanish import DOMAIN, STOP_WORDS
from search.vocabulary import Said, Vocabulary, Wanted

VERSION = 3
"""Raised with every change of the chain or its data; an index of another version must be rebuilt."""

MAX_TERM = 64
"""Characters of a term kept; longer ones are cut alike in text and query."""

# Combining accents, soft hyphen, zero-width and bidi marks, and PDFium's mark for a hyphenated line end: inside
# a word they are part of it.
_INNER = r"[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\x02]+"
_WORD = rf"[^\W_]+(?:{_INNER}[^\W_]*)*"
# A number in groups of three: by points (and cents of nothing after a comma), or the other way round. One comma
# alone is a decimal sign unless cents follow.
_AMOUNT = (
    r"(?<!\w)(?<!\d[.,])(?:\d{1,3}(?:\.\d{3})+(?!\d|\.\d)(?:,00?(?!\d))?"
    r"|\d{1,3}(?:(?:,\d{3}){2,}(?!\d|,\d)|,\d{3}(?=\.\d\d(?!\d)))(?:\.00?(?!\d))?)(?!\w)"
)
_UNIT = rf"(?:{_AMOUNT}|{_WORD})"
_CHUNK = re.compile(rf"{_UNIT}(?:[-–_./·]{_UNIT})*")
_PART = re.compile(_UNIT)
_NO_CENTS = re.compile(r"[.,]00?$")
# A word broken over two lines: a hyphen between a letter and a line that begins with a small letter.
# A run of the signs is looked at from its first one alone: a page may be made of them.
_BROKEN = re.compile(r"(?:(?<=[^\W\d_])-|(?<![\u00ad\ufffe\x02])[\u00ad\ufffe\x02]++)\r?\n(?=[a-záéíóúüñ])")
_BREAKS = ("-\n", "-\r\n", "\u00ad", "\ufffe", "\x02")
_HAS_DIGIT = re.compile(r"\d")
# What may stand around a word and says nothing.
_AROUND = ".,;:()[]«»“”\"'¿?¡!"
_STEMMED_FROM = 4
# Characters of the longest piece whose tokens are kept: a file may hold a page without a space, of millions of them.
_LONGEST_KEPT = 200
_stemmers = local()


@dataclass(frozen=True, slots=True)
class Token:
    """One term with its place in the text (offsets in characters, `end` exclusive) and the folded word itself."""

    term: str
    start: int
    end: int
    form: str = ""

    def moved(self, by: int) -> Token:
        """The same token of a longer text."""
        return Token(self.term, self.start + by, self.end + by, self.form)


def fold(word: str) -> str:
    """Case and accents folded, ñ kept, compatibility forms (ligatures, º) resolved; letters and digits only."""
    if word.isascii() and word.isalnum():
        return word.lower()
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).replace("n\u0303", "ñ")
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
    pieces = mended(text).split()
    return list(chain.from_iterable(map(_TERMS, _VOCABULARY.said(pieces))))


def tokens(text: str) -> list[Token]:
    """The terms of a text in order, each with where it stands."""
    return [
        token.moved(match.start()) for match in _CHUNK.finditer(mended(text)) for token in _chunk_tokens(match.group())
    ]


def chunks(text: str) -> list[tuple[Token, ...]]:
    """The tokens of each written word or code: ("CM-2026-001 acta") → (cm, 2026, 001), (acta,). A run of plain
    words ("técnico-económico", "y/o") gives its words one by one, since writers join them at will."""
    found: list[tuple[Token, ...]] = []
    for match in _CHUNK.finditer(mended(text)):
        parts = tuple(token.moved(match.start()) for token in _chunk_tokens(match.group()))
        found.extend([parts] if _HAS_DIGIT.search(match.group()) else [(part,) for part in parts])
    return [parts for parts in found if parts]


def keys(text: str) -> dict[str, set[str]]:
    """The streams without order: kind of `asking.Key` → its distinct terms. A shape that is the form itself is not
    said twice: who asks for a shape asks for both."""
    return terms_and_keys(text)[1]


def terms_and_keys(text: str) -> tuple[list[str], dict[str, set[str]]]:
    """(`terms`, `keys`) of a text that is looked at once."""
    whole = mended(text)
    pieces = whole.split()
    said = _VOCABULARY.said(pieces)
    distinct = dict(zip(pieces, said, strict=True)).values()
    forms = set(chain.from_iterable(map(_FORMS, distinct)))
    shapes = set(chain.from_iterable(map(_SHAPES, distinct)))
    cited = {cited.term for cited in references(whole)}
    return list(chain.from_iterable(map(_TERMS, said))), {FORM: forms, SHAPE: shapes - forms, REFERENCE: cited}


def facts(text: str) -> list[str]:
    """The distinct terms of a named fact ("CM-2026-001" → cm, 2026, 1), in order. They are asked for one by one."""
    found = (term.lstrip("0") or term if term.isdigit() else term for term in terms(text))
    return list(dict.fromkeys(found))


def wanted_tokens(text: str, wanted: Wanted, *, ordinals: bool = True) -> list[tuple[int, Token]]:
    """The tokens whose term, form, shape of a form or beginning of a form is wanted, each with its ordinal among all
    terms of the text: what marking needs, without making the others. Without `ordinals` they are all 0."""
    whole = mended(text)
    pieces = whole.split()
    distinct = set(pieces)
    generation = _VOCABULARY.listing(distinct)
    saying = generation.saying(distinct, wanted)
    if not saying:
        return []
    places = sorted((at, piece) for piece in saying for at in _places(whole, piece))
    before = _terms_before(pieces, saying, generation) if ordinals else [0] * len(places)
    return [
        (position + step * ordinals, token.moved(at))
        for (at, piece), position in zip(places, before, strict=True)
        for step, token in enumerate(_tokens_of(piece))
        if is_wanted(token, wanted)
    ]


def is_wanted(token: Token, wanted: Wanted) -> bool:
    """Whether the token is one of those looked for."""
    form = token.form
    if token.term in wanted.terms or form in wanted.forms or form.startswith(wanted.starts):
        return True
    return bool(wanted.shapes) and shape(form) in wanted.shapes


def _places(text: str, piece: str) -> Iterator[int]:
    """Where a piece stands between white space."""
    at, size = text.find(piece), len(piece)
    while at >= 0:
        end = at + size
        if (not at or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
            yield at
        at = text.find(piece, at + 1)


def _terms_before(pieces: Sequence[str], saying: Container[str], known: Mapping[str, Said]) -> list[int]:
    """How many terms stand before each of the pieces that say something, in order."""
    before, found = 0, []
    for piece in pieces:
        if piece in saying:
            found.append(before)
        before += len(known[piece][0])
    return found


def _tokens_of(piece: str) -> tuple[Token, ...]:
    return _kept_tokens(piece) if len(piece) <= _LONGEST_KEPT else tuple(tokens(piece))


@lru_cache(maxsize=10_000)
def _kept_tokens(piece: str) -> tuple[Token, ...]:
    return tuple(tokens(piece))


def mended(text: str) -> str:
    """A text with every word that is broken over two lines made one; its length stays the same."""
    if any(sign in text for sign in _BREAKS):
        return _BROKEN.sub(lambda broken: "\u00ad" * len(broken.group()), text)
    return text


def said_by(piece: str) -> Said:
    """What a piece without white space says."""
    word = piece.strip(_AROUND)
    if word.isalpha():
        return _said_by_word(word)
    found = tokens(piece)
    forms = tuple(token.form for token in found)
    return tuple(token.term for token in found), forms, tuple({shape(form) for form in forms} - {"", *forms})


def _said_by_word(word: str) -> Said:
    """As `said_by`, of letters alone: the most of what is met for the first time, without looking for words in it."""
    form = "" if _is_stop(word) else form_of(word)
    if not form:
        return (), (), ()
    looks = shape(form)
    return (_term(form),), (form,), (looks,) if looks and looks != form else ()


_VOCABULARY = Vocabulary(said_by)
_TERMS, _FORMS, _SHAPES = map(itemgetter, range(3))


def _chunk_tokens(chunk: str) -> list[Token]:
    words = list(_PART.finditer(chunk))
    numbers = [_HAS_DIGIT.search(m.group()) is not None for m in words]
    kept = (m for at, m in enumerate(words) if any(numbers[max(0, at - 1) : at + 2]) or not _is_stop(m.group()))
    # Beside a number nothing is a stop word, where both are written as one: NO-2026-001, SE-2026-001.
    found = ((m, form_of(m.group())) for m in kept)
    return [Token(_term(form), m.start(), m.end(), form) for m, form in found if form]


def _is_stop(word: str) -> bool:
    return unicodedata.normalize("NFC", word.casefold()) in STOP_WORDS


def form_of(word: str) -> str:
    """A word or number as it stands in the stream of forms: folded, cut, a whole amount without its empty cents."""
    return fold(_NO_CENTS.sub("", word))[:MAX_TERM]


def _term(folded: str) -> str:
    if not folded.isalpha():
        return folded
    bare = singular(folded)
    # Short words and the letters of codes have no ending to lose.
    return _PINNED.get(bare) or (bare if len(bare) < _STEMMED_FROM else _stemmer().stemWord(bare))


def _stemmer() -> Stemmer.Stemmer:
    # A stemmer is not safe across threads.
    if not hasattr(_stemmers, "spanish"):
        _stemmers.spanish = Stemmer.Stemmer("spanish", 0)
    stemmer: Stemmer.Stemmer = _stemmers.spanish
    return stemmer
