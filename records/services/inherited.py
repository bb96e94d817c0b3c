"""What follows or replaces a closed piece enters at least as closed, until its own level is approved (ADR 16).

The level is in the row from its first instant, with an act that says whose it is. The piece stays `filed`: somebody
proposes its own level and another decides, as for any other.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from records import audit, policies
from records.models import ClassificationAct, Document
from records.permissions import Actor
from records.services import states
from records.services.classification import COLUMNS
from records.vocabulary import ActState, Level


def hold(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Document]:
    """The pieces that others are about to follow or replace, locked: what counts is their level of that moment."""
    if not keys:
        return {}
    return {piece.pk: piece for piece in Document.objects.select_for_update().filter(pk__in=keys).order_by("pk")}


def level_after(former: Document | None) -> str:
    """The level with which a piece enters: that of a closed one it follows or replaces. That a piece is public says
    nothing of the next."""
    return former.level if former and former.level in policies.ARTICLES else str(Level.UNCLASSIFIED)


def note_levels(pairs: Iterable[tuple[Document, Document | None]], actor: Actor) -> None:
    """The act, the event and the step of each new piece that entered with the level of the former one."""
    for document, former in pairs:
        if former is not None and document.level != Level.UNCLASSIFIED:
            note_level(document, former, actor)


def note_level(document: Document, former: Document, actor: Actor) -> None:
    ruling = ClassificationAct.objects.filter(document=former, state=ActState.IN_FORCE, level=former.level).first()
    act = ClassificationAct.objects.create(
        document=document,
        level=document.level,
        previous_level=Level.UNCLASSIFIED,
        state=ActState.IN_FORCE,
        inherited_from=former,
        proposed_at=document.filed_at,
        **grounds_of(ruling),
    )
    facts = {"act": act.pk, "level": act.level, "former": former.pk, "former_act": ruling.pk if ruling else ""}
    event = audit.record("level.inherited", actor=actor, subject=document, **facts)
    states.note(act, "", act.state, actor, act.balance, event)


def grounds_of(ruling: ClassificationAct | None) -> Mapping[str, Any]:
    """The grounds of the former piece as they stand; none are made up where it has no act."""
    return {name: getattr(ruling, name) for name in COLUMNS} if ruling else {}
