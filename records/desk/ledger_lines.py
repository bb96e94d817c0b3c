"""Events of the ledger as lines a person reads. Titles are looked up now, and only where the reader sees them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import permissions, stages
from records.audit import ACTIONS
from records.models import LedgerEvent
from records.permissions import Actor
from records.selectors.history import READINGS
from records.vocabulary import Level

PROBLEMS = {
    "missing": gettext_lazy("faltan los bytes"),
    "altered": gettext_lazy("los bytes cambiaron"),
    "unreadable": gettext_lazy("no se pueden leer"),
}

#: What an event is about when it is no row of the database.
OBJECTS = {"custody": gettext_lazy("custodia")}


@dataclass(frozen=True)
class Line:
    """One line: what was done, by whom, about which piece (empty when its title may not be shown).

    `times` counts consecutive readings by the same person, told as one. `document` is the id of the piece that the
    title is of, and `reason` what the person wrote, where its readers are told.
    """

    index: int
    what: str
    at: datetime.datetime
    who: str
    action: str
    object_id: str
    object_name: str = ""
    title: str = ""
    detail: str = ""
    times: int = 1
    document: str = ""
    reason: str = ""

    @property
    def is_reading(self) -> bool:
        return self.action in READINGS


def told(actor: Actor, events: Sequence[LedgerEvent], reasons: Mapping[int, str] | None = None) -> list[Line]:
    """Lines in the order given, with titles of the pieces this person reads, in one query.

    `reasons` (event number → text) are for histories whose reader is told them.
    """
    pieces = {event.index: piece_of(event) for event in events}
    keys = {key for key in pieces.values() if key}
    visible = permissions.visible_to(actor).filter(pk__in=keys).order_by() if keys else ()
    titles = {str(piece.pk): piece.title for piece in visible}
    return [line_of(event, titles, pieces[event.index], (reasons or {}).get(event.index, "")) for event in events]


def piece_of(event: LedgerEvent) -> str:
    """The piece an event speaks of: what was acted upon, or what an act upon an expediente names."""
    if event.object_type == "Document":
        return event.object_id
    return str(facts_of(event).get("document", "")) if event.object_type == "Expediente" else ""


def facts_of(event: LedgerEvent) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(event.payload)["facts"]
    return facts


def line_of(event: LedgerEvent, titles: Mapping[str, str], piece: str, reason: str = "") -> Line:
    title = titles.get(piece, "")
    return Line(
        event.index,
        str(ACTIONS.get(event.action, event.action)),
        event.at,
        event.actor or _("el sistema"),
        event.action,
        event.object_id,
        str(OBJECTS.get(event.object_id, event.object_id)),
        title,
        detail_of(facts_of(event)),
        document=piece if title else "",
        reason=reason,
    )


def detail_of(facts: dict[str, Any]) -> str:
    """The facts that a person understands: level, person, term, problem. Digests and ids stay in the ledger."""
    labels: dict[str, Any] = dict(Level.choices)
    parts = [
        str(labels.get(str(facts.get("level", "")), "")),
        str(facts.get("person", "")),
        _("hasta el %(day)s") % {"day": written(str(facts["until"]))} if facts.get("until") else "",
        str(PROBLEMS.get(str(facts.get("problem", "")), "")),
        _("página %(page)s") % {"page": facts["page"]} if facts.get("page") else "",
        stage_step(facts),
        str(facts.get("key", "")) if facts.get("annex") else "",
    ]
    return " · ".join(part for part in parts if part)


def stage_step(facts: Mapping[str, Any]) -> str:
    """`Vistos buenos → Para firma`, of a step along the course of an expediente."""
    if facts.get("machine") != "Stage":
        return ""
    kind = str(facts.get("kind", ""))
    return " → ".join(stages.label_of(kind, str(facts.get(side, ""))) for side in ("from", "to"))


def written(day: str) -> str:
    """ISO text of a day as it is read here; what is no day stays as it is."""
    try:
        return datetime.date.fromisoformat(day).strftime("%d/%m/%Y")
    except ValueError:
        return day


def gathered(lines: Iterable[Line]) -> list[Line]:
    """The same lines with readings in a row by one person told once; the newest of them stays."""
    kept: list[Line] = []
    for line in lines:
        last = kept[-1] if kept else None
        if last and line.is_reading and last.is_reading and last.who == line.who and last.object_id == line.object_id:
            kept[-1] = replace(last, times=last.times + 1, detail="")
        else:
            kept.append(line)
    return kept
