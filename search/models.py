"""The outbox: one row per thing whose place in the index must be brought up to date; and who brings it."""

from __future__ import annotations

import uuid

from django.db import models

from search.saved_models import KnownMatch, SavedSearch

__all__ = ["KnownMatch", "OutboxEntry", "SavedSearch"]


class OutboxEntry(models.Model):
    """A key that changed. The row says that it changed, never how: the worker asks the source for what holds now,
    so rows may be done twice, late or in any order.

    `revision` is new with each change: a row changed while it was being worked on stays. `due_at` lies ahead after a
    failure. Both times are the database's: no worker's clock decides.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    revision = models.UUIDField(default=uuid.uuid4)
    enqueued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "cambio por indexar"
        verbose_name_plural = "cambios por indexar"
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="search_outbox_one_row_per_key")]
        indexes = [models.Index(fields=["due_at", "enqueued_at"], name="search_outbox_due")]

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"


class Lease(models.Model):
    """Who drains the outbox now: the one row of its name.

    `holder` is the token of `search.claims`, empty when nobody has it. `beat` counts its signs of life: a lease whose
    beat stands still is over, and how long it stood still each one measures by its own steady clock. `size` is how
    many rows are being brought in now, `alone` the row that is brought alone: if the holder is lost, it was over them.
    """

    name = models.CharField(primary_key=True, max_length=20)
    holder = models.UUIDField(null=True)
    beat = models.PositiveBigIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    alone = models.UUIDField(null=True)

    class Meta:
        verbose_name = "turno del indexador"
        verbose_name_plural = "turnos del indexador"

    def __str__(self) -> str:
        return self.name
