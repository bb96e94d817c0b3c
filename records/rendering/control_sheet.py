"""Hoja de control of an expediente as DOCX (Acuerdo AGN 001 de 2024): its pieces in order, as one reader knows them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import docx
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.shared import Pt

from records.models import Expediente
from records.vocabulary import Level

if TYPE_CHECKING:
    from records.selectors.expedientes import DocumentRow

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Shown instead of the title of a piece whose reader may only know that it is there.
UNTITLED = {
    Level.RESERVED: gettext_lazy("Documento en reserva"),
    Level.UNCLASSIFIED: gettext_lazy("Documento sin clasificar"),
}


def control_sheet(expediente: Expediente, rows: Iterable[DocumentRow], *, at: datetime) -> bytes:
    """The sheet as DOCX bytes: head of the expediente and one line per piece, in order.

    `rows` come from `selectors.list_rows_for`, so a piece its reader may not know by name has no title here.
    """
    paper = blank_paper(_("Hoja de control %(code)s") % {"code": expediente.code})
    paper.add_heading(_("Hoja de control"), level=1)
    for label, value in head_of(expediente, at):
        paragraph = paper.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(value)
    add_table(paper, [columns(), *(line_of(row) for row in rows)])
    sink = io.BytesIO()
    paper.save(sink)
    return sink.getvalue()


def blank_paper(title: str) -> Paper:
    """An empty landscape paper whose properties name the system and no person."""
    paper = docx.Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    paper.styles["Normal"].font.size = Pt(9)
    paper.core_properties.author = "Custodia"
    paper.core_properties.title = title
    return paper


def head_of(expediente: Expediente, at: datetime) -> Sequence[tuple[str, str]]:
    return (
        (_("Expediente"), f"{expediente.code}, {expediente.title}"),
        (_("Serie y subserie"), str(expediente.subserie or _("sin subserie"))),
        (_("Abierto el"), date_format(expediente.opened_on, "j \\d\\e F \\d\\e Y")),
        (_("Expedida el"), date_format(timezone.localtime(at), "j \\d\\e F \\d\\e Y, H:i")),
    )


def columns() -> tuple[str, ...]:
    return (_("Orden"), _("Folios"), _("Tipo documental"), _("Documento"), _("Fecha"), _("Radicado"), _("Nivel"))


def line_of(row: DocumentRow) -> tuple[str, ...]:
    return (
        f"{row.order:03d}",
        f"{row.folio_first}–{row.folio_last}",
        row.tipo,
        named(row),
        date_format(row.date, "d/m/Y") if row.date else "",
        row.radicado,
        str(Level(row.level).label),
    )


def named(row: DocumentRow) -> str:
    """What a line is called, where it comes from when it was filed elsewhere, and whether it still counts."""
    title = row.title or str(UNTITLED.get(Level(row.level), _("Documento que no consta aquí por su nombre")))
    home = f" [{_('incorporado de')} {row.home}]" if row.home else ""
    return f"{title}{home}{' (' + _('anulado') + ')' if row.annulled else ''}"


def add_table(paper: Paper, lines: Sequence[Sequence[str]]) -> None:
    table = paper.add_table(rows=len(lines), cols=len(lines[0]))
    table.style = "Table Grid"
    cells = iter(table._cells)  # noqa: SLF001 - one flat walk; asking cell by cell is quadratic
    for number, line in enumerate(lines):
        for text in line:
            next(cells).paragraphs[0].add_run(text).bold = number == 0
