"""The Banco's list: which filters are on, how many projects each choice would leave, and one page of rows.

What is counted is known since the last change of what is public (`cms/publication/chart.py`); the database is asked for
the rows of one page alone. A group's counts ignore its own choices, as a reader who is about to change them expects. A
project with several values in a group counts in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms.core import known
from cms.publication import vocabulary
from cms.publication.chart import Chart, chart_of, first
from cms.publication.models import PublishedProject

PAGE_SIZE = 24
LONGEST_VALUE = 120


@dataclass(frozen=True)
class Facet:
    """A filter: its name in the address, its label, the column it reads and the words of its codes.

    `many`: the column holds several codes separated by commas. `newest`: its values are shown from the greatest.
    """

    name: str
    label: Any
    column: str
    words: Mapping[str, Any] = field(default_factory=dict)
    show_empty: bool = False
    many: bool = False
    newest: bool = False


FACETS: tuple[Facet, ...] = (
    Facet("fase", _("Fase"), "phase", vocabulary.PHASES, show_empty=True),
    Facet("apuesta", _("Apuesta"), "strategic_bet", vocabulary.BETS),
    Facet("departamento", _("Departamento"), "department"),
    Facet("area", _("Área de interés"), "area_of_interest", vocabulary.AREAS),
    Facet("impacto", _("Clase de impacto"), "impacts", vocabulary.IMPACTS, many=True),
    Facet("poblacion", _("Población y criterios"), "inclusion_codes", vocabulary.INCLUSION, many=True),
    Facet("clase", _("Clase de Offset"), "offset_kind", vocabulary.OFFSET_KINDS),
    Facet("anio", _("Año de entrada al Banco"), "year", newest=True),
)
Choices = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Listing:
    """One page of the Banco. `after` is the code of the last row shown, or empty at the end.

    `places` and `phases` count every published project, whatever is filtered.
    """

    projects: list[PublishedProject]
    total: int
    groups: list[dict[str, Any]]
    active: int
    after: str
    query: str
    places: dict[str, int]
    phases: dict[str, int]


def read_choices(query: QueryDict) -> Choices:
    """The filters an address asks for; what is too long, empty or no text is nobody's choice."""
    return {facet.name: frozenset(filter(_is_text, query.getlist(facet.name))) for facet in FACETS}


def _is_text(value: str) -> bool:
    """Whether a column may be compared with it: PostgreSQL refuses a NUL even in a question."""
    return 0 < len(value) <= LONGEST_VALUE and "\x00" not in value


def list_projects(query: QueryDict) -> Listing:
    """Rows, total and counts for the filters of `query`; its `despues` is the code the last page ended with."""
    choices, last, counted = read_choices(query), query.get("despues", ""), chart()
    left, counts = counted.tally([choices[facet.name] for facet in FACETS])
    page = [counted.codes[at] for at in first(counted.after(last if _is_text(last) else "", left), PAGE_SIZE + 1)]
    shown = PublishedProject.objects.filter(code__in=page[:PAGE_SIZE])
    return Listing(
        projects=sorted(shown, key=lambda project: project.code),
        total=left.bit_count(),
        groups=[_shown(facet, count, choices) for facet, count in zip(FACETS, counts, strict=True)],
        active=sum(len(chosen) for chosen in choices.values()),
        after=page[PAGE_SIZE - 1] if len(page) > PAGE_SIZE else "",
        query=urlencode([(name, value) for name in sorted(choices) for value in sorted(choices[name])]),
        places=counted.counts(_place_of("department")),
        phases=counted.counts(_place_of("phase")),
    )


@known.kept
def chart() -> Chart:
    """Every published project as far as it is counted; one question."""
    rows = PublishedProject.objects.order_by().values_list("code", *(facet.column for facet in FACETS))
    return chart_of(rows, [facet.many for facet in FACETS])


def _place_of(column: str) -> int:
    return next(place for place, facet in enumerate(FACETS) if facet.column == column)


def _shown(facet: Facet, counts: Mapping[str, int], choices: Choices) -> dict[str, Any]:
    """The group as the facet list draws it: known codes in their order, then the rest by name."""
    chosen = choices[facet.name]
    known = [code for code in facet.words if facet.show_empty or code in counts or code in chosen]
    others = sorted((code for code in counts if code and code not in facet.words), reverse=facet.newest)
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
