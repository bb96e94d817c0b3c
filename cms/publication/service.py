"""Publishing and withdrawing: copies made in the transaction of the decision that orders them (D2).

Called by `cms.wiring` from the events of custody; the caller owns the transaction, so a failure here undoes the act.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from cms.publication import search_source
from cms.publication.models import (
    PublicChange,
    PublishedInclusion,
    PublishedIndicator,
    PublishedKey,
    PublishedProject,
    WithheldNotice,
)
from records.api import ProjectCard, now

_PLAIN = tuple(
    field.name
    for field in PublishedProject._meta.get_fields()
    if getattr(field, "attname", None) and field.name not in {"id", "project_id"}
)


def publish(card: ProjectCard) -> PublishedProject:
    """Shows `card` to citizens, in place of whatever was shown of that project before.

    Must run inside the transaction of the decision; raises TransactionManagementError otherwise.
    """
    _require_transaction()
    project, _created = PublishedProject.objects.update_or_create(
        project_id=card.project_id, defaults={name: getattr(card, name) for name in _PLAIN}
    )
    _replace_parts(project, card)
    _keep(card.project_id, card.decision_id, card.decided_at, _plain(card))
    search_source.enqueue([str(project.id)])
    return project


def withdraw(project_id: uuid.UUID) -> bool:
    """Takes the project away from citizens, with every copy of its facts. False if it was not shown."""
    _require_transaction()
    shown = PublishedProject.objects.filter(project_id=project_id).first()
    if shown is None:
        return False
    key = str(shown.id)
    shown.delete()
    PublicChange.objects.filter(project_id=project_id).update(card={})
    _keep(project_id, None, now(), None)
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
    for old in (project.inclusion, project.indicators, project.withheld):
        old.all().delete()
    codes = dict.fromkeys(card.inclusion)
    PublishedInclusion.objects.bulk_create(PublishedInclusion(project=project, code=code) for code in codes)
    PublishedIndicator.objects.bulk_create(_indicators(project, card.indicators))
    WithheldNotice.objects.bulk_create(_notices(project, card.withheld))


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
            measured_on=_date(row.get("date")),
            source=row.get("source", ""),
        )
        for position, row in enumerate(rows)
    ]


def _notices(project: PublishedProject, rows: Iterable[Mapping[str, Any]]) -> list[WithheldNotice]:
    return [
        WithheldNotice(
            project=project,
            norm=row["norm"],
            article=str(row.get("article", "")),
            literal=row.get("literal", ""),
            count=row["count"],
            until=_date(row.get("until")),
        )
        for row in rows
    ]


def _amount(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _date(value: Any) -> datetime.date | None:
    """Dates come as dates or as ISO text, depending on where the fact was kept."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _plain(card: ProjectCard) -> dict[str, Any]:
    """The card as JSON text would hold it, by its own field names."""
    encoder = DjangoJSONEncoder()
    values = asdict(card)
    return {field.name: _json(encoder, values[field.name]) for field in fields(card)}


def _json(encoder: DjangoJSONEncoder, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(encoder, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(encoder, inner) for inner in value]
    return value if value is None or isinstance(value, str | int | bool) else encoder.default(value)


def _keep(
    project_id: uuid.UUID, decision_id: uuid.UUID | None, decided_at: datetime.datetime, card: dict[str, Any] | None
) -> None:
    PublicChange.objects.create(
        project_id=project_id,
        decision_id=decision_id,
        decided_at=decided_at,
        published=card is not None,
        card=card or {},
    )
