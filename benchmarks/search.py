"""The search room asked in this process, beside bare tantivy, SQLite FTS5 and PostgreSQL doing the same in one run.

One call is a typed question read, 20 hits with their best pages, the exact total, all facets, and 20 snippets of texts
from the database, under the scope of a reader of everything public and restricted. Bare tantivy has its own stemmer,
BM25, the same scope as a filter, and texts kept in its index. Calls are made in turn, order rotated; of each question
the median over the rounds counts, and p50 and p95 are over the questions.

BENCH_PAGES is the size (5,000; 200000 is the one of the targets); BENCH_ARCHIVE a folder where the archive is kept for
the next run; BENCH_FLOORS which floors are asked besides bare tantivy ("fts5,postgres"; with "rebuild" among them an
index that stands is built again). BENCH_SCALE below 1 asks fewer questions.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import archive
from benchmarks.floors import Fts5, Postgres, Tantivy
from benchmarks.ground import installation
from benchmarks.questions import Question, questions
from benchmarks.report import Row, percentile, publish, row, scale
from benchmarks.spanish import Sentences, sentences

ROUNDS = 5
LEVELS = ("public", "restricted", "unclassified")
HEAP = 60_000_000
SECONDS = 6.0

Jobs = Mapping[str, Sequence[Callable[[], object]]]
Times = dict[str, list[float]]


class Room:
    """The search room's engine with the texts of the database, for one scope."""

    def __init__(self, scope: Any) -> None:
        from cms.custody_source import CustodySource
        from search.conf import get_engine

        self.engine, self.source, self.scope = get_engine(), CustodySource(), scope

    def ask(self, question: Question) -> tuple[int, list[str]]:
        """(total, snippets)."""
        from search.marking import snippet

        query, found = self.find(question)
        texts = self.source.page_texts([(hit.key, hit.page) for hit in found.hits])
        return found.total, [snippet(texts.get((hit.key, hit.page), ""), query) for hit in found.hits]

    def find(self, question: Question) -> tuple[Any, Any]:
        """(query, what the engine found)."""
        from search.parsing import parse
        from search.types import Request
        from search.widening import widen

        query = widen(parse(question.typed))
        return query, self.engine.search(Request(query, self.scope, facets=True))


def interleaved(jobs: Jobs, rounds: int = ROUNDS) -> Times:
    """Milliseconds of each call of each job: made in turn, order rotated, first round dropped, median of the rounds."""
    names = list(jobs)
    taken: dict[str, list[list[float]]] = {name: [[] for _ in jobs[name]] for name in names}
    for turn in range(rounds + 1):
        for number in range(len(jobs[names[0]])):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                start = time.perf_counter()
                jobs[name][number]()
                if turn:
                    taken[name][number].append((time.perf_counter() - start) * 1000)
    return {name: [statistics.median(times) for times in calls] for name, calls in taken.items()}


def both(name: str, times: Times, ours: str, floor: str, target: float | None) -> list[Row]:
    return [
        row(f"{name} p{p}", percentile(times[ours], p), "ms", floor=percentile(times[floor], p), target=target)
        for p in (50, 95)
    ]


def by_class(name: str, asked: Sequence[Question], times: Times, ours: str, floor: str) -> list[Row]:
    """The median of each class of questions, to inform."""
    rows = []
    for kind in dict.fromkeys(question.kind for question in asked):
        mine, theirs = (
            statistics.median(taken for question, taken in zip(asked, times[job], strict=True) if question.kind == kind)
            for job in (ours, floor)
        )
        rows.append(row(f"{name}: {kind}", mine, "ms", floor=theirs))
    return rows


# What is measured -----------------------------------------------------------------------------------------


def scopes() -> dict[str, Any]:
    """By breadth, from what the database lets readers do; narrow is what one was granted by name and nothing else."""
    from django.contrib.auth import get_user_model

    from search.sources import reach_of
    from search.types import PartitionScope, Scope

    people, logins = get_user_model().objects, archive.readers()
    broad, middle, narrow = (
        reach_of(people.get(username=names[0])).scope for names in (logins.broad, logins.middle, logins.narrow)
    )
    piece = {name: PartitionScope(items=part.items) for name, part in narrow.partitions.items() if part.items}
    whole = {name: PartitionScope(whole=True) for name in (*LEVELS, "reserved")}
    return {"broad": broad, "middle": middle, "narrow": Scope(piece), "whole": Scope(whole)}


