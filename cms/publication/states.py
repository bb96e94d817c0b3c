"""Kept states: how a card is told as JSON, how a state is added, and which are emptied (ADR 51)."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max, Q, QuerySet

from cms.publication.models import PublicChange
from records.api import ConvenioCard, ProjectCard

#: What a kept state does not tell of the card: the present alone tells what is withheld and which documents are
#: shown, for a piece that was closed since must be nowhere; ids of custody are nobody's.
_UNTOLD = {"withheld", "pieces", "project_id", "decision_id"}
_ORDER = ("decided_at", "id")


def told_of(card: ProjectCard) -> dict[str, Any]:
    """The told part of the card as JSON text would hold it, by its own field names."""
    values = asdict(replace(card, pieces=()))
    return {field.name: in_json(values[field.name]) for field in fields(card) if field.name not in _UNTOLD}


def told_of_convenios(cards: Collection[ConvenioCard]) -> list[Any]:
    return [in_json(asdict(card)) for card in cards]


def in_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: in_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_json(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | bool) else DjangoJSONEncoder().default(value)


def keep(project_id: uuid.UUID, told: Mapping[str, Any], at: datetime.datetime, decision_id: uuid.UUID | None) -> None:
    """One more state of the project: a row is added, none is written over. `decision_id` is None where no decision
    about the project made it, but an act of its convenio."""
    PublicChange.objects.create(
        project_id=project_id,
        decision_id=decision_id,
        decided_at=at,
        published=True,
        card=told,
        digest=digest_of(told),
        correction=told["correction"],
        note=told["note"],
    )


def digest_of(told: Mapping[str, Any]) -> str:
    """SHA-256 of a state as JSON with sorted keys and no spaces, UTF-8: anybody can make it again."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def kept_of(project_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[PublicChange]]:
    """States of each of these projects that still tell something, the oldest first."""
    kept: dict[uuid.UUID, list[PublicChange]] = {key: [] for key in project_ids}
    for state in PublicChange.objects.filter(project_id__in=kept, published=True).exclude(card={}).order_by(*_ORDER):
        kept[state.project_id].append(state)
    return kept


def last_of(project_id: uuid.UUID) -> PublicChange | None:
    """Its last state, that which is shown."""
    rows = PublicChange.objects.filter(project_id=project_id, published=True).exclude(card={})
    return rows.order_by(*_ORDER).last()


def empty(rows: QuerySet[PublicChange]) -> int:
    """Nothing is told of these states any more; how many told something."""
    return rows.exclude(card={}).update(card={}, digest="", note="")


def forget(numbers: Collection[str], among: Collection[uuid.UUID] | None = None) -> int:
    """No state names these convenios, and none before one that did is left: what is not signed has no past.

    `among`: the projects whose states are looked at; all of them otherwise.
    """
    naming = Q(card__convenio_number__in=list(numbers)) | Q(card__framework_number__in=list(numbers))
    rows = PublicChange.objects.filter(naming).order_by()
    rows = rows if among is None else rows.filter(project_id__in=among)
    found = rows.values_list("project_id").annotate(last=Max("decided_at")) if numbers else ()
    return sum(empty(PublicChange.objects.filter(project_id=key, decided_at__lte=last)) for key, last in found)
