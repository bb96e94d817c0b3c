"""What an Office file carries besides text: macros, DOCTYPEs, references to outside, embedded objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import text_sheets, text_slides, text_word
from .contents import Contents, Damaged
from .ooxml import Package, declares_doctype, has_macros, parsed

if TYPE_CHECKING:
    from .inspection import Findings

_XML_ENDINGS = (".xml", ".rels", ".vml")
_XML_TYPES = ("+xml", "/xml", ".vmldrawing")
_EMBEDDINGS = ("/embeddings/", "/activex/", "oleobject")


def inspect(contents: Contents, findings: Findings) -> None:
    """Fill ``findings`` for an Office file; raises Damaged. What can be refused is refused even if damaged."""
    package = Package(contents)
    types = package.types()
    if has_macros(package.names, types):
        findings.refusals.add("macros")
    package.check_names()
    package.check_sizes()
    if any(part in name.lower() for name in package.names for part in _EMBEDDINGS):
        findings.flags.add("embedded_objects")
    for name in _xml_parts(package, types):
        if declares_doctype(package.open(name)):
            findings.refusals.add("doctype")
    if not findings.refusals:
        _relations(package, findings)
        findings.pages = max(1, _PAGES[contents.kind](package))


def _word_pages(package: Package) -> int:
    pages, whole = text_word.document_pages(package)
    if not whole:
        raise Damaged
    return len(pages)


_PAGES: dict[str, Callable[[Package], int]] = {
    "docx": _word_pages,
    "xlsx": lambda package: len(text_sheets.sheets(package)),
    "pptx": lambda package: len(text_slides.slides(package)),
}


def _xml_parts(package: Package, types: dict[str, str]) -> list[str]:
    declared = {name for name, kind in types.items() if kind.lower().endswith(_XML_TYPES)}
    return [
        name
        for name in package.names
        if not name.endswith("/") and (name.lower().endswith(_XML_ENDINGS) or name in declared)
    ]


def _relations(package: Package, findings: Findings) -> None:
    for name in package.names:
        if name.lower().endswith(".rels"):
            for node in parsed(package.small(name)):
                _relation(node.get("Type", ""), node.get("TargetMode", ""), findings)


def _relation(kind: str, mode: str, findings: Findings) -> None:
    if kind.endswith("/vbaProject"):
        findings.refusals.add("macros")
    if mode == "External":
        findings.flags.add("links" if kind.endswith("/hyperlink") else "external_links")
