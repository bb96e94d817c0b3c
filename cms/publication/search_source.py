"""What citizens may find: published projects and live pages, one source over the partition `published`.

Everybody may find all of it, so the scope is the same for a citizen, for staff and for a disabled account.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core import generation
from cms.core.search_source import PublishedPages, Thing
from cms.core.spanish import as_sentences
from cms.publication.models import PublishedDocument, PublishedProject
from search import api as search_api
from search.api import Card, IndexEntry, PartitionScope, Scope

NAME = "published"
PARTITION = "published"
LEVEL = "public"


class Part(Protocol):
    """One family of published things; keys of the source are `prefix:id`."""

    prefix: str

    def ids(self) -> Iterable[str]: ...

    def among(self, ids: Iterable[str]) -> set[str]: ...

    def things(self, ids: Iterable[str]) -> dict[str, Thing]: ...


class WordsBeside(Protocol):
    """What editors wrote of published projects, by the project's code."""

    def words_of(self, codes: Iterable[str]) -> Mapping[str, str]: ...

    def codes_of(self, page_ids: Iterable[str]) -> Iterable[str]: ...


#: Pages stand above the projection, so they say themselves where their words are; until then there are none.
_beside: list[WordsBeside] = []


def use_words_beside(words: WordsBeside) -> None:
    """Let projects be found also by what `words` tells of them."""
    _beside[:] = [words]


class PublishedProjects:
    """The part whose ids are those of published rows."""

    prefix = "proyecto"

    def ids(self) -> Iterable[str]:
        return [str(pk) for pk in PublishedProject.objects.order_by("code").values_list("id", flat=True)]

    def among(self, ids: Iterable[str]) -> set[str]:
        return {str(pk) for pk in PublishedProject.objects.filter(id__in=_uuids(ids)).values_list("id", flat=True)}

    def things(self, ids: Iterable[str]) -> dict[str, Thing]:
        rows = PublishedProject.objects.filter(id__in=_uuids(ids)).prefetch_related("inclusion", "indicators")
        words = _words_of([row.code for row in rows])
        return {str(row.id): _project(row, words.get(row.code, "")) for row in rows}


class PublishedDocuments:
    """Public pieces, found by their text: their address tells what they are and gives the file."""

    prefix = "documento"

    def ids(self) -> Iterable[str]:
        return [str(pk) for pk in PublishedDocument.objects.order_by("id").values_list("id", flat=True)]

    def among(self, ids: Iterable[str]) -> set[str]:
        return {str(pk) for pk in PublishedDocument.objects.filter(id__in=_uuids(ids)).values_list("id", flat=True)}

    def things(self, ids: Iterable[str]) -> dict[str, Thing]:
        return {str(row.id): _document(row) for row in PublishedDocument.objects.filter(id__in=_uuids(ids))}


