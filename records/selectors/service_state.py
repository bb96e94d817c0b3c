"""How the service stands, as states and not as counts: a count of what one may not read would tell of it."""

from __future__ import annotations

import datetime
import io
import os
import time

from django.db.models import Max, Sum

from records import clock, conf, permissions, storage
from records.errors import IndexRefused, RecordsError
from records.indexes import certificates
from records.models import Checkpoint, Expediente, HeadStamp, IndexIssue, LedgerEvent, WorkerBeat
from records.permissions import Actor
from records.services import keys
from records.vocabulary import Action, ReadingState

#: A worker that lives says so more often than this (seconds of machine time).
SILENCE = 15

#: The schedule signs a head in each minute in which something happened; so late, it does not run.
LATEST_HEAD = datetime.timedelta(minutes=10)

#: A head is stamped each day, and tried again until it is: so late, the authority does not answer.
LATEST_STAMP = datetime.timedelta(days=2)

#: How long before its end a certificate is said to end: another takes weeks to be had.
NOTICE = datetime.timedelta(days=60)


def worker_runs() -> bool:
    """Has any worker given signs of life within the last seconds? Machine time: the demo's clock is not asked."""
    oldest = datetime.datetime.fromtimestamp(time.time() - SILENCE, datetime.UTC)
    return WorkerBeat.objects.filter(at__gte=oldest).exists()


def count_unread(actor: Actor) -> int:
    """Pieces waiting to be read, among those this person sees."""
    return permissions.visible_to(actor).filter(reading__state=ReadingState.PENDING).count()


def count_unreadable_pages(actor: Actor, expediente: Expediente | None = None) -> int:
    """Pages without text that one could read or search, of the pieces this person reads, all or of one expediente."""
    pieces = permissions.visible_to(actor)
    pieces = pieces.filter(expediente=expediente) if expediente else pieces
    found = pieces.aggregate(pages=Sum("reading__unreadable_pages"))
    return int(found["pages"] or 0)


def store_stands() -> bool:
    """Is the store's folder there, on a medium that may be written and has room? Nothing is written to know it."""
    root = storage.store().path_of("0" * 64).parent.parent
    known = next((folder for folder in (root, *root.parents) if folder.exists()), root)
    try:
        medium = os.statvfs(known)
    except OSError:
        return False
    writable = known.is_dir() and os.access(known, os.W_OK | os.X_OK) and not medium.f_flag & os.ST_RDONLY
    return writable and medium.f_bavail * medium.f_frsize > LEAST_ROOM


#: With less room than this (bytes) the store is said to be full: rows and logs need some too.
LEAST_ROOM = 64 * 1024 * 1024


def store_takes_bytes() -> bool:
    """Can the store take bytes now? Asked by giving it one and taking it back: an act, never a look."""
    store = storage.store()
    try:
        store.discard(store.stage(io.BytesIO(b"?"), limit=1))
    except (RecordsError, OSError):
        return False
    return True


def key_in_order() -> bool:
    """Is the signing key there, its owner's alone, and the one the records were signed with?"""
    return not [*keys.file_faults(), *keys.foreign_faults()]


def index_signature() -> tuple[str, datetime.datetime | None]:
    """The code of what keeps indexes from being signed now ("" where nothing does), and when the certificate ends."""
    try:
        ends = certificates.credential().certificate.not_valid_after_utc
    except IndexRefused as refusal:
        return refusal.code, None
    return ("index_certificate_ending" if ends - clock.now() < NOTICE else ""), ends


def heads_follow() -> bool:
    """Has no event waited for long under no signed head?"""
    last = Checkpoint.objects.order_by("-size").first()
    return covers_lately(last.size if last else 0, LATEST_HEAD)


def covers_lately(size: int, patience: datetime.timedelta) -> bool:
    """Is the first event after `size` of them so new that it may still wait?"""
    waiting = LedgerEvent.objects.filter(index=size).first()
    return waiting is None or clock.now() - waiting.at < patience


def find_last_head(actor: Actor) -> Checkpoint | None:
    """The last signed head of the ledger, for whoever may consult it; how much it covers is not for others."""
    may = permissions.allows(actor, Action.READ_LEDGER)
    return Checkpoint.objects.order_by("-size").first() if may else None


def find_last_stamp(actor: Actor) -> datetime.datetime | None:
    """When the time-stamping authority last stamped an index or a head, for whoever may consult the ledger."""
    return last_stamp() if permissions.allows(actor, Action.READ_LEDGER) else None


def last_stamp() -> datetime.datetime | None:
    index = IndexIssue.objects.aggregate(at=Max("stamped_at"))["at"]
    head = HeadStamp.objects.aggregate(at=Max("at"))["at"]
    return max(filter(None, (index, head)), default=None)


def stamps_follow() -> bool:
    """Has no event waited for long under no stamped head, where an authority is configured?"""
    last = HeadStamp.objects.aggregate(size=Max("checkpoint"))["size"]
    return not conf.index_signing().authority or covers_lately(last or 0, LATEST_STAMP)
