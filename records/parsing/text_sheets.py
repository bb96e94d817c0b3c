"""Text of an XLSX: one page per sheet in the workbook's order, hidden sheets too, cells by tabs, rows by lines.

Values are those stored (a date is its serial number); formulas themselves are not text. Cell comments follow the
cells of their sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contents import Contents, Damaged, Sink
from .ooxml import Package, events, parsed

ENGINE = ("lxml", "xlsx-1")

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)


def _tags(*names: str) -> tuple[str, ...]:
    return tuple(f"{{{uri}}}{name}" for uri in _MAIN for name in names)


def read(contents: Contents, sink: Sink) -> None:
    """Send one page per sheet; a sheet that cannot be read makes the answer *partial*."""
    package = Package(contents)
    package.check_names()
    package.check_sizes()
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    strings = _shared_strings(package)
    for number, (title, part) in enumerate(sheets(package), 1):
        try:
            text = _sheet_text(package, part, strings, contents.limits.page_chars * 8)
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
    for node in parsed(package.small(books[0])).iter(*_tags("sheet")):
        relation = next((node.get(key) for key in _RELATION if node.get(key)), "")
        found.append((node.get("name", ""), targets.get(relation, "")))
    return found


def _shared_strings(package: Package) -> list[str]:
    strings: list[str] = []
    for part in package.parts_of_type("spreadsheetml.sharedStrings+xml")[:1]:
        for _, node in events(package.open(part), ("end",), _tags("si")):
            strings.append(_plain(node))
            _forget(node)
    return strings


def _sheet_text(package: Package, part: str, strings: list[str], limit: int) -> str:
    rows: list[str] = []
    size = 0
    for _, node in events(package.open(part), ("end",), _tags("row")):
        line = "\t".join(filter(None, (_cell(cell, strings) for cell in node)))
        _forget(node)
        rows.append(line)
        size += len(line) + 1
        if size > limit:
            raise Damaged("limits")
    return "\n".join([*filter(None, rows), *_comments(package, part)])


def _comments(package: Package, part: str) -> Iterator[str]:
    for target in package.relations(part).values():
        if "comments" in target.rsplit("/", 1)[-1].lower() and package.has(target):
            yield from (_plain(node) for node in parsed(package.small(target)).iter(*_tags("comment")))


def _cell(cell: Any, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _plain(cell)
    value = next((node.text or "" for node in cell if _local(node) == "v"), "")
    if kind != "s":
        return value
    return strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""


def _plain(node: Any) -> str:
    """Texts of a string, without the phonetic guides."""
    runs = (child for child in node.iter(*_tags("t")) if _local(child.getparent()) != "rPh")
    return "".join(child.text or "" for child in runs)


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _forget(node: Any) -> None:
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]
