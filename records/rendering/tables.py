"""Tables that leave the house as CSV or XLSX: no cell can act in a spreadsheet, the same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]
#: Signs with which a spreadsheet begins to calculate; the apostrophe is ours to tell escaped text from text.
SIGNS = ("=", "+", "-", "@", "'", "\t", "\r")
#: Widest column, in letters.
WIDEST = 60
EPOCH = (1980, 1, 1, 0, 0, 0)
MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def escaped(value: Any) -> Any:
    """A text that a spreadsheet shows and does not calculate: an apostrophe stands before the sign."""
    return f"'{value}" if isinstance(value, str) and value.startswith(SIGNS) else value


def as_csv(rows: Rows) -> bytes:
    """Separated by semicolons, with the mark that makes spreadsheets read it as UTF-8."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=";", lineterminator="\r\n").writerows([escaped(cell) for cell in row] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Rows, title: str) -> bytes:
    """One sheet with its first row as heads, held in sight. Texts are cells of text whatever they say."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            write_cell(sheet, number, place, escaped(value))
    dress(sheet, rows)
    sink = io.BytesIO()
    book.save(sink)
    return undated(sink.getvalue())


def write_cell(sheet: Worksheet, number: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    cell = sheet.cell(number, place, value)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", "@"


def dress(sheet: Worksheet, rows: Rows) -> None:
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3EFED")
    for place in range(1, len(rows[0]) + 1):
        longest = max((len(str(row[place - 1])) for row in rows if place <= len(row)), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest, 8) + 2, WIDEST)
    sheet.freeze_panes = "A2"


def undated(data: bytes) -> bytes:
    """The same archive without the hour at which it was made."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z", source.read(name))
            target.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED)
    return sink.getvalue()
