"""The embedded engine: one tantivy index per partition, the scope inside every query, one writer at a time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import ClassVar

import tantivy

from search.batches import batched
from search.engines.base import EngineState, arrange_facets, split_uid
from search.engines.embedded_files import IndexFolder, tantivy_faults
from search.engines.embedded_query import PartitionQuery, all_entries, landing_steps, pages_of
from search.engines.embedded_writer import FACET_GLUE, EmbeddedWriter
from search.errors import EngineUnavailable
from search.types import Facets, Found, Hit, Indexed, IndexEntry, Place, Query, Request

_SLACK = 8
"""Hits fetched beyond the limit, so that entries with equal sort keys are put in order by name here."""

_BUCKETS = 65_000
"""tantivy refuses to count more distinct values at once; beyond it they are counted through the dictionary."""

_REBUILD_BATCH = 20


@dataclass(frozen=True)
class _Candidate:
    rank: tuple[int, int]
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
        if request.query.is_empty or request.scope.is_empty:
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
            total, candidates = _collect(parts, request)
            places = _placed(candidates, request)
            return Found(
                total=total,
                hits=_landed(places[: request.limit], request.query),
                facets=_facets(parts) if request.facets else {},
                more=len(places) > request.limit,
            )

    def _parts(self, request: Request, generation: str) -> Iterator[_Part]:
        held = self._folder.partitions(generation)
        for name, scope in request.scope.partitions.items():
            if name in held and not scope.is_empty:
                searcher = self._folder.searcher(generation, name)
                yield _Part(name, searcher, PartitionQuery(request, name, searcher))

    @contextmanager
    def writer(self) -> Iterator[EmbeddedWriter]:
        """See `base.SearchEngine.writer`."""
        with self._folder.write_lock(self._lock_wait_seconds):
            writer = EmbeddedWriter(self._folder, self._folder.current(), self._heap_bytes)
            try:
                yield writer
            finally:
                writer.close()

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """See `base.SearchEngine.rebuild`."""
        with self._folder.write_lock(self._lock_wait_seconds):
            generation = self._folder.make_generation()
            try:
                count = self._fill(generation, entries)
            except BaseException:
                shutil.rmtree(self._folder.path / generation, ignore_errors=True)
                raise
            self._folder.put_in_use(generation)
            return count

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
        generation = self._folder.current()
        for partition in self._folder.partitions(generation):
            with tantivy_faults():
                held = list(_indexed_in(partition, self._folder.searcher(generation, partition)))
            yield from held


def _collect(parts: Sequence[_Part], request: Request) -> tuple[int, list[_Candidate]]:
    """(exact total, candidates for the page: at least the first limit + slack of each tier and partition)."""
    total, candidates = 0, []
    for part in parts:
        for tier, query in part.queries.tiers():
            result = part.searcher.search(query, request.limit + _SLACK, True, order_by_field="sort")
            total += _count(result)
            candidates += [_Candidate((-tier, -sort), part, address) for sort, address in result.hits]
    if request.after:
        total = sum(_count(part.searcher.search(part.queries.matching, 1, True)) for part in parts)
    return total, candidates


def _count(result: tantivy.SearchResult) -> int:
    # The package's type file leaves this attribute out.
    count: int = result.count  # type: ignore[attr-defined]
    return count


def _placed(candidates: list[_Candidate], request: Request) -> list[tuple[Place, _Part]]:
    """The candidates that follow the cursor, in the order of the answer."""
    ranked = sorted(candidates, key=attrgetter("rank"))
    # One more tells whether others follow, one is the cursor's own; and all of equal rank, to be told by name.
    needed = request.limit + 2
    while 0 < needed < len(ranked) and ranked[needed].rank == ranked[needed - 1].rank:
        needed += 1
    places = [(_place(candidate), candidate.part) for candidate in ranked[:needed]]
    if request.after:
        places = [pair for pair in places if pair[0].rank > request.after.rank]
    return sorted(places, key=lambda pair: pair[0].rank)


def _place(candidate: _Candidate) -> Place:
    tier, sort = candidate.rank
    uid = candidate.part.searcher.doc(candidate.address).get_first("uid")
    return Place(-tier, -sort, str(uid))


def _landed(places: Sequence[tuple[Place, _Part]], query: Query) -> tuple[Hit, ...]:
    """Hits with their best page; 1 for an entry whose pages hold none of the terms."""
    by_part: dict[_Part, list[str]] = {}
    for place, part in places:
        by_part.setdefault(part, []).append(place.uid)
    pages = {uid: page for part, uids in by_part.items() for uid, page in _best_pages(part, uids, query)}
    return tuple(Hit(*split_uid(place.uid), part.name, place, pages.get(place.uid, 1)) for place, part in places)


def _best_pages(part: _Part, uids: Sequence[str], query: Query) -> Iterator[tuple[str, int]]:
    waiting = list(uids)
    for step in landing_steps(query):
        if not waiting:
            return
        found = dict(_first_pages(part.searcher, pages_of(waiting, step), len(waiting)))
        yield from found.items()
        waiting = [uid for uid in waiting if uid not in found]


def _first_pages(searcher: tantivy.Searcher, query: tantivy.Query, size: int) -> Iterator[tuple[str, int]]:
    first = {"first": {"min": {"field": "page_number"}}}
    by_entry = {"by_entry": {"terms": {"field": "page_of", "size": size}, "aggs": first}}
    for bucket in searcher.aggregate(query, by_entry)["by_entry"]["buckets"]:
        yield bucket["key"], int(bucket["first"]["value"])


def _facets(parts: Sequence[_Part]) -> Facets:
    counted: Counter[str] = Counter()
    for part in parts:
        for glued, count in _facet_counts(part.searcher, part.queries.matching):
            counted[glued] += count
    return arrange_facets({_unglued(glued): count for glued, count in counted.items()})


def _unglued(glued: str) -> tuple[str, str]:
    name, _glue, value = glued.partition(FACET_GLUE)
    return name, value


def _facet_counts(searcher: tantivy.Searcher, matching: tantivy.Query) -> list[tuple[str, int]]:
    counted = _bucket_counts(searcher, matching)
    # Exact too, but walks the whole dictionary: only where the buckets do not suffice.
    return searcher.terms_with_prefix("facets", "", matching) if counted is None else counted


def _bucket_counts(searcher: tantivy.Searcher, matching: tantivy.Query) -> list[tuple[str, int]] | None:
    """Counts by aggregation; None when there are more values than tantivy counts, which it either refuses or
    leaves out, saying so in two fields."""
    try:
        counted = searcher.aggregate(matching, {"facets": {"terms": {"field": "facets", "size": _BUCKETS}}})["facets"]
    except ValueError as fault:
        if "bucket limit" not in str(fault):
            raise
        return None
    if counted.get("sum_other_doc_count") or counted.get("doc_count_error_upper_bound"):
        return None
    return [(bucket["key"], bucket["doc_count"]) for bucket in counted["buckets"]]


def _indexed_in(partition: str, searcher: tantivy.Searcher) -> Iterator[Indexed]:
    pages = dict(searcher.terms_with_prefix("page_of", "", tantivy.Query.all_query()))
    for _score, address in searcher.search(all_entries(), max(1, searcher.num_docs)).hits:
        held = searcher.doc(address)
        uid = str(held.get_first("uid"))
        whole = pages.get(uid, 0) == held.get_first("page_count")
        fingerprint = bytes(held.get_first("fingerprint") or b"").decode("ascii", "replace")
        yield Indexed(*split_uid(uid), partition, fingerprint if whole else "pages missing")
