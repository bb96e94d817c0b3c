"""Work that outlives a request, as durable rows of Django's task queue (D16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from records import bulk
from records.events import DocumentsFiled
from records.services import parts, reading, recognition, renditions, signatures, work
from records.services.work import WorkDue

#: Recognition takes seconds for each page: whatever is quick goes first.
SLOW = -10


@task(queue_name="reading")
def read_document(document_id: str) -> str:
    """Read a filed piece's text in the cell; returns the state reached. Safe to run again."""
    return reading.read_document(document_id)


@task(queue_name="reading", priority=SLOW)
def recognise_document(document_id: str) -> str:
    """Recognise the text of some scanned pages; the next ones are another row. Safe to run again."""
    return recognition.recognise_document(document_id)


@task(queue_name="reading")
def list_parts(document_id: str) -> str:
    """Note the parts of a message or of a PDF with files inside. Safe to run again."""
    return parts.list_parts(document_id)


@task(queue_name="reading")
def check_signatures(document_id: str) -> str:
    """Judge the signatures inside a piece. Safe to run again."""
    return signatures.check_signatures(document_id)


@task(queue_name="reading")
def make_pdfa(document_id: str) -> str:
    """Make an archival copy that somebody asked for. Safe to run again."""
    return renditions.make_pdfa(document_id)


#: Who does each work of `services.work`.
WORK: Mapping[str, Task[..., Any]] = {
    work.READ: read_document,
    work.RECOGNISE: recognise_document,
    work.PARTS: list_parts,
    work.SIGNATURES: check_signatures,
    work.PDFA: make_pdfa,
}


def read_what_was_filed(event: DocumentsFiled) -> None:
    """The rows of work are written in the filing's own transaction."""
    enqueue_each(read_document, (str(key) for key in event.document_ids))


def do_what_is_due(event: WorkDue) -> None:
    """The rows of work are written in the transaction of what asked for it."""
    enqueue_each(WORK[event.work], (str(key) for key in event.document_ids))


def enqueue_each(work: Task[..., Any], arguments: Iterable[str]) -> None:
    """One row of work per argument, in one statement: the queue's own `enqueue` writes them one by one."""
    bulk.insert(
        [
            DBTaskResult(
                args_kwargs={"args": [argument], "kwargs": {}},
                priority=work.priority,
                task_path=work.module_path,
                queue_name=work.queue_name,
                backend_name=work.backend,
                run_after=get_date_max(),
            )
            for argument in arguments
        ]
    )
