"""The levels of pieces as they stood at a past moment, for any number of pieces in a constant number of queries."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from records import policies
from records.models import ClassificationAct, Document
from records.vocabulary import ActState, Level


@dataclass(frozen=True)
class Stood:
    """The level of a piece at a moment and the reason of the act that gave it, empty where none did."""

    level: str
    reason: str = ""


def levels_then(documents: Iterable[Document], moment: datetime.datetime) -> dict[uuid.UUID, Stood]:
    """Piece → how its level stood then; a piece that was filed later is left out."""
    stood = {piece.pk: Stood(Level.UNCLASSIFIED) for piece in documents if piece.filed_at <= moment}
    acts = ClassificationAct.objects.filter(document__in=list(stood))
    effective = [act for act in acts.exclude(state__in=(ActState.PROPOSED, ActState.REFUSED)) if took_effect(act)]
    for act in sorted(effective, key=since):
        if since(act) <= moment:
            stood[act.document_id] = Stood(act.level, act.reason)
    return stood


def since(act: ClassificationAct) -> datetime.datetime:
    return act.decided_at or act.proposed_at


def took_effect(act: ClassificationAct) -> bool:
    """Did it ever rule? A proposal that a stricter level overtook never did."""
    at_once = policies.acts_at_once(act.previous_level, act.level)
    return act.decided_at is not None or act.inherited_from_id is not None or at_once


def level_at(document: Document, at: datetime.datetime | None) -> str | None:
    """The level of a piece now, or at a past moment; None before the piece was filed."""
    if at is None:
        return document.level
    stood = levels_then([document], at).get(document.pk)
    return stood.level if stood else None
