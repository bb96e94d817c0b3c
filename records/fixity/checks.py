"""What is noted of each check, and what is due: the cycle needs no cursor, so nothing of it is lost by an end (K1)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from records import clock, conf
from records.fixity.places import STORE, Place
from records.models import Blob, Document, StoredCheck
from records.vocabulary import DocumentState

ALGORITHM = "sha256"
#: What was found wrong and could not be mended is looked at again this soon.
AGAIN = datetime.timedelta(hours=1)
#: What a check may find (the answers of `BlobStore.verify`).
FAULTS = ("missing", "altered", "unreadable")
#: Before the fault, in the result of bytes that are being written anew: still there, the repair was cut.
MENDING = "mending_"
AT_ONCE = 500


def note(place: str, results: Mapping[str, str], known: Collection[str] = ()) -> None:
    """Write the results of checks made now, by digest, over those of the checks before; of the digests `known` to have
    one there, by a statement for each result: a cycle meets hardly any other."""
    told = {"algorithm": ALGORITHM, "at": clock.now()}
    with transaction.atomic():
        for result in {results[digest] for digest in known}:
            over = [digest for digest in known if results[digest] == result]
            StoredCheck.objects.filter(place=place, blob__in=over).update(result=result, **told)
        new = (digest for digest in results if digest not in known)
        StoredCheck.objects.bulk_create(
            [StoredCheck(blob_id=digest, place=place, result=results[digest], **told) for digest in new],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["blob", "place"],
            update_fields=["algorithm", "at", "result"],
        )


def noted(place: str, digests: Iterable[str]) -> dict[str, str]:
    """The last result of each of these digests in a place; those never checked there are left out."""
    rows = StoredCheck.objects.filter(place=place, blob__in=list(digests))
    return dict(rows.values_list("blob_id", "result"))


def noted_anything(place: str) -> bool:
    """Was anything ever checked there?"""
    return StoredCheck.objects.filter(place=place).exists()


def due(place: Place) -> QuerySet[Blob]:
    """Bytes to be proved in a place now: those never proved there while there are some, then those whose check is too
    old. Of a copy, only what was copied."""
    never = unchecked(place)
    return late(place) if place.is_copy or never is None else never


def late(place: Place) -> QuerySet[Blob]:
    """Bytes whose check there is too old, found a fault, or bears a date to come (the clock went back): the longest
    unproved first. It is asked of the checks, by their index: of a great store nearly nothing is read."""
    plan, now = conf.fixity(), clock.now()
    sealed = Document.objects.filter(blob=OuterRef("pk"), state=DocumentState.SEALED)
    old = Q(checks__at__lt=now - datetime.timedelta(days=plan.days)) | Q(checks__at__gt=now)
    old |= Q(Exists(sealed), checks__at__lt=now - datetime.timedelta(days=plan.sealed_days))
    old |= Q(checks__at__lt=now - AGAIN, checks__result__gt="")
    old |= Q(checks__result__in=[f"{MENDING}{fault}" for fault in FAULTS])
    return Blob.objects.filter(old, checks__place=place.name).order_by("checks__at", "pk")


def unchecked(place: Place) -> QuerySet[Blob] | None:
    """Bytes that were never proved there; None when there are none, which two counts tell."""
    made = StoredCheck.objects.filter(place=place.name)
    if made.count() == Blob.objects.count():
        return None
    return Blob.objects.filter(~Exists(made.filter(blob=OuterRef("pk")))).order_by("stored_at", "pk")


def uncopied(place: Place) -> QuerySet[Blob]:
    """Bytes that lack a copy there, and are not known to be damaged: the outbox of replication."""
    never = unchecked(place)
    if never is None:
        return Blob.objects.none()
    return never.filter(~Exists(damaged().filter(blob=OuterRef("pk"))))


def damaged(place: str = STORE) -> QuerySet[StoredCheck]:
    """Checks that found bytes wrong and that nothing has mended since."""
    return StoredCheck.objects.filter(place=place).exclude(result="")


def lost() -> QuerySet[StoredCheck]:
    """Of those of the store, the ones that no copy has right: nobody can be given these bytes."""
    right = StoredCheck.objects.exclude(place=STORE).filter(blob=OuterRef("blob"), result="")
    return damaged().filter(~Exists(right))


def documents_of(digests: Iterable[str]) -> QuerySet[Document]:
    """Pieces that rest on these bytes: their own, or those of a copy made from them and kept."""
    wanted = list(digests)
    return Document.objects.filter(Q(blob__in=wanted) | Q(renditions__blob__in=wanted)).distinct()


def within(blobs: Iterable[Blob], most: int) -> list[Blob]:
    """The first of these that together have at most so many bytes; one at least."""
    chosen: list[Blob] = []
    size = 0
    for blob in blobs:
        size += blob.size
        if chosen and size > most:
            break
        chosen.append(blob)
    return chosen


@dataclass(frozen=True)
class Coverage:
    """How far the cycle has come in one place: digests and bytes there are, those proved within their days, those
    that wait, and the moments of the oldest and the newest check. `seconds` until what waits is read, at the pace of
    the settings (0 where there is no limit)."""

    place: Place
    total: int
    size: int
    waiting: int
    waiting_size: int
    damaged: int
    oldest: datetime.datetime | None
    next_due: datetime.datetime | None
    seconds: float
    cycle_seconds: float

    @property
    def proved(self) -> int:
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        return 100 * self.proved // self.total if self.total else 100


def coverage_of(place: Place) -> Coverage:
    plan = conf.fixity()
    checks = StoredCheck.objects.filter(place=place.name)
    known = Blob.objects.filter(Exists(checks.filter(blob=OuterRef("pk")))) if place.is_copy else Blob.objects.all()
    everything = known.aggregate(count=Count("pk"), size=Sum("size"))
    never = None if place.is_copy else unchecked(place)
    waits = [
        rows.order_by().aggregate(count=Count("pk"), size=Sum("size"))
        for rows in (late(place), never)
        if rows is not None
    ]
    oldest = checks.aggregate(at=Min("at"))["at"]
    size, waiting = int(everything["size"] or 0), sum(int(row["size"] or 0) for row in waits)
    count = sum(int(row["count"]) for row in waits)
    rate = plan.bytes_per_second
    return Coverage(
        place, int(everything["count"]), size, count, waiting,
        damaged(place.name).count(), oldest, oldest + datetime.timedelta(days=plan.days) if oldest else None,
        waiting / rate if rate else 0.0, size / rate if rate else 0.0,
    )  # fmt: skip
