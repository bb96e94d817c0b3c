"""Issuing the electronic index of an expediente: written, checked, signed and kept, and then one transaction (E3–E6).

All that is slow (every digest is recomputed from the stored bytes, the authority is asked for its stamp) is done
before the transaction, which only looks whether the expediente is still the one that was read.
"""

from __future__ import annotations

import datetime
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction

from records import audit, clock, conf, permissions, storage
from records.errors import IndexRefused
from records.indexes import certificates, covers, signatures, stamps
from records.indexes.checking import IndexFault, check_index
from records.indexes.covers import Cover
from records.indexes.writing import Tally, write_index
from records.keys import NOBODY
from records.models import Blob, Document, Expediente, IndexIssue
from records.permissions import Actor, Rights
from records.selectors.expedientes import DocumentRow
from records.selectors.index_rows import all_rows, office_of, trd_code_of
from records.storage import Staged
from records.vocabulary import Action, DocumentState, IndexOccasion

#: What an index may weigh: a million documents of a kilobyte each.
MOST = 1024**3
#: Pieces named one by one when their bytes do not match.
MOST_NAMED = 50


@dataclass(frozen=True)
class Seen:
    """What of an expediente its index tells: two that are equal have the same index."""

    last_order: int
    last_folio: int
    subserie: Any
    annulled: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """An index whose bytes are in the store and that no row names yet."""

    seen: Seen
    number: int
    previous: IndexIssue | None
    occasion: str
    tally: Tally
    file: Staged
    cover: Staged
    certificate: str
    at: datetime.datetime
    stamped_at: datetime.datetime | None


def issue_index(*, actor: Actor, expediente: Expediente) -> IndexIssue:
    """Issue the next index of an expediente and sign it.

    Raises NotFound, AccessDenied, StoreUnavailable, or IndexRefused: bytes that are not the filed ones (every piece is
    named), nothing to sign with, an authority that gives no stamp, or an expediente that changed meanwhile.
    """
    permissions.check(actor, Action.ISSUE_INDEX, expediente)
    prepared = prepare(actor=actor, expediente=expediente, occasion=IndexOccasion.REQUEST)
    with transaction.atomic():
        held = Expediente.objects.select_for_update().get(pk=expediente.pk)
        return place(prepared, held, actor)


def prepare(*, actor: Actor, expediente: Expediente, occasion: str, closed: datetime.date | None = None) -> Prepared:
    """Everything of an issue but its rows. `closed` is the day of the closing that it belongs to. Raises as
    `issue_index`; the caller has decided that the person may."""
    fresh = Expediente.objects.select_related("subserie__serie", "trd").get(pk=expediente.pk)
    held, seen, previous = certificates.credential(), seen_of(fresh), latest_of(fresh)
    file, tally = written(permissions.rights_of(actor), fresh)
    told = cover_of(fresh, file, tally, previous, occasion, closed or fresh.closed_on)
    signed = signatures.sign(cover_element(told), held)
    imprint = signatures.imprint_of(signed)
    stamp = None
    if token := stamps.obtain(imprint):
        signatures.add_stamp(signed, token)
        stamp = stamps.read(token, imprint)
    return Prepared(
        seen, told.number, previous, occasion, tally, file, kept(io.BytesIO(signatures.as_bytes(signed))),
        held.fingerprint, told.at, stamp.at if stamp else None,
    )  # fmt: skip


def place(prepared: Prepared, expediente: Expediente, actor: Actor) -> IndexIssue:
    """Write the issue down, inside the transaction that holds the expediente's row. Raises IndexRefused when it is no
    longer the one that the index tells."""
    latest = latest_of(expediente)
    if seen_of(expediente) != prepared.seen or pk_of(latest) != pk_of(prepared.previous):
        raise IndexRefused("index_overtaken")
    issue = IndexIssue.objects.create(
        expediente=expediente, number=prepared.number, previous=prepared.previous, occasion=prepared.occasion,
        file=blob_of(prepared.file, prepared.at), cover=blob_of(prepared.cover, prepared.at),
        documents=prepared.tally.documents, folios=prepared.tally.folios, certificate=prepared.certificate,
        stamped_at=prepared.stamped_at, issued_by=actor, issued_at=prepared.at,
    )  # fmt: skip
    audit.record("index.issued", actor=actor, subject=expediente, **evidence_of(issue))
    return issue


