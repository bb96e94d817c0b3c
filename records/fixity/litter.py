"""What interrupted acts leave behind: files on their way that no act will finish, and bytes that no row names (K8).

The first go once they are a day old. Bytes without a row are listed, and set aside only when an operator says so: in
a database restored from yesterday, what was filed today has no row either.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from records import audit
from records.errors import RecordsError
from records.fixity.places import Place, places
from records.holds import standing
from records.ledger import witness
from records.models import Blob, LedgerEvent
from records.storage.filesystem import DAMAGED, INCOMING

logger = logging.getLogger(__name__)
#: Younger files may be of an act that goes on (seconds).
AGE = 24 * 3600.0
ORPHANS = "orphans"
DIGEST = re.compile(r"[0-9a-f]{64}")
#: Digests that an event lists.
TOLD = 200


@dataclass
class Litter:
    """Files removed from the ways in; digests that no row names, by place; set-aside bytes that were discarded, and
    digests of those kept because a hold stands."""

    removed: int = 0
    orphans: dict[str, list[str]] = field(default_factory=dict)
    set_aside: int = 0
    discarded: int = 0
    held: list[str] = field(default_factory=list)


def sweep_litter(*, set_orphans_aside: bool = False, discard_damaged: bool = False) -> Litter:
    """Remove what is surely litter, and list the rest. The ledger tells it when anything changed.

    `set_orphans_aside` moves bytes without a row to `orphans/` of their place; `discard_damaged` removes the damaged
    bytes that repairs set aside, unless a hold stands. Raises LedgerDiverged for the first, in a restored database.
    """
    if set_orphans_aside:
        witness.keep()
    found = Litter()
    for place in (place for place in places() if place.stands() and place.root.is_dir()):
        found.removed += remove_arrived(place)
        if names := list(orphans_in(place)):
            found.orphans[place.name] = names
        found.set_aside += set_aside(place, names) if set_orphans_aside else 0
        if discard_damaged:
            discard(place, found)
    tell(found)
    return found


def sweep_if_possible() -> None:
    """As a chore: a medium that refuses is met again the next time."""
    try:
        sweep_litter()
    except (RecordsError, OSError) as fault:
        logger.warning("litter: %s", fault)


def remove_arrived(place: Place) -> int:
    gone, old = 0, time.time() - AGE
    with contextlib.suppress(OSError):
        for file in (place.root / INCOMING).iterdir():
            if file.stat().st_ctime < old:
                file.unlink(missing_ok=True)
                gone += 1
    return gone


def orphans_in(place: Place) -> Iterator[str]:
    """Digests under which bytes lie there for a day that no row of the database names, in order."""
    for folder in sorted(place.root.glob("[0-9a-f][0-9a-f]")):
        here = {file.name: file for file in folder.iterdir() if DIGEST.fullmatch(file.name)}
        alike = Blob.objects.filter(digest__gte=folder.name, digest__lt=f"{folder.name}g")  # by the index
        known = set(alike.values_list("digest", flat=True))
        yield from sorted(name for name in here.keys() - known if is_old(here[name]))


def is_old(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return file.stat().st_ctime < time.time() - AGE
    return False


def set_aside(place: Place, digests: list[str]) -> int:
    """Move each away from the names that count, after looking again; what the ledger names is nobody's litter."""
    (place.root / ORPHANS).mkdir(mode=0o700, exist_ok=True)
    moved = 0
    for digest in digests:
        file = place.store.path_of(digest)
        told = LedgerEvent.objects.filter(payload__contains=digest).exclude(action="custody.litter").exists()
        if told or Blob.objects.filter(digest=digest).exists() or not is_old(file):
            continue
        with contextlib.suppress(OSError):
            file.rename(place.root / ORPHANS / digest)
            moved += 1
    return moved


def discard(place: Place, found: Litter) -> None:
    """Damaged bytes that a repair set aside may be evidence: those of a piece under a hold stay."""
    with contextlib.suppress(FileNotFoundError):
        for file in sorted((place.root / DAMAGED).iterdir()):
            digest = file.name.partition(".")[0]
            if standing.holds_over_bytes(digest):
                found.held.append(digest)
                continue
            file.unlink(missing_ok=True)
            found.discarded += 1


def tell(found: Litter) -> None:
    """What was removed, and what lies without a row when it is not what was told last."""
    facts = {
        "removed": found.removed,
        "set_aside": found.set_aside,
        "discarded": found.discarded,
        "held": sorted(set(found.held))[:TOLD],
        "orphans": {place: names[:TOLD] for place, names in found.orphans.items()},
    }
    if not (found.removed or found.set_aside or found.discarded or facts["orphans"] != last_told().get("orphans", {})):
        return
    with transaction.atomic():
        audit.record("custody.litter", actor=None, subject="custody", **facts)


def last_told() -> dict[str, object]:
    """Facts of the last event about litter; empty when there was none."""
    event = LedgerEvent.objects.filter(action="custody.litter").order_by("-index").first()
    facts: dict[str, object] = json.loads(event.payload)["facts"] if event else {}
    return facts
