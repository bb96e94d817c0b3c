"""The engine on an Elasticsearch cluster: one index per partition behind an alias, the scope inside every query.

One search answers a request over all partitions that its scope names: hits in order, exact total and facets, from one
generation of indexes. What is not whole is refused. See the `elastic_*` modules beside for each part, and ADR 48.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch

from search.engines import elastic_building as building
from search.engines.base import EngineState, Stock, arrange_facets, split_uid
from search.engines.elastic_control import Control
from search.engines.elastic_health import Servers, note_slow, servers
from search.engines.elastic_indexes import Generation, Indexes, is_gone
from search.engines.elastic_landing import landed, landing_bodies, landing_body
from search.engines.elastic_link import Address, Link, told_faults, why
from search.engines.elastic_query import FACET_GLUE, AskedQuery, Body
from search.engines.elastic_writer import ElasticWriter, Target
from search.errors import EngineUnavailable
from search.sources import iter_partitions
from search.types import Facets, Found, Hit, Indexed, IndexEntry, Request

T = TypeVar("T")

_AT_ONCE = 2_000
"""Entries or values of facets read at once where all of them are."""

_KEEP_ALIVE = "1m"

_STATES: Mapping[str, EngineState] = {
    "index_missing": "missing",
    "index_outdated": "outdated",
    "index_ambiguous": "damaged",
    "index_disagrees": "damaged",
    "index_foreign": "foreign",
}


class ElasticEngine:
    """Indexes on servers. Readers see each commit at their next request; nothing is cached across requests but which
    indexes serve, for two seconds."""

    name: ClassVar[str] = "elastic"

    def __init__(  # noqa: PLR0913 each is a setting
        self,
        hosts: Sequence[str],
        *,
        api_key: str = "",
        user: str = "",
        password: str = "",
        ca: str = "",
        prefix: str = "custodia",
        mark: str = "",
        timeout: float = 10.0,
        partitions: Collection[str] | None = None,
        lock_wait_seconds: float = 10.0,
    ) -> None:
        """`mark` is a secret that all processes of an installation share, else Django's own: indexes made with neither
        are not ours. `partitions` are those that must be there, else all that some source owns. `timeout` bounds each
        call, in seconds."""
        # Django's own stay known beside a mark: who sets one later can still rebuild what it made before.
        marks = [*filter(None, [mark]), settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
        self._timeout = timeout
        self._lock_wait_seconds = lock_wait_seconds
        self._link = Link(Address(hosts, api_key, user, password, ca, timeout))
        self._control = Control(self._link, prefix)
        self._indexes = Indexes(self._link, prefix, marks, (lambda: partitions) if partitions else iter_partitions)

    # Asking ------------------------------------------------------------------------------------------------------

    def state(self) -> EngineState:
        """See `base.SearchEngine.state`."""
        try:
            with told_faults():
                self._indexes.current(fresh=True)
        except EngineUnavailable as fault:
            return _STATES.get(fault.code, "unreachable")
        return "ready"

    def search(self, request: Request) -> Found:
        """See `base.SearchEngine.search`."""
        return Found() if request.is_empty else self._asked(lambda generation: self._search(request, generation))

    def _asked(self, ask: Callable[[Generation], T]) -> T:
        """The answer of the generation that serves; a rebuild may have put another in its place a moment ago."""
        for last in (False, True):
            try:
                return ask(self._indexes.current())
            except ApiError as fault:
                self._indexes.forget()
                if last or not is_gone(fault):
                    raise EngineUnavailable("index_unreachable", why=why(fault)) from None
        raise EngineUnavailable("index_missing")

    def _search(self, request: Request, generation: Generation) -> Found:
        asked = AskedQuery(request, generation.indexes)
        if not asked.parts:
            return Found()
        told = self._send(asked.parts, asked.body())
        facets = _facets(told) if request.facets else {}
        if facets is None:
            return self._with_many_facets(asked)
        return self._found(asked, told, facets)

    def _found(self, asked: AskedQuery, told: Body, facets: Facets) -> Found:
        rows = told["hits"]["hits"]
        shown = rows[: asked.request.limit]
        places = [(asked.place(row["sort"]), self._partition(asked, row)) for row in shown]
        pages = self._pages(asked, [place.uid for place, _partition in places])
        return Found(
            total=int(told["hits"]["total"]["value"]),
            hits=tuple(
                Hit(*split_uid(place.uid), partition, place, pages.get(place.uid, 1)) for place, partition in places
            ),
            facets=facets,
            more=len(rows) > len(shown),
        )

    def _partition(self, asked: AskedQuery, row: Mapping[str, Any]) -> str:
        if row["_index"] not in asked.parts:
            raise EngineUnavailable("index_foreign", index=row["_index"])
        return asked.parts[row["_index"]]

    def _pages(self, asked: AskedQuery, uids: Sequence[str]) -> dict[str, int]:
        """Uid → its best page; nothing for an entry whose pages hold nothing asked."""
        pages: dict[str, int] = {}
        for firsts in landing_bodies(asked.request.query):
            waiting = [uid for uid in uids if uid not in pages]
            if waiting:
                told = self._send(asked.parts, landing_body(waiting, firsts))
                pages.update(landed(told["hits"]["hits"]))
        return pages

    def _send(self, indexes: Iterable[str], body: Body, **options: Any) -> Body:
        """The whole answer of one search. Raises EngineUnavailable("index_partial") for anything less."""
        listed = list(indexes)
        seconds = {"timeout": f"{max(int(self._timeout * 900), 1)}ms"}

        def ask(client: Elasticsearch) -> Body:
            answer: Body = client.search(
                index=listed or None, body={**body, **seconds}, allow_partial_search_results=False, **options
            ).body
            return answer

        told = self._link.call(ask)
        note_slow(told, len(listed))
        return _whole(told, len(listed))

    def _with_many_facets(self, asked: AskedQuery) -> Found:
        """Hits, total and facets of one moment, where there are more values than one search counts."""
        with self._moment(asked.parts) as moment:
            told = self._send((), {**asked.body(), **moment})
            counted: Counter[tuple[str, str]] = Counter()
            after: Body = {}
            while True:
                values = {"sources": [{"value": {"terms": {"field": "facets"}}}], "size": _AT_ONCE, **after}
                body = {"size": 0, "query": asked.matching(), "aggs": {"facets": {"composite": values}}, **moment}
                page = self._send((), body)["aggregations"]["facets"]
                counted.update({_unglued(bucket["key"]["value"]): bucket["doc_count"] for bucket in page["buckets"]})
                if "after_key" not in page:
                    return self._found(asked, told, arrange_facets(counted))
                after = {"after": page["after_key"]}

    @contextmanager
    def _moment(self, indexes: Iterable[str]) -> Iterator[Body]:
        """A point in time over these indexes, as part of a search."""
        listed = list(indexes)
        opened = self._link.call(lambda client: client.open_point_in_time(index=listed, keep_alive=_KEEP_ALIVE)).body
        try:
            yield {"pit": {"id": opened["id"], "keep_alive": _KEEP_ALIVE}}
        finally:
            self._link.call(lambda client: client.close_point_in_time(id=opened["id"]), tries=1)

    def indexed(self) -> Iterator[Indexed]:
        """See `base.SearchEngine.indexed`."""
        yield from self._asked(lambda generation: list(self._all(generation)))

    def _all(self, generation: Generation) -> Iterator[Indexed]:
        names = {index: partition for partition, index in generation.indexes.items()}
        with self._moment(names) as moment:
            body = {"size": _AT_ONCE, "track_total_hits": False, "sort": ["_shard_doc"], "stored_fields": "_none_"}
            after: Body = {}
            while True:
                told = self._send((), {**body, **moment, **after, "docvalue_fields": ["uid", "fingerprint"]})
                for hit in told["hits"]["hits"]:
                    (uid,), (fingerprint,) = hit["fields"]["uid"], hit["fields"]["fingerprint"]
                    yield Indexed(*split_uid(uid), names[hit["_index"]], fingerprint)
                if len(told["hits"]["hits"]) < _AT_ONCE:
                    return
                after = {"search_after": told["hits"]["hits"][-1]["sort"]}

    def verify(self) -> None:
        """See `base.SearchEngine.verify`: the servers prove every byte they read by themselves; asked is whether all
        of what serves is ours, of today's versions, and there."""
        self._indexes.forget()
        whole = {"size": 0, "track_total_hits": True}
        self._asked(lambda generation: self._send(generation.indexes.values(), whole))

    # Writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def writer(self) -> Iterator[ElasticWriter]:
        """See `base.SearchEngine.writer`."""
        with told_faults(), self._control.lock("writer", self._lock_wait_seconds) as turn:
            generation = self._indexes.current(fresh=True)
            half = self._control.building()
            noting = half is not None and half.generation != generation.name
            note = (lambda uids: self._control.note_changes(half.generation, uids)) if half and noting else None
            with self._writing(generation, turn, serve=True, note=note) as writer:
                yield writer

    @contextmanager
    def _writing(
        self,
        generation: Generation,
        turn: int,
        *,
        serve: bool = False,
        fresh: bool = False,
        note: Callable[[Iterable[str]], None] | None = None,
    ) -> Iterator[ElasticWriter]:
        def make(partition: str) -> str:
            return self._indexes.make(generation.name, partition, serve=serve)

        writer = ElasticWriter(self._link, Target(generation, make, fresh), turn, note)
        try:
            yield writer
        finally:
            writer.close()

    def rebuild(self, entries: Iterable[IndexEntry] | Stock) -> int:
        """See `base.SearchEngine.rebuild`."""
        with told_faults():
            return self._beside().build(entries if isinstance(entries, Stock) else building.Given(entries))

    def progress(self) -> tuple[int, int] | None:
        """See `base.SearchEngine.progress`."""
        with told_faults():
            half = self._control.building()
        return (half.done, half.total) if half else None

    def drop_half_made(self) -> None:
        """See `base.SearchEngine.drop_half_made`."""
        with told_faults(), self._control.lock("rebuild", self._lock_wait_seconds):
            self._beside().drop()

    def servers(self) -> Servers:
        """How the servers are. Raises EngineUnavailable."""
        return servers(self._link, self._indexes.prefix)

    def _beside(self) -> building.Beside:
        return building.Beside(self._indexes, self._control, self._writing, self._all)


def _whole(told: Body, indexes: int) -> Body:
    shards = told["_shards"]
    partial = told["timed_out"] or told.get("terminated_early") or shards["failed"] or told.get("_clusters")
    if partial or shards["successful"] != shards["total"] or shards["total"] < indexes:
        raise EngineUnavailable("index_partial")
    return told


def _facets(told: Body) -> Facets | None:
    """None where not all values were counted."""
    counted = told["aggregations"]["facets"]
    if counted["sum_other_doc_count"] or counted["doc_count_error_upper_bound"]:
        return None
    return arrange_facets({_unglued(bucket["key"]): bucket["doc_count"] for bucket in counted["buckets"]})


def _unglued(glued: str) -> tuple[str, str]:
    name, _glue, value = glued.partition(FACET_GLUE)
    return name, value
