"""Pages of a set for the API: a question of the database for one page more than asked, never for the whole.

A page goes on after the last key of the one before it, so that a row that appears meanwhile repeats and hides none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from cms.publication import open_data, totals
from cms.publication.models import PublishedProject
from cms.publication.open_data import DATASETS, Row

MOST, USUAL = 100, 50

#: Filter of the API → the column of a published project it compares with.
FILTERS: Mapping[str, str] = {
    "fase": "phase",
    "apuesta": "strategic_bet",
    "departamento": "department",
    "area": "area_of_interest",
    "clase": "offset_kind",
    "poblacion": "inclusion__code",
    "convenio": "convenio_number",
    "anio": "year",
}
#: The filter by kind of impact: a project has several of them in one column.
IMPACT = "impacto"


@dataclass(frozen=True)
class Listed:
    """One page: its rows, how many rows the filters leave in all, and the key after which the next page begins."""

    rows: list[Row]
    total: int
    after: str


def projects(chosen: Mapping[str, str], after: str, size: int) -> Listed:
    asked = {FILTERS[name]: value for name, value in chosen.items() if value and name != IMPACT}
    found = open_data.projects.filter(**asked, **_with_impact(chosen.get(IMPACT, "")))
    return _page("proyectos", found.filter(code__gt=after)[: size + 1], found.count(), size, lambda row: row.code)


def _with_impact(code: str) -> dict[str, list[str]]:
    """Which cells hold this kind of impact; there are few, and a database's search in a text minds no capitals."""
    if not code:
        return {}
    cells = PublishedProject.objects.order_by().values_list("impacts", flat=True).distinct()
    return {"impacts__in": [cell for cell in cells if code in cell.split(",")]}


def project(code: str) -> dict[str, Any] | None:
    """A project with its indicators and what is withheld of it; None where no such code is published."""
    if "\x00" in code:  # PostgreSQL refuses one even in a question
        return None
    row = open_data.projects.filter(code=code).prefetch_related("indicators__project", "withheld__project").first()
    if row is None:
        return None
    parts = {"indicadores": row.indicators.all(), "reservas": row.withheld.all()}
    return DATASETS["proyectos"].row(row) | {
        name: [DATASETS[name].row(part) for part in listed] for name, listed in parts.items()
    }


def indicators(project_code: str, after: str, size: int) -> Listed:
    found = open_data.indicators.filter(project__code=project_code) if project_code else open_data.indicators.all()
    code, _colon, position = after.rpartition(":")
    left = found
    if code and position.isdecimal() and len(position) < 6:
        left = found.filter(Q(project__code__gt=code) | Q(project__code=code, position__gt=int(position)))
    return _page("indicadores", left[: size + 1], found.count(), size, lambda row: f"{row.project.code}:{row.position}")


def convenios(after: str, size: int) -> Listed:
    found = sorted(totals.convenios(), key=_convenio_key)
    left = [row for row in found if _convenio_key(row) > after]
    return _page("convenios", left[: size + 1], len(found), size, _convenio_key)


def _convenio_key(row: Mapping[str, Any]) -> str:
    return f"{row['framework_number']}:{row['convenio_number']}:{row['supplier']}"


def _page(name: str, some: Sequence[Any] | Any, total: int, size: int, key: Any) -> Listed:
    things = list(some)
    shown = things[:size]
    return Listed([DATASETS[name].row(one) for one in shown], total, key(shown[-1]) if len(things) > size else "")
