"""A page of a piece in the viewer: its words, the marks of a search, and where the other hits are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from records.desk.marking import mark
from records.models import Document
from records.parsing import formats
from records.selectors.pages import PageRead, last_page_with_text, list_page_texts, page_of

#: Pages of the strip on each side of the present one: a long annex opens as fast as a short one.
BESIDE = 4
#: A longer piece is not looked through whole to count its hits: only the pages of the strip are.
COUNTED_WHOLE = 60
PIECE = re.compile(r"\S+|\s+")
LONGEST_QUERY = 10_000
LONGEST_LIST, MOST_PAIRS = 4_096, 100
#: How large a page is shown: as wide as there is room, or by these hundredths. The plain size has no name.
WIDE, ZOOMS = "ancho", ("", "150", "200")
TURNS = (0, 90, 180, 270)
#: Formats whose text is lines of cells. A page of a workbook is a sheet, whose first line is its name.
WORKBOOK, VALUES = formats.XLSX, "text/csv"
SEPARATORS = (";", "\t", ",")
#: What is shown of a spreadsheet's page: rows, columns of each, and cells together; the others are in the original.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 1_000, 200, 40_000


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
    """One page ready to show. `hits` counts matches on it: neighbouring marked words are one.

    `rows`: cells of a spreadsheet's page, each a list of runs, under its `caption`; none for what is no table.
    `left_out`: rows beyond those shown; `left_columns`: columns beyond MOST_COLUMNS of these.
    """

    read: PageRead
    boxes: list[Box]
    runs: list[Run]
    hits: int
    rows: list[list[list[Run]]] = field(default_factory=list)
    caption: list[Run] = field(default_factory=list)
    left_out: int = 0
    left_columns: int = 0

    @property
    def columns(self) -> int:
        """Cells of the longest row shown."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True)
class Place:
    """What the address asks for: page from 1, words, which match of the page, how large and which side up.

    `back` is the query string of the list one came from, without the words where they are still the same; `astray`
    says that the address asked for a folio that the piece does not have.
    """

    page: int = 1
    query: str = ""
    hit: int = 1
    zoom: str = ""
    turn: int = 0
    back: str = ""
    astray: bool = False

    def url(self, **changes: Any) -> str:
        """The address of the same place but for these: what is as usual is left out."""
        other = replace(self, **{"hit": 1, **changes})
        return urlencode_pairs(
            pagina=other.page,
            q=other.query,
            c=other.hit if other.hit > 1 else "",
            zoom=other.zoom,
            giro=other.turn or "",
            desde=other.back,
        )


def pages_in(piece: Document) -> int:
    return max(1, piece.pages, 0 if has_images(piece) else last_page_with_text(piece))


def has_images(piece: Document) -> bool:
    row = formats.BY_MEDIA_TYPE.get(piece.media_type)
    return bool(row and row.page_images and piece.inspected and piece.pages)


def place_of(asked: QueryDict, piece: Document, last: int) -> Place:
    """What an address asks for, held within the piece: a number beyond it is its last page, and so is a folio."""
    zoom, turn = asked.get("zoom", ""), whole(asked.get("giro"), 0)
    page = whole(asked.get("pagina"))
    folio = asked.get("folio", "")
    if folio:
        page = whole(folio) - piece.folio_first + 1
    return Place(
        page=min(max(page, 1), last),
        query=asked.get("q", "")[:LONGEST_QUERY].replace("\x00", " "),
        hit=max(whole(asked.get("c")), 1),
        zoom=zoom if zoom in (WIDE, *ZOOMS) else "",
        turn=turn if turn in TURNS else 0,
        back=list_state(asked.get("desde", "")),
        astray=bool(folio) and not piece.folio_first <= whole(folio, 0) <= piece.folio_last,
    )


def whole(text: str | None, otherwise: int = 1) -> int:
    written = (text or "").strip()[:9]
    return int(written) if written.isascii() and written.isdigit() else otherwise


def list_state(asked: str) -> str:
    """The query string of a list, written anew: nothing but pairs; empty where it cannot be read or is too long."""
    try:
        pairs = parse_qsl(asked, strict_parsing=True, max_num_fields=MOST_PAIRS) if len(asked) <= LONGEST_LIST else []
    except ValueError:
        return ""
    return urlencode([(name, value.replace("\x00", " ")) for name, value in pairs])


def urlencode_pairs(**pairs: object) -> str:
    """`?name=value&…` of the pairs that have a value."""
    return "?" + urlencode({name: value for name, value in pairs.items() if value})


def sheet_of(document: Document, place: Place) -> Sheet:
    """The page with its marks. The text is marked by itself, since boxes exist only over images."""
    read = page_of(document, place.page)
    groups = grouped(mark([word[0] for word in read.words], place.query)) if read.words else []
    boxes = [
        Box(x0, y0, x1 - x0, y1 - y0, current=number == place.hit)
        for number, group in enumerate(groups, 1)
        for _word, x0, y0, x1, y1 in (read.words[index] for index in group)
    ]
    if is_table(document.media_type, read.text):
        return table_of(document, read, place)
    (runs,), found = runs_of([read.text], place)
    return Sheet(read, boxes, runs, len(groups) if read.words else found)


