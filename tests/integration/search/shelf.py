"""A source kept in this process: documents by key, rights by viewer. Judges by what it holds now, as custody does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from search.api import Card, IndexEntry, PartitionScope, Scope, enqueue
from search.engines.base import SearchEngine
from search.errors import EngineUnavailable
from search.types import Found, Request
from tests.unit.search.entries import EVERYTHING, PARTITIONS, entry

ALL = "sees everything"
PUBLIC = "sees the public partition"
NOBODY = "sees nothing"


@dataclass
class Shelf:
    """Viewers are names; a change is enqueued with it, as every act does."""

    name: str = "custody"
    partitions: Sequence[str] = PARTITIONS
    documents: bool = True
    worded: Sequence[str] = ("public",)
    held: dict[str, IndexEntry] = field(default_factory=dict)
    rights: dict[str, Scope] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rights = {ALL: EVERYTHING, PUBLIC: Scope({"public": PartitionScope(whole=True)})}

    # What a test does to it ---------------------------------------------------------------------------

    def file(self, key: str, title: str = "", *pages: str, partition: str = "public", **more) -> None:
        """Files or changes a document, with its outbox row in one transaction."""
        self.change(replace(entry(key, title, *pages, partition=partition), source=self.name, **more))

    def change(self, changed: IndexEntry) -> None:
        with transaction.atomic():
            self.held[changed.key] = changed
            enqueue(self.name, [changed.key])

    def withdraw(self, key: str) -> None:
        with transaction.atomic():
            del self.held[key]
            enqueue(self.name, [key])

    # What the room asks of it -------------------------------------------------------------------------

    def scope_for(self, viewer: object) -> Scope:
        return self.rights.get(str(viewer), Scope())

    def load(self, keys: Sequence[str]) -> list[IndexEntry]:
        if broken := self.unreadable & set(keys):
            raise RuntimeError(f"unreadable: {broken}")
        self.loads.extend(keys)
        return [self.held[key] for key in keys if key in self.held]

    def iter_keys(self) -> Iterator[str]:
        return iter(list(self.held))

    def confirm(self, keys: Iterable[str], viewer: object) -> set[str]:
        return {key for key in keys if key in self.held and self._allows(self.held[key], viewer)}

    def _allows(self, held: IndexEntry, viewer: object) -> bool:
        part = self.scope_for(viewer).partitions.get(held.partition, PartitionScope())
        return part.whole or held.container in part.containers or held.key in part.items

    def present(self, keys: Iterable[str], viewer: object) -> Mapping[str, Card]:
        return {key: self._card(self.held[key]) for key in self.confirm(keys, viewer)}

    def _card(self, held: IndexEntry) -> Card:
        return Card(
            key=held.key,
            title=held.title,
            url=f"/d/{held.key}/",
            level=held.partition,
            container=held.container,
            date=held.date,
            folio_first=held.first_folio,
            pages=len(held.pages),
        )

    def page_texts(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        found = ((key, page, self.held[key].pages) for key, page in places if key in self.held)
        return {(key, page): pages[page - 1] for key, page, pages in found if page <= len(pages)}


class DownEngine:
    """An engine that is not there."""

    name = "down"

    def state(self) -> str:
        return "damaged"

    def search(self, request: Request) -> Found:
        raise EngineUnavailable("index_damaged")

    def writer(self) -> object:
        raise EngineUnavailable("index_unwritable")

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        raise EngineUnavailable("index_unwritable")

    def progress(self) -> None:
        return None

    def verify(self) -> None:
        raise EngineUnavailable("index_damaged")

    def indexed(self) -> Iterator[object]:
        raise EngineUnavailable("index_damaged")


def projection(shelf: Shelf) -> set[tuple[str, str]]:
    """(key, partition) as the index should hold them."""
    return {(held.key, held.partition) for held in shelf.held.values()}


def held_by(engine: SearchEngine) -> list[tuple[str, str]]:
    """(key, partition) as the index holds them, sorted, doubles kept."""
    return sorted((indexed.key, indexed.partition) for indexed in engine.indexed())
