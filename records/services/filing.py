"""Filing: bytes first, then one transaction with the row, its order and folios, its event and its work (D6)."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import connection, transaction

from records import audit, clock, conf, parsing, permissions, policies, storage
from records.errors import DuplicateFiling, Incomplete, RejectedUpload, RuleViolation
from records.events import DocumentChanged, DocumentFiled, announce
from records.models import Blob, Document, Expediente, Reading, Subserie, TipoDocumental
from records.parsing.names import safe_display_name, visible_line
from records.permissions import Actor, Rights
from records.storage import Staged
from records.vocabulary import Action, ExpedienteKind, Role

TITLE_LENGTH = 300
NEXT_RADICADO = """
INSERT INTO records_radicadocounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = records_radicadocounter.last + 1 RETURNING last
"""


@dataclass(frozen=True)
class Upload:
    """What arrives: a name as the sender wrote it and a readable binary stream."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True)
class FilingMetadata:
    """`tipo` is a tipo documental's code; `date` the document's own; an empty title is taken from the name."""

    tipo: str
    date: datetime.date
    title: str = ""


@dataclass(frozen=True)
class DuplicateDecision:
    """What to do with bytes already filed: "link" to that piece, or "keep" both, with a reason (C8)."""

    choice: str
    reason: str = ""


@dataclass(frozen=True)
class FilingReceipt:
    """Proof of filing: radicado, SHA-256 of the received stream, bytes, pages, folios and server time."""

    document: uuid.UUID
    radicado: str
    sha256: str
    bytes: int
    pages: int
    folio_first: int
    folio_last: int
    order: int
    filed_at: datetime.datetime
    expediente_code: str
    title: str
    original_name: str
    inspected: bool
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Received:
    """An upload that was hashed and looked at, and may be filed."""

    upload: Upload
    staged: Staged
    inspection: parsing.Inspection


def open_expediente(
    *,
    actor: Actor,
    code: str,
    title: str,
    kind: str,
    opened_on: datetime.date,
    convenio_number: str = "",
    parent: Expediente | None = None,
    office: str = Role.CONTRACTS_GROUP,
) -> Expediente:
    """Open an expediente of one kind, in the subserie of that kind. Raises AccessDenied or Incomplete."""
    permissions.check(actor, Action.OPEN_EXPEDIENTE)
    check_opening(code, title, kind, opened_on)
    with transaction.atomic():
        expediente = Expediente.objects.create(
            code=code.strip(),
            title=title.strip(),
            kind=kind,
            opened_on=opened_on,
            parent=parent,
            office=office,
            convenio_number=convenio_number,
            opened_by=actor,
            created_at=clock.now(),
            subserie=Subserie.objects.filter(kind=kind).order_by("-serie__trd").first(),
        )
        audit.record("expediente.opened", actor=actor, subject=expediente, kind=kind)
    return expediente


def check_opening(code: str, title: str, kind: str, opened_on: datetime.date) -> None:
    faults = [name for name, value in (("code", code), ("title", title)) if not value.strip()]
    if kind not in ExpedienteKind.values:
        faults.append("kind")
    if opened_on > clock.today():
        faults.append("date_in_future")
    if Expediente.objects.filter(code=code.strip()).exists():
        faults.append("code_taken")
    if faults:
        raise Incomplete(faults)


