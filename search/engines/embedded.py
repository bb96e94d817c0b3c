"""The embedded engine: one tantivy index per partition, the scope inside every query, one writer at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import ClassVar

import tantivy

from search.batches import batched
from search.engines import embedded_building as building
from search.engines.base import EngineState, Stock, split_uid, uid_of
from search.engines.embedded_files import IndexFolder, tantivy_faults
from search.engines.embedded_landing import best_pages
from search.engines.embedded_query import (
    FACET_GLUE,
    AskedQuery,
    PartitionQuery,
    all_entries,
)
from search.engines.embedded_strata import Ordered, Scored, strata
from search.engines.embedded_writer import EmbeddedWriter
from search.errors import EngineUnavailable
from search.types import Facets, Found, Hit, Indexed, IndexEntry, Place, Query, Request

_SLACK = 8
"""Hits fetched beyond the limit, so that entries with equal sort keys are put in order by name here. Two are the least:
one is the cursor's own, one tells whether others follow."""

_TIES, _TIES_ALONE = 256, 32
"""Entries fetched beyond those wanted, so that the last of equal points are mostly among them. Where one term alone
earns points there are very many of them, and they are asked for apart."""

_GROWTH = 8

_BUCKETS = 65_000
"""tantivy refuses to count more distinct values at once; beyond it they are counted through the dictionary."""

_REBUILD_BATCH = 20

PAGES_MISSING = "pages missing"

_first = itemgetter(0)


@dataclass(frozen=True)
class _Candidate:
    place: Place
    part: _Part
    address: tantivy.DocAddress


@dataclass(frozen=True, eq=False)
class _Part:
    """One partition of one request, opened."""

    name: str
    searcher: tantivy.Searcher
    queries: PartitionQuery


class EmbeddedEngine:
    """Indexes in a folder. Readers see each commit at their next request; nothing is cached across requests
    but the opened files."""

    name: ClassVar[str] = "embedded"

    def __init__(
        self,
        path: Path | str,
        heap_bytes: int = 20_000_000,
        rebuild_heap_bytes: int = 60_000_000,
        lock_wait_seconds: float = 10.0,
    ) -> None:
        """`heap_bytes` is the writer's buffer per partition (tantivy's least is 15 MB)."""
        self._folder = IndexFolder(Path(path))
        self._heap_bytes = heap_bytes
        self._rebuild_heap_bytes = rebuild_heap_bytes
        self._lock_wait_seconds = lock_wait_seconds

    def state(self) -> EngineState:
        """See `base.SearchEngine.state`."""
        return self._folder.state()

    def search(self, request: Request) -> Found:
        """See `base.SearchEngine.search`."""
        if request.is_empty:
            return Found()
        generation = self._folder.current()
        try:
            return self._search(request, generation)
        except EngineUnavailable:
            # A rebuild may have swapped the folder away between the two lines above.
            latest = self._folder.current()
            if latest == generation:
                raise
            return self._search(request, latest)

    def _search(self, request: Request, generation: str) -> Found:
        with tantivy_faults():
            parts = list(self._parts(request, generation))
            counts = [_counted(part, facets=request.facets) for part in parts]
            places = _placed(_collect(parts, [total for total, _facets in counts], request), request)
            return Found(
                total=sum(total for total, _facets in counts),
                hits=_landed(places[: request.limit], request.query),
                facets=_arranged(facets for _total, facets in counts),
                more=len(places) > request.limit,
            )

    def _parts(self, request: Request, generation: str) -> Iterator[_Part]:
        held = self._folder.partitions(generation)
        asked = AskedQuery(request)
        for name, scope in request.scope.partitions.items():
            if name in held and not scope.is_empty:
                searcher = self._folder.searcher(generation, name)
                yield _Part(name, searcher, PartitionQuery(asked, name, searcher))

    @contextmanager
    def writer(self) -> Iterator[EmbeddedWriter]:
        """See `base.SearchEngine.writer`."""
        with self._folder.write_lock(self._lock_wait_seconds):
            writer = EmbeddedWriter(self._folder, self._folder.current(), self._heap_bytes)
            try:
                yield writer
            finally:
                writer.close()

    def progress(self) -> tuple[int, int] | None:
        """See `base.SearchEngine.progress`."""
        return building.progress_of(self._folder.path)

    def drop_half_made(self) -> None:
        """See `base.SearchEngine.drop_half_made`."""
        with self._folder.lock("rebuild.lock", self._lock_wait_seconds):
            building.drop_half_made(self._folder.path)

    def verify(self) -> None:
        """See `base.SearchEngine.verify`."""
        generation = self._folder.current()
        for partition in self._folder.partitions(generation):
            self._folder.prove(generation, partition, anew=True)

    def rebuild(self, entries: Iterable[IndexEntry] | Stock) -> int:
        """See `base.SearchEngine.rebuild`."""
        if isinstance(entries, Stock):
            return self._beside().build(entries)
        wait = self._lock_wait_seconds
        with self._folder.lock("rebuild.lock", wait), self._folder.write_lock(wait):
            generation = self._folder.make_generation()
            try:
                count = self._fill(generation, entries)
            except BaseException:
                shutil.rmtree(self._folder.path / generation, ignore_errors=True)
                raise
            self._folder.put_in_use(generation)
            return count

    def _beside(self) -> building.Beside:
        # A folder of its own: what is opened for the new generation does not push the serving one out.
        folder = IndexFolder(self._folder.path)
        return building.Beside(
            folder,
            lambda generation: EmbeddedWriter(folder, generation, self._rebuild_heap_bytes),
            lambda generation: _whole_in(folder, generation),
        )

    def _fill(self, generation: str, entries: Iterable[IndexEntry]) -> int:
        writer = EmbeddedWriter(self._folder, generation, self._rebuild_heap_bytes)
        count = 0
        try:
            for batch in batched(entries, _REBUILD_BATCH):
                writer.put(batch)
                count += len(batch)
            writer.commit()
        finally:
            writer.close()
        return count

    def indexed(self) -> Iterator[Indexed]:
        """See `base.SearchEngine.indexed`."""
        yield from _indexed(self._folder, self._folder.current())