def table_of(document: Document, read: PageRead, place: Place) -> Sheet:
    """A page of a spreadsheet as far as it is shown, its name above it. Short rows stay short: filling them up would
    make of a few bytes as many cells as the widest row has, in each row."""
    separator, name = separator_of(document.media_type, read.text), int(document.media_type == WORKBOOK)
    lines = read.text.split("\n", MOST_ROWS + name)[: MOST_ROWS + name]
    cells = first_cells(lines, separator)
    told, found = runs_of([cell for row in cells for cell in row], place)
    runs = iter(told)
    rows = [[next(runs) for _cell in row] for row in cells]
    caption = rows.pop(0)[0] if name else []
    left_out = read.text.count("\n") + 1 - len(cells)
    widest = max((line.count(separator) + 1 for line in lines[: len(cells)]), default=0)
    if left_out or widest > MOST_COLUMNS:
        found = count_hits(document.media_type, read.text, place.query)
    return Sheet(
        read, [], [Run(read.text, False)], found, rows, caption, left_out, max(widest - MOST_COLUMNS, 0)
    )  # fmt: skip


def first_cells(lines: list[str], separator: str) -> list[list[str]]:
    """Cells of the first lines, cut before they are split so that no more is ever made than is shown."""
    rows: list[list[str]] = []
    made = 0
    for line in lines:
        row = [cell.strip().strip('"') for cell in line.split(separator, MOST_COLUMNS)[:MOST_COLUMNS]]
        made += len(row)
        if made > MOST_CELLS:
            break
        rows.append(row)
    return rows


def grouped(marked: set[int]) -> list[list[int]]:
    """Marked words in a row are one match."""
    groups: list[list[int]] = []
    for index in sorted(marked):
        if groups and groups[-1][-1] == index - 1:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def runs_of(texts: list[str], place: Place) -> tuple[list[list[Run]], int]:
    """Each text as stretches, spaces kept, and how many matches they hold together: one may go on in the next."""
    pieces = [PIECE.findall(text) for text in texts]
    words = [piece for text in pieces for piece in text if not piece.isspace()]
    groups = grouped(mark(words, place.query)) if words else []
    number_of = {index: number for number, group in enumerate(groups, 1) for index in group}
    numbers = (number_of.get(index, 0) for index in range(len(words)))
    return [stretches(text, numbers, place.hit) for text in pieces], len(groups)


def stretches(pieces: list[str], numbers: Iterator[int], current: int) -> list[Run]:
    """Runs of one text; `numbers` gives, for each further word, the number of its match, 0 for none."""
    words = [(place, next(numbers)) for place, piece in enumerate(pieces) if not piece.isspace()]
    runs, done = [], 0
    for number, group in groupby(words, key=itemgetter(1)):
        spots = [place for place, _number in group]
        if number:
            before, match = pieces[done : spots[0]], pieces[spots[0] : spots[-1] + 1]
            runs += [Run("".join(before), False), Run("".join(match), True, number == current)]
            done = spots[-1] + 1
    runs.append(Run("".join(pieces[done:]), False))
    return [run for run in runs if run.text]


def is_table(media_type: str, text: str) -> bool:
    return media_type in (WORKBOOK, VALUES) and bool(text.strip())


def separator_of(media_type: str, text: str) -> str:
    """What stands between cells: in a table of values, the sign of which its first line has most."""
    written = len(text) - len(text.lstrip())
    head = text[text.rfind("\n", 0, written) + 1 :].partition("\n")[0]
    return "\t" if media_type == WORKBOOK else max(SEPARATORS, key=head.count)


def words_of(media_type: str, text: str) -> list[str]:
    """The words of a page in the order in which they are marked; of a table without the quotes around its cells."""
    if not is_table(media_type, text):
        return text.split()
    words = text.replace(separator_of(media_type, text), " ").split()
    return [bare for word in words if (bare := word.strip('"'))]


def count_hits(media_type: str, text: str, query: str) -> int:
    return len(grouped(mark(words_of(media_type, text), query))) if query.strip() else 0


def window(page: int, last: int) -> list[int]:
    """Numbers of the pages of the strip: as many on each side as there are, the same total at the ends."""
    first = max(1, min(page - BESIDE, last - 2 * BESIDE))
    return list(range(first, min(last, first + 2 * BESIDE) + 1))


def hits_by_page(document: Document, query: str, numbers: list[int]) -> dict[int, int]:
    """Matches on each of these pages, pages without any left out."""
    if not query.strip():
        return {}
    texts = list_page_texts(document, numbers)
    counted = {number: count_hits(document.media_type, text, query) for number, text in texts}
    return {number: count for number, count in counted.items() if count}


def hits_in_all(document: Document, query: str, last: int) -> dict[int, int]:
    """Matches by page of the whole piece, its text read some pages at a time."""
    starts = range(1, last + 1, COUNTED_WHOLE)
    parts = (hits_by_page(document, query, list(range(at, min(at + COUNTED_WHOLE, last + 1)))) for at in starts)
    return {number: count for part in parts for number, count in part.items()}


def next_page_with_hits(document: Document, query: str, numbers: list[int]) -> int | None:
    """The first of these pages, in the order given, that holds a match; read a few at a time."""
    for start in range(0, len(numbers), COUNTED_WHOLE):
        found = hits_by_page(document, query, numbers[start : start + COUNTED_WHOLE])
        for number in numbers[start : start + COUNTED_WHOLE]:
            if number in found:
                return number
    return None
