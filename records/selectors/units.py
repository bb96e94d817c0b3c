"""An expediente as a line of an inventory, from the same lines as its index and as far as one person knows them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.models import Expediente
from records.permissions import Actor
from records.rendering.fuid import Producer, Unit
from records.selectors.expedientes import DocumentRow, list_rows_for
from records.selectors.index_rows import office_of, trd_code_of
from records.vocabulary import ExpedienteFormat


def unit_for(actor: Actor, expediente: Expediente) -> Unit:
    rows = list_rows_for(actor, expediente)
    read = [row for row in rows if not row.hidden]
    dates = [row.date for row in read if row.date]
    subserie = expediente.subserie
    return Unit(
        code=trd_code_of(expediente),
        series=str(subserie) if subserie else _("sin serie"),
        title=f"{expediente.code} {expediente.title}",
        first=min(dates, default=None),
        last=max(dates, default=None),
        documents=len(rows),
        folios=sum(row.folio_last - row.folio_first + 1 for row in rows),
        bytes=sum(row.size for row in read),
        formats=sorted({row.extension.strip(".").upper() for row in read if row.extension}),
        paper=expediente.format == ExpedienteFormat.HYBRID,
        place=expediente.physical_place,
        where="Custodia",
        notes=notes_of(rows),
    )


def notes_of(rows: Sequence[DocumentRow]) -> str:
    """What the figures leave out, and the annulled pieces that they count."""
    hidden, annulled = sum(row.hidden for row in rows), sum(row.annulled for row in rows)
    told = []
    if annulled:
        told.append(ngettext("%(n)s pieza anulada", "%(n)s piezas anuladas", annulled) % {"n": annulled})
    if hidden:
        words = ngettext(
            "fechas, formatos y tamaño sin %(n)s pieza que quien lo expide no lee",
            "fechas, formatos y tamaño sin %(n)s piezas que quien lo expide no lee",
            hidden,
        )
        told.append(words % {"n": hidden})
    return "; ".join(told)


def producer_of(expediente: Expediente) -> Producer:
    """Who hands it over, as the version of the schedule under which it was opened tells it."""
    trd = expediente.trd
    office = office_of(expediente)
    return Producer(
        entity=(trd.entity if trd else "") or _("Entidad sin nombre en la tabla de retención"),
        unit=office,
        office=(trd.office_name if trd else "") or office,
        purpose=_("Inventario en archivo de gestión"),
    )
