"""What gives the room its entries and its authority: the `Source` protocol and the registry of sources.

A source is the only judge of who may see what. The index holds facts; each request asks the source for the
viewer's `Scope`, and each hit is confirmed by it before anything of the hit is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from search.errors import UnknownSource
from search.types import Card, IndexEntry, Scope

Viewer = Any
"""A user object, AnonymousUser or None. The room never looks inside; it hands it to the sources."""


class Source(Protocol):
    """One family of findable things. Each method asks the database as it is now, in a number of queries that
    does not depend on the number of keys."""

    name: str
    partitions: Sequence[str]
    """The partitions this source owns. No two sources share one."""

    documents: bool
    """True when its keys are the UUIDs of documents in custody; False for published pages."""

    worded: Sequence[str]
    """Those of its partitions whose words may be offered to their readers before a document is opened."""

    def scope_for(self, viewer: Viewer) -> Scope:
        """What the viewer may find, by partition. Nothing for a stranger or a disabled account."""

    def load(self, keys: Sequence[str]) -> list[IndexEntry]:
        """The entries of these keys as they should stand in the index; an absent one must leave it."""

    def iter_keys(self) -> Iterable[str]:
        """Every key that should stand in the index."""

    def confirm(self, keys: Iterable[str], viewer: Viewer) -> set[str]:
        """The keys among these that the viewer may see now."""

    def present(self, keys: Iterable[str], viewer: Viewer) -> Mapping[str, Card]:
        """What to show of those keys that the viewer may see now: as good a judge as `confirm`, of the same keys."""

    def page_texts(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
        """The text of (key, page number from 1); places without text may be left out."""


_registry: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Adds a source, or replaces the one of that name. Refuses a partition that another source owns."""
    for other in _registry.values():
        shared = set(other.partitions) & set(source.partitions)
        if other.name != source.name and shared:
            raise UnknownSource("partition_taken", source=source.name, partitions=sorted(shared))
    _registry[source.name] = source


def unregister_source(name: str) -> None:
    """Removes a source; unknown names are fine."""
    _registry.pop(name, None)


def registered_sources() -> list[Source]:
    """All sources, in a fixed order."""
    return [_registry[name] for name in sorted(_registry)]


def find_source(name: str) -> Source | None:
    """The source of that name, or None."""
    return _registry.get(name)


def iter_partitions() -> Iterator[str]:
    """Every partition that some source owns."""
    for source in registered_sources():
        yield from source.partitions


@dataclass(frozen=True)
class Reach:
    """What one viewer may find now, over all sources. `sources` are those that gave anything."""

    scope: Scope
    sources: tuple[Source, ...]


def reach_of(viewer: Viewer) -> Reach:
    """The viewer's scope, asked from every source. Raises UnknownSource when a source grants a partition that
    it does not own: such an answer would open another's entries."""
    parts, givers = {}, []
    for source in registered_sources():
        scope = source.scope_for(viewer)
        given = {name: part for name, part in scope.partitions.items() if not part.is_empty}
        if not given.keys() <= set(source.partitions):
            raise UnknownSource("foreign_partition", source=source.name)
        parts.update(given)
        givers.extend([source] if given else [])
    return Reach(Scope(parts), tuple(givers))