def evidence_of(issue: IndexIssue) -> dict[str, Any]:
    """What the ledger tells of an issue: enough to find out later that its row, or its bytes, are others."""
    return {
        "number": issue.number,
        "occasion": issue.occasion,
        "sha256": issue.file_id,
        "cover": issue.cover_id,
        "documents": issue.documents,
        "folios": issue.folios,
        "certificate": issue.certificate,
        "stamped": issue.stamped_at is not None,
    }


def latest_of(expediente: Expediente) -> IndexIssue | None:
    return IndexIssue.objects.filter(expediente=expediente).order_by("-number").first()


def pk_of(issue: IndexIssue | None) -> object:
    return issue.pk if issue else NOBODY


def seen_of(expediente: Expediente) -> Seen:
    filed = expediente.documents.filter(state=DocumentState.ANNULLED).values_list("order", flat=True)
    placed = expediente.placements.filter(document__state=DocumentState.ANNULLED).values_list("order", flat=True)
    return Seen(expediente.last_order, expediente.last_folio, expediente.subserie_id, tuple(sorted([*filed, *placed])))


# The file ---------------------------------------------------------------------------------------------------


def written(rights: Rights, expediente: Expediente) -> tuple[Staged, Tally]:
    """The index in the store, after each digest was recomputed, and what it holds."""
    damaged: list[DocumentRow] = []
    place_for = conf.arrivals()
    place_for.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=place_for) as draft:
        tally = write_index(draft, intact(all_rows(expediente), damaged))
        refuse_damaged(rights, damaged)
        check_written(draft, tally)
        return kept(draft), tally


def intact(rows: Iterable[DocumentRow], damaged: list[DocumentRow]) -> Iterator[DocumentRow]:
    """The same rows, each after its stored bytes were hashed again; those that do not match are noted."""
    store = storage.store()
    for row in rows:
        if store.verify(row.digest, row.size):
            damaged.append(row)
        yield row


def refuse_damaged(rights: Rights, damaged: list[DocumentRow]) -> None:
    """Name every piece whose bytes are not the filed ones: by its title for whoever reads it, else by its order."""
    if not damaged:
        return
    keys = [row.document for row in damaged[:MOST_NAMED] if row.document]
    read = {piece.pk for piece in Document.objects.filter(pk__in=keys) if rights.reads(piece)}
    pieces = tuple((row.order, row.title if row.document in read else "") for row in damaged[:MOST_NAMED])
    raise IndexRefused("index_mismatch", pieces=pieces, count=len(damaged))


def check_written(draft: BinaryIO, tally: Tally) -> None:
    """An index that would not hold is not issued: orders or folios with gaps were put there by somebody else."""
    draft.seek(0)
    try:
        checked = check_index(draft)
    except IndexFault as fault:
        raise IndexRefused("index_incoherent", order=fault.order, fault=fault.code) from fault
    if (checked.documents, checked.folios) != (tally.documents, tally.folios):
        raise IndexRefused("index_incoherent", order=checked.documents, fault="count")
    draft.seek(0)


def kept(source: BinaryIO) -> Staged:
    store = storage.store()
    staged = store.stage(source, limit=MOST)
    store.keep(staged)
    return staged


def blob_of(staged: Staged, at: datetime.datetime) -> Blob:
    return Blob.objects.get_or_create(digest=staged.digest, defaults={"size": staged.size, "stored_at": at})[0]


# The cover --------------------------------------------------------------------------------------------------


def cover_of(
    expediente: Expediente, file: Staged, tally: Tally, previous: IndexIssue | None, occasion: str,
    closed: datetime.date | None,
) -> Cover:  # fmt: skip
    notes = [(order, covers.ANNULLED) for order in tally.annulled]
    notes += [(order, covers.INCORPORATED) for order in tally.incorporated]
    return Cover(
        expediente=expediente.pk,
        code=expediente.code,
        title=expediente.title,
        office=office_of(expediente),
        trd_code=trd_code_of(expediente),
        trd_version=expediente.trd_id or 0,
        opened=expediente.opened_on,
        closed=closed,
        number=previous.number + 1 if previous else 1,
        occasion=occasion,
        at=clock.now(),
        documents=tally.documents,
        folios=tally.folios,
        digest=file.digest,
        size=file.size,
        previous=(previous.number, previous.cover_id) if previous else None,
        notes=tuple(sorted(notes)),
    )


def cover_element(told: Cover) -> Any:
    try:
        return covers.cover_element(told)
    except IndexFault as fault:
        raise IndexRefused("index_incoherent", order=0, fault=fault.code) from fault
