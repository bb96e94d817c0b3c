"""Publishing and withdrawing: copies made in the transaction of the decision that orders them (D2).

Called by `cms.wiring` from the events of custody; the caller owns the transaction, so a failure here undoes the act.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localtime

from cms.publication import contracts, pieces, search_source, states
from cms.publication.history import day_of
from cms.publication.models import (
    PublicChange,
    PublishedInclusion,
    PublishedIndicator,
    PublishedKey,
    PublishedProject,
)
from cms.publication.notices import replace_notices
from records.api import ProjectCard, now

#: What is made of the card and not copied from it.
_DERIVED = {"id", "project_id", "year", "impacts", "inclusion_codes"}
_PLAIN = tuple(
    field.name
    for field in PublishedProject._meta.get_fields()
    if getattr(field, "attname", None) and field.name not in _DERIVED
)


def publish(card: ProjectCard) -> PublishedProject:
    """Shows `card` to citizens, in place of whatever was shown of that project before.

    Must run inside the transaction of the decision; raises TransactionManagementError otherwise.
    """
    _require_transaction()
    facts = {name: getattr(card, name) for name in _PLAIN} | _derived(card)
    its = PublishedProject.objects.filter(project_id=card.project_id)
    former = contracts.numbers_of(its)
    project, _created = PublishedProject.objects.update_or_create(project_id=card.project_id, defaults=facts)
    _replace_parts(project, card)
    contracts.show(card)
    contracts.tell_again(former | contracts.numbers_of(its))
    pieces.replace_all([one.number for one in card.convenios], card.pieces, card.decided_at)
    pieces.drop_unused()
    states.keep(card.project_id, states.told_of(card), card.decided_at, card.decision_id)
    search_source.enqueue([str(project.id)])
    return project


def withdraw(project_id: uuid.UUID) -> bool:
    """Takes the project away from citizens, with every copy of its facts, its history, and what only it let them read.

    False if it was not shown. What was kept of it is emptied: custody remembers what was decided, the public process
    has nothing left to tell (ADR 51).
    """
    _require_transaction()
    shown = PublishedProject.objects.filter(project_id=project_id).first()
    if shown is None:
        return False
    key, numbers = str(shown.id), {shown.convenio_number, shown.framework_number}
    shown.delete()
    contracts.tell_again(numbers)
    states.empty(PublicChange.objects.filter(project_id=project_id))
    PublicChange.objects.create(project_id=project_id, decided_at=now(), published=False)
    pieces.drop_unused()
    search_source.enqueue([key])
    return True


def publish_key(fingerprint: str, since: datetime.datetime) -> None:
    """Lets citizens compare the key of a certificate with it; the same again changes nothing.

    A set-up that stops at an earlier migration has no place for it, and the next one comes back.
    """
    if PublishedKey._meta.db_table in connection.introspection.table_names():
        PublishedKey.objects.get_or_create(fingerprint=fingerprint, defaults={"since": since})


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        message = "publication follows a decision: call it inside the decision's transaction"
        raise transaction.TransactionManagementError(message)


def _replace_parts(project: PublishedProject, card: ProjectCard) -> None:
    for old in (project.inclusion, project.indicators):
        old.all().delete()
    codes = dict.fromkeys(card.inclusion)
    PublishedInclusion.objects.bulk_create(PublishedInclusion(project=project, code=code) for code in codes)
    PublishedIndicator.objects.bulk_create(_indicators(project, card.indicators))
    replace_notices(project, card.withheld)


def _derived(card: ProjectCard) -> dict[str, str]:
    """What the list counts: the year of entry, kinds of impact that something is agreed of, criteria."""
    agreed = (row["kind"] for row in card.indicators if _amount(row.get("target")))
    entered = card.entered_on or localtime(card.decided_at).date()
    return {
        "year": str(entered.year),
        "impacts": ",".join(dict.fromkeys(agreed)),
        "inclusion_codes": ",".join(dict.fromkeys(card.inclusion)),
    }


def _indicators(project: PublishedProject, rows: Iterable[Mapping[str, Any]]) -> list[PublishedIndicator]:
    return [
        PublishedIndicator(
            project=project,
            position=position,
            kind=row["kind"],
            name=row["name"],
            unit=row.get("unit", ""),
            target=_amount(row.get("target")),
            achieved=_amount(row.get("achieved")),
            measured_on=day_of(row.get("date")),
            source=row.get("source", ""),
        )
        for position, row in enumerate(rows)
    ]


def _amount(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))
