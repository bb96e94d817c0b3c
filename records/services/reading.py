"""Reading a piece's text, by a worker, in the cell; running it again gives the same rows."""

from __future__ import annotations

import uuid

from django.db import transaction

from records import audit, clock, parsing
from records.errors import CellUnavailable, IntegrityFailure
from records.events import DocumentsChanged, announce
from records.holds import standing
from records.models import Document, PageText, Reading
from records.services import attached, recognition, renditions, work
from records.services.intact import intact_path
from records.services.renditions import Provenance
from records.services.words import packed
from records.vocabulary import ReadingState, RenditionKind, TextSource

DETAIL_LENGTH = 300
MAIL = "message/rfc822"


def read_document(document_id: str | uuid.UUID) -> str:
    """Read every page of a filed piece and store its text and word boxes.

    Returns the state reached (a `ReadingState` code). A piece the cell cannot read is *unreadable*,
    never a failure of the worker; bytes that are missing or altered are not read. Raises
    CellUnavailable when there was no cell to read it in: the task is tried again later.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    outcome, brought = content_of(document)
    with transaction.atomic():
        store_pages(document, [*outcome.pages, *brought.pages])
        note(document, outcome, brought)
    return outcome.outcome


def give_up_reading(document_id: str | uuid.UUID) -> None:
    """Say that a piece will not be read: its task used up its attempts. A piece that was read stays read."""
    document = Document.objects.get(pk=document_id)
    if document.reading.state == ReadingState.PENDING:
        outcome = parsing.Reading("unreadable", engine="", engine_version="", pages=[], detail="gave_up")
        with transaction.atomic():
            note(document, outcome, attached.NOTHING)


def content_of(document: Document) -> tuple[parsing.Reading, attached.Brought]:
    """What the piece says, and what the attachments of a message do."""
    try:
        source = intact_path(document)
    except IntegrityFailure as found:
        unread = parsing.Reading(outcome="unreadable", engine="", engine_version="", pages=[], detail=found.code)
        return unread, attached.NOTHING
    outcome = parsing.read(source, document.media_type)
    if outcome.detail == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    return outcome, attached.read(document, source, outcome) if document.media_type == MAIL else attached.NOTHING


def store_pages(document: Document, pages: list[parsing.PageContent]) -> None:
    """The rows of this reading. What was recognised stays where nothing is written; a failed attempt does not."""
    written = {page.number for page in pages if page.text.strip()}
    recognised = PageText.objects.filter(document=document, source=TextSource.OCR).exclude(text="")
    kept = set(recognised.values_list("number", flat=True)) - written
    former = PageText.objects.filter(document=document).exclude(number__in=kept)
    if standing.over_document(document.pk):  # what was read of it before stays; only what was never read is added
        kept |= set(former.values_list("number", flat=True))
    else:
        former.delete()
    PageText.objects.bulk_create(
        (
            PageText(document=document, number=page.number, text=page.text, words=packed(page.words))
            for page in pages
            if page.number not in kept
        ),
        batch_size=200,
    )


def note(document: Document, outcome: parsing.Reading, brought: attached.Brought) -> None:
    pages = [page for page in [*outcome.pages, *brought.pages] if page.text.strip()]
    Reading.objects.filter(document=document).update(
        state=outcome.outcome,
        engine=outcome.engine,
        engine_version=outcome.engine_version,
        detail=outcome.detail[:DETAIL_LENGTH],
        pages=len(pages),
        chars=sum(len(page.text) for page in pages),
        read_at=clock.now(),
    )
    digest = note_text(document, outcome, brought) if pages else ""
    fault = {"fault": outcome.outcome} if ReadingState(outcome.outcome) is ReadingState.UNREADABLE else {}
    audit.record(
        "document.read", actor=None, subject=document, state=outcome.outcome, pages=len(pages), sha256=digest, **fault
    )
    recognition.begin(document)
    ask_what_follows(document)
    announce(DocumentsChanged((document.pk,)))


def note_text(document: Document, outcome: parsing.Reading, brought: attached.Brought) -> str:
    parts = {"attachments": [list(one) for one in brought.places]} if brought.places else {}
    made_by = Provenance(outcome.engine, outcome.engine_version, {"outcome": outcome.outcome, **parts})
    return renditions.note_text(document, RenditionKind.TEXT, made_by).digest


def ask_what_follows(document: Document) -> None:
    """What else a worker makes of a piece by what it is: its parts listed, its signatures judged. Once each."""
    if (document.media_type == MAIL or "embedded_files" in document.flags) and not document.parts.exists():
        work.ask(work.PARTS, document.pk)
    if "signed" in document.flags and not document.signature_reports.exists():
        work.ask(work.SIGNATURES, document.pk)
