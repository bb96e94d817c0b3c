"""What belongs to a piece beside its bytes: its parts, the report of its signatures, the copies made from it.

The caller has decided that the person reads the piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from records import permissions
from records.models import Document, Part, Rendition, SignatureReport
from records.permissions import Actor
from records.vocabulary import RenditionKind

#: Parts shown beside a piece; a message may bring thousands.
MOST_PARTS = 200


@dataclass(frozen=True)
class Made:
    """In a constant number of queries. `copies` has the present one of each kind, page images apart: of these
    `images` counts the pages that have one. `twin`: the piece with the same bytes this one was linked to."""

    parts: Sequence[Part]
    more_parts: int
    signatures: SignatureReport | None
    copies: Sequence[Rendition]
    images: int
    twin: Document | None = None


def made_from(actor: Actor, document: Document) -> Made:
    parts = list(document.parts.all()[: MOST_PARTS + 1])
    return Made(
        parts=parts[:MOST_PARTS],
        more_parts=document.parts.count() - MOST_PARTS if len(parts) > MOST_PARTS else 0,
        signatures=document.signature_reports.first(),
        copies=copies_of(document),
        images=document.renditions.filter(kind=RenditionKind.PAGE_IMAGE).values("page").distinct().count(),
        twin=twin_known_to(actor, document),
    )


def copies_of(document: Document) -> list[Rendition]:
    newest: dict[str, Rendition] = {}
    for row in document.renditions.exclude(kind=RenditionKind.PAGE_IMAGE).order_by("-made_at")[:50]:
        newest.setdefault(row.kind, row)
    return [newest[kind] for kind in RenditionKind.values if kind in newest]


def twin_known_to(actor: Actor, document: Document) -> Document | None:
    if document.duplicate_of_id is None:
        return None
    return permissions.visible_to(actor).filter(pk=document.duplicate_of_id).first()


def list_renditions(document: Document) -> QuerySet[Rendition]:
    """Everything noted as made from a piece: by kind and page, the newest first."""
    return document.renditions.order_by("kind", "page", "-made_at")
