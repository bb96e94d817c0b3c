"""A sheet that is filed on paper or handed over as a file: a head, a table, a foot to sign; as DOCX, PDF or XLSX.

The three are written from the same rows, and name the system and no person as their maker.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import docx
from django.utils.translation import gettext as _
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from records.rendering.receipt_pdf import INK, LETTERS, LINE, SOFT, printable
from records.rendering.tables import WIDEST, escaped, undated, write_cell

if TYPE_CHECKING:
    from fpdf import FPDF

Line = Sequence[str | int]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARGIN = 12.0
#: Share of the width of a column whose share nobody gave.
ORDINARY = 10
#: What a line of text in XML 1.0 cannot hold, whatever a received name holds.
UNWRITABLE = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Room beside the text of a cell of DOCX, in twentieths of a point.
BESIDE = "40"
#: Columns beyond which the letters are smaller.
WIDE = 10


@dataclass(frozen=True)
class Sheet:
    """`head`: label and value. `shares`: width of each column relative to the others, on paper. `foot`: what each
    signature box asks for, by its title. `at` dates the file."""

    title: str
    head: Sequence[tuple[str, str]]
    columns: Sequence[str]
    lines: Sequence[Line]
    at: datetime
    shares: Sequence[int] = ()
    foot: Sequence[tuple[str, Sequence[str]]] = ()


def as_docx(sheet: Sheet) -> bytes:
    paper = blank_paper(sheet.title)
    paper.add_heading(sheet.title, level=1)
    for label, value in sheet.head:
        paragraph = paper.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(value)
    lines = [[str(cell) for cell in line] for line in (sheet.columns, *sheet.lines)]
    add_table(paper, lines, sheet.shares or [ORDINARY] * len(sheet.columns))
    for title, asked in sheet.foot:
        above = paper.add_paragraph()
        above.paragraph_format.space_before = Pt(12)
        above.add_run(title).bold = True
        paper.add_paragraph("    ".join(f"{label}: __________________" for label in asked))
    sink = io.BytesIO()
    paper.save(sink)
    return undated(sink.getvalue())


def blank_paper(title: str) -> Paper:
    """An empty landscape paper whose properties name the system and no person."""
    paper = docx.Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    for name in ("Normal", "Heading 1"):
        font = paper.styles[name].font
        font.name, font.color.rgb = "Arial", RGBColor(*INK)
    paper.styles["Normal"].font.size = Pt(9)
    paper.core_properties.author = "Custodia"
    paper.core_properties.title = title
    return paper


def add_table(paper: Paper, lines: Sequence[Sequence[str]], shares: Sequence[int]) -> None:
    """The first line heads every leaf; the widths are those of the PDF. The rows are copies of one another, filled:
    the library's own way takes minutes for a long expediente."""
    table = paper.add_table(rows=1, cols=len(shares))
    table.style, table.autofit = "Table Grid", False
    near(table)
    room, size = (paper.sections[0].page_width or 0) - 2 * Mm(MARGIN), Pt(8 if len(shares) <= WIDE else 7)
    for cell, column, share in zip(table.rows[0].cells, table.columns, shares, strict=True):
        cell.width = column.width = Emu(room * share // sum(shares))
        run = cell.paragraphs[0].add_run("?")
        run.bold, run.font.size = True, size
    head = table.rows[0]._tr  # noqa: SLF001 - the library has no words for what follows
    pattern = deepcopy(head)
    for bold in [*pattern.iter(qn("w:b"))]:
        bold.getparent().remove(bold)
    head.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for number, line in enumerate(lines):
        row = deepcopy(pattern) if number else head
        fill(row, line)
        if number:
            table._tbl.append(row)  # noqa: SLF001 - as above


def fill(row: Any, line: Sequence[str]) -> None:
    for place, text in zip(row.iter(qn("w:t")), line, strict=True):
        place.text = UNWRITABLE.sub(" ", text)


def near(table: Any) -> None:
    """Text close to its lines: the usual room beside it breaks the narrow columns' heads."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), BESIDE)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tblPr  # noqa: SLF001 - as above
    properties.insert(properties.index(properties.find(qn("w:tblLook"))), margins)  # the schema has an order


def as_pdf(sheet: Sheet) -> bytes:
    paper = blank_pdf(sheet)
    paper.add_page()
    paper.set_font("Helvetica", "B", 14)
    paper.cell(0, 8, printable(sheet.title), new_x="LMARGIN", new_y="NEXT")
    for label, value in sheet.head:
        paper.set_font("Helvetica", size=8)
        paper.set_text_color(*INK)
        paper.multi_cell(0, 4.2, printable(f"{label}: {value}"), new_x="LMARGIN", new_y="NEXT", align="L")
    paper.ln(2)
    write_table(paper, sheet)
    for title, asked in sheet.foot:
        write_box(paper, title, asked)
    return bytes(paper.output())


def blank_pdf(sheet: Sheet) -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415 - half a second that only who asks for a PDF should wait

    class Leaves(FPDF):
        def footer(self) -> None:
            self.set_y(-9)
            self.set_font("Helvetica", size=7)
            self.set_text_color(*SOFT)
            told = {"number": self.page_no(), "total": "{nb}"}
            self.cell(0, 4, _("Hoja %(number)s de %(total)s") % told, align="R")

    paper = Leaves(format="letter", orientation="landscape")
    paper.core_fonts_encoding = LETTERS
    paper.set_margin(MARGIN)
    paper.set_auto_page_break(auto=True, margin=MARGIN)
    paper.set_title(printable(sheet.title))
    paper.set_author("Custodia")
    paper.set_producer("Custodia")
    paper.set_lang("es-CO")
    paper.set_creation_date(sheet.at)
    return paper


def write_table(paper: FPDF, sheet: Sheet) -> None:
    from fpdf.fonts import FontFace  # noqa: PLC0415 - as above

    paper.set_draw_color(*LINE)
    paper.set_text_color(*INK)
    paper.set_font("Helvetica", size=7.5 if len(sheet.columns) <= WIDE else 6.3)
    shares = tuple(sheet.shares) or (ORDINARY,) * len(sheet.columns)
    with paper.table(
        col_widths=shares, line_height=3.8, padding=0.7, text_align="LEFT", headings_style=FontFace(emphasis="BOLD")
    ) as table:
        for line in (sheet.columns, *sheet.lines):
            row = table.row()
            for cell in line:
                row.cell(printable(str(cell)))


def write_box(paper: FPDF, title: str, asked: Sequence[str]) -> None:
    paper.ln(4)
    paper.set_font("Helvetica", "B", 8)
    paper.cell(0, 5, printable(title), new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Helvetica", size=8)
    line = "     ".join(f"{label}: ____________________" for label in asked)
    paper.multi_cell(0, 5, printable(line), new_x="LMARGIN", new_y="NEXT", align="L")


def as_xlsx(sheet: Sheet) -> bytes:
    """The head above, then the table with its columns in sight of whoever scrolls; no cell acts in a spreadsheet."""
    book = Workbook()
    page = book.active
    page.title = sheet.title[:31]
    feet = [[title, *(f"{label}:" for label in asked)] for title, asked in sheet.foot]
    top = [[sheet.title], *map(list, sheet.head), []]
    for number, line in enumerate([*top, sheet.columns, *sheet.lines, [], *feet], 1):
        for place, value in enumerate(line, 1):
            write_cell(page, number, place, escaped(value))
    for cell in (page.cell(1, 1), *page[len(top) + 1]):
        cell.font = Font(bold=True)
    page.freeze_panes = page.cell(len(top) + 2, 1)
    widen(page, [sheet.columns, *sheet.lines])
    sink = io.BytesIO()
    book.save(sink)
    return undated(sink.getvalue())


def widen(page: Any, lines: Sequence[Line]) -> None:
    for place in range(1, len(lines[0]) + 1):
        longest = max(len(str(line[place - 1])) for line in lines)
        page.column_dimensions[get_column_letter(place)].width = min(max(longest, 8) + 2, WIDEST)


#: Ending of a file → its media type and who writes it.
FORMATS: Mapping[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "docx": (DOCX, as_docx),
    "pdf": (PDF, as_pdf),
    "xlsx": (XLSX, as_xlsx),
}
