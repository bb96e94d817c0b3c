"""What the kernel tells the rest of the house, inside the act's own transaction.

`cms.wiring` subscribes; the kernel knows nobody. A handler that fails undoes the act.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar


@dataclass(frozen=True)
class DocumentsFiled:
    """Pieces were filed: their text is to be read."""

    document_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class DocumentsChanged:
    """Pieces were filed, read, annulled or changed level: what is searchable of them must be looked at again."""

    document_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class ProjectCard:
    """All that a decision makes public of a project, as plain values (arts. 21, 25, 38).

    Credits are decimals with two places; indicators are mappings with the keys
    kind, name, unit, target, achieved, date, source; withheld ones norm, article, literal, count, until.
    """

    project_id: uuid.UUID
    code: str
    slug: str
    name: str
    phase: str
    objective: str
    summary: str
    department: str
    municipality: str
    area_of_interest: str
    strategic_bet: str
    offset_kind: str
    supplier: str
    recipient: str
    beneficiaries: str
    inclusion: tuple[str, ...]
    convenio_number: str
    framework_number: str
    credits_agreed: Decimal
    credits_executed: Decimal
    decision_id: uuid.UUID
    decided_at: datetime.datetime
    indicators: tuple[Mapping[str, Any], ...] = field(default=())
    withheld: tuple[Mapping[str, Any], ...] = field(default=())


@dataclass(frozen=True)
class ProjectPublished:
    card: ProjectCard


@dataclass(frozen=True)
class ProjectWithdrawn:
    project_id: uuid.UUID


@dataclass(frozen=True)
class SigningKeyNoted:
    """A key this installation signs with, by its fingerprint (SHA-256 in hex): outsiders compare with it."""

    fingerprint: str
    since: datetime.datetime


Event = TypeVar("Event")
_handlers: dict[type, list[Callable[[Any], None]]] = {}


def subscribe(kind: type[Event], handler: Callable[[Event], None]) -> None:
    """Call `handler` for each event of `kind`; subscribing twice is the same as once."""
    handlers = _handlers.setdefault(kind, [])
    if handler not in handlers:
        handlers.append(handler)


def announce(event: object) -> None:
    for handler in _handlers.get(type(event), ()):
        handler(event)