def file_document(
    *,
    actor: Actor,
    expediente: Expediente,
    upload: Upload,
    metadata: FilingMetadata,
    duplicate: DuplicateDecision | None = None,
    batch: uuid.UUID | None = None,
) -> FilingReceipt:
    """File one piece and answer only when its bytes and its row are durable.

    Raises NotFound or AccessDenied (who), ClosedExpediente or Incomplete (state and metadata, all
    faults at once), RejectedUpload (every reason), DuplicateFiling (a decision is needed) or
    StoreUnavailable. Source: records rules C1 to C4, C8; K8.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.FILE, expediente)
    tipo = policies.check_accepts_filing(expediente, find_tipo(metadata.tipo), metadata.date, clock.today())
    received = receive(upload, actor=actor, expediente=expediente)
    try:
        check_duplicate(rights, received, duplicate)
        storage.store().keep(received.staged)
    except BaseException:
        storage.store().discard(received.staged)
        raise
    return register(Filing(actor, rights, tipo, received, metadata, duplicate, batch), expediente)


def find_tipo(code: str) -> TipoDocumental | None:
    return TipoDocumental.objects.filter(code=code).first()


def receive(upload: Upload, *, actor: Actor, expediente: Expediente) -> Received:
    """Hash the stream into a private file and have the cell look at it; a refusal leaves an event."""
    staged = None
    try:
        staged = storage.store().stage(upload.stream, limit=conf.max_upload_bytes())
        inspection = parsing.inspect(staged.path, upload.name)
        if inspection.refusals:
            raise RejectedUpload(inspection.refusals, name=upload.name)
    except RejectedUpload as refusal:
        note_refusal(actor, expediente, refusal, staged)
        raise
    return Received(upload, staged, inspection)


def note_refusal(actor: Actor, expediente: Expediente, refusal: RejectedUpload, staged: Staged | None) -> None:
    if staged:
        storage.store().discard(staged)
    with transaction.atomic():
        audit.record(
            "document.refused",
            actor=actor,
            subject=expediente,
            reasons=refusal.reasons,
            sha256=staged.digest if staged else "",
        )


def check_duplicate(rights: Rights, received: Received, decision: DuplicateDecision | None) -> None:
    """Ask for a decision about bytes already filed, as far as this person may see them (C8)."""
    if decision is not None:
        return check_decision(decision)
    if is_known(received.staged.digest) and twin_of(rights, received.staged.digest):
        raise DuplicateFiling
    return None


def is_known(digest: str) -> bool:
    """Are these bytes in custody for anybody? Nearly always not, and then nobody's rights need be read.

    The store tells the two apart by time as well: it hashes known bytes again before it trusts them.
    """
    return Blob.objects.filter(pk=digest).exists()


def check_decision(decision: DuplicateDecision) -> None:
    if decision.choice not in ("link", "keep"):
        raise RuleViolation("unknown_duplicate_choice")
    if decision.choice == "keep" and not decision.reason.strip():
        raise Incomplete(["duplicate_reason"])


def twin_of(rights: Rights, digest: str) -> Document | None:
    """The first piece with these bytes that the person may read."""
    twins = Document.objects.filter(blob=digest).order_by("filed_at").only("pk", "level", "expediente_id")
    return next((twin for twin in twins if rights.reads(twin)), None)


@dataclass(frozen=True)
class Filing:
    """Everything an admitted filing writes, once its bytes are kept."""

    actor: Actor
    rights: Rights
    tipo: TipoDocumental
    received: Received
    metadata: FilingMetadata
    duplicate: DuplicateDecision | None = None
    batch: uuid.UUID | None = None


def register(filing: Filing, expediente: Expediente) -> FilingReceipt:
    """The one transaction of a filing: rows, order, folios, event, search and reading work."""
    with transaction.atomic():
        held = Expediente.objects.select_for_update().get(pk=expediente.pk)
        policies.check_accepts_filing(held, filing.tipo, filing.metadata.date, clock.today())
        document = write_rows(filing, held)
        audit.record("document.filed", actor=filing.actor, subject=document, **evidence(document))
        announce(DocumentFiled(document.pk))
        announce(DocumentChanged(document.pk))
    return receipt_of(document)


def write_rows(filing: Filing, expediente: Expediente) -> Document:
    document = Document.objects.create(
        expediente=expediente,
        tipo=filing.tipo,
        blob=note_bytes(filing.received.staged),
        radicado=next_radicado(),
        date=filing.metadata.date,
        filed_by=filing.actor,
        filed_at=clock.now(),
        batch=filing.batch,
        title=title_of(filing.metadata, filing.received.upload.name),
        author=author_of(filing),
        **place(expediente, filing.received),
        **as_received(filing.received),
        **as_decided(filing),
    )
    Reading.objects.create(document=document)
    return document


def note_bytes(staged: Staged) -> Blob:
    """One row per digest, whoever files it first; two at once are settled by the database."""
    row = Blob(digest=staged.digest, size=staged.size, stored_at=clock.now())
    if not Blob.objects.filter(pk=staged.digest).exists():
        Blob.objects.bulk_create([row], ignore_conflicts=True)
    return row


def place(expediente: Expediente, received: Received) -> dict[str, int]:
    """The next order and folios of a locked expediente: gapless, one folio at least per piece (E2)."""
    folios = max(1, received.inspection.pages)
    order, first = expediente.last_order + 1, expediente.last_folio + 1
    expediente.last_order, expediente.last_folio = order, first + folios - 1
    expediente.save(update_fields=["last_order", "last_folio"])
    return {"order": order, "folio_first": first, "folio_last": expediente.last_folio}


def as_received(received: Received) -> dict[str, Any]:
    inspection = received.inspection
    return {
        "original_name": received.upload.name,
        "media_type": inspection.media_type,
        "extension": inspection.extension,
        "pages": inspection.pages,
        "inspected": inspection.inspected,
        "flags": list(inspection.flags),
    }


def as_decided(filing: Filing) -> dict[str, Any]:
    decision = filing.duplicate
    if decision is None:
        return {}
    twin = twin_of(filing.rights, filing.received.staged.digest) if decision.choice == "link" else None
    return {"duplicate_of": twin, "duplicate_reason": decision.reason.strip()}


def title_of(metadata: FilingMetadata, name: str) -> str:
    if written := visible_line(metadata.title):
        return written[:TITLE_LENGTH]
    return safe_display_name(name).rsplit(".", 1)[0][:TITLE_LENGTH] or "Sin título"


def author_of(filing: Filing) -> str:
    """The filer's office, else the person: what a filing that names no author says of it."""
    offices = [str(role.label) for role in Role if role in filing.rights.roles]
    return offices[0] if offices else str(filing.actor.get_full_name())


def next_radicado() -> str:
    """The year's next number, gapless because it is taken inside the filing transaction.

    One statement that SQLite and PostgreSQL share: the first filing of a year makes its row.
    """
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(NEXT_RADICADO, [year])
        (number,) = cursor.fetchone()
    return f"{year}-{number:06d}"


def evidence(document: Document) -> dict[str, Any]:
    return {
        "expediente": document.expediente_id,
        "radicado": document.radicado,
        "sha256": document.blob_id,
        "order": document.order,
        "folios": [document.folio_first, document.folio_last],
        "tipo": document.tipo_id,
    }


def receipt_of(document: Document) -> FilingReceipt:
    """The receipt of a filed piece, the same at any later time."""
    return FilingReceipt(
        document=document.pk,
        radicado=document.radicado,
        sha256=document.blob_id,
        bytes=document.blob.size,
        pages=document.pages,
        folio_first=document.folio_first,
        folio_last=document.folio_last,
        order=document.order,
        filed_at=document.filed_at,
        expediente_code=document.expediente.code,
        title=document.title,
        original_name=document.original_name,
        inspected=document.inspected,
        flags=tuple(document.flags),
    )
