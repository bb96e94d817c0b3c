"""The port of an engine, and the meaning all engines share.

**Order.** Never by corpus statistics (a hidden document would move visible ones): by the points of `search.ranking`,
what is there as typed above what is there only as a guess (`Wide`) has it. Equal points go by date, newest first,
then by a hash of the entry's name: each a fact of the entry alone, so partitions, segments and hidden neighbours
change nothing.

**Other orders** (`placed`): newest first, oldest first, by folio; each with what lacks the fact at its end.

**Best page** of a hit: most distinct terms, beginnings and guesses asked (`landing_points`), then one with a phrase
asked for (or all terms side by side), then the first.

**Total and facets** count entries that match under the scope, exactly; hidden keys count as absent.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from hashlib import blake2b, sha256
from typing import ClassVar, Literal, Protocol, runtime_checkable

from search import analysis
from search.asking import Key, Near, Node, Run, Start, Wide, is_fact, parts_of
from search.references import DAY, MONTH
from search.types import Facets, Found, Indexed, IndexEntry, Order, Place, Query, Request

Keys = Mapping[str, set[str]]
"""Kind of `asking.Key` → its terms in a text or document."""

EngineState = Literal["ready", "missing", "outdated", "damaged", "unreachable", "foreign"]
"""What is missing, outdated or damaged is rebuilt; an engine that cannot be reached is waited for, and of an index that
is somebody else's nothing is touched."""

SENTINEL = "¶"
"""Stands between title and text, so that no phrase reaches from one into the other; no query holds it."""

_HASH_BITS = 41

DATED = 1 << _HASH_BITS
"""The least `sort_of` of anything dated."""

SHELF = "expediente"
"""The facet by which the order by folio goes first."""

LAST_SORT = (1 << 63) - 1
"""No `sort_of` is greater; what counts down from it puts the oldest first."""


class IndexWriter(Protocol):
    """Changes, applied in order, durable and visible once `commit` has returned."""

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """Adds or replaces entries. An entry that stood in another partition leaves it durably before it is
        added to the new one."""

    def remove(self, names: Iterable[tuple[str, str]]) -> None:
        """Removes entries named (source, key); absent ones are fine."""

    def commit(self) -> None:
        """Makes everything since the last commit durable and visible."""

    @property
    def refused(self) -> Mapping[tuple[str, str], str]:
        """Names (source, key) that the index would not take, with the kind of reason; known once `commit` returned.
        They stand as they stood before, if they did."""


@runtime_checkable
class Stock(Protocol):
    """All that should stand in an index, asked while it changes."""

    total: int
    """How many entries there are, about."""

    def __iter__(self) -> Iterator[IndexEntry]:
        """All of them, as they are now."""

    def besides(self, uids: Collection[str]) -> Iterator[IndexEntry]:
        """All but those of these uids, which are not even read."""

    def now(self, names: Sequence[tuple[str, str]]) -> list[IndexEntry]:
        """Those of these names (source, key) that there are, as they are now."""

    def set_aside(self, names: Sequence[tuple[str, str]]) -> None:
        """Is told those that the index would not take: they wait in the queue, and hold nothing up."""


class SearchEngine(Protocol):
    """An engine. Every method raises EngineUnavailable when it cannot do the whole of its work."""

    name: ClassVar[str]

    def state(self) -> EngineState:
        """Whether the index can be searched; anything but ready asks for `rebuild`."""

    def search(self, request: Request) -> Found:
        """The whole answer under the request's scope, or EngineUnavailable: never a part of it."""

    def writer(self) -> AbstractContextManager[IndexWriter]:
        """The one writer. Who else asks waits a bounded time, then gets EngineUnavailable("index_busy")."""

    def rebuild(self, entries: Iterable[IndexEntry] | Stock) -> int:
        """A new index of exactly these entries, put in place of the old one in one step; their number. Of a `Stock`
        it may be built beside the old one, which is searched and written meanwhile, and gone on with after a kill."""

    def progress(self) -> tuple[int, int] | None:
        """(entries done, of how many) of a rebuild that is under way or was interrupted; None when there is none."""

    def drop_half_made(self) -> None:
        """Forgets what an interrupted rebuild left, so that the next begins anew."""

    def verify(self) -> None:
        """Reads again all that was written. Raises EngineUnavailable("index_damaged"), and says so to every process,
        when a byte of it differs."""

    def indexed(self) -> Iterator[Indexed]:
        """What the index holds, one per entry; an entry held twice comes twice."""


