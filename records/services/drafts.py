"""Drafts: files that arrive by pieces, wait until nothing is lacking, and are then filed or discarded.

receiving → waiting (hashed, looked at in the cell) → filed; set apart when the file itself is refused. A draft is not
custody. Its bytes stay where they arrived until the document's transaction has committed: whatever fails before
that leaves it waiting, with everything kept.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, Sum

from records import clock, conf, permissions, policies, storage
from records.errors import Incomplete, NotFound, RecordsError, RejectedUpload, RuleViolation
from records.holds import standing
from records.ledger import rollback
from records.models import Document, Draft, Expediente
from records.parsing.first_page import first_page
from records.permissions import Actor
from records.selectors.documents import is_own_batch
from records.selectors.trd import list_tipos_for
from records.services import arrivals
from records.services.arrivals import Readable
from records.services.filing import TITLE_LENGTH, FilingMetadata, FilingReceipt, file_document
from records.services.receipts import receipt_of
from records.services.receiving import DuplicateDecision, Upload, receive
from records.services.suggestions import suggest
from records.vocabulary import Action, DraftState

OPEN = (DraftState.RECEIVING, DraftState.WAITING)
#: A draft that still arrives is noted as alive this often.
ALIVE_EVERY = datetime.timedelta(hours=1)
SWEPT_AT_ONCE = 200


class AlreadyFiled(RuleViolation):
    """Somebody filed the draft between the reading of its row and the writing of the document's."""

    code = "already_filed"


# Arriving ---------------------------------------------------------------------------------------


