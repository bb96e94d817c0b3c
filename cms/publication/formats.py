"""A set of open data as a file: CSV, JSON and XLSX, written row by row and the same bytes for the same rows.

No cell can act in a spreadsheet (ASVS 1.2.10): in CSV a text that begins like a formula gets an apostrophe before it,
and so does each part of a text that a spreadsheet which parts cells at `;` or a tab (as here in Colombia) would begin a
cell with; in XLSX every text is a cell of text, whatever it says. Figures are left as they are, also below zero: a
whole number with its sign is a number in every spreadsheet, and programs could not add up one with an apostrophe.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cms.publication.open_data import AMOUNT, COUNT, DATE, TEXT, Dataset

#: Signs with which spreadsheets begin to calculate, the wide ones of East Asia among them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 those very signs
#: Where another reading of the file begins a cell inside a text, before what would make that cell calculate; also at
#: the end of a text and before a quote, for there that reading goes on with what follows in the line.
_SPACE = r"""(?:(?![\t\r\n])[\s"])*"""
_INSIDE = re.compile(rf"""(\r\n|[;\t\r\n])(?={_SPACE}(?:[=+\-@＝＋－＠\t]|(?<=")[\r\n]|\Z))""")  # noqa: RUF001 those signs
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Letters that a cell of XLSX may hold, and bytes of a file that stay in memory before it goes to the disk.
LONGEST, IN_MEMORY = 32_767, 4 * 1024**2
PIECE = 64 * 1024


class _Echo:
    """What a CSV writer writes to: it hands back each line."""

    def write(self, line: str) -> str:
        return line


def csv_lines(dataset: Dataset) -> Iterator[bytes]:
    """RFC 4180 text with the mark that spreadsheets need to read accents."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + _bytes(writer.writerow(dataset.columns))
    texts = {name for name, column in dataset.columns.items() if column.kind == TEXT}
    for row in dataset.rows():
        yield _bytes(writer.writerow(inert(value) if name in texts else value for name, value in row.items()))


def inert(value: Any) -> str:
    """A cell that no spreadsheet runs, wherever it parts the line: an apostrophe stands before each formula."""
    text = _INSIDE.sub(r"\1'", "" if value is None else str(value))
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def json_lines(dataset: Dataset) -> Iterator[bytes]:
    """A list of objects, one in each line."""
    before = "[\n"
    for row in dataset.rows():
        yield _bytes(before + json.dumps(row, ensure_ascii=False))
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def xlsx_pieces(dataset: Dataset) -> Iterator[bytes]:
    """One sheet with its heads held in sight, figures as figures and dates as dates."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made, tempfile.SpooledTemporaryFile(IN_MEMORY) as undated:
        _book(dataset).save(made)
        _without_hours(made, undated)
        undated.seek(0)
        while piece := undated.read(PIECE):
            yield piece


def _book(dataset: Dataset) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(dataset.name)
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, TEXT, head=True) for name in dataset.columns])
    kinds = [column.kind for column in dataset.columns.values()]
    for row in dataset.rows():
        sheet.append([_cell(sheet, value, kind) for value, kind in zip(row.values(), kinds, strict=True)])
    return book


def _cell(sheet: Any, value: Any, kind: str, *, head: bool = False) -> Any:
    if value is None or value == "":
        return None
    made: Any = WriteOnlyCell
    typed: Callable[[Any], Any] = _TYPED.get(kind, _text)
    cell = made(sheet, typed(value))
    if kind in _TYPED:
        cell.number_format = _SHOWN[kind]
    else:
        cell.data_type, cell.number_format = "s", "@"
    if head:
        cell.font = Font(bold=True)
    return cell


def _text(value: Any) -> str:
    return _FORBIDDEN.sub("", str(value))[:LONGEST]


_TYPED: dict[str, Callable[..., Any]] = {AMOUNT: Decimal, COUNT: int, DATE: datetime.date.fromisoformat}
_SHOWN = {AMOUNT: "#,##0.00", COUNT: "0", DATE: "yyyy-mm-dd"}


def _without_hours(source: IO[bytes], target: IO[bytes]) -> None:
    """The same archive without the hour at which it was made."""
    source.seek(0)
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with read.open(name) as part, written.open(entry, "w") as copy:
                while piece := part.read(PIECE):
                    copy.write(_MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z", piece))


def _bytes(text: Any) -> bytes:
    return str(text).encode("utf-8", "replace")


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is called, its media type, how it is written, and whether a browser keeps it."""

    label: str
    media: str
    write: Callable[[Dataset], Iterator[bytes]]
    attached: bool = True


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv; charset=utf-8", csv_lines),
    "json": Format("JSON", "application/json", json_lines, attached=False),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_pieces),
}


def written(form: Format, dataset: Dataset) -> tuple[IO[bytes], Any]:
    """A file of the set from its beginning, in memory while it is small, and the SHA-256 of its bytes."""
    made, digest = tempfile.SpooledTemporaryFile(IN_MEMORY), sha256()  # noqa: SIM115 whoever sends it closes it
    for piece in form.write(dataset):
        digest.update(piece)
        made.write(piece)
    made.seek(0)
    return made, digest
