"""What a citizen asks of /buscar/ and what the page shows of the answer: filters, orders, remarks, addresses.

An address holds the whole question, so that it can be kept and shared. What it says is bounded before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from search import api as search_api

LONGEST_QUERY = 400
LONGEST_VALUE = 200
LONGEST_CURSOR = 1024
MOST_VALUES = 12
PAGE_SIZE = 20
MOST_OPTIONS = 10
#: Letters shown on either side of what a remark is about.
AROUND = 24

#: What a thing is, as the index says it → its name in an address and its heading; in the order shown.
SECTIONS: dict[str, tuple[str, Any]] = {
    "Proyecto": ("proyectos", _("Proyectos del Banco")),
    "Documento": ("documentos", _("Documentos publicados")),
    "Norma": ("normas", _("Normas")),
    "Programa": ("programas", _("Programas")),
    "Convocatoria": ("convocatorias", _("Convocatorias")),
    "Transparencia": ("transparencia", _("Transparencia")),
    "Página": ("paginas", _("Páginas")),
}
_BY_SLUG = {slug: kind for kind, (slug, _label) in SECTIONS.items()}
#: Facets in the order that helps: name in an address → name in the index and heading.
FACETS: dict[str, tuple[str, Any]] = {
    "seccion": ("tipo", _("Sección")),
    "fase": ("phase", _("Fase")),
    "convenio": ("convenio", _("Convenio")),
    "proveedor": ("proveedor", _("Proveedor")),
    "anio": ("year", _("Año")),
}
#: Name of an order in an address → the order, and how it is called.
ORDERS: dict[str, tuple[search_api.Order, Any]] = {
    "": ("relevance", _("relevancia")),
    "recientes": ("newest", _("más recientes")),
    "antiguos": ("oldest", _("más antiguos")),
}
ALL: search_api.Narrowing = {"tipo": frozenset(SECTIONS)}
"""All that is published: what a question without words is about."""


@dataclass(frozen=True)
class Question:
    """What an address asks. `chosen`: name in the address → values, as they stand there. `cut`: it said more words
    than are searched."""

    words: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    order: str = ""
    after: str = ""
    cut: bool = False

    @property
    def narrowed(self) -> dict[str, frozenset[str]]:
        """The choices in the names and values of the index."""
        return {
            FACETS[name][0]: frozenset(_inward(name, one) for one in values) for name, values in self.chosen.items()
        }

    @property
    def kept(self) -> list[dict[str, str]]:
        """What a new question from the same box keeps: the filters and the order."""
        chosen = [(name, value) for name in FACETS for value in sorted(self.chosen.get(name, ()))]
        return [{"name": name, "value": value} for name, value in (*chosen, ("orden", self.order)) if value]

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words.strip() or self.chosen)

    def query(self, **changed: Any) -> str:
        """The address's query string with these parts changed; a change but of `after` leads to the first page."""
        other = replace(self, **{"after": "", **changed})
        chosen = [(name, value) for name in FACETS for value in sorted(other.chosen.get(name, ()))]
        parts = [("q", other.words), *chosen, ("orden", other.order), ("despues", other.after)]
        return urlencode([(name, value) for name, value in parts if value], errors="replace")

    def url(self, path: str = "/buscar/", **changed: Any) -> str:
        """The address of such a question."""
        query = self.query(**changed)
        return f"{path}?{query}" if query else path

    def with_choice(self, name: str, value: str) -> dict[str, frozenset[str]]:
        """The choices with this one turned over."""
        turned = {**self.chosen, name: self.chosen.get(name, frozenset()) ^ {value}}
        return {key: values for key, values in turned.items() if values}


def read(query: QueryDict) -> Question:
    """The question of an address: too long is cut, too many are left out, what no index holds is nobody's choice."""
    typed = query.get("q", "").replace("\x00", " ")
    chosen = {name: _values(query.getlist(name)) for name in FACETS}
    order = query.get("orden", "")
    return Question(
        words=_shortened(typed),
        chosen={name: values for name, values in chosen.items() if values},
        order=order if order in ORDERS else "",
        after=query.get("despues", "")[:LONGEST_CURSOR],
        cut=len(typed) > LONGEST_QUERY,
    )


def _shortened(text: str) -> str:
    """As much of it as is searched, without the piece of a word at its end: that would be another word."""
    if len(text) <= LONGEST_QUERY:
        return text
    return text[: LONGEST_QUERY + 1].rpartition(" ")[0] or text[:LONGEST_QUERY]


def _values(values: Iterable[str]) -> frozenset[str]:
    kept = [value for value in values if 0 < len(value) <= LONGEST_VALUE and value.isprintable()]
    return frozenset(kept[:MOST_VALUES])


def _inward(name: str, value: str) -> str:
    return _BY_SLUG.get(value, value) if name == "seccion" else value


