"""Damaged bytes are set aside and written anew from a place where they are right; where none is, an alarm (K1, K2).

One process of the installation mends at a time: the second one finds the bytes right.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from django.db import transaction

from records import audit
from records.errors import IntegrityFailure, RejectedUpload, StoreUnavailable
from records.fixity import checks
from records.fixity.places import Place, places, store
from records.models import Blob
from records.storage.base import digest_of

logger = logging.getLogger(__name__)
LOCK = "mending"
DAMAGED, MENDED = "custody.damaged", "custody.mended"


def fault_of(digest: str, size: int) -> str:
    """Prove the stored bytes, and mend them where they are wrong and a copy is right; the fault that stays, or ""."""
    fault = store().store.verify(digest, size)
    return mend(store(), digest, size) if fault else ""


def right_place(digest: str, size: int, /, **facts: str) -> Place:
    """Where these bytes can be read now: the store, mended where it had to be; where it takes no bytes (a medium that
    went read-only, or full), the first copy that has them right.

    Raises IntegrityFailure with the store's fault and `facts` where no place has them right.
    """
    if not (fault := fault_of(digest, size)):
        return store()
    for place in places():
        if place.is_copy and place.stands() and place.store.verify(digest, size) == "":
            logger.warning("fixity: %s is read from %s, since the store cannot be mended", digest, place.name)
            return place
    raise IntegrityFailure(fault, **facts)


@contextlib.contextmanager
def opened_right(digest: str, size: int, /, **facts: str) -> Iterator[BinaryIO]:
    """These bytes, open at the first and proved as they lie in the open file: what takes their name afterwards is not
    given in their place. Closed only where what must come before they leave fails. Raises as `right_place`."""
    stream = proved(store(), digest) or proved(right_place(digest, size, **facts), digest)
    if stream is None:
        raise IntegrityFailure("altered", **facts)
    try:
        yield stream
    except BaseException:
        stream.close()
        raise


def proved(place: Place, digest: str) -> BinaryIO | None:
    """The bytes of one place, open; None where they are not the right ones, which `right_place` tells."""
    with contextlib.suppress(IntegrityFailure, StoreUnavailable, OSError):
        stream = place.store.open(digest)
        with contextlib.ExitStack() as unless_right:
            unless_right.callback(stream.close)
            if digest_of(stream) == digest:
                stream.seek(0)
                unless_right.pop_all()
                return stream
    return None


def mend(place: Place, digest: str, size: int) -> str:
    """Write the bytes of one place anew from another one. The fault that stays ("missing", "altered", "unreadable"),
    or "" when they are right now; either way it is noted, and the ledger tells what changed."""
    with one_at_a_time():
        if not place.stands():
            return "missing"
        fault = place.store.verify(digest, size)
        if not Blob.objects.filter(pk=digest).exists():
            return fault
        before = begin(place, digest, fault)
        source = rewritten(place, digest, size) if fault else None
        settle(place, digest, fault, source, before)
    return "" if source else fault


def begin(place: Place, digest: str, fault: str) -> str:
    """Note that wrong bytes are about to be written anew, so that a repair cut in the middle is told all the same by
    the next check; what was noted before."""
    before = checks.noted(place.name, [digest]).get(digest, "")
    if fault:
        checks.note(place.name, {digest: f"{checks.MENDING}{fault}"})
    return before


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """A store that cannot even be locked is mended by nobody; what is read of it says so by itself."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(StoreUnavailable):
            stack.enter_context(store().store.alone(LOCK, wait=True))
        yield


def rewritten(place: Place, digest: str, size: int) -> Place | None:
    """From which place the bytes were written anew; None where none has them right, or the medium refuses."""
    for source in places():
        if source.name == place.name or not source.stands():
            continue
        if copied(source, place, digest, size) == "":
            return source
        known = not source.is_copy or checks.noted(source.name, [digest])
        if known and (fault := source.store.verify(digest, size)):  # else the medium refused, or it was never copied
            note_found(source, {digest: fault})
    return None


def copied(source: Place, target: Place, digest: str, size: int) -> str:
    """Copy the bytes of a digest from place to place and prove them there; why not, or "".

    They are hashed on the way: what was read wrong never takes the name.
    """
    try:
        with source.store.open(digest) as stream:
            staged = target.store.stage(stream, limit=max(size, 1))
        if staged.digest != digest:
            target.store.discard(staged)
            return "altered"
        target.store.keep(staged)
    except IntegrityFailure:
        return "missing"
    except (StoreUnavailable, OSError) as fault:
        logger.warning("fixity: %s could not be written to %s: %s", digest, target.name, fault)
        return "unavailable"
    except RejectedUpload:
        return "altered"
    return target.store.verify(digest, size)


def settle(place: Place, digest: str, fault: str, source: Place | None, before: str) -> None:
    """Note what is true now, and tell it if it was not known `before`; nor told meanwhile by another check."""
    with transaction.atomic():
        if not source:
            note_results(place, {digest: fault}, {digest: before} if before else {})
        elif checks.noted(place.name, [digest]).get(digest):
            checks.note(place.name, {digest: ""})
            tell(MENDED, place, digest, problem=fault, source=source.name)


def note_found(place: Place, results: Mapping[str, str]) -> None:
    """Note what checks of one place found, by digest; a fault that was not known is told, and so is a repair of which
    only the bytes were done when it was cut."""
    with transaction.atomic():
        note_results(place, results, checks.noted(place.name, results))


def note_results(place: Place, results: Mapping[str, str], before: Mapping[str, str]) -> None:
    checks.note(place.name, results, known=before.keys())
    for digest, fault in results.items():
        known = before.get(digest, "")
        if fault and known != fault:
            tell(DAMAGED, place, digest, problem=fault)
        if not fault and known.startswith(checks.MENDING):
            tell(MENDED, place, digest, problem=known.removeprefix(checks.MENDING))


def tell(action: str, place: Place, digest: str, **told: str) -> None:
    """One event for each piece that rests on the bytes; damage also calls operators."""
    facts = {**told, "place": place.name, "algorithm": checks.ALGORITHM, "sha256": digest}
    pieces = [(piece, facts) for piece in checks.documents_of([digest])]
    audit.record_each(action, actor=None, subjects=pieces or [(digest, facts)])
    if action == DAMAGED:
        logger.critical("fixity: bytes of %s in %s are %s", digest, place.name, told["problem"])
