"""Tables that people write: columns known by their headers, in Spanish or by their code; dates as people write them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Column → other headers it is known by, as `folded` gives them.
Names = Mapping[str, Sequence[str]]

DAYS = (re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ].*)?"),
        re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"))  # fmt: skip


def folded(text: str) -> str:
    """Words in small letters without accents, signs or double blanks: how headers and names are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())


def parse_day(text: str) -> datetime.date | None:
    """A date as 2026-06-10 or 10/06/2026; None for what is none."""
    for pattern in DAYS:
        if found := pattern.fullmatch(text.strip()):
            try:
                return datetime.date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None


@dataclass(frozen=True)
class Heading:
    """The row of headers: where it is (from 1), the place of each column from 0, headers that name no column, and
    those that name one that an earlier header names."""

    number: int
    places: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """What a row says under each known header; empty where it says nothing."""
        return {name: row[place].strip() if place < len(row) else "" for name, place in self.places.items()}


def heading_of(rows: Sequence[Sequence[str]], names: Names, most: int = 20) -> Heading | None:
    """The first row, of the first few, that names at least two columns or all there are; None when none does."""
    wanted = min(2, len(names))
    for number, row in enumerate(rows[:most], 1):
        found = headers_in(number, row, names)
        if len(found.places) >= wanted:
            return found
    return None


def headers_in(number: int, row: Sequence[str], names: Names) -> Heading:
    known = {folded(header): name for name, others in names.items() for header in (name, *others)}
    places: dict[str, int] = {}
    unknown, repeated = [], []
    for place, header in enumerate(row):
        name = known.get(folded(header))
        if name is None:
            unknown += [header.strip()] if header.strip() else []
        elif name in places:
            repeated.append(header.strip())
        else:
            places[name] = place
    return Heading(number, places, tuple(unknown), tuple(repeated))