def _collect(parts: Sequence[_Part], totals: Sequence[int], request: Request) -> list[_Candidate]:
    """Candidates for the page: the first limit + slack of all partitions, of each of which so many match."""
    enough = request.limit + _SLACK
    found: list[_Candidate] = []
    # Whoever holds most sets the bar: of the others only what surpasses it is asked for.
    for total, part in sorted(zip(totals, parts, strict=True), key=_first, reverse=True):
        if total:
            bar = found[enough - 1].place if len(found) >= enough else None
            found += _of_part(part, min(enough, total), request.after, bar)
            found.sort(key=attrgetter("place.rank"))
    return found


def _of_part(part: _Part, enough: int, after: Place | None, bar: Place | None) -> list[_Candidate]:
    found: list[_Candidate] = []
    for stratum in strata(part.queries, bar):
        wanted = enough - len(found)
        if isinstance(stratum, Ordered):
            found += _ordered(part, stratum, wanted)
        else:
            found += _scored(part, stratum, wanted, after, bar)
        if len(found) >= enough:
            break
    return found


def _ordered(part: _Part, stratum: Ordered, enough: int) -> list[_Candidate]:
    query = part.queries.within(stratum.clauses)
    order = tantivy.Order.Asc if stratum.ascending else tantivy.Order.Desc
    hits = part.searcher.search(query, enough, False, stratum.field, order=order).hits
    return [_Candidate(stratum.place(value), part, address) for value, address in hits]


def _scored(part: _Part, stratum: Scored, enough: int, after: Place | None, bar: Place | None) -> list[_Candidate]:
    """Whole groups of equal points, as many as are wanted; more is fetched until the last of them is whole, or below
    the bar."""
    query = part.queries.within(stratum.clauses)
    size = enough + (_TIES_ALONE if stratum.alone else _TIES)
    while True:
        hits = part.searcher.search(query, size, False).hits
        cut = int(hits[-1][0]) if len(hits) == size else -1
        found: list[_Candidate] = []
        for points, group in groupby(hits, _first):
            if points == cut or len(found) >= enough:
                break
            found += _group(part, stratum.tier + int(points), [address for _points, address in group], after)
        if cut < 0 or len(found) >= enough or (bar and stratum.tier + cut < bar.tier):
            return found
        if level := stratum.of(cut):
            return [*found, *_ordered(part, level, enough - len(found))]
        size *= _GROWTH


def _group(part: _Part, tier: int, group: Sequence[tantivy.DocAddress], after: Place | None) -> list[_Candidate]:
    """Entries of equal points that do not stand before the cursor."""
    if after and tier > after.tier:
        return []
    sorts = part.searcher.fast_field_values("sort", list(group))
    places = [Place(tier, int(sort or 0), "") for sort in sorts]
    kept = [(place, address) for place, address in zip(places, group, strict=True) if not _is_before(place, after)]
    return [_Candidate(place, part, address) for place, address in kept]


def _is_before(place: Place, after: Place | None) -> bool:
    return after is not None and place.tier == after.tier and place.sort > after.sort


def _count(result: tantivy.SearchResult) -> int:
    # The package's type file leaves this attribute out.
    count: int = result.count  # type: ignore[attr-defined]
    return count


