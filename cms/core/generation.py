"""The mark of what is public now: another value after each change of it, written in the change's own transaction.

A page kept under the mark of its time is not asked for once something changed (ADR 53). The mark is random: it counts
no changes and does not come back after a rollback or a restore.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DatabaseError, connection, models
from django.utils.translation import gettext_lazy as _

ONLY = 1
#: The mark that this request began with, once it was asked for; None where each question is asked of the database.
_begun_with: ContextVar[list[str] | None] = ContextVar("begun_with", default=None)


class PublicGeneration(models.Model):
    """One row. Its mark tells kept pages apart and nothing else."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.UUIDField(_("marca"), default=uuid.uuid4)


def advance() -> None:
    """What is public changes in this transaction: nothing kept before its end is shown after it."""
    _begun_with.set(None)  # what follows in this request may be undone: it asks each time
    mark = uuid.uuid4()
    if not PublicGeneration.objects.filter(pk=ONLY).update(mark=mark):
        PublicGeneration.objects.update_or_create(pk=ONLY, defaults={"mark": mark})


@contextmanager
def asked_once() -> Iterator[None]:
    """Within it the mark is asked of the database once: what a request begins with holds until its end."""
    outside = _begun_with.set([])
    try:
        yield
    finally:
        _begun_with.reset(outside)


def current() -> str:
    """The mark, or nothing where there is none yet or the database cannot be asked: then nothing is kept."""
    begun_with = _begun_with.get()
    if begun_with is None:
        return read()
    if not begun_with:
        begun_with.append(read())
    return begun_with[0]


def read() -> str:
    """The mark as the database has it now, whatever the request began with."""
    try:
        with connection.cursor() as cursor:  # one row by its key, before every kept page: no model is made of it
            cursor.execute("SELECT mark FROM core_publicgeneration WHERE id = 1")
            row = cursor.fetchone()
    except DatabaseError:
        return ""
    return str(row[0]) if row else ""
