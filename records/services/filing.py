"""Filing: bytes first, then one transaction with the rows, their order and folios, events and work (D6).

One piece or five hundred are written by the same statements.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import connection, transaction

from records import audit, bulk, clock, permissions, policies, signing, storage
from records.errors import DuplicateFiling
from records.events import DocumentsChanged, DocumentsFiled, announce
from records.models import Annex, Blob, Document, Expediente, Reading, TipoDocumental
from records.parsing.names import safe_display_name, visible_line
from records.permissions import Actor, Rights
from records.services import inherited, receipts
from records.services.expedientes import open_expediente
from records.services.receipts import FilingReceipt, receipt_of
from records.services.receiving import (
    DuplicateDecision,
    Received,
    Upload,
    check_duplicate,
    receive,
    twin_of,
)
from records.storage import Staged
from records.vocabulary import Action, Origin, Role

TITLE_LENGTH = 300
NEXT_RADICADOS = """
INSERT INTO records_radicadocounter (year, last) VALUES (%s, %s)
ON CONFLICT (year) DO UPDATE SET last = records_radicadocounter.last + EXCLUDED.last RETURNING last
"""


@dataclass(frozen=True)
class FilingMetadata:
    """`tipo` is a tipo documental's code; `date` the document's own; an empty title is taken from the name.

    `author` empty: the filer's office. `annex`: a key of the expediente's annex registry, or empty.
    """

    tipo: str
    date: datetime.date
    title: str = ""
    author: str = ""
    origin: str = Origin.ELECTRONIC
    annex: str = ""


Within: TypeAlias = Callable[[Document], None]


@dataclass(frozen=True)
class Filing:
    """Everything an admitted filing writes, once its bytes are kept.

    `previous` is the piece this one is a later version of; `replaces` the one whose place it takes.
    """

    actor: Actor
    rights: Rights
    tipo: TipoDocumental
    received: Received
    metadata: FilingMetadata
    duplicate: DuplicateDecision | None = None
    batch: uuid.UUID | None = None
    previous: Document | None = None
    replaces: Document | None = None

    @property
    def former(self) -> uuid.UUID | None:
        """The piece whose level this one enters with, if that one is closed."""
        former = self.previous or self.replaces
        return former.pk if former else None


def file_document(
    *,
    actor: Actor,
    expediente: Expediente,
    upload: Upload,
    metadata: FilingMetadata,
    duplicate: DuplicateDecision | None = None,
    batch: uuid.UUID | None = None,
    within: Within | None = None,
) -> FilingReceipt:
    """File one piece and answer only when its bytes and its row are durable.

    `within` is called with the new row inside its transaction: what must be true together with it. Raises
    NotFound or AccessDenied (who), ClosedExpediente or Incomplete (state and metadata, all faults at once),
    RejectedUpload (every reason), DuplicateFiling (a decision is needed), StoreUnavailable or
    SigningKeyUnavailable. Source: records rules C1 to C4, C8; K8.
    """
    filing = admit(
        actor=actor,
        expediente=expediente,
        upload=upload,
        metadata=metadata,
        duplicate=duplicate,
        batch=batch,
    )
    return receipt_of(register([filing], expediente, within)[0])


def admit(
    *,
    actor: Actor,
    expediente: Expediente,
    upload: Upload,
    metadata: FilingMetadata,
    duplicate: DuplicateDecision | None = None,
    batch: uuid.UUID | None = None,
    previous: Document | None = None,
    replaces: Document | None = None,
) -> Filing:
    """The first half of a filing: all is checked, and the bytes are durable. What is never registered is litter
    that the sweep finds. Raises as `file_document`."""
    rights = permissions.rights_of(actor)
    rights.check(Action.FILE, expediente)
    tipo = admitted(expediente, metadata)
    signing.signer()  # without a key no receipt could be given: said before anything is kept
    received = receive(upload, actor=actor, expediente=expediente)
    try:
        check_duplicate(rights, received, duplicate)
        storage.store().keep(received.staged)
    except BaseException:
        storage.store().discard(received.staged)
        raise
    return Filing(actor, rights, tipo, received, metadata, duplicate, batch, previous, replaces)


def admitted(expediente: Expediente, metadata: FilingMetadata) -> TipoDocumental:
    """The tipo documental of the expediente's own version, if it takes this filing now. Raises as policies does."""
    tipo = find_tipo(expediente, metadata.tipo)
    return policies.check_accepts_filing(expediente, tipo, metadata.date, clock.today())


def find_tipo(expediente: Expediente, code: str) -> TipoDocumental | None:
    return TipoDocumental.objects.filter(trd=expediente.trd_id, code=code).first()


def register(filings: Sequence[Filing], expediente: Expediente, within: Within | None = None) -> list[Document]:
    """The one transaction of a filing, of one piece or many: all of it, or nothing.

    `within` as in `file_document`, for each row. Raises as that does when the expediente, or what the person may do,
    changed since it was read.
    """
    with transaction.atomic():
        held = Expediente.objects.select_for_update().get(pk=expediente.pk)
        permissions.check_again(filings[0].actor, Action.FILE, held)
        for filing in filings:
            policies.check_accepts_filing(held, filing.tipo, filing.metadata.date, clock.today())
        formers = inherited.hold({filing.former for filing in filings if filing.former})
        documents = write_rows(filings, held, formers)
        for document in documents if within else ():
            within(document)  # type: ignore[misc]
        keys = tuple(document.pk for document in documents)
        record_filed(filings[0].actor, documents)
        entered = zip(documents, (former_of(filing, formers) for filing in filings), strict=True)
        inherited.note_levels(entered, filings[0].actor)
        announce(DocumentsFiled(keys))
        announce(DocumentsChanged(keys))
    return documents