def _placed(ranked: list[_Candidate], request: Request) -> list[tuple[Place, _Part]]:
    """The candidates, ranked but for their names, that follow the cursor, in the order of the answer."""
    # One more tells whether others follow, one is the cursor's own; and all of equal rank, to be told by name.
    needed = request.limit + 2
    while 0 < needed < len(ranked) and ranked[needed].place == ranked[needed - 1].place:
        needed += 1
    places = [(_place(candidate), candidate.part) for candidate in ranked[:needed]]
    if request.after:
        places = [pair for pair in places if pair[0].rank > request.after.rank]
    return sorted(places, key=lambda pair: pair[0].rank)


def _place(candidate: _Candidate) -> Place:
    uid = candidate.part.searcher.doc(candidate.address).get_first("uid")
    return replace(candidate.place, uid=str(uid))


def _landed(places: Sequence[tuple[Place, _Part]], query: Query) -> tuple[Hit, ...]:
    """Hits with their best page; 1 for an entry whose pages hold none of the terms."""
    by_part: dict[_Part, list[str]] = {}
    for place, part in places:
        by_part.setdefault(part, []).append(place.uid)
    pages = {uid: n for part, uids in by_part.items() for uid, n in best_pages(part.searcher, uids, query).items()}
    return tuple(Hit(*split_uid(place.uid), part.name, place, pages.get(place.uid, 1)) for place, part in places)


def _counted(part: _Part, *, facets: bool) -> tuple[int, list[tuple[str, int]]]:
    """(exact total of a partition, counts of its glued facets), in one walk."""
    if facets:
        return _bucket_counts(part.searcher, part.queries.matching)
    return _count(part.searcher.search(part.queries.matching, 1, True)), []


def _arranged(counts: Iterable[Sequence[tuple[str, int]]]) -> Facets:
    """As `base.arrange_facets`, of glued facets, which are many: nearly all of it is done by sorting."""
    counted = _summed(map(dict, counts))
    # The glue comes before all that may stand in a name, so this is the order of names, then of values.
    glued = sorted(counted)
    arranged: dict[str, dict[str, int]] = {one.partition(FACET_GLUE)[0]: {} for one in glued}
    for one in sorted(glued, key=counted.__getitem__, reverse=True):
        name, _glue, value = one.partition(FACET_GLUE)
        arranged[name][value] = counted[one]
    return arranged


def _summed(parts: Iterator[dict[str, int]]) -> dict[str, int]:
    summed = next(parts, {})
    for part in parts:
        less, more = sorted((summed, part), key=len)
        more.update({one: more.get(one, 0) + count for one, count in less.items()})
        summed = more
    return summed


_COUNTS = {
    "facets": {"terms": {"field": "facets", "size": _BUCKETS}},
    "total": {"value_count": {"field": "sort"}},
}


def _bucket_counts(searcher: tantivy.Searcher, matching: tantivy.Query) -> tuple[int, list[tuple[str, int]]]:
    """(total, counts of glued facets). By aggregation, unless there are more values than tantivy counts so, which it
    either refuses or leaves out, saying so in two fields."""
    try:
        counted = searcher.aggregate(matching, _COUNTS)
    except ValueError as fault:
        if "bucket limit" not in str(fault):
            raise
        return _dictionary_counts(searcher, matching)
    facets = counted["facets"]
    if facets.get("sum_other_doc_count") or facets.get("doc_count_error_upper_bound"):
        return _dictionary_counts(searcher, matching)
    return int(counted["total"]["value"]), [(bucket["key"], bucket["doc_count"]) for bucket in facets["buckets"]]


def _dictionary_counts(searcher: tantivy.Searcher, matching: tantivy.Query) -> tuple[int, list[tuple[str, int]]]:
    """Exact too, but walks the whole dictionary."""
    return _count(searcher.search(matching, 1, True)), searcher.terms_with_prefix("facets", "", matching)


def _indexed(folder: IndexFolder, generation: str) -> Iterator[Indexed]:
    for partition in folder.partitions(generation):
        with tantivy_faults():
            held = list(_indexed_in(partition, folder.searcher(generation, partition)))
        yield from held


def _whole_in(folder: IndexFolder, generation: str) -> set[str]:
    return {uid_of(one.source, one.key) for one in _indexed(folder, generation) if one.fingerprint != PAGES_MISSING}


def _indexed_in(partition: str, searcher: tantivy.Searcher) -> Iterator[Indexed]:
    pages = dict(searcher.terms_with_prefix("page_of", "", tantivy.Query.all_query()))
    for _score, address in searcher.search(all_entries(), max(1, searcher.num_docs)).hits:
        held = searcher.doc(address)
        uid = str(held.get_first("uid"))
        whole = pages.get(uid, 0) == held.get_first("page_count")
        fingerprint = bytes(held.get_first("fingerprint") or b"").decode("ascii", "replace")
        yield Indexed(*split_uid(uid), partition, fingerprint if whole else PAGES_MISSING)
