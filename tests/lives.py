"""Pieces at any point of their life, with the counters of their expediente moved as filing moves them."""

from __future__ import annotations

from typing import Any

from records.models import ClassificationAct, Document, Expediente
from records.services import filing, registration
from records.vocabulary import ActState, DocumentState, Level, Origin
from tests import factories


def piece(cast: dict[str, Any], expediente: Expediente, level: str = Level.UNCLASSIFIED, **fields: Any) -> Document:
    """A filed piece as rows only, in the next place of its expediente; `pages` folios."""
    held = Expediente.objects.get(pk=expediente.pk)
    place = filing.next_place(held, fields.get("pages", 1))
    held.save(update_fields=["last_order", "last_folio"])
    return factories.insert_piece(fields.pop("filer", cast["archivista"]), expediente, level, **place, **fields)


def classified(
    cast: dict[str, Any], expediente: Expediente, level: str = Level.PUBLIC, until: Any = None, **fields: Any
) -> Document:
    """A piece whose level was approved: the act in force is there, as rows."""
    made = piece(cast, expediente, level, state=DocumentState.CLASSIFIED, **fields)
    ClassificationAct.objects.create(
        document=made, level=level, previous_level=Level.UNCLASSIFIED, state=ActState.IN_FORCE,
        proposed_by=cast["custodia"], proposed_at=made.filed_at, decided_by=cast["jefatura"], decided_at=made.filed_at,
        until=until,
    )  # fmt: skip
    return made


def registered(cast: dict[str, Any], expediente: Expediente, level: str = Level.PUBLIC, **fields: Any) -> Document:
    """A piece registered through the service, by the custodian, who reads every level."""
    made = classified(cast, expediente, level, **fields)
    return registration.register_document(actor=cast["custodia"], document=made)


def digitised(cast: dict[str, Any], expediente: Expediente, **fields: Any) -> Document:
    return classified(cast, expediente, origin=Origin.DIGITISED, **fields)