class PublishedSource:
    """Search's view of everything published. Registered by `cms.wiring`."""

    name = NAME
    partitions: Sequence[str] = (PARTITION,)
    worded: Sequence[str] = (PARTITION,)
    documents = False

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {
            part.prefix: part for part in (PublishedProjects(), PublishedPages(), PublishedDocuments())
        }

    def scope_for(self, viewer: Any) -> Scope:
        del viewer
        return Scope({PARTITION: PartitionScope(whole=True)})

    def load(self, keys: Sequence[str]) -> list[IndexEntry]:
        return [_entry(key, thing) for key, thing in self.things(keys).items()]

    def iter_keys(self) -> Iterator[str]:
        for part in self._parts.values():
            yield from (f"{part.prefix}:{value}" for value in part.ids())

    def confirm(self, keys: Iterable[str], viewer: Any) -> set[str]:
        del viewer
        return {
            f"{part.prefix}:{value}" for part, ids in self._split(keys) for value in (part.among(ids) if ids else ())
        }

    def present(self, keys: Iterable[str], viewer: Any) -> Mapping[str, Card]:
        del viewer
        return {key: _card(key, thing) for key, thing in self.things(keys).items()}

    def page_texts(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        """Published things have one page, so only page 1 has a text."""
        wanted = {key for key, number in places if number == 1}
        return {(key, 1): thing.text for key, thing in self.things(wanted).items()}

    def things(self, keys: Iterable[str]) -> dict[str, Thing]:
        """What is published now of these keys: a few questions per part, however many keys."""
        return {
            f"{part.prefix}:{value}": thing
            for part, ids in self._split(keys)
            for value, thing in (part.things(ids) if ids else {}).items()
        }

    def _split(self, keys: Iterable[str]) -> Iterator[tuple[Part, list[str]]]:
        """Each part with its ids among the keys."""
        split = [key.partition(":") for key in keys]
        yield from (
            (part, [value for head, _colon, value in split if head == part.prefix]) for part in self._parts.values()
        )


def enqueue(project_row_ids: Sequence[str]) -> None:
    """Tells search that these published rows changed or went away; inside the caller's transaction."""
    generation.advance()
    search_api.enqueue(NAME, [f"{PublishedProjects.prefix}:{value}" for value in project_row_ids])


def enqueue_projects_of(codes: Iterable[str]) -> None:
    """Tells search that something was written anew beside these projects; those not published are nobody's."""
    ids = PublishedProject.objects.filter(code__in=list(codes)).values_list("id", flat=True)
    enqueue([str(pk) for pk in ids])


def enqueue_documents(ids: Sequence[str]) -> None:
    """The same for published documents."""
    generation.advance()
    search_api.enqueue(NAME, [f"{PublishedDocuments.prefix}:{value}" for value in ids])


def enqueue_pages(page_ids: Sequence[str]) -> None:
    """The same for Wagtail pages, and for the projects that some of them tell of."""
    search_api.enqueue(NAME, [f"{PublishedPages.prefix}:{value}" for value in page_ids])
    codes = {code for words in _beside for code in words.codes_of(page_ids)}
    if codes:
        enqueue_projects_of(codes)


def _entry(key: str, thing: Thing) -> IndexEntry:
    return IndexEntry(
        source=NAME,
        key=key,
        partition=PARTITION,
        container="",
        title=thing.title,
        pages=(thing.text,),
        facets={"tipo": thing.kind, "level": LEVEL, **thing.facts},
        date=thing.date,
    )


def _card(key: str, thing: Thing) -> Card:
    return Card(
        key=key,
        title=thing.title,
        url=thing.url,
        level=LEVEL,
        level_label=_("Pública"),
        container=thing.kind,
        date=thing.date,
        pages=1,
    )


def _words_of(codes: Sequence[str]) -> Mapping[str, str]:
    return {code: said for words in _beside for code, said in words.words_of(codes).items()}


def _project(row: PublishedProject, beside: str) -> Thing:
    facts = {
        "convenio": row.convenio_number,
        "proveedor": row.supplier,
        "phase": row.phase_label,
        "year": str(timezone.localtime(row.decided_at).year),
    }
    kept = {name: value for name, value in facts.items() if value}
    return Thing(row.name, row.url, _project_text(row, beside), _("Proyecto"), row.decided_at, kept)


def _project_text(row: PublishedProject, beside: str) -> str:
    """What the project's public page says, as sentences: a snippet is cut from it. The title is a field of its own."""
    return as_sentences(
        row.summary, row.objective, row.beneficiaries, *row.inclusion_labels, row.place, row.supplier, row.recipient,
        row.area_label, row.bet_label, row.kind_label, row.phase_label, row.code, row.convenio_number,
        row.framework_number, *(indicator.name for indicator in row.indicators.all()), beside,
        _("Proyecto del Banco"),
    )  # fmt: skip


def _document(row: PublishedDocument) -> Thing:
    facts = {"convenio": row.convenio_number, "year": str(row.date.year)}
    text = as_sentences(row.tipo, row.convenio_number, row.text)
    return Thing(row.title, row.url, text, _("Documento"), row.decided_at, facts)


def _uuids(values: Iterable[str]) -> list[str]:
    return [value for value in values if _is_uuid(value)]


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
