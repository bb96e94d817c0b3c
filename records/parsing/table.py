"""A CSV or the first sheet of a workbook as rows of text, bounded, for what a person loads by the table.

Rows keep their places: empty ones stay, so that the n-th row is the one that a spreadsheet numbers n. What is sent
with a fault are the rows before it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from . import sniff, text_plain
from .contents import Contents, Damaged, Sink
from .ooxml import Package, declares_doctype, events
from .sheet_values import Values, column_of, forget, local, tags
from .text_sheets import sheets
from .words import fit

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
#: Characters of all cells together.
MAX_CHARS = 24 * 1024 * 1024
SEPARATORS = (";", "\t", ",")
_SEPARATOR_LINE = re.compile(r"\Asep=([;,\t])\n", re.I)
_REFUSED_KINDS = {"encrypted": "encrypted", "empty": "damaged"}

Rows = Iterator[tuple[int, list[str]]]


def read(contents: Contents, sink: Sink) -> None:
    """Send the rows as one JSON array of arrays; raises Damaged (also ``unknown_format``) after sending what it has."""
    kept: list[list[str]] = []
    try:
        _fill(kept, _source(contents))
    finally:
        sink.blob(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _source(contents: Contents) -> Rows:
    kind = sniff.kind_of(contents)
    if kind not in _SOURCES:
        raise Damaged(_REFUSED_KINDS.get(kind, "unknown_format"))
    return _SOURCES[kind](contents)


def _fill(kept: list[list[str]], rows: Rows) -> None:
    """Put every row in its place; raises Damaged("limits") for what is too far, too long or too much."""
    left = MAX_CHARS
    for number, cells in rows:
        while cells and not cells[-1]:
            cells.pop()
        left -= sum(map(len, cells))
        if left < 0 or len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in cells):
            raise Damaged("limits")
        if cells and number > MAX_ROWS:
            raise Damaged("limits")
        if cells:
            kept.extend([] for _ in range(number - len(kept) - 1))
            kept.append(cells)


# -- CSV -----------------------------------------------------------------------------------------------------------


def _csv_rows(contents: Contents) -> Rows:
    text = fit(text_plain.decode(contents.small_bytes()))
    told = _SEPARATOR_LINE.match(text)
    text = text[told.end() :] if told else text
    separator = told[1] if told else separator_of(text)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as fault:
        raise Damaged("limits" if "field limit" in str(fault) else "damaged") from fault


def separator_of(text: str) -> str:
    """The separator that occurs most often, outside quotes, in the first line that says anything."""
    head = next((line for line in text[: 1 << 16].split("\n") if line.strip(";\t, ")), "")
    found = Counter(re.sub(r'"[^"]*"?', "", head))
    return max(SEPARATORS, key=lambda separator: found[separator])


# -- workbooks -----------------------------------------------------------------------------------------------------


def _sheet_rows(contents: Contents) -> Rows:
    package = Package(contents)
    package.check_names()
    package.check_sizes()
    part = next((part for _, part in sheets(package)), "")
    if declares_doctype(package.open(part)):
        raise Damaged
    values = Values(package)
    number = 0
    for _, row in events(package.open(part), ("end",), tags("row")):
        number = _row_number(row, number)
        yield number, _cells(row, values)
        forget(row)


def _row_number(row: Any, before: int) -> int:
    """Number of a row, its own or the next one; raises Damaged for one that goes back."""
    told = row.get("r", "")
    number = int(told) if told.isdigit() and len(told) < 8 else before + 1
    if number <= before:
        raise Damaged
    return number


def _cells(row: Any, values: Values) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if local(cell) != "c":
            continue
        text = fit(values.text(cell))
        column = column_of(cell.get("r", ""), len(cells))
        if column < MAX_COLUMNS:
            cells.extend("" for _ in range(column - len(cells)))
            cells[column:] = [text]
        elif text:
            raise Damaged("limits")
    return cells


_SOURCES: dict[str, Callable[[Contents], Rows]] = {"text": _csv_rows, "mail": _csv_rows, "xlsx": _sheet_rows}
