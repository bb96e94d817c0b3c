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
class EmergencyOpened:
    """An emergency opened a piece to somebody: whoever keeps its expediente must hear of it."""

    emergency_id: uuid.UUID
    expediente_id: uuid.UUID


@dataclass(frozen=True)
class PieceCard:
    """All that is public of a piece whose level is public: what citizens may download and compare (art. 38).

    `digest` is the SHA-256 in hex of its bytes, `size` their number; `decision_id` the act that gave the level.
    """

    document_id: uuid.UUID
    convenio_number: str
    title: str
    tipo: str
    date: datetime.date
    digest: str
    size: int
    media_type: str
    extension: str
    pages: int
    version: int
    decision_id: uuid.UUID
    text: str = ""


@dataclass(frozen=True)
class ConvenioCard:
    """What is public of a signed convenio: no value of any activity. Credits have two decimals, in `currency`.

    What it has executed is not told: of its projects some may be nobody's, and a sum would betray them.
    """

    number: str
    kind: str
    framework_number: str
    title: str
    supplier: str
    recipient: str
    signed_on: datetime.date | None
    stage: str
    currency: str
    credits_agreed: Decimal


@dataclass(frozen=True)
class ProjectCard:
    """All that a decision makes public of a project, as plain values (arts. 21, 25, 38).

    Credits are decimals with two places; indicators are mappings with the keys
    kind, name, unit, target, achieved, date, source; withheld ones norm, article, literal, reason, count, until.
    `entered_on` is the day its entry to the Banco was approved; `note` tells citizens what a correction corrects.
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
    convenios: tuple[ConvenioCard, ...] = field(default=())
    pieces: tuple[PieceCard, ...] = field(default=())
    entered_on: datetime.date | None = None
    correction: bool = False
    note: str = ""


@dataclass(frozen=True)
class ProjectPublished:
    card: ProjectCard


@dataclass(frozen=True)
class ProjectWithdrawn:
    project_id: uuid.UUID


@dataclass(frozen=True)
class PiecesLooked:
    """Pieces changed: `public` of them citizens read from now on, the others of `document_ids` no longer.

    `withheld` has, for each shown project that they touch, what is withheld of it now.
    """

    document_ids: tuple[uuid.UUID, ...]
    public: tuple[PieceCard, ...]
    withheld: Mapping[uuid.UUID, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True)
class ExpedienteStaged:
    """An expediente took a step of its course: a convenio that lies in it is in another state."""

    expediente_id: uuid.UUID


@dataclass(frozen=True)
class ConveniosChanged:
    """Convenios were noted, signed or moved on: what shown projects tell of them must be looked at again."""

    numbers: tuple[str, ...]


@dataclass(frozen=True)
class ProjectTold:
    """What a shown project tells of its signed convenios now: their acts change it, no decision of its own.

    `credits_agreed` is None where its own convenio is not signed; `withheld` as in `ProjectCard`.
    """

    project_id: uuid.UUID
    convenio_number: str
    framework_number: str
    credits_agreed: Decimal | None
    convenios: tuple[ConvenioCard, ...] = field(default=())
    withheld: tuple[Mapping[str, Any], ...] = field(default=())


@dataclass(frozen=True)
class ConveniosLooked:
    """Convenios changed: what each shown project tells of its own now, and all public pieces of these.

    `unsigned` are numbers that nothing may name: not what is shown, and no state that was kept.
    """

    projects: tuple[ProjectTold, ...]
    pieces: tuple[PieceCard, ...]
    unsigned: frozenset[str] = field(default=frozenset())


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
