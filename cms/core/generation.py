"""The mark of what is public now: another value after each change of it, written in the change's own transaction.

A page kept under the mark of its time is not asked for once something changed (ADR 53). The mark is random: it counts
no changes and does not come back after a rollback or a restore.
"""

from __future__ import annotations

import uuid

from django.db import DatabaseError, connection, models
from django.utils.translation import gettext_lazy as _

ONLY = 1


class PublicGeneration(models.Model):
    """One row. Its mark tells kept pages apart and nothing else."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.UUIDField(_("marca"), default=uuid.uuid4)


def advance() -> None:
    """What is public changes in this transaction: nothing kept before its end is shown after it."""
    mark = uuid.uuid4()
    if not PublicGeneration.objects.filter(pk=ONLY).update(mark=mark):
        PublicGeneration.objects.update_or_create(pk=ONLY, defaults={"mark": mark})


def current() -> str:
    """The mark, or nothing where there is none yet or the database cannot be asked: then nothing is kept."""
    try:
        with connection.cursor() as cursor:  # one row by its key, before every kept page: no model is made of it
            cursor.execute("SELECT mark FROM core_publicgeneration WHERE id = 1")
            row = cursor.fetchone()
    except DatabaseError:
        return ""
    return str(row[0]) if row else ""
