"""The Banco's list: which filters are on, how many projects each choice would leave, and one page of rows.

One question reads what is counted of every project; all counts are made of it here, in one pass, so that the number
of queries grows neither with the rows nor with the filters. A group's counts ignore its own choices, as a reader
who is about to change them expects. A project with several values in a group counts in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms.publication import vocabulary
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
COLUMNS = tuple(facet.column for facet in FACETS)
Choices = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Counted:
    """What is counted of one project: its values by facet."""

    code: str
    values: tuple[frozenset[str], ...]


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
    choices, last = read_choices(query), query.get("despues", "")
    rows = counted()
    left, counts = tally(rows, [choices[facet.name] for facet in FACETS])
    page = [code for code in left if code > (last if _is_text(last) else "")][: PAGE_SIZE + 1]
    shown = PublishedProject.objects.filter(code__in=page[:PAGE_SIZE]).order_by("code")
    return Listing(
        projects=list(shown),
        total=len(left),
        groups=[_shown(facet, count, choices) for facet, count in zip(FACETS, counts, strict=True)],
        active=sum(len(chosen) for chosen in choices.values()),
        after=page[PAGE_SIZE - 1] if len(page) > PAGE_SIZE else "",
        query=urlencode([(name, value) for name in sorted(choices) for value in sorted(choices[name])]),
        places=dict(Counter(place for row in rows for place in row.values[COLUMNS.index("department")] if place)),
        phases=dict(Counter(phase for row in rows for phase in row.values[COLUMNS.index("phase")])),
    )


def counted() -> list[Counted]:
    """Every published project by its code, as far as it is counted; one question."""
    sets: dict[tuple[bool, str], frozenset[str]] = {}
    rows = PublishedProject.objects.order_by("code").values_list("code", *COLUMNS)
    return [
        Counted(code, tuple(_values(sets, facet.many, cell) for facet, cell in zip(FACETS, cells, strict=True)))
        for code, *cells in rows
    ]


def _values(sets: dict[tuple[bool, str], frozenset[str]], many: bool, cell: str) -> frozenset[str]:
    """The codes of a cell; the same few cells come again and again, so each is taken apart once."""
    key = (many, cell)
    if key not in sets:
        sets[key] = frozenset(cell.split(",")) if many else frozenset({cell})
    return sets[key]


def tally(rows: Sequence[Counted], chosen: Sequence[frozenset[str]]) -> tuple[list[str], list[Counter[str]]]:
    """Codes that pass every filter, and for each facet how many rows that pass all the others have each value,
    also when none has. Rows alike in all their values are counted together."""
    on = [(place, wanted) for place, wanted in enumerate(chosen) if wanted]
    left: list[str] = []
    cells: list[Counter[frozenset[str]]] = [Counter() for _facet in chosen]
    for row in rows:
        failed = [place for place, wanted in on if not wanted & row.values[place]]
        if not failed:
            left.append(row.code)
        for place in range(len(chosen)):
            cells[place][row.values[place]] += not failed or failed == [place]
    return left, [_apart(counted) for counted in cells]


def _apart(cells: Mapping[frozenset[str], int]) -> Counter[str]:
    """Of counts by the codes of a cell, counts by code."""
    counts: Counter[str] = Counter()
    for codes, many in cells.items():
        for code in codes:
            counts[code] += many
    return counts


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
