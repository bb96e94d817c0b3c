"""Text of an XLSX: one page per sheet in the workbook's order, hidden sheets too, cells by tabs, rows by lines.

Values are those stored, written as `sheet_values` says; formulas themselves are not text. Cell comments follow the
cells of their sheet.
"""

from __future__ import annotations

from collections.abc import Iterator

from .contents import Contents, Damaged, Sink
from .ooxml import Package, events, parsed
from .sheet_values import Values, forget, plain, tags

ENGINE = ("lxml", "xlsx-2")

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
        line = "\t".join(filter(None, map(values.text, node)))
        forget(node)
        rows.append(line)
        size += len(line) + 1
        if size > limit:
            raise Damaged("limits")
    return "\n".join([*filter(None, rows), *_comments(package, part)])


def _comments(package: Package, part: str) -> Iterator[str]:
    for target in package.relations(part).values():
        if "comments" in target.rsplit("/", 1)[-1].lower() and package.has(target):
            yield from (plain(node) for node in parsed(package.small(target)).iter(*tags("comment")))
