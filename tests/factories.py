"""Rows for tests, made through the services where a rule is at stake and directly where it is not."""

from __future__ import annotations

import datetime
import io
import itertools
from typing import Any

from records import storage
from records.models import Appointment, Blob, Document, Expediente, Reading, TipoDocumental
from records.services import access, classification, filing
from records.vocabulary import AppointmentKind, ExpedienteKind, Level

DAY = datetime.date(2026, 6, 10)
FAR = datetime.date(2099, 12, 31)
_numbers = itertools.count(1)

GROUNDS: dict[str, Any] = {
    "norm": "Ley 1712 de 2014",
    "literal": "c",
    "harm": {"present": "Revela el proceso.", "probable": "Hay competidores.", "specific": "Afecta al proveedor."},
    "balance": "El daño supera el interés público.",
    "extent": "total",
    "generated": "2026-06-10",
    "until": "2036-06-10",
    "responsible": "custodia",
    "safe_title": "Anexo técnico",
}
ARTICLES = {Level.RESTRICTED: "18", Level.RESERVED: "19"}


def grounds_for(level: str) -> dict[str, Any]:
    """Complete legal grounds for a level; empty for the public one."""
    return {} if level == Level.PUBLIC else {**GROUNDS, "article": ARTICLES[level]}


def make_tipo(code: str = "anexo_del_convenio", kinds: tuple[str, ...] = (ExpedienteKind.DERIVED,)) -> TipoDocumental:
    tipo, _made = TipoDocumental.objects.get_or_create(
        code=code, defaults={"name": code.replace("_", " ").capitalize(), "kinds": list(kinds)}
    )
    return tipo


def make_expediente(actor: Any, code: str = "", **fields: Any) -> Expediente:
    make_tipo()
    number = next(_numbers)
    return filing.open_expediente(
        actor=actor,
        code=code or f"GC-PRUEBA-{number:04d}",
        title=fields.pop("title", f"Expediente {number}"),
        kind=fields.pop("kind", ExpedienteKind.DERIVED),
        opened_on=fields.pop("opened_on", DAY),
        **fields,
    )


def appoint_custodian(expediente: Expediente, person: Any, **dates: Any) -> Appointment:
    return access.appoint(
        expediente=expediente,
        person=person,
        kind=AppointmentKind.CUSTODIAN,
        act="Resolución 1",
        starts_on=dates.get("starts_on", DAY),
        ends_on=dates.get("ends_on", FAR),
    )


def appoint_supervisor(expediente: Expediente, person: Any) -> Appointment:
    return access.appoint(
        expediente=expediente,
        person=person,
        kind=AppointmentKind.SUPERVISOR,
        act="Resolución 2",
        starts_on=DAY,
        ends_on=FAR,
    )


def upload(content: bytes = b"", name: str = "anexo.txt") -> filing.Upload:
    """A file offered for filing; without content, a short text like no other."""
    return filing.Upload(name, io.BytesIO(content or f"Texto de prueba {next(_numbers)}\n".encode()))


def metadata(**fields: Any) -> filing.FilingMetadata:
    return filing.FilingMetadata(
        tipo=fields.get("tipo", "anexo_del_convenio"), date=fields.get("date", DAY), title=fields.get("title", "")
    )


def file_piece(
    actor: Any, expediente: Expediente, content: bytes = b"", name: str = "anexo.txt", **meta: Any
) -> Document:
    """A piece filed through the service."""
    receipt = filing.file_document(
        actor=actor, expediente=expediente, upload=upload(content, name), metadata=metadata(**meta)
    )
    return Document.objects.get(pk=receipt.document)


def give_level(document: Document, level: str, proposer: Any, approver: Any) -> Document:
    """The piece at a level, proposed and approved through the services."""
    act = classification.propose_level(actor=proposer, document=document, level=level, grounds=grounds_for(level))
    if act.state == "proposed":
        classification.approve_act(actor=approver, act=act)
    document.refresh_from_db()
    return document


def insert_piece(filer: Any, expediente: Expediente, level: str = Level.UNCLASSIFIED, **fields: Any) -> Document:
    """A piece as rows only, for tests of reading rights: no cell, no services."""
    number = next(_numbers)
    staged = storage.store().stage(io.BytesIO(f"fila {number}".encode()), limit=1000)
    storage.store().keep(staged)
    blob, _made = Blob.objects.get_or_create(
        digest=staged.digest, defaults={"size": staged.size, "stored_at": expediente.created_at}
    )
    order = expediente.documents.count() + 1
    document = Document.objects.create(
        expediente=expediente,
        tipo=make_tipo(),
        order=order,
        folio_first=order,
        folio_last=order,
        radicado=fields.pop("radicado", f"2026-{900000 + number}"),
        title=fields.pop("title", f"Pieza {number}"),
        date=DAY,
        author="Grupo de Contratos",
        filed_by=filer,
        filed_at=fields.pop("filed_at", expediente.created_at),
        blob=blob,
        original_name="pieza.txt",
        media_type="text/plain",
        extension="txt",
        pages=1,
        inspected=True,
        level=level,
        **fields,
    )
    Reading.objects.create(document=document, state="read")
    return document
