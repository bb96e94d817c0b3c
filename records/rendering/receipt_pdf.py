"""Receipts on paper: one letter page per piece, with the signed JSON inside as an attachment (C2).

The same receipt gives the same bytes, today and years later: nothing here asks for the time or for chance, and the
letters are those every PDF reader brings along.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from fpdf import FPDF

MEDIA_TYPE = "application/pdf"
#: What the fourteen standard fonts can write.
LETTERS = "windows-1252"
INK, SOFT, BRAND, LINE = (28, 33, 38), (86, 95, 102), (8, 61, 59), (200, 196, 188)
MARGIN, LABEL = 20.0, 44.0
#: Beyond this many characters a value is cut: the whole of it is in the JSON.
MOST = 330


@dataclass(frozen=True)
class Leaf:
    """One piece's receipt as it is read: `pairs` of label and value, then digest (hex), signature and key.

    `above`: what the leaf is part of. `standing`: a sentence about the signature. `signature` and `fingerprint`
    (groups of hex) are empty for a piece older than signing.
    """

    radicado: str
    above: str
    pairs: Sequence[tuple[str, str]]
    digest: str
    standing: str
    signature: str = ""
    fingerprint: str = ""


def receipt_pdf(
    leaves: Sequence[Leaf], steps: Sequence[str], proof: bytes, *, title: str, attached: str, made: datetime.datetime
) -> bytes:
    """The receipt as PDF bytes. `steps`: how to check it. `proof`: the JSON, attached under the name `attached`.

    `made` dates the file itself: the moment of filing, so that the bytes stay the same.
    """
    paper = blank_paper(title, made)
    for number, leaf in enumerate(leaves, 1):
        paper.add_page()
        write_leaf(paper, leaf, steps, attached)
        write_foot(paper, _("Página %(number)d de %(total)d") % {"number": number, "total": len(leaves)})
    attach(paper, proof, attached, made)
    return bytes(paper.output())


def blank_paper(title: str, made: datetime.datetime) -> FPDF:
    """A paper whose properties name the system and no person."""
    from fpdf import FPDF  # noqa: PLC0415 - half a second that only who asks for a PDF should wait

    paper = FPDF(format="letter")
    paper.core_fonts_encoding = LETTERS
    paper.set_auto_page_break(auto=False)
    paper.set_margin(MARGIN)
    paper.set_title(printable(title))
    paper.set_author("Custodia")
    paper.set_producer("Custodia")
    paper.set_lang("es-CO")
    paper.set_creation_date(made)
    return paper


def attach(paper: FPDF, proof: bytes, name: str, made: datetime.datetime) -> None:
    paper.embed_file(
        bytes=proof,
        basename=name,
        mime_type="application/json",
        desc="Recibo firmado",
        creation_date=made,
        modification_date=made,
        checksum=True,
    )


def write_leaf(paper: FPDF, leaf: Leaf, steps: Sequence[str], attached: str) -> None:
    write_head(paper, leaf)
    for label, value in leaf.pairs:
        write_pair(paper, label, value)
    write_proof(paper, leaf)
    write_steps(paper, steps, attached)


def write_head(paper: FPDF, leaf: Leaf) -> None:
    line(paper, _("Custodia · recibo de radicación"), 9, color=SOFT)
    line(paper, _("Radicado %(radicado)s") % {"radicado": leaf.radicado}, 19, "B", BRAND)
    if leaf.above:
        line(paper, leaf.above, 9, color=SOFT)
    rule(paper)


def write_pair(paper: FPDF, label: str, value: str) -> None:
    top = paper.get_y()
    paper.set_font("Helvetica", size=9)
    paper.set_text_color(*SOFT)
    paragraph(paper, LABEL, 5, label)
    paper.set_xy(MARGIN + LABEL, top)
    paper.set_font("Helvetica", size=10)
    paper.set_text_color(*INK)
    paragraph(paper, paper.epw - LABEL, 5, cut(printable(value)))
    paper.set_y(paper.get_y() + 1)


def write_proof(paper: FPDF, leaf: Leaf) -> None:
    rule(paper)
    line(paper, _("Huella SHA-256 de los bytes recibidos"), 9, color=SOFT)
    line(paper, leaf.digest, 9.5, family="Courier")
    line(paper, leaf.standing, 9, color=SOFT)
    if leaf.signature:
        line(paper, leaf.signature, 8.5, family="Courier")
        line(paper, _("Huella de la llave que firmó"), 9, color=SOFT)
        line(paper, leaf.fingerprint, 8.5, family="Courier")


def write_steps(paper: FPDF, steps: Sequence[str], attached: str) -> None:
    rule(paper)
    line(paper, _("Cómo comprobarlo sin el sistema"), 10, "B")
    for number, step in enumerate(steps, 1):
        line(paper, f"{number}. {step}", 9)
    said = _("Este PDF lleva adjunto el recibo firmado, en el archivo %(name)s.") % {"name": attached}
    line(paper, said, 9, color=SOFT)


def write_foot(paper: FPDF, text: str) -> None:
    paper.set_y(-15)
    line(paper, text, 8, color=SOFT)


def line(
    paper: FPDF,
    text: str,
    size: float,
    style: str = "",
    color: tuple[int, int, int] = INK,
    *,
    family: str = "Helvetica",
) -> None:
    """A paragraph across the page."""
    paper.set_font(family, style, size)
    paper.set_text_color(*color)
    paragraph(paper, paper.epw, size * 0.47, text)
    paper.set_y(paper.get_y() + 1.2)


def paragraph(paper: FPDF, width: float, height: float, text: str) -> None:
    """Text in lines of that width (millimetres). Breaking lines costs twenty times what one line does."""
    shown = printable(text)
    if paper.get_string_width(shown) < width - 2 * paper.c_margin:
        paper.cell(width, height, shown, new_x="LMARGIN", new_y="NEXT")
        return
    paper.multi_cell(width, height, shown, new_x="LMARGIN", new_y="NEXT", align="L")


def rule(paper: FPDF) -> None:
    paper.set_draw_color(*LINE)
    level = paper.get_y() + 1.5
    paper.line(MARGIN, level, paper.w - MARGIN, level)
    paper.set_y(level + 3)


def cut(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


def printable(text: str) -> str:
    """The text with every character that these letters lack told by its number: [U+202E]. Nothing is reordered."""
    return "".join(character if is_printable(character) else f"[U+{ord(character):04X}]" for character in text)


def is_printable(character: str) -> bool:
    if not character.isprintable():
        return False
    try:
        character.encode(LETTERS)
    except UnicodeEncodeError:
        return False
    return True
