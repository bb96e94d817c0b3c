"""Reading by people: the event is committed before the first byte leaves (D10)."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from records import audit, conf, parsing, permissions, storage
from records.errors import IntegrityFailure, PageImageUnavailable
from records.models import Document
from records.permissions import Actor
from records.vocabulary import Action, Level

DPI = 110


def note_reading(actor: Actor, document: Document, action: str, **facts: object) -> None:
    """Leave the reading's event; pieces that are public by law leave none."""
    if document.level == Level.PUBLIC:
        return
    with transaction.atomic():
        audit.record(action, actor=actor, subject=document, level=document.level, **facts)


def view_document(*, actor: Actor, document: Document) -> None:
    """Check and record that a person opens a piece in the viewer. Raises NotFound."""
    permissions.check(actor, Action.VIEW, document)
    note_reading(actor, document, "document.viewed")


def page_image(*, actor: Actor, document: Document, number: int) -> bytes:
    """PNG of one page, made in the cell the first time and kept.

    Raises NotFound (not for this person), PageImageUnavailable (no such image) or IntegrityFailure.
    """
    permissions.check(actor, Action.VIEW, document)
    if not 1 <= number <= document.pages:
        raise PageImageUnavailable
    image = cached_page(document.pk, number) or make_page(document, number)
    note_reading(actor, document, "document.page_viewed", page=number)
    return image


def cached_page(document_id: uuid.UUID, number: int) -> bytes | None:
    try:
        return page_file(document_id, number).read_bytes()
    except FileNotFoundError:
        return None


def page_file(document_id: uuid.UUID, number: int) -> Path:
    return conf.page_cache() / str(document_id) / f"{number}-{DPI}.png"


def make_page(document: Document, number: int) -> bytes:
    check_intact(document)
    source = storage.store().path_of(document.blob_id)
    try:
        image = parsing.render(source, document.media_type, number, dpi=DPI)
    except parsing.PageUnavailable as fault:
        raise PageImageUnavailable from fault
    file = page_file(document.pk, number)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = file.with_suffix(f".{uuid.uuid4().hex}")
    partial.write_bytes(image)
    partial.replace(file)
    return image


def open_original(*, actor: Actor, document: Document) -> BinaryIO:
    """The filed bytes, verified against their digest before any leaves (K1).

    Raises NotFound, IntegrityFailure (missing or altered: nothing is served) or StoreUnavailable.
    """
    permissions.check(actor, Action.DOWNLOAD, document)
    check_intact(document)
    note_reading(actor, document, "document.downloaded")
    return storage.store().open(document.blob_id)


def check_intact(document: Document) -> None:
    if fault := storage.store().verify(document.blob_id, document.blob.size):
        raise IntegrityFailure(fault, document=str(document.pk))
