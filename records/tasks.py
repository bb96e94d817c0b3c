"""Work that outlives a request, as durable rows of Django's task queue (D16)."""

from __future__ import annotations

from django_tasks import task

from records.events import DocumentFiled
from records.services import reading


@task(queue_name="reading")
def read_document(document_id: str) -> str:
    """Read a filed piece's text in the cell; returns the state reached. Safe to run again."""
    return reading.read_document(document_id)


def read_what_was_filed(event: DocumentFiled) -> None:
    """The row of work is written in the filing's own transaction."""
    read_document.enqueue(str(event.document_id))
