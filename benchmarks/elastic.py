"""The engine on a real Elasticsearch, beside a bare client that sends the same bodies, and beside the package's own
bulk helper that brings the same documents ready made.

One server on this machine (heap 1 GB), the invented archive in three partitions, no database. Calls are made in turn,
order rotated; of each question the median over the rounds counts, p50 and p95 are over the questions. BENCH_PAGES is
the size (5,000; 200000 is the one of the targets).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.report import Row, percentile, publish, row, scale

ROUNDS = 5
PARTITIONS = ("public", "restricted", "reserved")
EXPEDIENTES = uuid.UUID("5f0d0c40-0000-4000-8000-000000000000").int


def expediente(number: int) -> str:
    return str(uuid.UUID(int=EXPEDIENTES + number))


def entries(pages: int) -> Iterator[Any]:
    """The archive as the index is told of it."""
    from benchmarks.archive import convenio_of, pieces
    from benchmarks.spanish import sentences
    from search.types import IndexEntry

    for piece in pieces(pages, sentences()):
        facts = {"tipo": piece.tipo, "convenio": convenio_of(piece.expediente), "level": piece.level}
        yield IndexEntry(
            "custody",
            str(uuid.UUID(int=EXPEDIENTES + 10**9 + piece.number)),
            piece.level,
            expediente(piece.expediente),
            piece.title,
            piece.pages,
            facts,
            piece.date,
        )


class Recorder:
    """The bodies that an engine sends, to be sent again without it."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.sent: list[tuple[list[str], dict[str, Any]]] = []
        self._send = engine._send  # noqa: SLF001 the one door by which its searches leave
        engine._send = self.send  # noqa: SLF001

    def send(self, indexes: Any, body: Any, **options: Any) -> Any:
        listed = list(indexes)
        self.sent.append((listed, {**body, "timeout": "9000ms"}))
        return self._send(listed, body, **options)

    def bodies(self, request: Any) -> list[tuple[list[str], dict[str, Any]]]:
        self.sent.clear()
        self.engine.search(request)
        return list(self.sent)

    def off(self) -> None:
        self.engine._send = self._send  # noqa: SLF001


