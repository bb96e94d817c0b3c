"""The lease of the one worker that drains the outbox. No clock of the wall is asked, so none can be wrong.

A process that ended on this machine is known at once; one that stopped, or ran on another machine, by a beat that stood
still for `LASTS_SECONDS` as measured here. Two workers on one row would do no harm all the same: the index has one
writer, sources are asked under its lock, and a row goes only in the revision that was brought.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.db.models import F, QuerySet

from search import claims
from search.models import Lease

LASTS_SECONDS = 60.0
"""How long the beat must stand still before others may take it."""

NAME = "indexer"

_watched: dict[str, tuple[tuple[uuid.UUID | None, int], float]] = {}
"""Lease → what was last seen of it, and since when by this process's steady clock."""


@dataclass(frozen=True)
class Turn:
    """A lease held. Where it was taken from somebody who never gave it back, `lost_over` is how many rows that one was
    bringing in, and `lost_alone` the one row, if it was one."""

    token: uuid.UUID
    lost_over: int = 0
    lost_alone: uuid.UUID | None = None

    def beat(self, size: int = 0, alone: uuid.UUID | None = None) -> bool:
        """A sign of life, and what is at work; False when somebody else has the lease now."""
        return bool(_row(self.token).update(beat=F("beat") + 1, size=size, alone=alone))

    def end(self) -> None:
        """Gives it back."""
        _row(self.token).update(holder=None, beat=F("beat") + 1, size=0, alone=None)


def take() -> Turn | None:
    """The lease, or None while somebody has it."""
    lease, _made = Lease.objects.get_or_create(name=NAME)
    if lease.holder and not _is_over(lease):
        return None
    token = claims.new_token()
    # Only what was judged is taken: another worker may have been quicker.
    seen = Lease.objects.filter(name=NAME, holder=lease.holder, beat=lease.beat)
    taken = seen.update(holder=token, beat=F("beat") + 1, size=0, alone=None)
    return Turn(token, lease.size, lease.alone) if taken else None


def _is_over(lease: Lease) -> bool:
    if lease.holder and claims.is_abandoned(lease.holder):
        return True
    seen, now = (lease.holder, lease.beat), time.monotonic()
    former, since = _watched.get(lease.name, (None, now))
    if former != seen:
        _watched[lease.name] = (seen, now)
        return False
    return now - since >= LASTS_SECONDS


def _row(token: uuid.UUID) -> QuerySet[Lease]:
    return Lease.objects.filter(name=NAME, holder=token)
