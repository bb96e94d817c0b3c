"""Drafts as their owner sees them: nobody else knows that they are there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from records import permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Document, Draft, Expediente
from records.permissions import Actor
from records.services import arrivals
from records.services.drafts import OPEN
from records.vocabulary import DraftState


@dataclass(frozen=True)
class DraftLine:
    """A draft with how many of its bytes arrived, codes of what it still lacks, and the piece with its bytes."""

    draft: Draft
    arrived: int
    lacks: tuple[str, ...]
    twin: Document | None = None

    @property
    def percent(self) -> int:
        """Whole percents of it that arrived; 100 only when all did."""
        return int(self.arrived * 100 / self.draft.size) if self.draft.size else 100

    @property
    def arriving(self) -> bool:
        return bool(self.draft.state == DraftState.RECEIVING)


def get_draft_for(actor: Actor, key: Key) -> Draft:
    """The person's own draft, whatever became of it but being discarded. NotFound for anybody else, and for one that
    was filed as a piece she no longer reads: it would tell what that piece's own pages do not."""
    found = own_drafts(actor).exclude(state=DraftState.DISCARDED).filter(pk=as_uuid(key)).first()
    if found is None or (found.document and not permissions.rights_of(actor).reads(found.document)):
        raise NotFound
    return found


def list_drafts_for(actor: Actor, expediente: Expediente | None = None) -> QuerySet[Draft]:
    """The person's drafts that arrive or wait, oldest first; of one expediente, or of all she still knows."""
    drafts = own_drafts(actor).filter(state__in=OPEN).order_by("created_at", "pk")
    return drafts if expediente is None else drafts.filter(expediente=expediente)


def own_drafts(actor: Actor) -> QuerySet[Draft]:
    known = permissions.expedientes_visible_to(actor).order_by().values("pk")
    return Draft.objects.filter(person=actor.pk, expediente__in=known).select_related("expediente", "document")


def lines_for(actor: Actor, drafts: Iterable[Draft]) -> list[DraftLine]:
    """Each draft with what is to be told of it, in a constant number of queries."""
    listed = list(drafts)
    twins = twins_for(actor, {draft.digest for draft in listed if draft.digest and draft.state in OPEN})
    return [DraftLine(draft, arrived(draft), lacks(draft), twins.get(draft.digest)) for draft in listed]


def line_for(actor: Actor, draft: Draft) -> DraftLine:
    return lines_for(actor, [draft])[0]


def arrived(draft: Draft) -> int:
    return arrivals.arrived(draft.pk) if draft.state == DraftState.RECEIVING else draft.size


def twins_for(actor: Actor, digests: set[str]) -> Mapping[str, Document]:
    """By digest, the first piece with those bytes that this person reads; of others nothing shows (C8)."""
    if not digests:
        return {}
    visible = permissions.visible_to(actor).filter(blob__in=digests).order_by("-filed_at", "-pk")
    return {str(piece.blob_id): piece for piece in visible}


def find_linked(actor: Actor, document: uuid.UUID) -> Document | None:
    """The piece that this one was linked to when it was filed, if the person reads it."""
    return permissions.visible_to(actor).filter(links=document).first()


def lacks(draft: Draft) -> tuple[str, ...]:
    """Codes of what keeps a draft from being filed: what was not said of it, and the last refusal."""
    if draft.state != DraftState.WAITING:
        return tuple(draft.faults)
    missing = [name for name in ("tipo", "date") if not getattr(draft, name)]
    return tuple(dict.fromkeys((*missing, *draft.faults)))
