"""How much one person reads in an hour: beyond what a person reads, who answers for the pieces is told (criterion 35).

Counted from the ledger's own events of reading, so that nothing is counted that was not told, and nothing told that
is not counted. Commands are an operator's and have no pace.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from records import acting, audit, clock, conf
from records.errors import ReadingTooFast
from records.models import Document, LedgerEvent
from records.permissions import Actor

DOWNLOADED, THROTTLED = "document.downloaded", "reading.throttled"
READINGS = ("document.viewed", "document.page_viewed", DOWNLOADED)


@dataclass(frozen=True)
class Read:
    """Pieces that a person read since a moment, and bytes that left as downloads of them."""

    pieces: frozenset[str]
    size: int


def read_since(actor: Actor, since: datetime.datetime) -> Read:
    """In three queries, none of which grows with the ledger: events before the moment are passed over by their number.

    Each download counts as the whole piece, whichever of its copies or parts it was.
    """
    first = LedgerEvent.objects.filter(at__gte=since).order_by("at").values_list("index", flat=True).first()
    if first is None:
        return Read(frozenset(), 0)
    mine = Q(actor=actor.get_username(), index__gte=first, at__gte=since)
    events = LedgerEvent.objects.filter(mine, action__in=READINGS)
    times = dict(events.order_by().values_list("object_id").annotate(times=Count("index", filter=Q(action=DOWNLOADED))))
    taken = {key: count for key, count in times.items() if count}
    sizes = Document.objects.filter(pk__in=taken).order_by().values_list("pk", "blob__size") if taken else ()
    return Read(frozenset(times), sum(size * taken[str(key)] for key, size in sizes))


def check_pace(actor: Actor, document: Document, *, takes: bool) -> None:
    """Raise ReadingTooFast when this reading goes beyond the pace; who keeps the expediente is told once an hour.

    `takes`: the bytes of the piece leave with it.
    """
    pace = conf.bulk_reading()
    if acting.visit() is None or not pace.pieces:
        return
    since = clock.now() - datetime.timedelta(seconds=pace.seconds)
    read = read_since(actor, since)
    pieces = len(read.pieces | {str(document.pk)})
    if pieces <= pace.pieces and read.size + (document.blob.size if takes else 0) <= pace.size:
        return
    tell(actor, document, since, read)
    raise ReadingTooFast(most=pace.pieces, minutes=pace.seconds // 60)


def tell(actor: Actor, document: Document, since: datetime.datetime, read: Read) -> None:
    place = document.expediente
    told = LedgerEvent.objects.filter(
        action=THROTTLED, actor=actor.get_username(), object_id=str(place.pk), at__gte=since
    )
    if not told.exists():
        with transaction.atomic():
            audit.record(THROTTLED, actor=actor, subject=place, pieces=len(read.pieces), bytes=read.size)
