"""What an address of the search screen asks for, and the addresses that lead on from it. The whole state of a list is
in its address, so that it can be kept, shared and come back to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from search import api as search_api

PATH = "/custodia/buscar/"
#: Parameter of the address → facet of the search room, in the order in which they help.
FACETS: Mapping[str, str] = {
    "tipo": "tipo",
    "convenio": "convenio",
    "expediente": "expediente",
    "proveedor": "proveedor",
    "fase": "phase",
    "anio": "year",
    "dependencia": "office",
    "nivel": "level",
}
PARAMETERS: Mapping[str, str] = {facet: parameter for parameter, facet in FACETS.items()}
#: Order of the search room → (name in the address, label).
ORDERS: Mapping[search_api.Order, tuple[str, object]] = {
    "relevance": ("", _("relevancia")),
    "newest": ("recientes", _("más recientes")),
    "oldest": ("antiguos", _("más antiguos")),
    "folio": ("folio", _("folio")),
}
LONGEST_CURSOR, LONGEST_VALUE = 1024, 400
MOST_VALUES = 50
#: Pages one can go back one by one; beyond them only to the beginning.
TRAIL = 6
#: A longer text goes by POST, and on in the address as the words that were understood of it.
LONG = 1_500


@dataclass(frozen=True)
class Asked:
    """One address. `trail`: cursors of the pages before this one, the first page left out; `page` counts from 1."""

    words: str = ""
    narrowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    order: search_api.Order = "relevance"
    after: str = ""
    trail: tuple[str, ...] = ()
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many values narrow the list."""
        return sum(map(len, self.narrowed.values()))

    def state(self) -> str:
        """The query string of the same list, words first."""
        return urlencode(list(self.pairs()))

    def state_without_words(self) -> str:
        """What a viewer keeps of it beside the words."""
        return replace(self, words="").state()

    def kept(self) -> list[tuple[str, str]]:
        """What stays chosen when other words are typed."""
        return list(replace(self, words="", after="", trail=()).pairs())

    def url(self, **changes: object) -> str:
        """The address of the list with these changes. Another question begins at its first page."""
        begun = {} if "after" in changes else {"after": "", "trail": (), "page": 1}
        state = replace(self, **{**begun, **changes}).state()  # type: ignore[arg-type]
        return f"{PATH}?{state}" if state else PATH

    def toggled(self, facet: str, value: str) -> str:
        """The address with this value of a facet chosen, or not any more."""
        return self.toggles(facet)(value)

    def toggles(self, facet: str) -> Callable[[str], str]:
        """Value of a facet → its `toggled`; what is the same in all of these addresses is written once."""
        chosen, parameter = self.narrowed.get(facet, frozenset()), PARAMETERS[facet]
        begun = replace(self, narrowed={**self.narrowed, facet: frozenset({""})}, after="", trail=(), page=1)
        listed = list(begun.pairs())
        at = listed.index((parameter, ""))
        before, behind = urlencode(listed[:at]), urlencode(listed[at + 1 :])

        def toggled(value: str) -> str:
            own = urlencode([(parameter, one) for one in sorted(chosen ^ {value})])
            state = "&".join(filter(None, (before, own, behind)))
            return f"{PATH}?{state}" if state else PATH

        return toggled

    def onwards(self, cursor: str) -> str:
        """The address of the next page."""
        trail = (*self.trail, self.after)[-TRAIL:] if self.after else self.trail
        return self.url(after=cursor, trail=trail, page=self.page + 1)

    def backwards(self) -> str:
        """The address of the previous page; empty on the first, and where the way back was forgotten."""
        if self.page == 2 and self.after:
            return self.url()
        if self.page < 2 or not self.trail:
            return ""
        return self.url(after=self.trail[-1], trail=self.trail[:-1], page=self.page - 1)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The parameters of its address, words first."""
        if self.words:
            yield "q", self.words
        for parameter, facet in FACETS.items():
            yield from ((parameter, value) for value in sorted(self.narrowed.get(facet, ())))
        if name := ORDERS[self.order][0]:
            yield "orden", name
        if self.after:
            yield "despues", self.after
            yield "hoja", str(self.page)
        if self.trail:
            yield "ruta", ".".join(self.trail)


def asked_by(sent: QueryDict) -> Asked:
    """What a request asks for. Any text is a question; what does not make sense of the rest counts as not said."""
    after = sent.get("despues", "")[:LONGEST_CURSOR]
    page = whole(sent.get("hoja", ""))
    trail = tuple(part for part in sent.get("ruta", "")[: TRAIL * LONGEST_CURSOR].split(".") if part)[-TRAIL:]
    return Asked(
        words=sent.get("q", "").replace("\x00", " "),
        narrowed={facet: values for name, facet in FACETS.items() if (values := values_of(sent, name))},
        order=next((order for order, (name, _label) in ORDERS.items() if name == sent.get("orden", "")), "relevance"),
        after=after,
        trail=trail if after else (),
        page=max(page, 2) if after else 1,
    )


def values_of(sent: QueryDict, name: str) -> frozenset[str]:
    values = (value.replace("\x00", " ").strip()[:LONGEST_VALUE] for value in sent.getlist(name)[:MOST_VALUES])
    return frozenset(value for value in values if value)


def whole(text: str) -> int:
    written = text.strip()[:9]
    return int(written) if written.isascii() and written.isdigit() else 1


def for_links(asked: Asked) -> Asked:
    """The same question as addresses can hold it: a long text is written as the words that were understood of it,
    which asks the same."""
    if len(asked.words) <= LONG:
        return asked
    return replace(asked, words=search_api.render(search_api.parse(asked.words)))
