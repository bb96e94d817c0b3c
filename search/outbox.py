"""The outbox table's verbs: enqueue with the act, claim, finish, put off. Works on SQLite and PostgreSQL."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from search import claims
from search.models import OutboxEntry

LEASE = timedelta(seconds=120)
"""How long a claim holds before others may take the row. Two workers on one row do no harm, only work."""

_LONGEST_WAIT_SECONDS = 300
_MAX_ERROR = 200
_UNCLAIMED: dict[str, None] = {"claim": None, "claimed_until": None}


def enqueue(source: str, keys: Iterable[str]) -> int:
    """Says that these keys of a source changed; number of keys. A key that waits already keeps its one row, which
    becomes due at once.

    Must run inside the transaction of the change, so that both or neither are kept: outside of one it raises
    TransactionManagementError.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("search.enqueue() belongs into the transaction of the act")
    now = _now()
    # In one order everywhere: two acts on the same keys cannot wait for each other crosswise.
    rows = [
        OutboxEntry(source=source, key=key, revision=uuid.uuid4(), enqueued_at=now, due_at=now)
        for key in sorted(set(keys))
    ]
    OutboxEntry.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["source", "key"],
        update_fields=["revision", "due_at", "attempts", "last_error"],
    )
    return len(rows)


def claim(limit: int, token: uuid.UUID) -> int:
    """Takes up to so many due rows under a token; how many."""
    now = _now()
    chosen = list(OutboxEntry.objects.filter(_free_at(now)).order_by("enqueued_at").values_list("pk")[:limit])
    # Judged again in the update: another worker may have taken a row between the two statements.
    return OutboxEntry.objects.filter(_free_at(now), pk__in=[pk for (pk,) in chosen]).update(
        claim=token, claimed_until=now + LEASE
    )


def _free_at(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(claim__isnull=True) | Q(claimed_until__lt=now))


def claimed(token: uuid.UUID) -> list[OutboxEntry]:
    """The rows this token still holds, oldest first."""
    return list(OutboxEntry.objects.filter(claim=token).order_by("enqueued_at"))


def finish(token: uuid.UUID, rows: Sequence[OutboxEntry]) -> None:
    """Removes rows that are in the index as they were when claimed; one that changed since stays, due again."""
    for part in _parts(rows):
        done = Q(pk__in=[row.pk for row in part], revision__in=[row.revision for row in part])
        # One lock over reading and deleting: where anybody listens to deletions, Django reads the rows first and
        # then deletes by key alone, and a change that came in between would be lost with its row.
        with transaction.atomic():
            unchanged = OutboxEntry.objects.select_for_update().filter(done, claim=token)
            OutboxEntry.objects.filter(pk__in=[row.pk for row in unchanged]).delete()
    OutboxEntry.objects.filter(claim=token, pk__in=[row.pk for row in rows]).update(**_UNCLAIMED)


def put_off(row: OutboxEntry, reason: str) -> None:
    """Frees a row after a failure, due later with each attempt (2, 4, 8 … 300 seconds)."""
    wait = min(2 ** (row.attempts + 1), _LONGEST_WAIT_SECONDS)
    OutboxEntry.objects.filter(pk=row.pk, claim=row.claim).update(
        **_UNCLAIMED,
        attempts=row.attempts + 1,
        due_at=_now() + timedelta(seconds=wait),
        last_error=reason[:_MAX_ERROR],
    )


def recover() -> int:
    """Frees what dead processes of this machine hold; how many rows."""
    held = OutboxEntry.objects.exclude(claim=None).order_by().values_list("claim", flat=True).distinct()
    dead = [token for token in held if token and claims.is_abandoned(token)]
    return OutboxEntry.objects.filter(claim__in=dead).update(**_UNCLAIMED) if dead else 0


def release(token: uuid.UUID) -> None:
    """Frees every row of a token, due as before."""
    OutboxEntry.objects.filter(claim=token).update(**_UNCLAIMED)


def due_count() -> int:
    """Rows due now, claimed or not."""
    return OutboxEntry.objects.filter(due_at__lte=_now()).count()


def pending_keys(sources: Collection[str] | None = None) -> dict[str, set[str]]:
    """Source → keys whose last change is not in the index yet, of these sources or of all. One query."""
    pending: dict[str, set[str]] = {}
    rows = OutboxEntry.objects.values_list("source", "key")
    rows = rows if sources is None else rows.filter(source__in=sources)
    for source, key in rows.iterator(chunk_size=5_000):
        pending.setdefault(source, set()).add(key)
    return pending


def _now() -> datetime:
    # The machine's time, not the domain's: leases and waits do not move with the demo's clock.
    return datetime.fromtimestamp(time.time(), UTC)


def _parts(rows: Sequence[OutboxEntry], size: int = 500) -> Iterable[Sequence[OutboxEntry]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))