def start_draft(*, actor: Actor, expediente: Expediente, name: str, size: int, batch: uuid.UUID | None = None) -> Draft:
    """Announce a file of `size` bytes: nothing of it is kept yet.

    `batch` names the gesture it belongs to; one that is not this person's in this expediente is replaced. Raises
    NotFound or AccessDenied (who), ClosedExpediente, RejectedUpload ("empty", "too_large"), RuleViolation
    ("too_many_drafts", "too_many_draft_bytes"), StoreUnavailable. Source: requirement K6.
    """
    permissions.check(actor, Action.FILE, expediente)
    policies.check_open(expediente)
    check_size(size)
    sweep_drafts()
    with transaction.atomic():
        check_room(actor, size)
        draft = Draft(
            expediente=expediente,
            person_id=actor.pk,
            batch=gesture(actor, expediente, batch),
            original_name=name,
            size=size,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        arrivals.begin(draft.pk, size)
        draft.save(force_insert=True)  # undone, its empty file is litter that is swept
    return draft


def check_size(size: int) -> None:
    limit = conf.max_upload_bytes()
    if size > limit:
        raise RejectedUpload(["too_large"], limit=limit)
    if size <= 0:
        raise RejectedUpload(["empty"])


def check_room(actor: Actor, size: int) -> None:
    """A person's open drafts are few enough and small enough; two starts at once are counted one after the other."""
    get_user_model().objects.select_for_update().filter(pk=actor.pk).first()
    limits = conf.draft_limits()
    held = Draft.objects.filter(person=actor.pk, state__in=OPEN).aggregate(count=Count("pk"), total=Sum("size"))
    if held["count"] >= limits.most:
        raise RuleViolation("too_many_drafts", most=limits.most)
    if (held["total"] or 0) + size > limits.most_bytes:
        raise RuleViolation("too_many_draft_bytes", most=limits.most_bytes)


def bytes_held_by(actor: Actor) -> int:
    """Announced bytes of a person's open drafts."""
    return Draft.objects.filter(person=actor.pk, state__in=OPEN).aggregate(total=Sum("size"))["total"] or 0


def gesture(actor: Actor, expediente: Expediente, batch: uuid.UUID | None) -> uuid.UUID:
    """The gesture's id if it is this person's in this expediente, else one of its own."""
    if batch is None or not is_own_batch(actor, expediente, batch):
        return uuid.uuid4()
    foreign = Draft.objects.filter(batch=batch).exclude(person=actor.pk, expediente=expediente)
    return uuid.uuid4() if foreign.exists() else batch


def receive_bytes(*, actor: Actor, draft: Draft, stream: Readable, offset: int, length: int) -> int:
    """Add `length` bytes of the stream from `offset` on; how many have then arrived, fewer if the stream broke off.

    With the last byte the draft is looked at. Raises NotFound or AccessDenied (who), RuleViolation ("draft_busy",
    "wrong_offset", "beyond_announced"), StoreUnavailable: what was written before stays.
    """
    permissions.check(actor, Action.FILE, draft.expediente)
    if draft.state != DraftState.RECEIVING:
        check_place(draft.size, offset, draft.size, length)
        return draft.size
    with arrivals.held(draft.pk, to_write=True) as file:
        check_still_wanted(draft)
        check_place(arrivals.arrived(draft.pk), offset, draft.size, length)
        arrived = arrivals.append(file, stream, length)
        note_alive(draft)
        if arrived == draft.size:
            look_at(actor, draft)
    return arrived


def check_still_wanted(draft: Draft) -> None:
    draft.refresh_from_db(fields=["state", "updated_at"])
    if draft.state not in OPEN:
        arrivals.remove(draft.pk)  # made anew, empty, by who wanted to write it
    if draft.state == DraftState.DISCARDED:
        raise NotFound
    if draft.state != DraftState.RECEIVING:
        raise RuleViolation("wrong_offset", arrived=draft.size)


def check_place(arrived: int, offset: int, size: int, length: int) -> None:
    if offset != arrived:
        raise RuleViolation("wrong_offset", arrived=arrived)
    if length > size - arrived:
        raise RuleViolation("beyond_announced", left=size - arrived)


def note_alive(draft: Draft) -> None:
    """Bytes came: the draft is not abandoned. Told now and then, not at every piece."""
    if clock.now() - draft.updated_at > ALIVE_EVERY:
        Draft.objects.filter(pk=draft.pk).update(updated_at=clock.now())


def settled(actor: Actor, draft: Draft) -> Draft:
    """The draft as it is now; one whose last byte came before a kill is looked at first.

    Raises RuleViolation ("draft_busy") while another request does it.
    """
    draft.refresh_from_db()
    if draft.state == DraftState.RECEIVING and arrivals.arrived(draft.pk) == draft.size:
        with arrivals.held(draft.pk):
            draft.refresh_from_db()
            if draft.state == DraftState.RECEIVING:
                look_at(actor, draft)
    return draft


# What it is -------------------------------------------------------------------------------------


def look_at(actor: Actor, draft: Draft) -> None:
    """Hash it and have the cell look at it; it waits then for what it lacks, or is set apart.

    A store or a scanner that is away is no fault of the file: it waits, and is looked at again when it is filed.
    """
    try:
        with arrivals.lent(draft.pk) as path:
            seen = what_it_is(actor, draft, path)
    except RejectedUpload as refusal:
        set_apart(draft, refusal)
    except RecordsError as refusal:
        note(draft, state=DraftState.WAITING, faults=[refusal.code], suggestion=suggestion_for(draft))
    else:
        note(draft, state=DraftState.WAITING, faults=[], **seen)


def what_it_is(actor: Actor, draft: Draft, path: Path) -> dict[str, Any]:
    """Its digest, and what its name and first page suggest."""
    received = receive(Upload(draft.original_name, path=path), actor=actor, expediente=draft.expediente)
    staged, inspection = received.staged, received.inspection
    try:
        text = first_page(staged.path, inspection.media_type) if inspection.inspected else ""
        return {"digest": staged.digest, "suggestion": suggestion_for(draft, text)}
    finally:
        storage.store().discard(staged)


def suggestion_for(draft: Draft, text: str = "") -> dict[str, str]:
    """A `suggestions.Suggestion` as plain values."""
    return asdict(suggest(draft.original_name, list_tipos_for(draft.expediente), clock.today(), text))


def set_apart(draft: Draft, refusal: RejectedUpload) -> None:
    """The file itself was refused: `receiving` left the event and took its bytes into quarantine."""
    note(draft, state=DraftState.QUARANTINED, faults=list(refusal.reasons))
    arrivals.remove(draft.pk)


def note(draft: Draft, **fields: Any) -> None:
    """Write these fields of a draft that is still open; one that was discarded meanwhile stays so."""
    written = {**fields, "updated_at": clock.now()}
    Draft.objects.filter(pk=draft.pk, state__in=OPEN).update(**written)
    for name, value in written.items():
        setattr(draft, name, value)


# Filing -----------------------------------------------------------------------------------------


def describe_draft(
    *, actor: Actor, draft: Draft, tipo: str = "", date: datetime.date | None = None, title: str = ""
) -> None:
    """Keep what the person says of the file so far, complete or not."""
    del actor  # whoever asks has been given the draft, which is its owner's alone
    note(draft, tipo=tipo[:120], date=date, title=title[:TITLE_LENGTH], faults=[])


def file_draft(
    *, actor: Actor, draft: Draft, metadata: FilingMetadata, duplicate: DuplicateDecision | None = None
) -> FilingReceipt:
    """File a draft whose bytes are complete; the same receipt again for one already filed.

    Raises as `file_document`, and Incomplete ("bytes") while it arrives. Any refusal but that of the file itself
    leaves the draft waiting, with its bytes, what was said of it, and what it lacks. Source: records rules C2, K8.
    """
    settled(actor, draft)
    if draft.document_id:
        return given_receipt(draft)
    check_ready(draft)
    describe_draft(actor=actor, draft=draft, tipo=metadata.tipo, date=metadata.date, title=metadata.title)
    try:
        receipt = filed(actor, draft, metadata, duplicate)
    except RecordsError as refusal:
        return filed_meanwhile(draft, refusal)
    arrivals.remove(draft.pk)
    return receipt


def check_ready(draft: Draft) -> None:
    if draft.state == DraftState.DISCARDED:
        raise NotFound
    if draft.state == DraftState.QUARANTINED:
        raise RejectedUpload(draft.faults)
    if draft.state == DraftState.RECEIVING:
        raise Incomplete(["bytes"])


def filed(actor: Actor, draft: Draft, metadata: FilingMetadata, duplicate: DuplicateDecision | None) -> FilingReceipt:
    own = is_own_batch(actor, draft.expediente, draft.batch)
    with arrivals.lent(draft.pk) as path:
        return file_document(
            actor=actor,
            expediente=draft.expediente,
            upload=Upload(draft.original_name, path=path),
            metadata=metadata,
            duplicate=duplicate,
            batch=draft.batch if own else None,
            within=marking(draft),
        )


def marking(draft: Draft) -> Callable[[Document], None]:
    """What makes the draft filed, inside the document's own transaction: both are, or neither."""

    def mark(document: Document) -> None:
        held = Draft.objects.select_for_update().get(pk=draft.pk)
        if held.document_id or held.state != DraftState.WAITING:
            raise AlreadyFiled
        changed = {"state": DraftState.FILED, "document": document, "faults": [], "updated_at": clock.now()}
        Draft.objects.filter(pk=draft.pk).update(**changed)

    return mark


def filed_meanwhile(draft: Draft, refusal: RecordsError) -> FilingReceipt:
    """The receipt, when another request filed the draft first; else the refusal, noted. NotFound if it was dropped."""
    draft.refresh_from_db()
    if draft.document_id:
        return given_receipt(draft)
    if draft.state == DraftState.DISCARDED:
        raise NotFound from refusal
    if isinstance(refusal, RejectedUpload):
        set_apart(draft, refusal)
    else:
        note(draft, faults=list(refusal.missing if isinstance(refusal, Incomplete) else (refusal.code,)))
    raise refusal


def given_receipt(draft: Draft) -> FilingReceipt:
    """The receipt of a draft that was filed. Its bytes go now, if an end came between its commit and their removal."""
    arrivals.remove(draft.pk)
    related = ("expediente", "tipo", "blob", "filed_by")
    return receipt_of(Document.objects.select_related(*related).get(draft=draft.pk))


# Going ------------------------------------------------------------------------------------------


def discard_draft(*, actor: Actor, draft: Draft) -> None:
    """Drop a draft and its bytes; discarding twice is the same as once.

    Raises RuleViolation for one already filed, and UnderHold.
    """
    del actor  # whoever asks has been given the draft, which is its owner's alone
    standing.check_free(draft.expediente_id)
    dropped = Draft.objects.filter(pk=draft.pk, state__in=OPEN).update(
        state=DraftState.DISCARDED, updated_at=clock.now()
    )
    draft.refresh_from_db()
    if not dropped and draft.state != DraftState.DISCARDED:
        raise RuleViolation("wrong_state", state=draft.state)
    arrivals.remove(draft.pk)


def ends_at(draft: Draft) -> datetime.datetime:
    """When nobody's touching it any more makes an open draft abandoned."""
    return draft.updated_at + terms()[draft.state]


def terms() -> Mapping[str, datetime.timedelta]:
    limits = conf.draft_limits()
    return {
        DraftState.RECEIVING: datetime.timedelta(days=limits.days),
        DraftState.WAITING: datetime.timedelta(days=limits.waiting_days),
    }


def sweep_drafts() -> int:
    """Discard what was abandoned and remove what interrupted acts left, at most every hour; how many drafts went."""
    if rollback.is_closed() or not arrivals.sweep_is_due():  # in a restored database what came since has no row
        return 0
    abandoned = Q(pk__in=[])
    for state, term in terms().items():
        abandoned |= Q(state=state, updated_at__lt=clock.now() - term)
    free = Draft.objects.exclude(expediente__in=standing.held_places())
    gone = list(free.filter(abandoned).order_by("updated_at")[:SWEPT_AT_ONCE])
    for draft in gone:
        with contextlib.suppress(RuleViolation):  # it was filed a moment ago
            discard_draft(actor=None, draft=draft)
    arrivals.sweep(set(Draft.objects.filter(state__in=OPEN).values_list("pk", flat=True)))
    return len(gone)


__all__ = [
    "OPEN",
    "Document",
    "describe_draft",
    "discard_draft",
    "ends_at",
    "file_draft",
    "receive_bytes",
    "settled",
    "start_draft",
    "sweep_drafts",
]
