"""Hoja de control of an expediente (Acuerdo AGN 001 de 2024): its pieces in order, as one reader knows them.

Its rows are those of the electronic index, which fulfils it for an expediente that is wholly electronic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.models import Expediente
from records.rendering.sheets import DOCX, Sheet, as_docx
from records.vocabulary import Level

if TYPE_CHECKING:
    from records.selectors.expedientes import DocumentRow

MEDIA_TYPE = DOCX
SHARES = (5, 9, 18, 36, 8, 12, 10, 18)
LONG_DAY = "j \\d\\e F \\d\\e Y"
#: Shown instead of the title of a piece whose reader may only know that it is there.
UNTITLED = {
    Level.RESERVED: gettext_lazy("Documento en reserva"),
    Level.UNCLASSIFIED: gettext_lazy("Documento sin clasificar"),
}


def control_sheet(expediente: Expediente, rows: Iterable[DocumentRow], *, at: datetime) -> bytes:
    """The sheet as DOCX bytes; see `control`."""
    return as_docx(control(expediente, rows, at=at))


def control(
    expediente: Expediente,
    rows: Iterable[DocumentRow],
    *,
    at: datetime,
    office: str = "",
    responsible: Sequence[str] = (),
) -> Sheet:
    """Head of the expediente and one line per piece, in order.

    `rows` come from `selectors.list_rows_for`, so a piece its reader may not know by name has no title here.
    `office` is the dependencia by its name, `responsible` who keeps the expediente.
    """
    return Sheet(
        title=_("Hoja de control"),
        head=head_of(expediente, at, office or expediente.office, responsible),
        columns=columns(),
        lines=[line_of(row) for row in rows],
        at=at,
        shares=SHARES,
    )


def head_of(expediente: Expediente, at: datetime, office: str, responsible: Sequence[str]) -> list[tuple[str, str]]:
    subserie = expediente.subserie
    return [
        (_("Dependencia"), office),
        (_("Serie"), subserie.serie.name if subserie else _("sin serie")),
        (_("Subserie"), subserie.name if subserie else _("sin subserie")),
        (_("Expediente"), f"{expediente.code}, {expediente.title}"),
        (_("Responsable"), ", ".join(responsible) or _("sin custodio designado")),
        (_("Abierto el"), date_format(expediente.opened_on, LONG_DAY).lower()),
        (_("Expedida el"), date_format(timezone.localtime(at), f"{LONG_DAY}, H:i").lower()),
    ]


def columns() -> tuple[str, ...]:
    return (
        *(_("Orden"), _("Ingreso"), _("Tipo documental"), _("Documento")),
        *(_("Folios"), _("Radicado"), _("Nivel"), _("Observaciones")),
    )


def line_of(row: DocumentRow) -> tuple[str, ...]:
    return (
        f"{row.order:03d}",
        date_format(timezone.localtime(row.entered), "d/m/Y") if row.entered else "",
        row.tipo,
        named(row),
        str(row.folio_first) if row.folio_first == row.folio_last else f"{row.folio_first}–{row.folio_last}",
        row.radicado,
        str(Level(row.level).label),
        "; ".join(observations(row)),
    )


def named(row: DocumentRow) -> str:
    return row.title or str(UNTITLED.get(Level(row.level), _("Documento que no consta aquí por su nombre")))


def observations(row: DocumentRow) -> list[str]:
    """Whether it still counts, where it comes from when it was filed elsewhere, and what was said when it came in."""
    told = (
        (row.annulled, _("anulado")),
        (row.home, _("incorporado de %(code)s") % {"code": row.home}),
        (row.version > 1, _("versión %(number)s") % {"number": row.version}),
        (not row.hidden and not row.inspected, _("no inspeccionado")),
    )
    return [words for holds, words in told if holds]
