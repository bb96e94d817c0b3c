"""Damaged bytes are set aside and written anew from a place where they are right; where none is, an alarm (K1, K2).

One process of the installation mends at a time: the second one finds the bytes right.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping

from django.db import transaction

from records import audit
from records.errors import IntegrityFailure, RejectedUpload, StoreUnavailable
from records.fixity import checks
from records.fixity.places import Place, places, store
from records.models import Blob

logger = logging.getLogger(__name__)
LOCK = "mending"


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


def mend(place: Place, digest: str, size: int) -> str:
    """Write the bytes of one place anew from another one. The fault that stays ("missing", "altered", "unreadable"),
    or "" when they are right now; either way it is noted, and the ledger tells what changed."""
    with one_at_a_time():
        if not place.stands():
            return "missing"
        fault = place.store.verify(digest, size)
        if not Blob.objects.filter(pk=digest).exists():
            return fault
        source = rewritten(place, digest, size) if fault else None
        settle(place, digest, fault, source)
    return "" if source else fault


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


def settle(place: Place, digest: str, fault: str, source: Place | None) -> None:
    """Note what is true now, and tell it if it was not known."""
    with transaction.atomic():
        if source:
            checks.note(place.name, {digest: ""})
            tell(place, digest, fault, source)
        else:
            note_found(place, {digest: fault})


def note_found(place: Place, results: Mapping[str, str]) -> None:
    """Note what checks of one place found, by digest; a fault that was not known is told."""
    wrong = {digest: fault for digest, fault in results.items() if fault}
    before = checks.noted(place.name, wrong) if wrong else {}
    with transaction.atomic():
        checks.note(place.name, results)
        for digest, fault in wrong.items():
            if before.get(digest, "") != fault:
                tell(place, digest, fault, None)


def tell(place: Place, digest: str, fault: str, source: Place | None) -> None:
    """One event for each piece that rests on the bytes; damage also calls operators."""
    facts = {"problem": fault, "place": place.name, "algorithm": checks.ALGORITHM, "sha256": digest}
    told = {**facts, "source": source.name} if source else facts
    pieces = [(piece, told) for piece in checks.documents_of([digest])]
    action = "custody.mended" if source else "custody.damaged"
    audit.record_each(action, actor=None, subjects=pieces or [(digest, told)])
    if source is None:
        logger.critical("fixity: bytes of %s in %s are %s", digest, place.name, fault)