def _outward(name: str, value: str) -> str:
    return SECTIONS[value][0] if name == "seccion" and value in SECTIONS else value


def _label(name: str, value: str) -> Any:
    kind = _inward(name, value)
    return SECTIONS[kind][1] if name == "seccion" and kind in SECTIONS else value


def ask(question: Question, size: int = PAGE_SIZE) -> search_api.Answer:
    """The answer for a citizen, whoever sits before the screen. Without words, all that is published and fits the
    filters. Raises EngineUnavailable."""
    return search_api.search(
        None,
        question.words,
        page_size=size,
        after=question.after or None,
        facets=True,
        narrowed=question.narrowed or ({} if question.words.strip() else ALL),
        order=ORDERS[question.order][0],
    )


# What is shown of an answer -------------------------------------------------------------------------------


def hits(question: Question, answer: search_api.Answer) -> list[dict[str, Any]]:
    """The hits as the page shows them, the words marked in their titles too."""
    return [
        {
            "title": _marked(hit.title, question.words),
            "url": hit.url,
            "container": hit.container,
            "date": hit.date,
            "snippet": hit.snippet,
        }
        for hit in answer.hits
    ]


def _marked(title: str, words: str) -> SafeString:
    """The title as safe HTML, without what would turn the line around, its words that were asked for marked."""
    written = ["".join(c for c in word if c.isprintable()) for word in title.split()]
    found = set(search_api.mark_words(written, words))
    shown = (format_html("<mark>{}</mark>", word) if at in found else word for at, word in enumerate(written))
    return format_html_join(" ", "{}", ((word,) for word in shown))


def groups(question: Question, answer: search_api.Answer) -> list[dict[str, Any]]:
    """Facets with their counts inside the question, each option with the address that turns it over; those of a facet
    that narrows are counted without its own choice. What is chosen stays, to be taken away also where nothing was
    found."""
    # Without words and without its own choice nothing is asked, and nothing is counted: what was asked is told then.
    counted = {**answer.facets, **{name: values for name, values in answer.beside.items() if values}}
    made = [
        {"name": name, "label": label, "options": _options(question, name, counted.get(code, {}))}
        for name, (code, label) in FACETS.items()
    ]
    return [group for group in made if group["options"]]


def _options(question: Question, name: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    chosen = question.chosen.get(name, frozenset())
    given = {_outward(name, value): count for value, count in counts.items()}
    values = [*given, *sorted(chosen - given.keys())]
    if name == "seccion":
        order = [slug for slug, _label in SECTIONS.values()]
        values.sort(key=lambda value: order.index(value) if value in order else len(order))
    shown = [value for at, value in enumerate(values) if at < MOST_OPTIONS or value in chosen]
    return [
        {
            "label": _label(name, value),
            "count": given.get(value, 0),
            "checked": value in chosen,
            "url": question.url(chosen=question.with_choice(name, value)),
        }
        for value in shown
    ]


def chosen(question: Question) -> list[dict[str, Any]]:
    """The filters that are on, each with the address that takes it away."""
    return [
        {
            "name": FACETS[name][1],
            "label": _label(name, value),
            "url": question.url(chosen=question.with_choice(name, value)),
        }
        for name in FACETS
        for value in sorted(question.chosen.get(name, ()))
    ]


def orders(question: Question) -> list[dict[str, Any]]:
    """The orders with their addresses; the present one is marked."""
    return [
        {"label": label, "url": question.url(order=code), "current": code == question.order}
        for code, (_order, label) in ORDERS.items()
    ]


def remarks(question: Question, answer: search_api.Answer) -> list[dict[str, str]]:
    """What was not understood as typed, each in its place among the words; then, over a list, what else is to be told
    of it. That nothing was found the page says by itself."""
    told = {one.text for one in answer.remarks}
    others = [note for note in answer.notes if note not in told] if answer.hits else []
    too_long: list[dict[str, str]] = [
        {"piece": "", "text": str(_("La consulta es muy larga: se tuvo en cuenta solo el comienzo."))}
    ]
    return [
        *(too_long if question.cut else []),
        *(_placed(question.words, one) for one in answer.remarks),
        *({"piece": "", "text": note} for note in others),
    ]


def _placed(words: str, remark: search_api.Remark) -> dict[str, str]:
    """A remark with the words it is about and some of those around them; without, where it is about all of them."""
    start, end = remark.start, remark.end
    if words[start:end].strip() == words.strip():
        return {"piece": "", "text": remark.text}
    piece = words[start:end]
    before, after = words[max(start - AROUND, 0) : start], words[end : end + AROUND]
    return {
        "before": f"…{before}" if start > AROUND else before,
        "piece": piece if len(piece) <= 2 * AROUND else f"{piece[: 2 * AROUND]}…",
        "after": f"{after}…" if end + AROUND < len(words) else after,
        "text": remark.text,
    }
