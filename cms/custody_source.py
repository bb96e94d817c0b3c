"""Custody as a source of search: plain values of `records.search_source` in the search room's types (D4).

The index holds facts (level, expediente); who may see them is asked from custody at each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from records import search_source as custody
from search.api import Card, IndexEntry, PartitionScope, Scope

NAME = "custody"
#: One partition per level; what has no level lies apart under its own (D5).
PARTITIONS: Sequence[str] = ("public", "reserved", "restricted", "unclassified")


class CustodySource:
    """The documents in custody. Keys are their UUIDs as text, containers their expedientes' UUIDs."""

    name = NAME
    partitions = PARTITIONS
    documents = True
    #: A word out of reserved text is read there (D10), and what has no level may be reserved tomorrow (ADR 45).
    worded: Sequence[str] = ("public", "restricted")

    def scope_for(self, viewer: Any) -> Scope:
        if viewer is None:
            return Scope({})
        return Scope({level: part_of(reach) for level, reach in custody.reach(viewer).items()})

    def load(self, keys: Sequence[str]) -> list[IndexEntry]:
        return [entry_of(entry) for entry in custody.entries(keys)]

    def iter_keys(self) -> Iterator[str]:
        return custody.iter_ids()

    def confirm(self, keys: Iterable[str], viewer: Any) -> set[str]:
        return custody.confirmed(keys, viewer)

    def present(self, keys: Iterable[str], viewer: Any) -> Mapping[str, Card]:
        return {key: card_of(card) for key, card in custody.cards(keys, viewer).items()}

    def page_texts(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        return custody.page_texts(places)


def part_of(reach: Any) -> PartitionScope:
    return PartitionScope(
        whole=reach.whole,
        containers=frozenset(map(str, reach.expedientes)),
        items=frozenset(map(str, reach.documents)),
        except_containers=frozenset(map(str, reach.shut_expedientes)),
        except_items=frozenset(map(str, reach.shut_documents)),
    )


def entry_of(entry: custody.CustodyEntry) -> IndexEntry:
    return IndexEntry(
        source=NAME,
        key=entry.id,
        partition=entry.level,
        container=entry.expediente,
        title=entry.title,
        pages=entry.pages,
        facets={name: value for name, value in entry.facets.items() if value},
        date=entry.date,
        first_folio=entry.folio_first,
    )


def card_of(card: custody.CustodyCard) -> Card:
    address = f"/custodia/documentos/{card.id}/"
    return Card(
        key=card.id,
        title=card.title,
        url=address,
        level=card.level,
        level_label=card.level_label,
        container=card.expediente,
        date=card.date,
        folio_first=card.folio_first,
        pages=card.pages,
        thumbnail_url=f"{address}miniatura/" if card.has_images else "",
        reading=card.reading,
        note=card.note,
    )
