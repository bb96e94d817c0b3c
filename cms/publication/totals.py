"""Sums of what is published: projects by phase, credits, indicators by kind of impact (arts. 25, 31, 41)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from cms.core import known
from cms.core.spanish import share
from cms.publication import vocabulary
from cms.publication.models import PublishedIndicator, PublishedProject, WithheldNotice

_CREDITS: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True)
class Balance:
    """Credits of everything published, two decimals, and the moment of the last decision behind them."""

    projects: int
    agreed: Decimal
    executed: Decimal
    updated: Any

    @property
    def executed_share(self) -> Decimal:
        return share(self.executed, self.agreed)

    @property
    def pending(self) -> Decimal:
        return self.agreed - self.executed


@known.kept
def balance() -> Balance:
    zero = Decimal("0.00")
    sums = PublishedProject.objects.aggregate(
        projects=Count("id"),
        agreed=Coalesce(Sum("credits_agreed"), zero, output_field=_CREDITS),
        executed=Coalesce(Sum("credits_executed"), zero, output_field=_CREDITS),
        updated=Max("decided_at"),
    )
    return Balance(**sums)


@known.kept
def by_phase() -> dict[str, int]:
    """Code of phase → projects; a phase without any is not named."""
    return dict(PublishedProject.objects.order_by().values_list("phase").annotate(many=Count("id")))


@known.kept
def places() -> dict[str, int]:
    """Department → projects."""
    named = PublishedProject.objects.exclude(department="").order_by()
    return dict(named.values_list("department").annotate(many=Count("id")))


@known.kept
def indicators() -> list[dict[str, Any]]:
    """Targets and achievements summed over all projects, in the order of the kinds of impact."""
    rows = (
        PublishedIndicator.objects.order_by()
        .values("kind", "name", "unit")
        .annotate(target=Sum("target"), achieved=Sum("achieved"), date=Max("measured_on"))
    )
    order = list(vocabulary.IMPACTS)
    place = {code: index for index, code in enumerate(order)}
    listed = sorted(rows, key=lambda row: (place.get(row["kind"], len(order)), row["name"]))
    return [{**row, "kind_label": vocabulary.label(vocabulary.IMPACTS, row["kind"])} for row in listed]


def headline(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the sums of `indicators`, the ones told first: the largest social and the largest industrial target."""
    told = [[row for row in rows if row["kind"] == kind and row["target"]] for kind in ("social", "industrial")]
    return [max(group, key=lambda row: row["target"]) for group in told if group]


@known.kept
def withheld() -> list[dict[str, Any]]:
    """Withheld documents by ground, over all projects, until the last of their days: only what the notices tell."""
    rows = WithheldNotice.objects.order_by("norm", "article", "literal").values("norm", "article", "literal")
    return [dict(row) for row in rows.annotate(count=Sum("count"), last=Max("until"))]


def count_convenios() -> int:
    """How many rows `convenios` has, without reading them."""
    named = PublishedProject.objects.exclude(convenio_number="").order_by()
    return named.values("framework_number", "convenio_number", "supplier").distinct().count()


def convenios() -> list[dict[str, Any]]:
    """One row per convenio derivado with its marco, parties and credits; no value of any activity."""
    object_of = PublishedProject.objects.filter(convenio_number=OuterRef("convenio_number")).order_by("code")
    rows = (
        PublishedProject.objects.exclude(convenio_number="")
        .order_by("framework_number", "convenio_number")
        .values("framework_number", "convenio_number", "supplier")
        .annotate(
            agreed=Sum("credits_agreed"),
            executed=Sum("credits_executed"),
            updated=Max("decided_at"),
            first_slug=Subquery(object_of.values("slug")[:1]),
            object=Subquery(object_of.values("name")[:1]),
        )
    )
    return [dict(row) for row in rows]
