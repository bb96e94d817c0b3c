"""The Banco's list: which filters are on, how many projects each choice would leave, and one page of rows in an order.

What is counted is known since the last change of what is public (`cms/publication/chart.py`); the database is asked for
the rows of one page alone. A group's counts ignore its own choices, as a reader who is about to change them expects. A
project with several values in a group counts in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms.core import known
from cms.publication import vocabulary
from cms.publication.chart import Chart, chart_of
from cms.publication.models import PublishedProject
from cms.publication.ordering import ORDERS, Mark, Order, order_named, read_mark

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
    Facet("apuesta", _("Apuesta de reindustrialización"), "strategic_bet", vocabulary.BETS),
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
    """One page of the Banco. `query` is its address without the page, in one spelling whatever was asked, and
    `canonical` that of the same projects in the order of no asking. `after` is the mark of the last row shown as it
    stands in an address, or empty at the end.

    `places` and `phases` count every published project, whatever is filtered.
    """

    projects: list[PublishedProject]
    total: int
    groups: list[dict[str, Any]]
    chosen: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    kept: list[dict[str, str]]
    active: int
    after: str
    query: str
    canonical: str
    clear_url: str
    places: dict[str, int]
    phases: dict[str, int]


def read_choices(query: QueryDict) -> Choices:
    """The filters an address asks for; what is too long, empty or no text is nobody's choice."""
    return {facet.name: frozenset(filter(_is_text, query.getlist(facet.name))) for facet in FACETS}


def _is_text(value: str) -> bool:
    """Whether a column may be compared with it: PostgreSQL refuses a NUL even in a question."""
    return 0 < len(value) <= LONGEST_VALUE and "\x00" not in value


def list_projects(query: QueryDict) -> Listing:
    """Rows, total and counts for the filters of `query`, in its `orden`; its `despues` is the mark the last page ended
    with."""
    choices, order, last, counted = read_choices(query), order_named(query.get("orden", "")), _last(query), chart()
    left, counts = counted.tally([choices[facet.name] for facet in FACETS])
    page = list(islice(_behind(counted, order, left, last), PAGE_SIZE + 1))
    groups = [_shown(facet, count, choices) for facet, count in zip(FACETS, counts, strict=True)]
    return Listing(
        projects=_rows([mark.code for mark in page[:PAGE_SIZE]]),
        total=left.bit_count(),
        groups=groups,
        chosen=[_removal(group, option, choices, order) for group in groups for option in _checked(group)],
        orders=[{"label": one.label, "url": url(choices, one), "current": one is order} for one in ORDERS],
        kept=[{"name": "orden", "value": order.name}] if order is not ORDERS[0] else [],
        active=sum(len(chosen) for chosen in choices.values()),
        after=quote(str(page[PAGE_SIZE - 1])) if len(page) > PAGE_SIZE else "",
        query=address(choices, order),
        canonical=url(choices, ORDERS[0]),
        clear_url=url({}, order),
        places=counted.counts(_place_of("department")),
        phases=counted.counts(_place_of("phase")),
    )


def address(choices: Choices, order: Order) -> str:
    """The query string of these filters in this order; that of no asking is not told."""
    told = [(name, value) for name in sorted(choices) for value in sorted(choices[name])]
    return urlencode(told + [("orden", order.name)] * (order is not ORDERS[0]))


def url(choices: Choices, order: Order) -> str:
    query = address(choices, order)
    return f"/banco/?{query}" if query else "/banco/"


def _last(query: QueryDict) -> Mark:
    asked = query.get("despues", "")
    return read_mark(asked if _is_text(asked) else "")


def _behind(counted: Chart, order: Order, left: int, last: Mark) -> Iterator[Mark]:
    place = counted.place
    return (mark for mark in order.behind(ranked(order), last) if mark.code in place and left >> place[mark.code] & 1)


def _rows(codes: list[str]) -> list[PublishedProject]:
    """The projects of these codes, in the order of the codes."""
    found = {project.code: project for project in PublishedProject.objects.filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


def _checked(group: dict[str, Any]) -> list[dict[str, Any]]:
    return [option for option in group["options"] if option["checked"]]


def _removal(group: dict[str, Any], option: dict[str, Any], choices: Choices, order: Order) -> dict[str, Any]:
    """A filter that is on, with the address of the list without it."""
    others = {**choices, group["name"]: choices[group["name"]] - {option["value"]}}
    return {"name": group["label"], "label": option["label"], "url": url(others, order)}


@known.kept
def chart() -> Chart:
    """Every published project as far as it is counted; one question."""
    rows = PublishedProject.objects.order_by().values_list("code", *(facet.column for facet in FACETS))
    return chart_of(rows, [facet.many for facet in FACETS])


def ranked(order: Order) -> Sequence[Mark]:
    """Every published project in that order; another question for the first who asks for it."""
    return known.fact(f"{__name__}.ranked {order.name}", lambda: order.ranked(_cells(order)))


def _cells(order: Order) -> Iterable[tuple[str, Sequence[Any]]]:
    if not order.columns:
        return ((code, ()) for code in chart().codes)
    rows = PublishedProject.objects.order_by().values_list("code", *order.columns)
    return ((code, cells) for code, *cells in rows)


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
