"""Why a document is a hit: each part of the question with the words that answer it, where they stand, and whether they
are what was typed or a guess. Told from the document's own text alone, for who may read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from search.asking import FORM, REFERENCE, SHAPE, Either, Key, Node, Not, Run, Start, Wide, is_fact, parts_of
from search.marking import Span, spans
from search.parsing import parse, typed_of
from search.types import Query
from search.widening import nit_digit, widen

MOST_PARTS = 24
"""Parts of a question that are told."""

MOST_WORDS = 4
"""Spellings told of one part, and pages named."""

TYPED, SAME, MISREAD, NIT, CITED, DATE, BEGINS, BESIDE, FACT, DATED, ABSENT = (
    "typed", "same", "misread", "nit", "cited", "date", "begins", "beside", "fact", "dated", "absent",
)  # fmt: skip

_TOLD: Mapping[str, str] = {
    TYPED: "Como usted lo escribió",
    SAME: "Dice lo mismo con otras palabras",
    MISREAD: "Parece lo mismo, quizá mal leído en la imagen",
    NIT: "Es el mismo NIT, con o sin su dígito de verificación",
    CITED: "Es la misma cita, escrita de otro modo",
    DATE: "Es la misma fecha, escrita de otro modo",
    BEGINS: "Empieza así",
    BESIDE: "Todo junto y en ese orden",
    FACT: "Consta así en los datos de la pieza",
    DATED: "Es la fecha de la pieza misma",
    ABSENT: "No aparece, como usted pidió",
}


_WITHOUT_WORDS = frozenset({FACT, DATED, ABSENT})


@dataclass(frozen=True)
class Reason:
    """One part of the question. `words`: how it stands in the text; `pages`: where, from 1; `times`: how often."""

    asked: str
    kind: str
    words: tuple[str, ...] = ()
    title: bool = False
    pages: tuple[int, ...] = ()
    times: int = 0

    @property
    def is_guess(self) -> bool:
        """Whether something else was found than what was typed."""
        return self.kind in {SAME, MISREAD, NIT, CITED, DATED}

    @property
    def is_of_facts(self) -> bool:
        """Whether it holds of every hit and is not looked up in the text: of what is no hit it may be untrue."""
        return self.kind in {FACT, ABSENT}

    @property
    def told(self) -> str:
        """What kind of answer it is, as a sentence."""
        return _(_TOLD[self.kind])


@dataclass(frozen=True)
class _Part:
    asked: str
    kind: str
    node: Node
    instead_of: Node | None = None
    """What was typed: where that stands, this is no guess."""


def why(text: str, title: str, pages: Iterable[tuple[int, str]], day: date | None = None) -> tuple[Reason, ...]:
    """The reasons, in the order asked; parts that hold nothing of this document, whose own date is `day`, are left
    out."""
    query = widen(parse(text))
    asked = [*_beside(query), *(part for node in query.asked for part in _parts(node))]
    parts = [part for part in asked if part.kind != DATED or _is_of(day, part.node)][:MOST_PARTS]
    found = {part: _Finding() for part in parts}
    for number, written in ((0, title), *pages):
        for part in parts:
            found[part].note(number, written, _places(written, part))
    told = (_reason(part, found[part]) for part in parts)
    return tuple(reason for reason in told if reason.times or reason.kind in _WITHOUT_WORDS)


def _is_of(day: date | None, asked: Node) -> bool:
    return day is not None and isinstance(asked, Key) and day.isoformat().startswith(asked.term)


class _Finding:
    """Where one part was found."""

    def __init__(self) -> None:
        self.words: dict[str, None] = {}
        self.pages: list[int] = []
        self.times = 0

    def note(self, number: int, text: str, places: list[Span]) -> None:
        """Adds what was found of one page; 0 is the title."""
        if places:
            self.pages.append(number)
            self.times += len(places)
            self.words.update({_clean(text[start:end]): None for start, end in places})


def _reason(part: _Part, found: _Finding) -> Reason:
    pages = tuple(number for number in found.pages if number)
    words = tuple(list(found.words)[:MOST_WORDS])
    return Reason(part.asked, part.kind, words, 0 in found.pages, pages, found.times)


def _clean(word: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in word).split())


def _beside(query: Query) -> Iterator[_Part]:
    if len(query.said) > 1 and query.sequence:
        yield _Part(" ".join(typed_of(run) for run in _runs(query)), BESIDE, Run(query.sequence))


def _runs(query: Query) -> Iterator[Node]:
    for node in query.asked:
        if not isinstance(node, Either):
            yield from node.written()


def _parts(node: Node) -> Iterator[_Part]:
    match node:
        case Not():
            yield _Part(typed_of(node).removeprefix("-"), ABSENT, node)
        case Wide(Either((typed, *spellings)), also):
            asked = typed_of(node)
            yield _Part(asked, TYPED, typed)
            yield from (_Part(asked, DATE, spelling, typed) for spelling in spellings)
            yield from (_Part(asked, DATED, own) for own in also)
        case Wide(said, also):
            yield from _parts(said)
            yield from (_Part(typed_of(node), _kind(guess, said), guess, said) for guess in also)
        case Start():
            yield _Part(typed_of(node), BEGINS, node)
        case Run():
            yield _Part(typed_of(node), TYPED, node)
        case _ if is_fact(node):
            yield _Part(typed_of(node), FACT, node)
        case _:
            for part in parts_of(node):
                yield from _parts(part)


def _kind(guess: Node, said: Node) -> str:
    match guess:
        case Key(kind) if kind in {SHAPE, FORM}:
            return MISREAD
        case Key(kind) if kind == REFERENCE:
            return CITED
        case Run((number,)) if isinstance(said, Run) and number.isdigit() and _is_nit(number, said.terms):
            return NIT
        case _:
            return SAME


def _is_nit(number: str, typed: tuple[str, ...]) -> bool:
    bare = typed[0]
    return number.startswith(bare[: len(number)]) and bare.isdigit() and nit_digit(bare[:9]) in (number + bare)


def _places(text: str, part: _Part) -> list[Span]:
    if part.kind in _WITHOUT_WORDS or not text:
        return []
    found = spans(text, Query((part.node,)))
    typed = spans(text, Query((part.instead_of,))) if found and part.instead_of else []
    return [span for span in found if not any(start < span[1] and span[0] < end for start, end in typed)]
