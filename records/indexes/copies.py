"""A copy of an issued index for somebody who does not read all of it: the same entries, with what she may not know
withheld."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from lxml import etree

from records.indexes.checking import entries
from records.indexes.writing import ELEMENTS, ROOT, element_of, withheld_name

ANNULLED_MARK = " (anulado)"
KEPT = ("Orden_Documento_Expediente", "Pagina_Inicio", "Pagina_Fin")


def write_copy(source: BinaryIO, sink: BinaryIO, unread: Mapping[str, str]) -> None:
    """Write the index anew; `unread`: level of each piece that the reader does not read, by its id as text, empty of
    one that she may not know to be there."""
    with etree.xmlfile(sink, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(ROOT):
            for values in entries(source):
                level = unread.get(values["Id"] or "")
                if level == "":
                    continue
                xml.write("\n")
                xml.write(element_of([values[name] for name in ELEMENTS] if level is None else withheld(values, level)))
            xml.write("\n")


def withheld(values: Mapping[str, str | None], level: str) -> list[str | None]:
    mark = ANNULLED_MARK if (values["Nombre_Documento"] or "").endswith(ANNULLED_MARK) else ""
    told = {**{name: values[name] for name in KEPT}, "Nombre_Documento": f"{withheld_name(level)}{mark}"}
    return [told.get(name) for name in ELEMENTS]
