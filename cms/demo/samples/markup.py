"""The small markup of the demo's texts, one mark at the start of a line.

`# ` title, `## ` heading, `- ` item, `| a | b |` table row, `[=] ` framed note, `[^] ` footnote of the
block before it (where that block holds `[^]`), `@ ` running header, `---` new page; a blank line or any
other line is a paragraph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MARKS: Mapping[str, str] = {
    "# ": "title",
    "## ": "heading",
    "- ": "item",
    "| ": "row",
    "[=] ": "box",
    "[^] ": "note",
    "@ ": "header",
}


@dataclass(frozen=True)
class Block:
    """One line of text; `kind` is a value of MARKS or "paragraph"."""

    kind: str
    text: str

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(cell.strip() for cell in self.text.strip(" |").split("|"))


@dataclass(frozen=True)
class Sheet:
    """A parsed text: its pages, the running header and the text itself."""

    source: str
    header: str = ""
    pages: tuple[tuple[Block, ...], ...] = field(default=())


def parse(text: str) -> Sheet:
    blocks = [block_of(line.strip()) for line in text.splitlines() if line.strip()]
    header = next((block.text for block in blocks if block.kind == "header"), "")
    return Sheet(text, header, tuple(split([block for block in blocks if block.kind != "header"])))


def block_of(line: str) -> Block:
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark).strip())
    return Block("break" if line == "---" else "paragraph", line)


def split(blocks: list[Block]) -> list[tuple[Block, ...]]:
    pages: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "break":
            pages.append([])
        else:
            pages[-1].append(block)
    return [tuple(page) for page in pages]


def runs(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """Blocks with consecutive table rows together, so that each run is one thing to draw."""
    grouped: list[list[Block]] = []
    for block in blocks:
        if grouped and block.kind == "row" == grouped[-1][0].kind:
            grouped[-1].append(block)
        else:
            grouped.append([block])
    return [tuple(group) for group in grouped]