Formers: TypeAlias = Mapping[uuid.UUID, Document]


def former_of(filing: Filing, formers: Formers) -> Document | None:
    return formers[filing.former] if filing.former else None


def write_rows(filings: Sequence[Filing], expediente: Expediente, formers: Formers) -> list[Document]:
    """Rows of admitted filings in a locked expediente, signed and numbered without a gap."""
    blobs = note_bytes([filing.received.staged for filing in filings])
    check_still_new(filings)
    signer, annexes, moment = signing.signer(), annexes_of(filings, expediente), clock.now()
    documents = []
    for filing, radicado in zip(filings, next_radicados(len(filings)), strict=True):
        document = row_of(filing, expediente, blobs[filing.received.staged.digest], radicado, moment)
        document.annex = annexes.get(filing.metadata.annex)
        document.level = inherited.level_after(former_of(filing, formers))
        receipts.sign(document, signer)
        documents.append(document)
    expediente.save(update_fields=["last_order", "last_folio"])
    bulk.insert(documents)
    bulk.insert([Reading(document_id=document.pk) for document in documents])
    return documents


def row_of(filing: Filing, expediente: Expediente, blob: Blob, radicado: str, moment: datetime.datetime) -> Document:
    return Document(
        expediente=expediente,
        tipo=filing.tipo,
        blob=blob,
        radicado=radicado,
        date=filing.metadata.date,
        filed_by=filing.actor,
        filed_at=moment,
        batch=filing.batch,
        title=title_of(filing.metadata, filing.received.upload.name),
        author=visible_line(filing.metadata.author)[:200] or author_of(filing),
        origin=filing.metadata.origin,
        previous=filing.previous,
        version=filing.previous.version + 1 if filing.previous else 1,
        **next_place(expediente, filing.received.inspection.pages),
        **as_received(filing.received),
        **as_decided(filing),
    )


def note_bytes(staged: Sequence[Staged]) -> dict[str, Blob]:
    """One row per digest, whoever files it first; two at once are settled by the database."""
    now = clock.now()
    rows = {one.digest: Blob(digest=one.digest, size=one.size, stored_at=now) for one in staged}
    known = set(Blob.objects.filter(pk__in=rows).values_list("pk", flat=True)) if len(rows) < MOST_ASKED else set()
    fresh = [row for digest, row in rows.items() if digest not in known]
    if fresh:
        Blob.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return rows


def check_still_new(filings: Sequence[Filing]) -> None:
    """The same bytes may have been filed since they were compared, by somebody at the same moment: asked again
    where the rows of bytes make one wait for the other (C8). Raises DuplicateFiling."""
    undecided = {filing.received.staged.digest: filing.rights for filing in filings if filing.duplicate is None}
    if len(undecided) > MOST_ASKED:
        return
    filed = Document.objects.filter(blob__in=undecided).order_by().values_list("blob", flat=True).distinct()
    if any(twin_of(undecided[digest], digest) for digest in filed):
        raise DuplicateFiling


#: Beyond this many digests the databases are not asked for all at once.
MOST_ASKED = 5_000


def annexes_of(filings: Sequence[Filing], expediente: Expediente) -> dict[str, Annex]:
    wanted = {filing.metadata.annex for filing in filings if filing.metadata.annex}
    found = {annex.key: annex for annex in expediente.annexes.filter(key__in=wanted)} if wanted else {}
    policies.check_annexes_known(wanted, found)
    return found


def next_place(expediente: Expediente, pages: int) -> dict[str, int]:
    """The next order and folios of a locked expediente: gapless, one folio at least per piece (E2).

    The caller saves the counters, `last_order` and `last_folio`, in the same transaction.
    """
    order, first = expediente.last_order + 1, expediente.last_folio + 1
    expediente.last_order, expediente.last_folio = order, first + max(1, pages) - 1
    return {"order": order, "folio_first": first, "folio_last": expediente.last_folio}


def as_received(received: Received) -> dict[str, Any]:
    inspection = received.inspection
    return {
        "original_name": received.upload.kept_name,
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
    office = next((str(role.label) for role in Role if role in filing.rights.roles), "")
    return office or str(filing.actor.get_full_name())


def next_radicados(count: int) -> list[str]:
    """The year's next numbers, gapless because they are taken inside the filing transaction.

    One statement that SQLite and PostgreSQL share: the first filing of a year makes its row.
    """
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(NEXT_RADICADOS, [year, count])
        (last,) = cursor.fetchone()
    return [f"{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def record_filed(actor: Actor, documents: Sequence[Document]) -> None:
    audit.record_each("document.filed", actor=actor, subjects=[(piece, evidence(piece)) for piece in documents])


def evidence(document: Document) -> dict[str, Any]:
    """Facts of the event: ids, codes, digest and place, never a title."""
    return {
        "expediente": document.expediente_id,
        "radicado": document.radicado,
        "sha256": document.blob_id,
        "order": document.order,
        "folios": [document.folio_first, document.folio_last],
        "tipo": document.tipo.code,
        "version": document.version,
        "receipt": document.receipt_signature,
        "machine": "Document",
        "from": "draft",
        "to": document.state,
    }


__all__ = ["DuplicateDecision", "FilingMetadata", "FilingReceipt", "Upload", "file_document", "open_expediente"]
