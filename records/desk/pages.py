"""A page of a piece in the viewer: its words, the marks of a search, and where the other hits are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from records.desk.marking import mark
from records.models import Document
from records.selectors.documents import list_page_texts, page_text, page_words

#: Pages of the strip on each side of the present one: a long annex opens as fast as a short one.
BESIDE = 4
#: A longer piece is not looked through whole to count its hits: only the pages of the strip are.
COUNTED_WHOLE = 60
PIECE = re.compile(r"\S+|\s+")


@dataclass(frozen=True)
class Box:
    """A mark over the page image, as fractions of its width and height."""

    x: float
    y: float
    w: float
    h: float
    current: bool = False


@dataclass(frozen=True)
class Run:
    """A stretch of the page's text, marked or not."""

    text: str
    marked: bool
    current: bool = False


@dataclass(frozen=True)
class Sheet:
    """One page ready to show. `hits` counts matches on it: neighbouring marked words are one."""

    number: int
    boxes: list[Box]
    runs: list[Run]
    hits: int


@dataclass(frozen=True)
class Place:
    """What the address asks for: page from 1, words, which match of the page, and how large."""

    page: int
    query: str
    hit: int
    zoom: str
    back: str = ""

    def url(self, *, page: int | None = None, hit: int | None = None, zoom: str | None = None) -> str:
        pairs = {
            "pagina": page or self.page,
            "q": self.query,
            "c": hit if hit and hit > 1 else "",
            "zoom": self.zoom if zoom is None else zoom,
            "desde": self.back,
        }
        return urlencode_pairs(**pairs)


def urlencode_pairs(**pairs: object) -> str:
    """`?name=value&…` of the pairs that have a value."""
    return "?" + urlencode({name: value for name, value in pairs.items() if value})


def sheet_of(document: Document, place: Place) -> Sheet:
    """The page with its marks. The text is marked by itself, since boxes exist only over images."""
    words = page_words(document, place.page)
    groups = grouped(mark([word[0] for word in words], place.query)) if words else []
    boxes = [
        Box(x0, y0, x1 - x0, y1 - y0, current=number == place.hit)
        for number, group in enumerate(groups, 1)
        for _word, x0, y0, x1, y1 in (words[index] for index in group)
    ]
    runs, found = runs_of(page_text(document, place.page), place)
    return Sheet(place.page, boxes, runs, len(groups) if words else found)


def grouped(marked: set[int]) -> list[list[int]]:
    """Marked words in a row are one match."""
    groups: list[list[int]] = []
    for index in sorted(marked):
        if groups and groups[-1][-1] == index - 1:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def runs_of(text: str, place: Place) -> tuple[list[Run], int]:
    """The text as stretches, spaces kept, and how many matches it holds."""
    pieces = PIECE.findall(text)
    places = [index for index, piece in enumerate(pieces) if not piece.isspace()]
    groups = grouped(mark([pieces[index] for index in places], place.query))
    runs, done = [], 0
    for number, group in enumerate(groups, 1):
        first, last = places[group[0]], places[group[-1]] + 1
        runs += [Run("".join(pieces[done:first]), False), Run("".join(pieces[first:last]), True, number == place.hit)]
        done = last
    runs.append(Run("".join(pieces[done:]), False))
    return [run for run in runs if run.text], len(groups)


def window(page: int, last: int) -> list[int]:
    """Numbers of the pages of the strip: as many on each side as there are, the same total at the ends."""
    first = max(1, min(page - BESIDE, last - 2 * BESIDE))
    return list(range(first, min(last, first + 2 * BESIDE) + 1))


def hits_by_page(document: Document, query: str, numbers: list[int]) -> dict[int, int]:
    """Matches on each of these pages, pages without any left out."""
    if not query.strip():
        return {}
    texts = list_page_texts(document, numbers)
    counted = {number: len(grouped(mark(text.split(), query))) for number, text in texts}
    return {number: count for number, count in counted.items() if count}


def next_page_with_hits(document: Document, query: str, numbers: list[int]) -> int | None:
    """The first of these pages, in the order given, that holds a match; read a few at a time."""
    for start in range(0, len(numbers), COUNTED_WHOLE):
        found = hits_by_page(document, query, numbers[start : start + COUNTED_WHOLE])
        for number in numbers[start : start + COUNTED_WHOLE]:
            if number in found:
                return number
    return None