def measure_calls(asked: Sequence[Question], floors: Mapping[str, Any], scope: Any) -> list[Row]:
    """The whole call beside each floor, in one run."""
    room = Room(scope)
    jobs = {"ours": [lambda q=q: room.ask(q) for q in asked]}
    for name, floor in floors.items():
        jobs[name] = [lambda q=q, floor=floor: floor.ask(q, LEVELS) for q in asked]
    if "tantivy" in floors:
        jobs["no scope"] = [lambda q=q: floors["tantivy"].ask(q) for q in asked]
    times = interleaved(jobs)
    rows = []
    for name in floors:
        rows += both(f"call, floor {name}", times, "ours", name, 1.3 if name == "tantivy" else 1.0)
    if "tantivy" in floors:
        pairs = zip(times["ours"], times["tantivy"], strict=True)
        rows.append(
            row("call / tantivy, median of the questions' ratios", statistics.median(a / b for a, b in pairs), "×")
        )
        rows += both("call, floor tantivy without scope", times, "ours", "no scope", None)
        rows += by_class("call", asked, times, "ours", "tantivy")
    return rows


def measure_parts(asked: Sequence[Question], scope: Any) -> list[Row]:
    """Where the time of a call goes."""
    from search.marking import snippet
    from search.parsing import parse
    from search.types import Request
    from search.widening import widen

    room = Room(scope)
    queries = [widen(parse(question.typed)) for question in asked]
    found = [room.engine.search(Request(query, scope, facets=True)) for query in queries]
    places = [[(hit.key, hit.page) for hit in one.hits] for one in found]
    texts = [room.source.page_texts(one) for one in places]
    numbers = range(len(asked))
    times = interleaved(
        {
            "reading the question": [lambda n=n: widen(parse(asked[n].typed)) for n in numbers],
            "engine": [lambda n=n: room.engine.search(Request(queries[n], scope, facets=True)) for n in numbers],
            "engine without facets": [lambda n=n: room.engine.search(Request(queries[n], scope)) for n in numbers],
            "texts": [lambda n=n: room.source.page_texts(places[n]) for n in numbers],
            "snippets": [lambda n=n: [snippet(text, queries[n]) for text in texts[n].values()] for n in numbers],
        }
    )
    return [row(f"part: {name} p{p}", percentile(taken, p), "ms") for name, taken in times.items() for p in (50, 95)]


def measure_trim(asked: Sequence[Question], scopes: Mapping[str, Any]) -> list[Row]:
    """What the scope costs: the engine's own call, trimmed beside untrimmed."""
    rooms = {name: Room(scope) for name, scope in scopes.items()}
    times = interleaved({name: [lambda q=q, r=room: r.find(q) for q in asked] for name, room in rooms.items()})
    targets = {"broad": 1.7, "middle": None, "narrow": 1.0}
    return [one for name, most in targets.items() for one in both(f"{name} scope / none", times, name, "whole", most)]


def measure_rate(asked: Sequence[Question], bare: Tantivy, scope: Any) -> list[Row]:
    """Calls a second of two processes: ours and bare tantivy in turn, three times each."""
    room = Room(scope)
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _round in range(3):
        rates["ours"].append(_rate([lambda q=q: room.ask(q) for q in asked]))
        rates["bare"].append(_rate([lambda q=q: bare.ask(q, LEVELS) for q in asked]))
    ours, floor = (statistics.median(rates[name]) for name in ("ours", "bare"))
    return [row("2 processes", ours, "calls/s", floor=floor, target=0.45, least=True)]


