"""Questions that the room asks for a reader beside his own: under his scope, without what waits, confirmed as his hits
are. So nothing that he may not see can reach what is told of them: neither a number, nor a word, nor its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from search.asking import Node
from search.sources import Reach, Source, Viewer
from search.types import Facets, Found, Hit, Narrowing, Query, Request, Scope

Ask = Callable[[Request], Found]


@dataclass(frozen=True)
class Look:
    """One reader's view of the archive at one moment. `ask` gives a whole, confirmed answer to a request; all that is
    asked stays inside the narrowing."""

    viewer: Viewer
    reach: Reach
    ask: Ask
    narrowed: Narrowing = field(default_factory=dict)

    def found(self, query: Query, limit: int = 1) -> Found:
        """What the reader may find of a query."""
        return self.ask(Request(query, self.reach.scope, limit=limit, narrowed=self.narrowed))

    def count(self, *asked: Node) -> int:
        """How many documents the reader may find that hold all of it."""
        return self.found(Query(asked)).total

    def facets(self, query: Query) -> Facets:
        """Numbers of what the reader may find of a query."""
        return self.ask(Request(query, self.reach.scope, limit=1, facets=True, narrowed=self.narrowed)).facets

    def beside(self, query: Query) -> Facets:
        """For each facet that narrows, the numbers of its values without its own choice: what else could be chosen.
        A name that counts nothing is left out, so that no made-up name is said back."""
        told = {}
        for name in self.narrowed:
            others = {other: values for other, values in self.narrowed.items() if other != name}
            if counted := replace(self, narrowed=others).facets(query).get(name, {}):
                told[name] = counted
        return told

    def worded(self) -> Look:
        """The same without what its sources keep out of suggestions."""
        given = {name for source in self.reach.sources for name in source.worded}
        kept = {name: part for name, part in self.reach.scope.partitions.items() if name in given}
        return replace(self, reach=Reach(Scope(kept), self.reach.sources))

    def texts(self, hits: Sequence[Hit]) -> Iterator[str]:
        """The title and the best page of each hit, one text per hit, as its source gives them now."""
        for source in self.reach.sources:
            mine = [hit for hit in hits if hit.source == source.name]
            yield from _texts_of(source, mine, self.viewer) if mine else ()


def _texts_of(source: Source, hits: Sequence[Hit], viewer: Viewer) -> Iterator[str]:
    cards = source.present({hit.key for hit in hits}, viewer)
    pages = source.page_texts([(hit.key, hit.page) for hit in hits if hit.key in cards])
    for hit in hits:
        if hit.key in cards:
            yield f"{cards[hit.key].title}\n{pages.get((hit.key, hit.page), '')}"
