"""Days and months as Spanish papers write them, each as one date: 15/05/2018, 2018-05-15, 15 de mayo de 2018, "a los
quince (15) días del mes de mayo de dos mil dieciocho (2018)", mayo 15 de 2018, 15 may. 2018, mayo de 2018.

A text is scanned for years, which are few; what stands before or after each is looked at then.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre")  # fmt: skip
MONTHS = {
    **{name: at for at, name in enumerate(_MONTHS, 1)},
    **{name[:3]: at for at, name in enumerate(_MONTHS, 1)},
    "setiembre": 9,
    "sept": 9,
    "set": 9,
}
"""A month's name or its short form, in small letters → 1 to 12."""

_DAYS = (
    "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
    "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidos",
    "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho", "veintinueve", "treinta",
    "treinta y uno",
)  # fmt: skip
DAYS = {**{name: at for at, name in enumerate(_DAYS, 1)}, "primero": 1, "primer": 1, "veintiun": 21, "treinta y un": 31}
"""A day of the month in words, without accents → 1 to 31."""

YEAR_WIDTH = 4
_FOLLOWED = re.compile(r"\w|[-/.]\d")
_MONTH_AND_DAY = re.compile(r"([-/.])(?P<month>[0-9]{1,2})\1(?P<day>[0-9]{1,2})(?![0-9]|[-/.]\d|[^\WtT_])")
_DAY_AND_MONTH = re.compile(r"(?<![\w./–-])(?P<day>[0-9]{1,2})([-/.])(?P<month>[0-9]{1,2})\2\Z")
_IN_NUMBER = re.compile(r"[\w./–-]")

_OF = r"(?:del?\s+)?"
_YEAR_IN_WORDS = r"dos\s+mil(?:\s+(?:treinta\s+y\s+)?[a-zéó]+)?\s+\(\s*"
_NAMED_MONTH = re.compile(
    r"(?<!\w)(?P<month>[a-z]{3,10})\.?"
    r"(?:[\s/-]|,?\s+|\s+(?P<day>[0-9]{1,2})(?:\.?[º°])?,?\s+)"
    rf"{_OF}(?:a[ñn]o\s+)?(?P<words>{_YEAR_IN_WORDS})?\Z",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?<![\w./–-])(?P<open>\(\s*)?(?P<day>[0-9]{1,2})(?:\.?[º°ª]|\.?o|ro)?(?(open)\s*\))"
    rf"(?:[-/]|\s+(?:d[ií]as?\s+)?{_OF}(?:mes\s+)?{_OF})\Z",
    re.IGNORECASE,
)
_DAY_IN_WORDS = re.compile(
    r"(?<!\w)(?P<day>treinta\s+y\s+uno?|[^\W\d_]{3,12})\s*(?P<of>\s(?:de\s+)?)?\Z", re.IGNORECASE
)
_BEFORE_YEAR, _BEFORE_YEAR_IN_WORDS, _BEFORE_MONTH = 24, 60, 28
"""Characters in which the month, the month of a year in words, and the day are looked for."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One date as it stands in a text (offsets in characters, `end` exclusive); `day` is 0 where only the month is
    named."""

    year: int
    month: int
    day: int
    start: int
    end: int

    @property
    def month_name(self) -> str:
        """2018-05."""
        return f"{self.year}-{self.month:02}"

    @property
    def name(self) -> str:
        """2018-05-15, or 2018-05."""
        return f"{self.month_name}-{self.day:02}" if self.day else self.month_name


def years_of(text: str) -> list[int]:
    """Where what may be a year of four digits begins."""
    found: list[int] = []
    # Looking for the century alone takes a tenth of what a pattern takes.
    for at in sorted([*each(text, "19"), *each(text, "20")]):
        rest = text[at + 2 : at + YEAR_WIDTH]
        if len(rest) == 2 and rest.isascii() and rest.isdigit() and (not found or at >= found[-1] + YEAR_WIDTH):
            found.append(at)
    return found


def each(text: str, part: str) -> Iterator[int]:
    """Where the part stands in the text, in order."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def dates(text: str, years: Iterable[int] | None = None) -> Iterator[Dated]:
    """The dates of a text, in order; those that no calendar has are none. A month in figures alone ("05/2018") may
    as well be a number with its year, and is left to who knows what stands before it. `years`: what `years_of` found,
    where that is known."""
    for at in years_of(text) if years is None else years:
        end = at + YEAR_WIDTH
        sign = text[at - 1 : at]
        found = _written(text, at, end) if sign.isspace() or sign in {"(", "-", "/"} else None
        if found := found or _in_figures(text, at, end):
            yield found


def _in_figures(text: str, at: int, end: int) -> Dated | None:
    if at and _IN_NUMBER.match(text, at - 1):
        match = None if _FOLLOWED.match(text, end) else _DAY_AND_MONTH.search(text, max(0, at - 6), at)
    else:
        match = _MONTH_AND_DAY.match(text, end)
    if not match:
        return None
    start, end = min(at, match.start()), max(end, match.end())
    return _made(text[at : at + 4], int(match["month"]), int(match["day"]), start, end)


def _written(text: str, at: int, end: int) -> Dated | None:
    if _FOLLOWED.match(text, end):
        return None
    closed = text[at - 1] == "("
    least = max(0, at - (_BEFORE_YEAR_IN_WORDS if closed else _BEFORE_YEAR))
    match = _NAMED_MONTH.search(text, least, at)
    month = MONTHS.get(match["month"].lower()) if match else None
    if not match or not month or (closed and text[end : end + 1] != ")"):
        return None
    start, day = (match.start(), int(match["day"])) if match["day"] else _day_before(text, match.start())
    return _made(text[at:end], month, day, start, end + closed)


def _day_before(text: str, at: int) -> tuple[int, int]:
    """(where the day begins, the day); the place itself and 0 where none is named."""
    least = max(0, at - _BEFORE_MONTH)
    if match := _DAY.search(text, least, at):
        word = _DAY_IN_WORDS.search(text, max(0, match.start() - _BEFORE_MONTH), match.start())
        same = match["open"] and word and _day_in_words(word["day"]) == int(match["day"])
        return word.start() if word and same else match.start(), int(match["day"])
    word = _DAY_IN_WORDS.search(text, least, at - 3) if text[at - 3 : at].lower() == "de " else None
    day = _day_in_words(word["day"]) if word else 0
    return (word.start(), day) if word and day else (at, 0)


def _day_in_words(written: str) -> int:
    spread = unicodedata.normalize("NFKD", " ".join(written.lower().split()))
    return DAYS.get("".join(c for c in spread if not unicodedata.combining(c)), 0)


def _made(year: str, month: int, day: int, start: int, end: int) -> Dated | None:
    try:
        date(int(year), month, day or 1)
    except ValueError:
        return None
    return Dated(int(year), month, day, start, end)
