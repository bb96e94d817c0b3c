"""The Banco's list: which filters are on, how many projects each choice would leave, and one page of rows.

Counts come from one cross-tabulation, so the number of queries does not grow with the rows or with the filters.
A group's counts ignore its own choices, as a reader who is about to change them expects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms.publication import vocabulary
from cms.publication.models import PublishedInclusion, PublishedProject

PAGE_SIZE = 24
LONGEST_VALUE = 120


@dataclass(frozen=True)
class Facet:
    """A filter: its name in the address, its label, the column it reads and the words of its codes."""

    name: str
    label: Any
    column: str
    words: Mapping[str, Any] = field(default_factory=dict)
    show_empty: bool = False


FACETS: tuple[Facet, ...] = (
    Facet("fase", _("Fase"), "phase", vocabulary.PHASES, show_empty=True),
    Facet("apuesta", _("Apuesta"), "strategic_bet", vocabulary.BETS),
    Facet("departamento", _("Departamento"), "department"),
    Facet("area", _("Área de interés"), "area_of_interest", vocabulary.AREAS),
    Facet("clase", _("Clase de Offset"), "offset_kind", vocabulary.OFFSET_KINDS),
)
INCLUSION = Facet("poblacion", _("Población"), "inclusion__code", vocabulary.INCLUSION)
COLUMNS = tuple(facet.column for facet in FACETS)

Choices = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Listing:
    """One page of the Banco. `after` is the code of the last row shown, or empty at the end."""

    projects: list[PublishedProject]
    total: int
    groups: list[dict[str, Any]]
    active: int
    after: str
    query: str


def read_choices(query: QueryDict) -> Choices:
    """The filters an address asks for; what is too long, empty or no text is nobody's choice."""
    return {
        facet.name: frozenset(value for value in query.getlist(facet.name) if _is_text(value))
        for facet in (*FACETS, INCLUSION)
    }


def _is_text(value: str) -> bool:
    """Whether a column may be compared with it: PostgreSQL refuses a NUL even in a question."""
    return 0 < len(value) <= LONGEST_VALUE and "\x00" not in value


def list_projects(query: QueryDict) -> Listing:
    """Rows, total and counts for the filters of `query`; its `despues` is the code the last page ended with."""
    choices, last = read_choices(query), query.get("despues", "")
    cells = _cross_table(choices[INCLUSION.name])
    page = list(_rows(choices, last if _is_text(last) else "")[: PAGE_SIZE + 1])
    more = len(page) > PAGE_SIZE
    return Listing(
        projects=page[:PAGE_SIZE],
        total=sum(count for values, count in cells if _fits(values, choices, "")),
        groups=[*(_group(facet, cells, choices) for facet in FACETS), _inclusion_group(choices)],
        active=sum(len(chosen) for chosen in choices.values()),
        after=page[PAGE_SIZE - 1].code if more else "",
        query=urlencode([(name, value) for name in sorted(choices) for value in sorted(choices[name])]),
    )


def _rows(choices: Choices, after: str) -> QuerySet[PublishedProject]:
    rows = _with_inclusion(PublishedProject.objects.all(), choices[INCLUSION.name])
    for facet in FACETS:
        if choices[facet.name]:
            rows = rows.filter(**{f"{facet.column}__in": choices[facet.name]})
    return rows.filter(code__gt=after).order_by("code").prefetch_related("withheld")


def _with_inclusion(rows: QuerySet[PublishedProject], chosen: frozenset[str]) -> QuerySet[PublishedProject]:
    if not chosen:
        return rows
    holders = PublishedInclusion.objects.filter(code__in=chosen)
    return rows.filter(id__in=holders.values("project_id"))


def _cross_table(inclusion: frozenset[str]) -> list[tuple[dict[str, str], int]]:
    """How many projects share each combination of the single-valued facets."""
    rows = _with_inclusion(PublishedProject.objects.order_by(), inclusion).values(*COLUMNS)
    return [(row, row.pop("many")) for row in rows.annotate(many=Count("id"))]


def _fits(values: Mapping[str, str], choices: Choices, but: str) -> bool:
    """Whether a combination passes every filter except the one named `but`."""
    return all(
        facet.name == but or not choices[facet.name] or values[facet.column] in choices[facet.name] for facet in FACETS
    )


def _group(facet: Facet, cells: Iterable[tuple[dict[str, str], int]], choices: Choices) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for values, many in cells:
        counts[values[facet.column]] += many if _fits(values, choices, facet.name) else 0
    return _shown(facet, counts, choices)


def _inclusion_group(choices: Choices) -> dict[str, Any]:
    columns = {column: f"project__{column}" for column in COLUMNS}
    rows = PublishedInclusion.objects.order_by().values("code", *columns.values()).annotate(many=Count("id"))
    counts: Counter[str] = Counter()
    for row in rows:
        values = {column: row[path] for column, path in columns.items()}
        counts[row["code"]] += row["many"] if _fits(values, choices, "") else 0
    return _shown(INCLUSION, counts, choices)


def _shown(facet: Facet, counts: Mapping[str, int], choices: Choices) -> dict[str, Any]:
    """The group as the facet list draws it: known codes in their order, then the rest by name."""
    chosen = choices[facet.name]
    known = [code for code in facet.words if facet.show_empty or code in counts]
    others = sorted(code for code in counts if code and code not in facet.words)
    options = [
        {
            "value": code,
            "label": vocabulary.label(dict(facet.words), code),
            "count": counts.get(code, 0),
            "checked": code in chosen,
        }
        for code in (*known, *others)
    ]
    return {"name": facet.name, "label": facet.label, "options": options}
