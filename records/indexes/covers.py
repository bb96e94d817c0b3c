"""The cover of an index: of which expediente it is, how much it holds, and which index it follows.

The index stays plain, for whoever reads only its thirteen elements; what is signed is this small document, which
names the index by its digest.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from lxml import etree

from records.indexes.checking import SAFE, IndexFault, schema
from records.indexes.writing import LONGEST, UNWRITABLE
from records.vocabulary import IndexOccasion

NAMESPACE = "urn:custodia:indice-electronico:1"
ROOT = f"{{{NAMESPACE}}}IndiceElectronico"
OCCASIONS: Mapping[str, str] = {IndexOccasion.REQUEST: "solicitud", IndexOccasion.CLOSING: "cierre"}
ANNULLED, INCORPORATED = "anulado", "incorporado"


@dataclass(frozen=True)
class Cover:
    """What the cover tells. `digest` and `size` are of the index file; `previous` is the number and the digest of the
    signed cover before, as it is kept; `notes` are (order, class) of annulled and incorporated pieces."""

    expediente: uuid.UUID
    code: str
    title: str
    office: str
    trd_code: str
    trd_version: int
    opened: datetime.date
    closed: datetime.date | None
    number: int
    occasion: str
    at: datetime.datetime
    documents: int
    folios: int
    digest: str
    size: int
    previous: tuple[int, str] | None = None
    notes: tuple[tuple[int, str], ...] = field(default=())


def cover_element(cover: Cover) -> Any:
    """The cover as an element, unsigned. Raises IndexFault "cover_schema" when it would not hold by its schema."""
    root = etree.Element(ROOT, nsmap={None: NAMESPACE})
    for name, value in told_in(cover):
        add(root, name, value)
    index = add(root, "Indice")
    for name, value in digest_told(cover.digest, Tamano=cover.size):
        add(index, name, value)
    if cover.previous:
        before = add(root, "IndiceAnterior")
        add(before, "NumeroIndice", cover.previous[0])
        for name, value in digest_told(cover.previous[1]):
            add(before, name, value)
    for order, kind in cover.notes:
        add(root, "Anotacion").attrib.update({"Orden": str(order), "Clase": kind})
    check_schema(root)
    return root


def told_in(cover: Cover) -> Iterator[tuple[str, object]]:
    yield "Expediente", cover.expediente
    yield "Codigo", cover.code
    yield "Nombre", cover.title
    yield "Dependencia", cover.office
    yield "CodigoTRD", cover.trd_code
    yield "VersionTRD", cover.trd_version
    yield "FechaApertura", cover.opened.isoformat()
    if cover.closed:
        yield "FechaCierre", cover.closed.isoformat()
    yield "NumeroIndice", cover.number
    yield "Ocasion", OCCASIONS[cover.occasion]
    yield "FechaIndice", timezone.localtime(cover.at).isoformat(timespec="seconds")
    yield "NumeroDocumentos", cover.documents
    yield "NumeroFolios", cover.folios


def digest_told(digest: str, **more: object) -> Iterator[tuple[str, object]]:
    yield "Funcion_Resumen", "SHA-256"
    yield "Valor_Huella", digest
    yield from more.items()


def add(parent: Any, name: str, value: object = None) -> Any:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if value is not None:
        child.text = UNWRITABLE.sub("\ufffd", str(value))[:LONGEST]
    return child


def check_schema(root: Any) -> None:
    if not schema("indice-electronico.xsd").validate(root):
        raise IndexFault("cover_schema")


def parsed(data: bytes) -> Any:
    """The element of a cover as it is kept. Raises IndexFault "cover_schema"."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**SAFE))
    except etree.XMLSyntaxError as fault:
        raise IndexFault("cover_schema") from fault
    check_schema(root)
    return root


def facts_of(root: Any) -> dict[str, str]:
    """What a cover says of its index, by name; those of the index before begin with "previous_"."""
    asked = {
        "expediente": "Expediente", "code": "Codigo", "title": "Nombre",
        "number": "NumeroIndice", "documents": "NumeroDocumentos", "folios": "NumeroFolios",
        "at": "FechaIndice", "digest": "Indice/Valor_Huella", "size": "Indice/Tamano",
        "previous_number": "IndiceAnterior/NumeroIndice", "previous_digest": "IndiceAnterior/Valor_Huella",
    }  # fmt: skip
    found = {name: root.findtext("/".join(f"{{{NAMESPACE}}}{part}" for part in path.split("/")))
             for name, path in asked.items()}  # fmt: skip
    return {name: text or "" for name, text in found.items()}
