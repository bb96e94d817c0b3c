"""Work that outlives a request, as durable rows of Django's task queue (D16)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from records.events import DocumentsFiled
from records.services import reading


@task(queue_name="reading")
def read_document(document_id: str) -> str:
    """Read a filed piece's text in the cell; returns the state reached. Safe to run again."""
    return reading.read_document(document_id)


def read_what_was_filed(event: DocumentsFiled) -> None:
    """The rows of work are written in the filing's own transaction."""
    enqueue_each(read_document, (str(key) for key in event.document_ids))


def enqueue_each(work: Task[..., Any], arguments: Iterable[str]) -> None:
    """One row of work per argument, in one statement: the queue's own `enqueue` writes them one by one."""
    DBTaskResult.objects.bulk_create(
        (
            DBTaskResult(
                args_kwargs={"args": [argument], "kwargs": {}},
                priority=work.priority,
                task_path=work.module_path,
                queue_name=work.queue_name,
                backend_name=work.backend,
                run_after=get_date_max(),
            )
            for argument in arguments
        ),
        batch_size=500,
    )
