"""Work that outlives a request, as durable rows of Django's task queue (D16)."""

from __future__ import annotations

from django_tasks import task


@task(queue_name="reading")
def read_document(document_id: str) -> str:
    """Read a filed piece's text in the cell; returns the state reached. Safe to run again."""
    from records.services import reading  # services enqueue this very task

    return reading.read_document(document_id)
