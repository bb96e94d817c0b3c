"""What an Office file carries besides text: macros, DOCTYPEs, references to outside, embedded objects."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import formats, text_sheets, text_slides, text_word
from .contents import Contents, Damaged
from .ooxml import Package, declares_doctype, has_macros, parsed

if TYPE_CHECKING:
    from .inspection import Findings

_XML_ENDINGS = (".xml", ".rels", ".vml", ".svg")
_ALONE = ("executable", "archive")
#: Of parts that are files of their own; ``.bin`` is what Office itself calls printer settings.
EXTENSIONS_WITHIN = {ending for ending, code in formats.REFUSED_EXTENSIONS.items() if code in _ALONE} - {".bin"}
_XML_TYPES = ("+xml", "/xml", ".vmldrawing")
_EMBEDDINGS = ("/embeddings/", "/activex/", "oleobject")
#: A target that is no part of the package, whatever its relationship says: an address, or a share of a network.
_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})", re.I)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.I)


def inspect(contents: Contents, findings: Findings) -> None:
    """Fill ``findings`` for an Office file; raises Damaged. What can be refused is refused even if damaged."""
    package = Package(contents)
    types = package.types()
    if has_macros(package.names, types):
        findings.refusals.add("macros")
    package.check_names()
    package.check_sizes()
    if any(map(_is_object, package.names)):
        findings.flags.add("embedded_objects")
    for name in _xml_parts(package, types):
        if declares_doctype(package.open(name)):
            findings.refusals.add("doctype")
    if not findings.refusals:
        _relations(package, findings)
        findings.pages = max(1, _PAGES[contents.kind](package, findings))


def _is_object(name: str) -> bool:
    """Whether a part is a file of its own: an object's, or one that would not be filed by itself."""
    return any(part in name.lower() for part in _EMBEDDINGS) or bool(
        EXTENSIONS_WITHIN & {posixpath.splitext(name.lower())[1]}
    )


def _word_pages(package: Package, findings: Findings) -> int:
    document = text_word.whole_document(package)
    if _DDE.search(document.instructions):
        findings.flags.add("dde")
    if not document.whole:
        raise Damaged
    return len(document.pages)


def _sheet_pages(package: Package, findings: Findings) -> int:
    links = (name for name in package.names if "externallinks/" in name.lower() and name.lower().endswith(".xml"))
    if any(_local(node) == "ddeLink" for name in links for node in parsed(package.small(name)).iter()):
        findings.flags.add("dde")
    return len(text_sheets.sheets(package))


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


_PAGES: dict[str, Callable[[Package, Findings], int]] = {
    "docx": _word_pages,
    "xlsx": _sheet_pages,
    "pptx": lambda package, _findings: len(text_slides.slides(package)),
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
                _relation(node.get("Type", ""), _leads_outside(node), findings)


def _leads_outside(node: Any) -> bool:
    return node.get("TargetMode", "").lower() == "external" or bool(_OUTSIDE.match(node.get("Target", "")))


def _relation(kind: str, outside: bool, findings: Findings) -> None:
    if kind.endswith("/vbaProject"):
        findings.refusals.add("macros")
    if outside:
        findings.flags.add("links" if kind.endswith("/hyperlink") else "external_links")
