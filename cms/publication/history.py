"""The public history of a project: every state it was shown in, numbered, dated, comparable (`beyond 19`).

Rows are added by each decision and none is written over; a withdrawal empties those before it, and what is empty is
answered as what never existed (ADR 51). Documents are those shown now, from the day each was published: a piece that
was closed since is in no past.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime

from cms.publication.models import PublicChange, PublishedDocument, PublishedIndicator, PublishedProject

#: Facts of a card that a row of the projection has too.
_FACTS = (
    "code", "slug", "name", "phase", "objective", "summary", "department", "municipality", "area_of_interest",
    "strategic_bet", "offset_kind", "supplier", "recipient", "beneficiaries", "convenio_number", "framework_number",
)  # fmt: skip
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class State:
    """A project as it was shown from `at` on. `number` is its place in its history, never used for another."""

    number: int
    at: datetime.datetime
    card: Mapping[str, Any]
    digest: str
    correction: bool
    note: str
    slug: str

    @property
    def day(self) -> datetime.date:
        """The day it was decided, here."""
        return localtime(self.at).date()

    @property
    def url(self) -> str:
        return f"/banco/{self.slug}/historia/{self.number}/"

    @property
    def project(self) -> PublishedProject:
        """The state as the page of a project reads it; it is in no table."""
        facts = {name: self.card.get(name) or "" for name in _FACTS}
        return PublishedProject(
            **facts,
            credits_agreed=amount(self.card.get("credits_agreed")) or _ZERO,
            credits_executed=amount(self.card.get("credits_executed")) or _ZERO,
            decided_at=self.at,
        )

    @property
    def inclusion(self) -> tuple[str, ...]:
        return tuple(self.card.get("inclusion") or ())

    @property
    def indicators(self) -> list[PublishedIndicator]:
        rows = self.card.get("indicators") or ()
        return [
            PublishedIndicator(
                position=position, kind=row["kind"], name=row["name"], unit=row.get("unit") or "",
                target=amount(row.get("target")), achieved=amount(row.get("achieved")),
                measured_on=day_of(row.get("date")), source=row.get("source") or "",
            )
            for position, row in enumerate(rows)
        ]  # fmt: skip


def states_of(project: PublishedProject) -> list[State]:
    """Every state since it was last brought to the Banco, oldest first; one question."""
    rows = PublicChange.objects.filter(project_id=project.project_id).order_by("decided_at", "id")
    return [
        State(number, row.decided_at, row.card, row.digest, row.correction, row.note, project.slug)
        for number, row in enumerate(rows, start=1)
        if row.published and row.card
    ]


def state_numbered(states: Iterable[State], number: int) -> State | None:
    return next((state for state in states if state.number == number), None)


def state_on(states: Iterable[State], day: datetime.date) -> State | None:
    """What was shown at the end of a day, here; None before the first."""
    return next((state for state in sorted(states, key=_latest) if state.day <= day), None)


def _latest(state: State) -> int:
    return -state.number


def documents_by(project: PublishedProject, until: datetime.datetime | None) -> list[PublishedDocument]:
    """Documents of its convenio shown now that were published by then; all of them without a moment."""
    if not project.convenio_number:
        return []
    rows = PublishedDocument.objects.filter(convenio_number=project.convenio_number).defer("text")
    return list(rows.filter(decided_at__lte=until) if until else rows)


def amount(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def day_of(value: Any) -> datetime.date | None:
    moment = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    return moment.date() if moment else parse_date(value) if isinstance(value, str) and value else value or None
