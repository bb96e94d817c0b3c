"""The index as XML, exactly the thirteen elements of each document in their order, written as a stream.

Each value comes from its own fact and is escaped by the library: nothing is put together as text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from records.vocabulary import Level

if TYPE_CHECKING:
    from records.selectors.expedientes import DocumentRow

ROOT, ENTRY = "TipoDocumentoFoliado", "DocumentoIndizado"
ELEMENTS = (
    *("Id", "Nombre_Documento", "Tipologia_Documental", "Fecha_Creacion_Documento"),
    *("Fecha_Incorporacion_Expediente", "Valor_Huella", "Funcion_Resumen", "Orden_Documento_Expediente"),
    *("Pagina_Inicio", "Pagina_Fin", "Formato", "Tamano", "Origen"),
)
#: What a copy keeps of a document that its reader may not know.
ALWAYS_TOLD = frozenset({"Nombre_Documento", "Orden_Documento_Expediente", "Pagina_Inicio", "Pagina_Fin"})
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f"{{{XSI}}}nil"
#: How the XML names the algorithms of `Blob.algorithm`.
FUNCTIONS = {"sha256": "SHA-256"}
#: Legal time of Colombia: a date alone is told as the beginning of that day.
LEGAL = datetime.timezone(datetime.timedelta(hours=-5))
#: What XML 1.0 cannot hold in any way.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNKNOWN_FORMAT = "DESCONOCIDO"
LONGEST = 400


@dataclass
class Tally:
    """What an index holds: entries, folios, and the orders of annulled and of incorporated pieces."""

    documents: int = 0
    folios: int = 0
    annulled: list[int] = field(default_factory=list)
    incorporated: list[int] = field(default_factory=list)


def write_index(sink: BinaryIO, rows: Iterable[DocumentRow]) -> Tally:
    """Write the index of these rows, which come in order; in memory there is one entry at a time."""
    tally = Tally()
    with etree.xmlfile(sink, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(ROOT):
            for row in rows:
                xml.write("\n")
                xml.write(entry_of(row))
                count(tally, row)
            xml.write("\n")
    return tally


def count(tally: Tally, row: DocumentRow) -> None:
    tally.documents += 1
    tally.folios += row.folio_last - row.folio_first + 1
    if row.annulled:
        tally.annulled.append(row.order)
    if row.home:
        tally.incorporated.append(row.order)


def entry_of(row: DocumentRow) -> Any:
    return element_of(withheld_values(row) if row.hidden else values_of(row))


def element_of(values: Sequence[str | None]) -> Any:
    """A DocumentoIndizado; None is a value that its reader may not know."""
    entry = etree.Element(ENTRY, nsmap={"xsi": XSI} if None in values else None)
    for name, value in zip(ELEMENTS, values, strict=True):
        child = etree.SubElement(entry, name)
        if value is None:
            child.set(NIL, "true")
        else:
            child.text = UNWRITABLE.sub("\ufffd", value)
    return entry


def values_of(row: DocumentRow) -> tuple[str | None, ...]:
    return (
        str(row.document),
        named(row),
        row.tipo,
        day(row.date) if row.date else None,
        moment(row.entered) if row.entered else None,
        row.digest,
        FUNCTIONS[row.algorithm],
        str(row.order),
        str(row.folio_first),
        str(row.folio_last),
        row.extension.strip(". ").upper() or UNKNOWN_FORMAT,
        str(row.size),
        row.origin,
    )


def withheld_values(row: DocumentRow) -> tuple[str | None, ...]:
    """That a piece is there, and its folios: what the tab of the index tells whoever does not read it."""
    told = {"Nombre_Documento": annulled(row, withheld_name(row.level)), "Orden_Documento_Expediente": str(row.order),
            "Pagina_Inicio": str(row.folio_first), "Pagina_Fin": str(row.folio_last)}  # fmt: skip
    return tuple(told.get(name) for name in ELEMENTS)


def withheld_name(level: str) -> str:
    return _("Documento en reserva") if level == Level.RESERVED else _("Documento que usted no lee")


def named(row: DocumentRow) -> str:
    return annulled(row, row.title)


def annulled(row: DocumentRow, name: str) -> str:
    """An annulled piece keeps its entry, and whoever reads only the thirteen elements must see it."""
    mark = f" ({_('anulado')})" if row.annulled else ""
    return f"{name[: LONGEST - len(mark)]}{mark}"


def day(value: datetime.date) -> str:
    return datetime.datetime.combine(value, datetime.time(), LEGAL).isoformat()


def moment(value: datetime.datetime) -> str:
    return timezone.localtime(value).isoformat(timespec="seconds")