def uid_of(source: str, key: str) -> str:
    """The name of an entry across all sources."""
    return f"{source}:{key}"


def split_uid(uid: str) -> tuple[str, str]:
    """(source, key) of a uid."""
    source, _colon, key = uid.partition(":")
    return source, key


def sort_of(entry: IndexEntry) -> int:
    """63 bits: the date's ordinal (0 without date), then a stable hash of the entry's name."""
    digest = blake2b(uid_of(entry.source, entry.key).encode(), digest_size=8).digest()
    least = day_sort(entry.date) if entry.date else 0
    return least | int.from_bytes(digest, "big") >> (64 - _HASH_BITS)


def day_sort(day: date) -> int:
    """The least `sort_of` of what is dated that day."""
    return day.toordinal() << _HASH_BITS


def name_of(uid: str) -> int:
    """63 bits of a stable hash of an entry's name."""
    return int.from_bytes(blake2b(uid.encode(), digest_size=8).digest(), "big") >> 1


def leaf_of(entry: IndexEntry) -> int:
    """63 bits: the first folio (0 without), then a stable hash of the entry's name."""
    return entry.first_folio << _HASH_BITS | sort_of(entry) & (DATED - 1)


def placed(entry: IndexEntry, order: Order, tier: int) -> Place:
    """Where an entry stands in an order; `tier` counts for relevance alone."""
    sort, uid, shelf = sort_of(entry), uid_of(entry.source, entry.key), entry.facets.get(SHELF, "")
    match order:
        case "oldest":
            return Place(int(sort >= DATED), LAST_SORT - sort, uid)
        case "folio" if shelf and entry.first_folio:
            return Place(1, LAST_SORT - leaf_of(entry), uid, shelf)
        case "relevance":
            return Place(tier, sort, uid)
        case _:
            return Place(0, sort, uid)


def fingerprint_of(entry: IndexEntry) -> str:
    """Digest of all that the index should hold of an entry."""
    facts = [
        analysis.VERSION,
        *(entry.source, entry.key, entry.partition, entry.container, entry.title),
        entry.pages,
        sorted(entry.facets.items()),
        entry.date.isoformat() if entry.date else None,
        entry.first_folio,
    ]
    return sha256(json.dumps(facts, ensure_ascii=True).encode()).hexdigest()


def keys_of(texts: Iterable[str]) -> Keys:
    """The streams without order of several texts together."""
    return joined_keys(map(analysis.keys, texts))


def joined_keys(parts: Iterable[Keys]) -> Keys:
    """Several sets of streams as one."""
    joined: dict[str, set[str]] = {}
    for part in parts:
        for kind, found in part.items():
            joined.setdefault(kind, set()).update(found)
    return joined


def facts_of(entry: IndexEntry) -> Keys:
    """The named facts of an entry as `Key`s of their names, its own date among them."""
    # A value that is one word is a code too: the level "reserved".
    named = {name: {*analysis.facts(value), *([value] * value.isalnum())} for name, value in entry.facets.items()}
    day = entry.date.isoformat() if entry.date else ""
    return {**named, DAY: {day}, MONTH: {day[:7]}} if day else named


def folios_of(entry: IndexEntry) -> tuple[int, int] | None:
    """First and last folio of an entry; None for what has none."""
    return (entry.first_folio, entry.first_folio + max(len(entry.pages), 1) - 1) if entry.first_folio else None


def landing_phrases(query: Query) -> tuple[tuple[str, ...], ...]:
    """The phrases that make a page the better of two with as many terms."""
    return query.phrases or ((query.sequence,) if len(query.sequence) > 1 else ())


def landing_points(query: Query) -> tuple[Node, ...]:
    """What is counted on a page: each distinct term asked, a guess at it in its place, and what else of a text may
    make it match."""
    return tuple(dict.fromkeys(point for node in query.asked for point in _points(node)))


def _points(node: Node) -> Iterator[Node]:
    match node:
        case Wide(Run((_,))) | Start() | Near():
            yield node
        case Run(run):
            yield from (Run((term,)) for term in run)
        case Key():
            yield from () if is_fact(node) else (node,)
        case _:
            for part in parts_of(node):
                yield from _points(part)


def arrange_facets(counted: Mapping[tuple[str, str], int]) -> Facets:
    """(name, value) → count, as name → value → count; names in order, values commonest first, then by value."""
    arranged: dict[str, dict[str, int]] = {}
    for (name, value), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        arranged.setdefault(name, {})[value] = count
    return arranged
