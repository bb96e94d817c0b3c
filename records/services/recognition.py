"""Text of scanned pages, recognised on their images: beside the image, marked with how sure it is (J8).

A page at a time and kept as it is known, so that an end at any point repeats little. A page that stays without text
counts as unreadable: the piece is still found by its metadata, and the desk says how many such pages there are.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Avg
from django.db.models.functions import Length

from records import audit, parsing, permissions
from records.errors import CellUnavailable, IntegrityFailure
from records.events import DocumentsChanged, announce
from records.models import Document, PageText, Reading
from records.parsing import formats
from records.permissions import Actor
from records.services import renditions, work
from records.services.intact import intact_path
from records.services.renditions import Provenance
from records.services.words import packed
from records.vocabulary import Action, ReadingState, RenditionKind, TextSource

#: Mean confidence of a page's words (0 to 100) below which they are noise and are not kept.
FLOOR = 50.0
DPI = 300
LANGUAGE = "spa"
#: Pages of one task: the next ones are another task, so that other pieces are read meanwhile.
AT_ONCE = 10
#: What `Reading.detail` says of recognition, besides the codes of the reading itself.
WAITING, NO_ENGINE, GAVE_UP, ASKED = "ocr_waiting", "no_ocr", "ocr_gave_up", "asked"
OWN_CODES = frozenset({WAITING, NO_ENGINE, GAVE_UP, ASKED})


def begin(document: Document) -> None:
    """After a reading: count what it left without text, and have it recognised where a recogniser is installed."""
    code = ""
    if may_be_recognised(document) and pages_without_text(document):
        code = WAITING if engine() else NO_ENGINE
    if code == WAITING:
        work.ask(work.RECOGNISE, document.pk)
    settle(document, code)


def engine() -> str:
    """Name and version of the recogniser of this machine, empty where there is none."""
    return parsing.ocr_engine()


def may_be_recognised(document: Document) -> bool:
    return document.inspected and Reading.objects.get(document=document).state != ReadingState.UNREADABLE


def has_page_images(document: Document) -> bool:
    row = formats.BY_MEDIA_TYPE.get(document.media_type)
    return bool(row and row.page_images and document.pages)


def pages_without_text(document: Document) -> list[int]:
    """Numbers of the pages that have an image and no text, in order; formats without images have none."""
    if not has_page_images(document):
        return []
    with_text = set(texts(document).values_list("number", flat=True))
    return [number for number in range(1, document.pages + 1) if number not in with_text]


def texts(document: Document) -> Any:
    """Rows of pages with something else than blanks."""
    return PageText.objects.filter(document=document, text__regex=r"\S")


def recognise_document(document_id: str | uuid.UUID) -> str:
    """Recognise some of the pages without text; the rest is asked for again. Safe to run again.

    Returns "recognised", "more" or why not. Raises CellUnavailable: the task is tried again later.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    if not engine():
        return close(document, NO_ENGINE)
    try:
        source = intact_path(document)
    except IntegrityFailure as found:
        return close(document, found.code)
    for number in untried(document)[:AT_ONCE]:
        page = parsing.ocr(source, document.media_type, number, dpi=DPI)
        if page.fault == CellUnavailable.code:
            raise CellUnavailable(document=str(document.pk))
        if page.fault == NO_ENGINE:
            return close(document, NO_ENGINE)
        keep(document, page)
    if untried(document):
        with transaction.atomic():
            work.ask(work.RECOGNISE, document.pk)
        return "more"
    return finish(document)


def untried(document: Document) -> list[int]:
    tried = set(PageText.objects.filter(document=document, source=TextSource.OCR).values_list("number", flat=True))
    return [number for number in pages_without_text(document) if number not in tried]


def keep(document: Document, page: parsing.OcrPage) -> None:
    """The row of a page: its text if it is sure enough, else that it was tried, and how sure it was."""
    sure = page.confidence >= FLOOR and not page.fault
    PageText.objects.update_or_create(
        document=document,
        number=page.number,
        defaults={
            "text": page.text if sure else "",
            "words": packed(page.words) if sure else b"",
            "source": TextSource.OCR,
            "confidence": page.confidence,
        },
    )


def finish(document: Document) -> str:
    """Every page was tried: note what came of it."""
    recognised = texts(document).filter(source=TextSource.OCR)
    with transaction.atomic():
        if recognised.exists():
            note(document, recognised)
        settle(document, "")
        announce(DocumentsChanged((document.pk,)))
    return "recognised"


def note(document: Document, recognised: Any) -> None:
    name, _space, version = engine().partition(" ")
    confidence = round(recognised.aggregate(mean=Avg("confidence"))["mean"] or 0.0, 1)
    parameters = {"dpi": DPI, "language": LANGUAGE, "floor": FLOOR, "confidence": confidence}
    made = renditions.note_text(document, RenditionKind.OCR, Provenance(name, version, parameters))
    audit.record(
        "document.rendered", actor=None, subject=document, kind=RenditionKind.OCR,
        sha256=made.digest, recognised=recognised.count(),
    )  # fmt: skip


def close(document: Document, code: str) -> str:
    """There will be no more recognition for now, and why."""
    with transaction.atomic():
        settle(document, code)
    return code


def give_up_recognition(document_id: str | uuid.UUID) -> None:
    """The task used up its attempts: what was recognised stays, the rest counts as unreadable."""
    document = Document.objects.get(pk=document_id)
    finish(document)
    close(document, GAVE_UP)


def settle(document: Document, code: str) -> None:
    """Bring the reading's state and counts level with the rows of pages; `code` says where recognition stands."""
    reading = Reading.objects.get(document=document)
    own = [word for word in reading.detail.split() if word not in OWN_CODES]
    reading.detail = " ".join([*own, *([code] if code and code not in own else [])])
    reading.ocr_pages = texts(document).filter(source=TextSource.OCR).count()
    reading.unreadable_pages = len(pages_without_text(document))
    reading.pages = texts(document).count()
    reading.chars = sum(texts(document).annotate(length=Length("text")).values_list("length", flat=True))
    if reading.ocr_pages and not texts(document).filter(source=TextSource.WRITTEN).exists():
        reading.state = ReadingState.PARTIAL if reading.unreadable_pages else ReadingState.READ
    reading.save()


# Again ------------------------------------------------------------------------------------------------------


def read_again(*, actor: Actor, document: Document) -> None:
    """Have a piece read anew, and what it could not be recognised of tried again. Raises NotFound or AccessDenied."""
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.FILE, document)
    with transaction.atomic():
        ask_again(actor, [document])


def read_all_again(*, actor: Actor, expediente_code: str = "") -> int:
    """The same for every piece this person reads that has pages without legible text; how many there are.

    Raises AccessDenied.
    """
    permissions.check(actor, Action.FILE)
    pieces = permissions.visible_to(actor).filter(reading__in=lacking())
    if expediente_code:
        pieces = pieces.filter(expediente__code=expediente_code)
    with transaction.atomic():
        found = list(pieces.order_by("filed_at", "pk"))
        ask_again(actor, found)
    return len(found)


def lacking() -> Any:
    """Readings that left pages without legible text, or failed."""
    failed = Reading.objects.filter(state=ReadingState.UNREADABLE)
    return failed | Reading.objects.filter(unreadable_pages__gt=0)


def ask_again(actor: Actor, pieces: list[Document]) -> None:
    if not pieces:
        return
    audit.record_each("reading.asked", actor=actor, subjects=[(piece, {}) for piece in pieces])
    Reading.objects.filter(document__in=pieces).update(detail=ASKED)
    work.ask(work.READ, *(piece.pk for piece in pieces))
