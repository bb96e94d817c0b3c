"""Text of an XLSX: one page per sheet in the workbook's order, hidden sheets too, rows by lines, cells by tabs, each
in its column.

Values are those stored, written as `sheet_values` says; formulas themselves are not text. Cell comments follow the
cells of their sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contents import Contents, Damaged, Sink
from .ooxml import Package, events, parsed
from .sheet_values import Values, column_of, forget, local, plain, tags

ENGINE = ("lxml", "xlsx-3")
#: Empty cells in a row that are kept as such: beyond them they are no longer anybody's table.
MAX_GAP = 200

_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


def read(contents: Contents, sink: Sink) -> None:
    """Send one page per sheet; a sheet that cannot be read makes the answer *partial*."""
    package = Package(contents)
    package.check_names()
    package.check_sizes()
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    values = Values(package)
    for number, (title, part) in enumerate(sheets(package), 1):
        try:
            text = _sheet_text(package, part, values, contents.limits.page_chars * 8)
        except Damaged:
            sink.say(partial="damaged")
            text = ""
        sink.page(number, f"{title}\n{text}".strip())


def sheets(package: Package) -> list[tuple[str, str]]:
    """Title and part of every sheet, in order; raises Damaged when there is no workbook."""
    books = package.parts_of_type("spreadsheetml.sheet.main+xml")
    if not books:
        raise Damaged
    targets = package.relations(books[0])
    found = []
    for node in parsed(package.small(books[0])).iter(*tags("sheet")):
        relation = next((node.get(key) for key in _RELATION if node.get(key)), "")
        found.append((node.get("name", ""), targets.get(relation, "")))
    return found


def _sheet_text(package: Package, part: str, values: Values, limit: int) -> str:
    rows: list[str] = []
    size = 0
    for _, node in events(package.open(part), ("end",), tags("row")):
        line = "\t".join(_in_places(node, values)).rstrip("\t")
        forget(node)
        rows.append(line)
        size += len(line) + 1
        if size > limit:
            raise Damaged("limits")
    return "\n".join([*filter(None, rows), *_comments(package, part)])


def _in_places(row: Any, values: Values) -> list[str]:
    """What the cells of a row say, each in its column; one that stands very far away follows the others."""
    cells: list[str] = []
    for cell in row:
        if local(cell) != "c":
            continue
        column = column_of(cell.get("r", ""), len(cells))
        if len(cells) < column <= len(cells) + MAX_GAP:
            cells.extend("" for _ in range(column - len(cells)))
        cells.append(" ".join(values.text(cell).split()))
    return cells


def _comments(package: Package, part: str) -> Iterator[str]:
    for target in package.relations(part).values():
        if "comments" in target.rsplit("/", 1)[-1].lower() and package.has(target):
            yield from (plain(node) for node in parsed(package.small(target)).iter(*tags("comment")))
