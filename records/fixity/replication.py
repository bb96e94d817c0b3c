"""The second copy: what lacks one is copied, read again where it was written, and only then counts (K2).

Which bytes lack a copy is asked of the database each time, so that nothing is lost when the work ends anywhere.
"""

from __future__ import annotations

import logging

from django.db import transaction

from records import audit
from records.errors import IntegrityFailure, RejectedUpload, StoreUnavailable
from records.fixity import checks, healing
from records.fixity.places import STORE, Place, copies, store
from records.models import Blob, StoredCheck
from records.storage import Staged
from records.storage.base import Pace

logger = logging.getLogger(__name__)
#: Copied under one pair of syncs of the medium: so many digests, or so many bytes.
AT_ONCE, BYTES_AT_ONCE = 64, 64 * 1024**2


def replicate(pace: Pace | None = None) -> int:
    """Copy the next bytes that lack a copy, to each place that does; how many were copied."""
    return sum(replicate_to(place, pace) for place in copies())


def replicate_to(place: Place, pace: Pace | None = None) -> int:
    """Raises nothing for a medium that refuses or is away: what waits goes on waiting, and is told by the screens."""
    some = checks.within(checks.uncopied(place)[:AT_ONCE], BYTES_AT_ONCE)
    if not some or not ready(place):
        return 0
    try:
        return copy_all(place, some, pace)
    except StoreUnavailable as fault:
        logger.warning("fixity: the copy %s takes no bytes: %s", place.name, fault.facts)
        return 0


def ready(place: Place) -> bool:
    """A copy begun once is not begun again by itself: an unmounted disk leaves an empty folder in its place."""
    if place.stands():
        return True
    if StoredCheck.objects.filter(place=place.name).exists():
        logger.warning("fixity: the copy %s is not there", place.name)
        return False
    try:
        place.begin()
    except StoreUnavailable as fault:
        logger.warning("fixity: the copy %s cannot be begun: %s", place.name, fault.facts)
        return False
    return True


def begin_again(place: Place) -> int:
    """Take an empty folder for the copy, and copy everything anew; how many copies are forgotten.

    For an operator who replaced the medium. Raises StoreUnavailable.
    """
    place.begin()
    gone, _each = StoredCheck.objects.filter(place=place.name).delete()
    return gone


def copy_all(place: Place, blobs: list[Blob], pace: Pace | None) -> int:
    """How many were copied and found right where they were written; only those are noted."""
    staged = staged_from(place, blobs, pace)
    try:
        place.store.keep_all(list(staged.values()))
    finally:
        for one in staged.values():
            place.store.discard(one)
    right = [digest for digest, one in staged.items() if not place.store.verify(digest, one.size, pace)]
    tell(place, right)
    return len(right)


def staged_from(place: Place, blobs: list[Blob], pace: Pace | None) -> dict[str, Staged]:
    staged: dict[str, Staged] = {}
    try:
        for blob in blobs:
            if one := stage(place, blob, pace):
                staged[blob.digest] = one
    except BaseException:
        for one in staged.values():
            place.store.discard(one)
        raise
    return staged


def stage(place: Place, blob: Blob, pace: Pace | None) -> Staged | None:
    """The bytes on their way, hashed as they are read; wrong ones are mended or an alarm, and wait."""
    if pace:
        pace(blob.size)
    try:
        with store().store.open(blob.digest) as stream:
            one = place.store.stage(stream, limit=max(blob.size, 1))
    except (RejectedUpload, IntegrityFailure):
        one = None
    if one and one.digest == blob.digest:
        return one
    if one:
        place.store.discard(one)
    healing.mend(store(), blob.digest, blob.size)
    return None


def tell(place: Place, digests: list[str]) -> None:
    """What was read to be copied is proved in the store as well. One event for each piece that rests on the bytes."""
    with transaction.atomic():
        checks.note(place.name, dict.fromkeys(digests, ""))
        checks.note(STORE, dict.fromkeys(digests, ""))
        facts = {"place": place.name, "algorithm": checks.ALGORITHM}
        pieces = checks.documents_of(digests).order_by("filed_at", "pk")
        told = [(piece, {**facts, "sha256": piece.blob_id}) for piece in pieces]
        if told:
            audit.record_each("custody.copied", actor=None, subjects=told)