def _rate(calls: Sequence[Callable[[], object]], processes: int = 2) -> float:
    from django.db import connections

    connections.close_all()  # a child must not share its parent's
    context = multiprocessing.get_context("fork")
    counts = context.Queue()

    def work() -> None:
        until, done = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            calls[done % len(calls)]()
            done += 1
        counts.put(done)

    children = [context.Process(target=work) for _ in range(processes)]
    for child in children:
        child.start()
    done = sum(counts.get(timeout=60) for _ in children)
    for child in children:
        child.join()
    return done / SECONDS


# Building -------------------------------------------------------------------------------------------------


def filled(pages: int, said: Sentences) -> None:
    """The archive of that size, made unless an earlier run left it here."""
    from records.models import Document

    if not Document.objects.exists():
        archive.fill(pages, said)


def measure_build(home: Path, bare: Tantivy, again: bool) -> list[Row]:
    """Rebuilding from the database beside bare tantivy building its own index of the same rows, text ready."""
    from benchmarks.floors import rows
    from records.models import PageText
    from search import api
    from search.conf import get_engine

    pages = PageText.objects.count()
    listed = rows(home / "custodia.sqlite3")
    start = time.perf_counter()
    bare.build(listed, heap=HEAP)
    floor = pages / (time.perf_counter() - start)
    if get_engine().state() == "ready" and not again:
        return [row("bare indexing", floor, "pages/s")]
    start = time.perf_counter()
    api.rebuild()
    ours = pages / (time.perf_counter() - start)
    return [row("rebuild from the database", ours, "pages/s", floor=floor, target=0.5, least=True)]


def size_of(folder: Path) -> float:
    """MiB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1024**2


def resident() -> float:
    """MiB of this process, mapped files among them."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def make_floors(wanted: set[str], place: Path, home: Path, stack: ExitStack) -> Iterator[tuple[str, Any, float]]:
    """(name, floor, pages a second of building it) of SQL's."""
    from benchmarks.floors import rows
    from records.models import PageText
    from tests.services.postgres import Unavailable, cluster

    pages = PageText.objects.count()
    makers: dict[str, Callable[[], Any]] = {
        "fts5": lambda: Fts5(place / "fts5.sqlite3"),
        "postgres": lambda: Postgres(stack.enter_context(cluster())),
    }
    for name in sorted(wanted & makers.keys()):
        try:
            made = makers[name]()
        except Unavailable as reason:
            print(f"no {name} here: {reason}", file=sys.stderr)
            continue
        start = time.perf_counter()
        made.build(rows(home / "custodia.sqlite3"))
        yield name, made, pages / (time.perf_counter() - start)


def measure(home: Path, pages: int, wanted: set[str]) -> list[Row]:
    said = sentences()
    print(f"{pages} pages of {said.origin}", flush=True)
    size = [row(f"pages, {said.origin}", pages, ""), row("load of the machine before", os.getloadavg()[0], "")]
    asked = questions(said, each=max(2, int(12 * scale())))
    place = Path(tempfile.mkdtemp(dir=home))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        filled(pages, said)
        bare = Tantivy(place / "tantivy")
        rows = [*size, *measure_build(home, bare, again="rebuild" in wanted)]
        floors = {"tantivy": bare}
        for name, floor, rate in make_floors(wanted, place, home, stack):
            floors[name] = floor
            rows.append(row(f"building {name}", rate, "pages/s"))
        given = scopes()
        rows += measure_calls(asked, floors, given["broad"])
        rows += measure_parts(asked, given["broad"])
        rows += measure_trim(asked, given)
        rows += measure_rate(asked, bare, given["broad"])
        rows.append(row("index on disk", size_of(home / "index"), "MiB", floor=size_of(place / "tantivy")))
        rows.append(row("this process", resident(), "MiB"))
    return rows


def main() -> int:
    """Exit status 1 when a target is missed."""
    pages = int(os.environ.get("BENCH_PAGES", "5000"))
    wanted = set(os.environ.get("BENCH_FLOORS", "fts5,postgres").split(","))
    kept = os.environ.get("BENCH_ARCHIVE")
    with installation(Path(kept) if kept else None) as home:
        rows = measure(home, pages, wanted)
    return 0 if publish(f"search-{pages}", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
