"""The task queue's verbs over django-tasks' own rows: take, run, put off, give up, recover.

The stock worker takes a write lock at every poll, runs each row once whatever happens, and leaves the rows
of a killed worker running for ever (docs/adr/0011). Rows, states and the task API stay django-tasks'.
"""

from __future__ import annotations

import datetime
import enum
import logging
from collections.abc import Callable
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.core.logs import calm_trace
from cms.worker import names, pulse

logger = logging.getLogger(__name__)
TaskRow: TypeAlias = "DBTaskResult[..., Any]"

#: Seconds to wait before each further attempt; after the last one the task has failed for good.
WAITS = (1, 5, 30, 120)
#: The same after each time that its worker was lost. Workers are mostly lost to something else, so a row gets many
#: turns; it steps back more and more, so that one that does take workers down lets the others be done in between.
LOST_WAITS = (0, 0, 5, 30, *[120] * 8)
#: Stands before the name of a worker that ended before the row did.
LOST = "lost:"
#: What a task answers when its object cannot be worked on, today or ever.
HOPELESS = "unreadable"
#: Rows of finished tasks are kept this long.
KEEP = datetime.timedelta(days=30)


def due() -> QuerySet[TaskRow]:
    """Rows to be worked on now, oldest first."""
    when = Q(run_after=get_date_max()) | Q(run_after__lte=pulse.machine_now())
    rows = DBTaskResult.objects.filter(when, status=TaskResultStatus.READY)
    return rows.order_by("-priority", "enqueued_at", "id")


def take(worker: str) -> TaskRow | None:
    """Take the next due row for this worker, or None. Rows are read without a lock and taken by one
    conditional update, so an idle worker never stands in anybody's way."""
    for row in due()[:5]:
        taken = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.READY).update(
            status=TaskResultStatus.RUNNING,
            started_at=pulse.machine_now(),
            worker_ids=[*row.worker_ids, worker],
        )
        if taken:
            row.refresh_from_db()
            return row
    return None


class Ending(enum.Enum):
    """How a run ended: work done, failed for good, or to be tried again later."""

    DONE = "done"
    FAILED = "failed"
    LATER = "later"


def run(row: TaskRow) -> Ending:
    """Run a taken row; a fault puts it off, or ends it after the last attempt."""
    try:
        task = row.task
        value = task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as fault:  # noqa: BLE001  a task may fail in any way; one poisoned row never stops the rest
        logger.warning("task %s of %s: %s", row.pk, row.task_path, type(fault).__name__)
        return put_off(row, fault)
    row.set_successful(value)
    return Ending.FAILED if value == HOPELESS else Ending.DONE


def put_off(row: TaskRow, fault: BaseException) -> Ending:
    """Make the row due later, or end it when it has used up its attempts."""
    attempt = len(row.worker_ids) - times_lost(row)
    if attempt > len(WAITS):
        end(row, fault)
        return Ending.FAILED
    later = pulse.machine_now() + datetime.timedelta(seconds=WAITS[attempt - 1])
    DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.READY, run_after=later)
    return Ending.LATER


def end(row: TaskRow, fault: BaseException) -> None:
    """Failed for good: the row keeps of which kind the fault was and where, and what it was about is told.

    Its words are not kept: they may be data of custody (criterion 34), and a row outlives the right to read them.
    """
    kind = type(fault)
    DBTaskResult.objects.filter(pk=row.pk).update(
        status=TaskResultStatus.FAILED,
        finished_at=pulse.machine_now(),
        exception_class_path=f"{kind.__module__}.{kind.__qualname__}",
        traceback=calm_trace(fault),
        return_value=None,
    )
    if tell := ENDINGS.get(row.task_path):
        import_string(tell)(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


#: What to call, with the task's arguments, when a task has failed for good.
ENDINGS: dict[str, str] = {
    "records.tasks.read_document": "records.api.give_up_reading",
    "records.tasks.recognise_document": "records.api.give_up_recognition",
    "records.tasks.list_parts": "records.api.give_up_parts",
    "records.tasks.check_signatures": "records.api.give_up_signatures",
    "records.tasks.make_pdfa": "records.api.give_up_pdfa",
    "records.jobs_task.run_job": "records.api.give_up_job",
}


class Stranded(Exception):
    """The worker that ran this row ended before the row did."""


def recover(is_dead: Callable[[str], bool] | None = None) -> int:
    """Give back rows whose worker is dead, each counted as an attempt; number of rows.

    A dead process of this machine is known at once; one of another machine by its silence.
    """
    recovered = 0
    for row in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if (is_dead or worker_is_dead)(row.worker_ids[-1] if row.worker_ids else ""):
            recovered += 1
            give_back(row)
    return recovered


def worker_is_dead(name: str) -> bool:
    gone = names.is_gone(name)
    return pulse.is_silent(name) if gone is None else gone


def give_back(row: TaskRow) -> None:
    """Due again, at first at once, unless this row has already taken as many workers down as it may."""
    row.worker_ids = [*row.worker_ids[:-1], LOST + (row.worker_ids or [""])[-1]]
    if (lost := times_lost(row)) > len(LOST_WAITS):
        end(row, Stranded())
        return
    wait = LOST_WAITS[lost - 1]
    later = pulse.machine_now() + datetime.timedelta(seconds=wait) if wait else get_date_max()
    DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.READY, run_after=later, worker_ids=row.worker_ids
    )


def times_lost(row: TaskRow) -> int:
    """How many workers were lost while they ran it."""
    return sum(name.startswith(LOST) for name in row.worker_ids)


def sweep() -> None:
    """Forget tasks that ended long ago; failed ones stay as evidence for as long."""
    ended = DBTaskResult.objects.filter(finished_at__lt=pulse.machine_now() - KEEP)
    ended.filter(status__in=(TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)).delete()
