"""All text of a DOCX, page by page, read part by part without ever holding the document whole.

Included: body, nested tables, headers and footers (on page 1), footnotes, endnotes and comments (at the end of the
page that refers to them), text boxes, content controls, equations, inserted tracked text, and hidden text, because
an archive answers for all that a document says. Left out: deleted and moved-away tracked text, field codes, and the
second copy (Fallback) of what AlternateContent holds twice.
A page ends at an explicit page break, at "page break before", at a section that begins a page and where Word last
broke it; breaks with no text between them are one. A document that no Word ever laid out may thus have fewer pages
than it prints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .contents import Contents, Damaged, Sink
from .ooxml import Package, events

ENGINE = ("lxml", "docx-1")

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_OTHER = {
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
}
_PREFIX = {**dict.fromkeys(_WORD, "w"), **_OTHER}

_SAME_PAGE = ("continuous", "nextColumn")
#: Where a section's properties stand → whether the section ends with the paragraph that holds them.
_KNOWN_HOLDERS = {"pPr": True, "body": False}
_SKIPPED = frozenset({"w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText"})
_TEXTS = frozenset({"w:t", "m:t", "a:t"})
_FIXED = {"w:tab": "\t", "w:cr": "\n", "w:noBreakHyphen": "-"}
_REFERENCES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote", "w:commentReference": "comment"}
_NOTE_PARTS = {"footnote": ".footnotes+xml", "endnote": ".endnotes+xml", "comment": ".comments+xml"}
_NAMES = {
    "w": "t delText instrText delInstrText tab cr noBreakHyphen br p tc tr txbxContent del moveFrom pageBreakBefore"
    " lastRenderedPageBreak footnoteReference endnoteReference commentReference footnote endnote comment"
    " sectPr fldSimple fldChar",
    "mc": "AlternateContent Choice Fallback",
    "m": "t",
    "a": "t",
}
_KNOWN = {f"{{{uri}}}{name}": f"{prefix}:{name}" for uri, prefix in _PREFIX.items() for name in _NAMES[prefix].split()}
_TAGS = tuple(_KNOWN)

Notes = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Document:
    """Texts of the pages, the instructions of all fields, and whether every part could be read to its end."""

    pages: list[str]
    instructions: str
    whole: bool


class Flow:
    """Turns the events of one part into pages of text; of a part of notes, into texts by kind and id."""

    def __init__(self, notes: Notes | None = None) -> None:
        self.notes: Notes = notes if notes is not None else {}
        self.pages: list[str] = []
        self.layers: list[list[str]] = [[]]
        self.aside: list[str] = []
        self.skipping = 0
        self.choices: list[bool] = []
        self.skips: list[bool] = []
        self.rows: list[list[int]] = []
        self.instructions: list[str] = []
        self.section_ends = False
        self.section_start = 0

    def run(self, package: Package, part: str) -> Flow:
        """Take all events of a part; raises Damaged, after which the pages so far are still good."""
        for event, node in events(package.open(part), ("start", "end"), _TAGS):
            name = _KNOWN[node.tag]
            self._start(name) if event == "start" else self._end(name, node)
        return self

    def close_page(self) -> None:
        """End the page: its text, then the text boxes and notes that belong to it."""
        self.pages.append(_tidy("".join(self.layers[0]) + "\n" + "\n".join(self.aside)))
        self.layers[0], self.aside = [], []

    def _start(self, name: str) -> None:
        if name == "mc:AlternateContent":
            self.choices.append(False)
        elif name in ("mc:Choice", "mc:Fallback"):
            self._start_choice()
        elif name in _SKIPPED:
            self.skipping += 1
        elif name == "w:txbxContent":
            self.layers.append([])
        elif name == "w:tr":
            self.rows.append([0, 0])
        elif name == "w:tc" and self.rows:
            self.rows[-1][1] = 0

    def _start_choice(self) -> None:
        second = bool(self.choices and self.choices[-1])
        self.skips.append(second)
        self.skipping += second
        if self.choices:
            self.choices[-1] = True

    def _end(self, name: str, node: Any) -> None:
        if name in _INSTRUCTIONS:
            self.instructions.append(_INSTRUCTIONS[name](node))
        if name in _SKIPPED:
            self.skipping -= 1
        elif name in _STRUCTURE:
            _STRUCTURE[name](self, node)
        elif not self.skipping:
            self._say(name, node)

    def _say(self, name: str, node: Any) -> None:
        if name in _TEXTS:
            self.layers[-1].append(node.text or "")
        elif name in _FIXED:
            self.layers[-1].append(_FIXED[name])
        elif name in _REFERENCES:
            self.aside.append(self.notes.pop((_REFERENCES[name], _attribute(node, "id")), ""))
        elif name == "w:br":
            self._break(_attribute(node, "type") == "page", always=True)
        elif name in ("w:lastRenderedPageBreak", "w:pageBreakBefore"):
            self._break(_attribute(node, "val") not in ("0", "false", "off"))

    def _break(self, of_page: bool, always: bool = False) -> None:
        if always and not of_page:
            self.layers[-1].append("\n")
        if of_page and len(self.layers) == 1 and self._first_in_row() and "".join(self.layers[0]).strip():
            self.close_page()

    def _first_in_row(self) -> bool:
        """Cells of one row side by side each mark the same break; it counts once."""
        if not self.rows:
            return True
        row = self.rows[0]
        row[1] += 1
        new, row[0] = row[1] > row[0], max(row)
        return new

    def end_choice(self, _node: Any) -> None:
        """Leave one of two copies."""
        self.skipping -= self.skips.pop()

    def end_alternate(self, _node: Any) -> None:
        """Both copies are behind."""
        self.choices.pop()

    def end_box(self, _node: Any) -> None:
        """A text box stands after the text of its page."""
        text = "".join(self.layers.pop())
        if not self.skipping:
            self.aside.append(text)

    def end_paragraph(self, node: Any) -> None:
        """A line ends, and with it perhaps a section; the finished paragraph is let go of."""
        self.layers[-1].append("\n")
        if self.section_ends and len(self.layers) == 1:
            self.section_ends = False
            before = len(self.pages)
            self._break(of_page=True)
            self.section_start = len(self.pages) if len(self.pages) > before else 0
        _forget(node)

    def end_section(self, node: Any) -> None:
        """The properties of a section, told where it ends: one that begins no page goes on where the last ended."""
        holder = _KNOWN_HOLDERS.get(_local(node.getparent()))
        if holder is None or self.skipping:
            return
        kind = next((_attribute(child, "val") for child in node if _local(child) == "type"), "")
        if kind in _SAME_PAGE and 0 < self.section_start <= len(self.pages):
            self._rejoin(self.section_start)
        self.section_ends = holder

    def _rejoin(self, start: int) -> None:
        """Undo the break before page ``start`` (counted from 0), which may not have ended yet."""
        before = self.pages.pop(start - 1)
        if start <= len(self.pages):
            self.pages[start - 1] = f"{before}\n{self.pages[start - 1]}".strip()
        else:
            self.layers[0].insert(0, before + "\n")
        self.section_start = 0

    def end_cell(self, _node: Any) -> None:
        """A cell ends."""
        self.layers[-1].append("\t")

    def end_row(self, node: Any) -> None:
        """A row ends; it is let go of."""
        self.rows.pop()
        self.layers[-1].append("\n")
        _forget(node)

    def end_note(self, node: Any) -> None:
        """A note is kept by its kind and id until it is referred to."""
        key = (_KNOWN[node.tag].removeprefix("w:"), _attribute(node, "id"))
        self.close_page()
        self.notes[key] = "\n".join(self.pages).strip()
        self.pages = []
        _forget(node)


_STRUCTURE = {
    "mc:Choice": Flow.end_choice,
    "mc:Fallback": Flow.end_choice,
    "mc:AlternateContent": Flow.end_alternate,
    "w:txbxContent": Flow.end_box,
    "w:p": Flow.end_paragraph,
    "w:tc": Flow.end_cell,
    "w:tr": Flow.end_row,
    "w:footnote": Flow.end_note,
    "w:endnote": Flow.end_note,
    "w:comment": Flow.end_note,
    "w:sectPr": Flow.end_section,
}


#: What an element adds to the instructions of fields: one may be written in pieces, another begins apart.
_INSTRUCTIONS: dict[str, Callable[[Any], str]] = {
    "w:instrText": lambda node: node.text or "",
    "w:fldChar": lambda _node: " ",
    "w:fldSimple": lambda node: f" {_attribute(node, 'instr')} ",
}


def read(contents: Contents, sink: Sink) -> None:
    """Send the pages of a DOCX; a document that breaks off midway is *partial*."""
    package = Package(contents)
    package.check_names()
    package.check_sizes()
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    pages, whole = document_pages(package)
    sink.pages(pages)
    if not whole:
        sink.say(partial="damaged")


def document_pages(package: Package) -> tuple[list[str], bool]:
    """Texts of the pages, and whether all parts could be read; raises Damaged when the body cannot be found."""
    document = whole_document(package)
    return document.pages, document.whole


def whole_document(package: Package) -> Document:
    """The document; raises Damaged when its body cannot be found."""
    bodies = package.parts_of_type("wordprocessingml.document.main+xml")
    if not bodies:
        raise Damaged
    notes, whole, instructions = _notes(package)
    flow = Flow(notes)
    whole &= _attempt(flow, package, bodies[0])
    flow.aside += [text for text in flow.notes.values() if text]
    flow.close_page()
    for kind, before in (("footer", False), ("header", True)):
        margins = _margins(package, kind)
        texts = [*margins.pages, flow.pages[0]] if before else [flow.pages[0], *margins.pages]
        flow.pages[0] = _tidy("\n".join(texts))
        whole &= margins.whole
        instructions += margins.instructions
    return Document(flow.pages, instructions + "".join(flow.instructions), whole)


def _notes(package: Package) -> tuple[Notes, bool, str]:
    notes: Notes = {}
    whole, instructions = True, ""
    for ending in _NOTE_PARTS.values():
        for part in package.parts_of_type(f"wordprocessingml{ending}"):
            flow = Flow(notes)
            whole &= _attempt(flow, package, part)
            instructions += "".join(flow.instructions) + " "
    return notes, whole, instructions


def _margins(package: Package, kind: str) -> Document:
    texts, whole, instructions = [], True, ""
    for part in package.parts_of_type(f"wordprocessingml.{kind}+xml"):
        flow = Flow()
        whole &= _attempt(flow, package, part)
        flow.close_page()
        texts += flow.pages
        instructions += "".join(flow.instructions) + " "
    return Document(list(dict.fromkeys(text for text in texts if text)), instructions, whole)


def _attempt(flow: Flow, package: Package, part: str) -> bool:
    try:
        flow.run(package, part)
    except Damaged as fault:
        if fault.code == "limits":
            raise
        return False
    return True


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if node is not None else ""


def _attribute(node: Any, name: str) -> str:
    for uri in _WORD:
        if (value := node.get(f"{{{uri}}}{name}")) is not None:
            return str(value)
    return ""


def _forget(node: Any) -> None:
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\t\n", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
