"""What a text cites, in one spelling: "Convenio N.º 123 de 2021", "123/2021" and CD-2021-123 meet here.

A reference is a number with its year, or an article with its numeral, named by its kind where the text says one.
Zeros in front are not part of a number. Which kinds satisfy which is the table `ANSWERS`. A day, in any spelling, is a
reference too, and one to its month (`dates`).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.dates import YEAR_WIDTH, dates, each, years_of

ANY = ""
"""The kind of a reference that does not say what it is: every number with its year is also one of these."""

DAY, MONTH = "fecha", "mes"
"""Kinds of dates; every day is also one of its month."""

# Words before a number and year → kind. Longer ones first: the first that fits is taken.
KINDS: tuple[tuple[str, str], ...] = (
    (r"convenios?\s+derivados?", "cd"),
    (r"convenios?\s+marcos?", "cm"),
    (r"convenios?", "convenio"),
    (r"contratos?", "contrato"),
    (r"resoluci[oó]n(?:es)?", "resolucion"),
    (r"decretos?", "decreto"),
    (r"leyes|ley", "ley"),
    (r"circular(?:es)?", "circular"),
    (r"actas?", "acta"),
    (r"acuerdos?", "acuerdo"),
    (r"otros[ií](?:es|s)?", "otrosi"),
)

# Letters of a code → kind: CD-2021-123 is the convenio derivado 123 of 2021.
CODES = {"cd": "cd", "cm": "cm"}

# Asked kind → kinds that answer it. "Convenio" alone may be either of its two kinds, and either may be cited so.
ANSWERS: dict[str, tuple[str, ...]] = {
    "convenio": ("convenio", "cd", "cm"),
    "cd": ("cd", "convenio"),
    "cm": ("cm", "convenio"),
}

# A text is scanned for years, which are few and quickly found; all else is looked at before or after each of them.
_BETWEEN = r"(?i:\s?/\s?|-|\s+del?\s+(?:a[ñn]o\s+)?)"
_NUMBER_BEFORE = re.compile(rf"(?<![\w./–-])(?P<number>[0-9]{{1,6}}){_BETWEEN}\Z")
_FOLLOWED = re.compile(r"[\w–-]|[./]\d")
_NUMBER_AFTER = re.compile(r"[-–](?P<number>[0-9]{1,6})(?![\w-])")
_ARTICLE = re.compile(
    r"[aA][rR][tT](?i:[íi]culos?|s)?\.?\s+(?P<article>[0-9]{1,4})(?:º|°|\.º)?"
    r"(?:\.(?P<dotted>\d{1,3}(?:\.\d{1,3})*)"
    r"|,?\s+(?i:num(?:eral(?:es)?)?)\.?\s+(?P<numeral>\d{1,3}(?:\.\d{1,3})*))(?!\w)"
)
_IN_WORD = re.compile(r"[\w–-]")
_SIGN = r"(?:\s*,)?\s*(?:n[.]?\s?[º°o]\.?|nro\.?|n[uú]m(?:ero)?\.?)?\s*"
_NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(f'({words})' for words, _kind in KINDS)}){_SIGN}\Z", re.IGNORECASE)
_MONTHS = frozenset(f"{month:02}" for month in range(1, 13))
_BEFORE, _NUMBER_WIDTH = 48, 32
"""Characters before a number in which its kind is looked for, and before a year in which its number is."""


_LATER = {ANY: 1, MONTH: 2}


@dataclass(frozen=True, slots=True)
class Cited:
    """One reference as it stands in a text (offsets in characters, `end` exclusive)."""

    kind: str
    number: str
    start: int
    end: int

    @property
    def term(self) -> str:
        """How it stands in the index."""
        return named(self.kind, self.number)

    @property
    def answers(self) -> tuple[str, ...]:
        """The terms that answer it: of a kind that satisfies its own, or any where it names none."""
        return tuple(named(kind, self.number) for kind in ANSWERS.get(self.kind, (self.kind,)))


def named(kind: str, number: str) -> str:
    """The term of a reference: "123/2021" of any kind, "cd:123/2021" of its own."""
    return f"{kind}:{number}" if kind else number


def references(text: str) -> list[Cited]:
    """Every reference of a text, those of a kind also as one of any. Ordered by place, the fuller one first; of a
    number that may be a month, the month last."""
    years = years_of(text)
    days = list(_dates(text, years))
    dated = {cited.end for cited in days}
    found = [*days, *_by_year(text, years, dated), *_codes(text, years), *_articles(text)]
    return sorted(found, key=lambda cited: (cited.start, -cited.end, _LATER.get(cited.kind, 0)))


def answering(cited: Sequence[Cited]) -> tuple[str, ...]:
    """The terms that answer what stands in one place, the fullest first: a number without kind may be a month."""
    kinds = {cited[0].kind} | ({MONTH} if cited[0].kind == ANY else set())
    return tuple(term for one in cited if one.kind in kinds for term in one.answers)


def _dates(text: str, years: Iterable[int]) -> Iterator[Cited]:
    for found in dates(text, years):
        if found.day:
            yield Cited(DAY, found.name, found.start, found.end)
        yield Cited(MONTH, found.month_name, found.start, found.end)


def _by_year(text: str, years: Iterable[int], dated: Container[int]) -> Iterator[Cited]:
    """All but the ends of dates, which stand in `dated`: "mayo 15 de 2018" is no number 15."""
    for at in years:
        end = at + YEAR_WIDTH
        match = _NUMBER_BEFORE.search(text, max(0, at - _NUMBER_WIDTH), at)
        if match and end not in dated and not _FOLLOWED.match(text, end):
            yield from _numbered(text, match, at)


def _numbered(text: str, match: re.Match[str], at: int) -> Iterator[Cited]:
    """The number before the year that begins `at`."""
    year, end = text[at : at + YEAR_WIDTH], at + YEAR_WIDTH
    number = f"{_bare(match['number'])}/{year}"
    start, kind = _kind_before(text, match.start())
    yield Cited(ANY, number, match.start(), end)
    if kind:
        yield Cited(kind, number, start, end)
    elif match["number"] in _MONTHS and at - match.end("number") == 1:
        yield Cited(MONTH, f"{year}-{match['number']}", match.start(), end)


def _kind_before(text: str, at: int) -> tuple[int, str]:
    """(where the name of the kind begins, kind); the place itself where none is said."""
    match = _NAMED.search(text, max(0, at - _BEFORE), at)
    return (match.start(), KINDS[(match.lastindex or 1) - 1][1]) if match else (at, ANY)


def _codes(text: str, years: Iterable[int]) -> Iterator[Cited]:
    for at in years:
        kind = CODES.get(text[at - 3 : at - 1].lower()) if text[at - 1 : at] in {"-", "–"} and at > 2 else None
        start = at - 3
        match = _NUMBER_AFTER.match(text, at + YEAR_WIDTH) if kind else None
        if kind and match and not (start and _IN_WORD.match(text, start - 1)):
            number = f"{_bare(match['number'])}/{text[at : at + YEAR_WIDTH]}"
            yield from (Cited(one, number, start, match.end()) for one in (kind, ANY))


def _articles(text: str) -> Iterator[Cited]:
    for match in filter(None, (_ARTICLE.match(text, at) for at in _arts(text))):
        if not match.start() or not _IN_WORD.match(text, match.start() - 1):
            numeral = match["dotted"] or match["numeral"]
            yield Cited("articulo", f"{_bare(match['article'])}.{numeral}", match.start(), match.end())


def _arts(text: str) -> Iterator[int]:
    """Where an article may begin, in order: looked for by two of its letters, which a pattern of small and great ones
    takes ten times as long for."""
    found = [at - 1 for pair in ("rt", "RT", "Rt", "rT") for at in each(text, pair)]
    return (at for at in sorted(found) if at >= 0 and text[at] in "aA")


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"
