"""The parts of a piece that is a unit of several: a message with what it brings, a PDF with embedded files (C6).

The parts lie inside the piece and nowhere else: each is taken out of it in the cell when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from django.db import transaction

from records import audit, parsing, permissions
from records.errors import CellUnavailable, IntegrityFailure, RenditionUnavailable, RuleViolation
from records.models import Document, Part
from records.parsing import formats
from records.permissions import Actor
from records.services.intact import intact_path, made_from
from records.services.marked import check_unmarked
from records.services.told import note_reading
from records.vocabulary import Action

MAIL = "message/rfc822"
#: What is never given by itself, only told: it would run on the machine of whoever opens it.
KEPT_INSIDE = frozenset({"executable", "macros"})
UNKNOWN = formats.UNKNOWN


def list_parts(document_id: str | uuid.UUID) -> str:
    """Note each part of a piece with its digest; "listed" or why not all of them. Safe to run again.

    Raises CellUnavailable (tried again later) or IntegrityFailure.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    found, fault = parts_of(document, intact_path(document))
    if fault == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    with transaction.atomic():
        known = set(Document.objects.select_for_update().get(pk=document.pk).parts.values_list("index", flat=True))
        fresh = [row_of(document, part) for part in found if part.index not in known]
        Part.objects.bulk_create(fresh, batch_size=200)
        if fresh or fault:
            tell(document, fresh, fault)
    return fault or "listed"


def parts_of(document: Document, source: Path) -> tuple[tuple[parsing.MailPart, ...], str]:
    if document.media_type == MAIL:
        whole = parsing.mail(source)
        return whole.parts, whole.fault
    embedded = parsing.attachments(source, document.media_type)
    return embedded.parts, embedded.fault


def row_of(document: Document, part: parsing.MailPart) -> Part:
    return Part(
        document=document,
        index=part.index,
        role=part.role,
        name=part.name,
        media_type=part.media_type,
        size=part.size,
        digest=part.digest,
        flags=[*part.refusals, *(flag for flag in part.flags if flag not in part.refusals)],
    )


def tell(document: Document, fresh: list[Part], fault: str) -> None:
    """The event holds the digests, never a name: the name of an attachment is content."""
    digests = [part.digest for part in fresh[:MOST_TOLD]]
    audit.record("document.parts_listed", actor=None, subject=document, parts=len(fresh), sha256=digests, fault=fault)


#: Digests of more parts than this are left to their rows.
MOST_TOLD = 100


def give_up_parts(document_id: str | uuid.UUID) -> None:
    """The task used up its attempts: say that the parts could not be listed."""
    document = Document.objects.get(pk=document_id)
    if not document.parts.exists():
        with transaction.atomic():
            tell(document, [], "gave_up")


def is_kept_inside(part: Part) -> bool:
    """Is this one only told?"""
    return bool(KEPT_INSIDE & set(part.flags))


def served_as(part: Part) -> str:
    """The media type a part leaves with: its own if it is a format that is filed, else bytes of no type."""
    refused = set(part.flags) & formats.REFUSALS.keys()
    known = part.media_type in formats.BY_MEDIA_TYPE
    return part.media_type if known and not refused else UNKNOWN


def open_part(*, actor: Actor, document: Document, index: int) -> tuple[Part, bytes]:
    """One part of a piece, its bytes verified against the digest noted for it and its reading told before they leave.

    Raises NotFound (not for this person), RenditionUnavailable (no such part), RuleViolation ("part_refused": it is
    kept inside), IntegrityFailure or CellUnavailable.
    """
    part = part_to_open(actor, document, index)
    data = made_from(document, lambda source: taken_out(source, document, index))
    if hashlib.sha256(data).hexdigest() != part.digest:
        raise IntegrityFailure(document=str(document.pk), part=index)
    note_reading(actor, document, "document.downloaded", part=index, sha256=part.digest)
    return part, data


def part_to_open(actor: Actor, document: Document, index: int) -> Part:
    """The part, for whoever may have it. Raises as `open_part` does before it opens anything."""
    permissions.check(actor, Action.DOWNLOAD, document)
    part = document.parts.filter(index=index).first()
    if part is None:
        raise RenditionUnavailable("no_such_part")
    if is_kept_inside(part):
        raise RuleViolation("part_refused")
    check_unmarked(actor, document)
    return part


def taken_out(source: object, document: Document, index: int) -> bytes:
    try:
        return parsing.part_bytes(str(source), document.media_type, index)
    except parsing.PartUnavailable as fault:
        refusal = CellUnavailable() if fault.code == CellUnavailable.code else RenditionUnavailable("no_such_part")
        raise refusal from fault
