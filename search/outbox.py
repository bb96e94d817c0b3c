"""The outbox table's verbs: enqueue with the act, read what is due, finish, put off. Works on SQLite and PostgreSQL.

Times are the database's, not of the process that writes or reads: a clock that is wrong, or set back, holds nothing up.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, DurationField, ExpressionWrapper, Min, Q, QuerySet
from django.db.models.functions import Now

from search.models import OutboxEntry

STUCK_AFTER = 5
"""Failures after which a row is told as stuck; it is tried on for as long as it is there."""

_LONGEST_WAIT_SECONDS = 300
_MAX_ERROR = 200


def enqueue(source: str, keys: Iterable[str]) -> int:
    """Says that these keys of a source changed; number of keys. A key that waits already keeps its one row, which
    becomes due at once.

    Must run inside the transaction of the change, so that both or neither are kept: outside of one it raises
    TransactionManagementError.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("search.enqueue() belongs into the transaction of the act")
    # In one order everywhere: two acts on the same keys cannot wait for each other crosswise.
    rows = [
        OutboxEntry(source=source, key=key, revision=uuid.uuid4(), enqueued_at=Now(), due_at=Now())
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


def due(limit: int) -> list[OutboxEntry]:
    """Up to so many rows that are due, oldest first."""
    return list(_due().order_by("enqueued_at", "pk")[:limit])


def due_count() -> int:
    """Rows due now."""
    return _due().count()


def anything_due() -> bool:
    """Whether a row is due: what an idle worker asks."""
    return _due().exists()


def _due() -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.filter(due_at__lte=Now())


def finish(rows: Sequence[OutboxEntry]) -> None:
    """Removes rows that are in the index as they were when read; one that changed since stays, due again."""
    for part in _parts(rows):
        done = Q(pk__in=[row.pk for row in part], revision__in=[row.revision for row in part])
        # One lock over reading and deleting: where anybody listens to deletions, Django reads the rows first and
        # then deletes by key alone, and a change that came in between would be lost with its row.
        with transaction.atomic():
            unchanged = OutboxEntry.objects.select_for_update().filter(done)
            OutboxEntry.objects.filter(pk__in=[row.pk for row in unchanged]).delete()


def put_off(rows: Iterable[OutboxEntry], reason: str) -> None:
    """Makes rows due later after a failure, with each attempt more (2, 4, 8 … 300 seconds); one that changed since
    stays due."""
    by_attempts: dict[int, list[OutboxEntry]] = {}
    for row in rows:
        by_attempts.setdefault(row.attempts, []).append(row)
    for attempts, alike in by_attempts.items():
        wait = timedelta(seconds=min(2 ** (attempts + 1), _LONGEST_WAIT_SECONDS))
        as_read = Q(pk__in=[row.pk for row in alike], revision__in=[row.revision for row in alike])
        OutboxEntry.objects.filter(as_read).update(
            attempts=attempts + 1, due_at=Now() + wait, last_error=reason[:_MAX_ERROR]
        )


def pending_keys(sources: Collection[str] | None = None) -> dict[str, set[str]]:
    """Source → keys whose last change is not in the index yet, of these sources or of all. One query."""
    pending: dict[str, set[str]] = {}
    rows = OutboxEntry.objects.values_list("source", "key")
    rows = rows if sources is None else rows.filter(source__in=sources)
    for source, key in rows.iterator(chunk_size=5_000):
        pending.setdefault(source, set()).add(key)
    return pending


@dataclass(frozen=True)
class Queue:
    """What waits: how many keys, for how many seconds the oldest, and how many of them fail again and again."""

    length: int
    seconds: float
    stuck: int


def queue() -> Queue:
    """What waits now."""
    failing = Count("pk", filter=Q(attempts__gte=STUCK_AFTER))
    age = ExpressionWrapper(Now() - Min("enqueued_at"), output_field=DurationField())
    told = OutboxEntry.objects.aggregate(length=Count("pk"), age=age, stuck=failing)
    return Queue(told["length"], max(told["age"].total_seconds(), 0.0) if told["age"] else 0.0, told["stuck"])


def _parts(rows: Sequence[OutboxEntry], size: int = 500) -> Iterable[Sequence[OutboxEntry]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))
