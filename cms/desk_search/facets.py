"""Facets as lists of links: what narrows, what else could, and what is chosen as chips that are taken away one by one.

Counts are those of the answer: of what this reader may find of the words, under all that is chosen; for a facet that
narrows already, the values that could be chosen beside are counted without its own choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms.desk_search.address import FACETS, Asked
from search import api as search_api

LABELS: Mapping[str, object] = {
    "tipo": _("Tipo documental"),
    "convenio": _("Convenio"),
    "expediente": _("Expediente"),
    "proveedor": _("Proveedor"),
    "phase": _("Fase"),
    "year": _("Año"),
    "office": _("Dependencia"),
    "level": _("Nivel"),
}
LEVELS: Mapping[str, object] = {
    "public": _("Pública"),
    "restricted": _("Clasificada"),
    "reserved": _("Reservada"),
    "unclassified": _("Sin clasificar"),
}
#: Values shown at once; the others unfold.
SHOWN = 6
#: Values told at all: a longer list is narrowed by words.
MOST = 60


@dataclass(frozen=True)
class Option:
    """One value: where choosing it, or leaving it, leads. `count` is None for a chosen value that finds nothing."""

    label: object
    count: int | None
    url: str
    chosen: bool = False


@dataclass(frozen=True)
class Group:
    """One facet: values shown at once, values that unfold, and how many more there are."""

    name: str
    label: object
    options: list[Option]
    folded: list[Option]
    left_out: int = 0


def groups(asked: Asked, answer: search_api.Answer) -> list[Group]:
    """The facets that have values, in the order in which they help."""
    made = (group_of(asked, facet, counts_of(answer, facet)) for facet in FACETS.values())
    return [group for group in made if group.options]


def counts_of(answer: search_api.Answer, facet: str) -> Mapping[str, int]:
    return answer.beside.get(facet) or answer.facets.get(facet, {})


def group_of(asked: Asked, facet: str, counts: Mapping[str, int]) -> Group:
    chosen = asked.narrowed.get(facet, frozenset())
    first = [(value, counts.get(value)) for value in sorted(chosen)]
    others = [(value, count) for value, count in counts.items() if value not in chosen]
    if facet == "year":
        others.sort(reverse=True)
    url = asked.toggles(facet)
    options = [
        Option(label_of(facet, value), count, url(value), value in chosen) for value, count in [*first, *others][:MOST]
    ]
    shown = max(SHOWN, len(first))
    return Group(facet, LABELS[facet], options[:shown], options[shown:], max(len(first) + len(others) - MOST, 0))


def label_of(facet: str, value: str) -> object:
    """A value as people name it; as it is where it has no other name."""
    return LEVELS.get(value, value) if facet == "level" else value


def chips(asked: Asked) -> Iterator[dict[str, Any]]:
    """What is chosen, each with the address that leaves it."""
    for facet in FACETS.values():
        for value in sorted(asked.narrowed.get(facet, ())):
            yield {"name": LABELS[facet], "label": label_of(facet, value), "url": asked.toggled(facet, value)}
