"""PDF samples with a text layer, by fpdf2 and the fonts every PDF reader carries."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from fpdf import FPDF

from cms.demo.samples.markup import Block, Sheet, runs

#: Font style, size in points and space after in millimetres, by kind of block.
LOOK: Mapping[str, tuple[str, int, float]] = {
    "title": ("B", 16, 5),
    "heading": ("B", 12, 2),
    "paragraph": ("", 11, 3),
    "item": ("", 11, 1),
    "box": ("I", 10, 3),
    "note": ("", 9, 2),
}
MIDNIGHT = datetime.time(tzinfo=datetime.UTC)


class Paper(FPDF):
    """Letter paper with a running title and numbered pages."""

    def __init__(self, heading: str) -> None:
        super().__init__(format="Letter")
        self.heading = heading
        self.set_margins(25, 25, 25)
        self.set_auto_page_break(auto=True, margin=25)

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, self.heading, new_x="LMARGIN", new_y="NEXT")
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, f"Página {self.page_no()} de {{nb}}", align="R")


def make(sheet: Sheet, title: str, day: datetime.date) -> bytes:
    """A PDF with one or more pages per page of the sheet."""
    paper = Paper(drawable(sheet.header or title))
    paper.set_creation_date(datetime.datetime.combine(day, MIDNIGHT))
    paper.set_title(title)
    paper.set_producer("Custodia, demostración")
    paper.set_lang("es-CO")
    for blocks in sheet.pages:
        paper.add_page()
        for run in runs(blocks):
            draw(paper, run)
    return bytes(paper.output())


def draw(paper: FPDF, run: tuple[Block, ...]) -> None:
    if run[0].kind == "row":
        return draw_table(paper, run)
    style, size, after = LOOK[run[0].kind]
    paper.set_font("Helvetica", style=style, size=size)
    lead = "\u2022 " if run[0].kind == "item" else ""
    text = drawable(lead + run[0].text.replace("[^]", " (nota)"))
    paper.multi_cell(0, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(after)
    return None


def draw_table(paper: FPDF, rows: tuple[Block, ...]) -> None:
    paper.set_font("Helvetica", size=10)
    with paper.table(text_align="L") as table:
        for block in rows:
            line = table.row()
            for cell in block.cells:
                line.cell(drawable(cell))
    paper.ln(4)


def drawable(text: str) -> str:
    """Text in the letters the core fonts have (Latin-1)."""
    return text.replace("\u2022", "-").replace("\u2013", "-").encode("latin-1", "replace").decode("latin-1")
