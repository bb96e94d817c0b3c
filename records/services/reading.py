"""Reading a piece's text, by a worker, in the cell; running it again gives the same rows."""

from __future__ import annotations

import json
import uuid
import zlib

from django.db import transaction

from records import audit, clock, parsing, storage
from records.errors import CellUnavailable
from records.events import DocumentsChanged, announce
from records.models import Document, PageText, Reading
from records.vocabulary import ReadingState

DETAIL_LENGTH = 300


def read_document(document_id: str | uuid.UUID) -> str:
    """Read every page of a filed piece and store its text and word boxes.

    Returns the state reached (a `ReadingState` code). A piece the cell cannot read is *unreadable*,
    never a failure of the worker; bytes that are missing or altered are not read. Raises
    CellUnavailable when there was no cell to read it in: the task is tried again later.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    outcome = content_of(document)
    with transaction.atomic():
        store_pages(document, outcome)
        note(document, outcome)
    return outcome.outcome


def give_up_reading(document_id: str | uuid.UUID) -> None:
    """Say that a piece will not be read: its task used up its attempts. A piece that was read stays read."""
    document = Document.objects.get(pk=document_id)
    if document.reading.state == ReadingState.PENDING:
        outcome = parsing.Reading("unreadable", engine="", engine_version="", pages=[], detail="gave_up")
        with transaction.atomic():
            note(document, outcome)


def content_of(document: Document) -> parsing.Reading:
    if fault := storage.store().verify(document.blob_id, document.blob.size):
        return parsing.Reading(outcome="unreadable", engine="", engine_version="", pages=[], detail=fault)
    outcome = parsing.read(storage.store().path_of(document.blob_id), document.media_type)
    if outcome.detail == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    return outcome


def store_pages(document: Document, outcome: parsing.Reading) -> None:
    PageText.objects.filter(document=document).delete()
    PageText.objects.bulk_create(
        (
            PageText(document=document, number=page.number, text=page.text, words=packed(page.words))
            for page in outcome.pages
        ),
        batch_size=200,
    )


def note(document: Document, outcome: parsing.Reading) -> None:
    with_text = [page for page in outcome.pages if page.text.strip()]
    Reading.objects.filter(document=document).update(
        state=outcome.outcome,
        engine=outcome.engine,
        engine_version=outcome.engine_version,
        detail=outcome.detail[:DETAIL_LENGTH],
        pages=len(with_text),
        chars=sum(len(page.text) for page in with_text),
        read_at=clock.now(),
    )
    audit.record("document.read", actor=None, subject=document, state=outcome.outcome, pages=len(with_text))
    announce(DocumentsChanged((document.pk,)))


Word = tuple[str, float, float, float, float]


def packed(words: list[Word]) -> bytes:
    """Word boxes as stored; empty for none."""
    return zlib.compress(json.dumps(words, ensure_ascii=False).encode(), 3) if words else b""


def unpacked(stored: bytes) -> list[Word]:
    return [tuple(word) for word in json.loads(zlib.decompress(stored))] if stored else []