def interleaved(jobs: Mapping[str, Sequence[Any]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Milliseconds of each call of each job: see `benchmarks.search`."""
    from benchmarks.search import interleaved as run

    return run(jobs, rounds)


def measure_calls(engine: Any, client: Any, requests: Sequence[Any]) -> list[Row]:
    recorder = Recorder(engine)
    sent = [recorder.bodies(request) for request in requests]
    recorder.off()

    def bare(bodies: Any) -> None:
        for indexes, body in bodies:
            client.search(index=indexes, body=body, allow_partial_search_results=False)

    jobs = {
        "ours": [lambda r=r: engine.search(r) for r in requests],
        "bare": [lambda b=b: bare(b) for b in sent],
    }
    times = interleaved(jobs)
    return [
        row(f"call, floor the same bodies by a bare client p{p}", percentile(times["ours"], p), "ms",
            floor=percentile(times["bare"], p), target=1.3)
        for p in (50, 95)
    ]  # fmt: skip


def measure_scope(engine: Any, requests: Sequence[Any], shelves: int) -> list[Row]:
    """A scope of ten, beside one of ten thousand that finds the same: those ten and others that hold nothing."""
    from dataclasses import replace

    from search.types import PartitionScope, Scope

    def scope(size: int, partitions: Sequence[str], items: int) -> Any:
        mine = {expediente(number) for number in range(min(10, shelves))}
        mine |= {str(uuid.uuid4()) for _ in range(size - len(mine))}
        part = PartitionScope(False, frozenset(mine), frozenset(str(uuid.uuid4()) for _ in range(items)))
        return Scope(dict.fromkeys(partitions, part))

    def calls(held: Any) -> list[Any]:
        return [lambda r=one: engine.search(r) for one in (replace(r, scope=held) for r in requests)]

    ten, many = 10, 10_000
    jobs = {
        "10": calls(scope(ten, PARTITIONS[:1], 0)),
        "10,000 expedientes": calls(scope(many, PARTITIONS[:1], 0)),
        "10 twice": calls(scope(ten, PARTITIONS[:2], ten)),
        "10,000 expedientes and 10,000 documents, two partitions": calls(scope(many, PARTITIONS[:2], many)),
    }
    times = interleaved(jobs)
    pairs = (("10,000 expedientes", "10"), ("10,000 expedientes and 10,000 documents, two partitions", "10 twice"))
    return [
        row(f"scope of {name}, floor 10 p{p}", percentile(times[name], p), "ms",
            floor=percentile(times[floor], p), target=2.0)
        for name, floor in pairs for p in (50, 95)
    ]  # fmt: skip


def measure_build(engine: Any, client: Any, pages: int) -> list[Row]:
    from elasticsearch.helpers import bulk

    from search.engines.base import uid_of
    from search.engines.elastic_mapping import body
    from search.engines.elastic_writer import document_of

    listed = list(entries(pages))
    count = sum(len(one.pages) for one in listed)
    engine.rebuild(listed[:200])
    start = time.perf_counter()
    engine.rebuild(listed)
    ours = count / (time.perf_counter() - start)
    start = time.perf_counter()
    ready = [document_of(one, uid_of(one.source, one.key)) for one in listed]
    made = count / (time.perf_counter() - start)
    client.indices.create(index="bare", body=body())
    start = time.perf_counter()
    bulk(client.options(request_timeout=60), ({"_index": "bare", "_id": one["uid"], "_source": one} for one in ready))
    client.indices.refresh(index="bare")
    floor = count / (time.perf_counter() - start)
    client.indices.delete(index="bare")
    sent = count / _sending(engine, ready)
    return [
        row("the same documents by our writer, ready made", sent, "pages/s", floor=floor, target=0.6, least=True),
        row("rebuild of entries, from their texts", ours, "pages/s", floor=floor),
        row("making the documents alone", made, "pages/s"),
    ]


def _sending(engine: Any, ready: Sequence[Mapping[str, Any]]) -> float:
    """Seconds in which the writer's own way takes documents that are ready to a new index."""
    from search.engines import elastic_writer as writing

    made = engine._indexes.new_generation()  # noqa: SLF001 the way without the making
    bulk = writing._Bulk(engine._link, print)  # noqa: SLF001
    index = made.indexes["public"]
    start = time.perf_counter()
    for one in ready:
        about = {"_index": index, "_id": one["uid"], "version": 1, "version_type": "external_gte"}
        bulk.add(writing.Item(one["uid"], writing.encoded({"index": about}) + writing.encoded(one)))
    bulk.flush()
    engine._link.change(lambda client: client.indices.refresh(index=index))  # noqa: SLF001
    taken = time.perf_counter() - start
    bulk.close()
    return taken


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django

    django.setup()
    from benchmarks.questions import questions
    from benchmarks.spanish import sentences
    from search.engines.elastic import ElasticEngine
    from search.engines.elastic_link import Address
    from search.parsing import parse
    from search.types import PartitionScope, Request, Scope
    from search.widening import widen
    from tests.services.elastic import cluster

    pages = int(os.environ.get("BENCH_PAGES", "5000"))
    with cluster(heap="1g", quick=False) as server:
        engine = ElasticEngine(server.hosts, partitions=PARTITIONS, mark="bench", timeout=60)
        client = Address(server.hosts, seconds=60).client()
        rows = measure_build(engine, client, pages)
        whole = Scope({name: PartitionScope(whole=True) for name in PARTITIONS})
        listed = questions(sentences(), max(int(6 * scale()), 1))
        asked = [Request(widen(parse(one.typed)), whole, facets=True) for one in listed]
        rows += measure_calls(engine, client, asked)
        rows += measure_scope(engine, asked[: max(len(asked) // 3, 10)], pages // 400)
        per = [engine.search(one).total for one in asked]
        rows.append(row("hits of a question, median", statistics.median(per), "documents"))
    return publish("elastic", rows)


if __name__ == "__main__":
    sys.exit(main())
