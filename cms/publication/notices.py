"""Notices of what is withheld beside a project: how many documents, on which ground, until when at the latest.

They tell the present alone. A number that fell yesterday could say that something became reserved, whose existence
nobody may tell: notices have no history (ADR 51).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cms.core import generation
from cms.publication.history import day_of
from cms.publication.models import PublishedProject, WithheldNotice


def replace_notices(project: PublishedProject, rows: Iterable[Mapping[str, Any]]) -> bool:
    """What is told of it is `rows`; whether that is another than was told. What is told already is left alone: a
    public page that is made anew with each act of custody would tell by its pace how many there are."""
    notices = [notice_of(project, row) for row in rows]
    if sorted(map(told, notices)) == sorted(map(told, project.withheld.all())):
        return False
    project.withheld.all().delete()
    WithheldNotice.objects.bulk_create(notices)
    generation.advance()  # rows made at once are heard by nobody
    return True


def told(notice: WithheldNotice) -> tuple[str, str, str, int, str]:
    """What citizens read of it."""
    return notice.norm, notice.article, notice.literal, notice.count, str(notice.until or "")


def notice_of(project: PublishedProject, row: Mapping[str, Any]) -> WithheldNotice:
    return WithheldNotice(
        project=project,
        norm=row["norm"],
        article=str(row.get("article", "")),
        literal=row.get("literal", ""),
        count=row["count"],
        until=day_of(row.get("until")),
    )
