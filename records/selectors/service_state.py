"""How the service stands, as states and not as counts: a count of what one may not read would tell of it."""

from __future__ import annotations

import datetime
import io
import time

from records import permissions, storage
from records.errors import RecordsError
from records.models import WorkerBeat
from records.permissions import Actor
from records.services import keys
from records.vocabulary import ReadingState

#: A worker that lives says so more often than this (seconds of machine time).
SILENCE = 15


def worker_runs() -> bool:
    """Has any worker given signs of life within the last seconds? Machine time: the demo's clock is not asked."""
    oldest = datetime.datetime.fromtimestamp(time.time() - SILENCE, datetime.UTC)
    return WorkerBeat.objects.filter(at__gte=oldest).exists()


def count_unread(actor: Actor) -> int:
    """Pieces waiting to be read, among those this person sees."""
    return permissions.visible_to(actor).filter(reading__state=ReadingState.PENDING).count()


def store_writable() -> bool:
    """Can the store take bytes now? Asked by giving it one and taking it back."""
    store = storage.store()
    try:
        store.discard(store.stage(io.BytesIO(b"?"), limit=1))
    except (RecordsError, OSError):
        return False
    return True


def key_in_order() -> bool:
    """Is the signing key there, its owner's alone, and the one the records were signed with?"""
    return not [*keys.file_faults(), *keys.foreign_faults()]
