"""The outbox: one row per thing whose place in the index must be brought up to date."""

from __future__ import annotations

import uuid

from django.db import models


class OutboxEntry(models.Model):
    """A key that changed. The row says that it changed, never how: the worker asks the source for what holds now,
    so rows may be done twice, late or in any order.

    `revision` is new with each change: a row changed while it was being worked on stays. `claim` and
    `claimed_until` are the lease of the worker that has it. `due_at` lies ahead after a failure.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    revision = models.UUIDField(default=uuid.uuid4)
    enqueued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "cambio por indexar"
        verbose_name_plural = "cambios por indexar"
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="search_outbox_one_row_per_key"),
            models.CheckConstraint(
                condition=models.Q(claim__isnull=True, claimed_until__isnull=True)
                | models.Q(claim__isnull=False, claimed_until__isnull=False),
                name="search_outbox_claim_has_end",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "enqueued_at"], name="search_outbox_due")]

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"
