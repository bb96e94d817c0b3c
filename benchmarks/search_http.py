"""A reader who entered asks the search page over HTTP on loopback: 20 hits rechecked, exact total, facets, snippets.

The demo's own site command serves the archive of `benchmarks.search` (the same BENCH_PAGES and BENCH_ARCHIVE). Floor:
the engine through our port in this process, plus a bare page behind the session of the same site, asked in turn with
the page of each question. One connection is kept for each reader. Also, to inform: readers of other breadth, two
readers at once, the first questions after a start, and the memory of the processes that answer.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import archive
from benchmarks.ground import installation, limited
from benchmarks.questions import Question, questions
from benchmarks.report import ROOT, Row, percentile, publish, row, scale
from benchmarks.search import Room, Times, filled, interleaved, scopes
from benchmarks.spanish import sentences
from cms.demo.serving import answers, die_with, site_command
from tests.ground import PASSWORD
from tests.serving import Answer, token_in

MIB = 1024**2
#: Milliseconds and MiB that hold whatever the size.
LONGEST, HEAVIEST = 100.0, 300.0
SECONDS = 8.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Reader:
    """Somebody who entered at the desk, over one connection."""

    def __init__(self, port: int, login: str) -> None:
        self.connection, self.cookies = http.client.HTTPConnection("127.0.0.1", port, timeout=120), SimpleCookie()
        page = self.ask("/cuenta/entrar/")
        form = {"username": login, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page)}
        entered = self.ask("/cuenta/entrar/", "POST", urlencode(form), FORM)
        assert entered.status == 302, entered.body[-500:]

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, also: dict[str, str] | None = None
    ) -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items()), **(also or {})}
        self.connection.request(method, path, body, sent)
        answer = Answer(self.connection.getresponse())
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(line)
        return answer

    def search(self, question: Question) -> None:
        answer = self.ask("/custodia/buscar/?" + urlencode({"q": question.typed}))
        assert answer.status == 200, (question.typed, answer.status)

    def bare(self) -> None:
        answer = self.ask("/custodia/medida/")
        assert answer.status == 200, answer.status


@contextmanager
def served(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    given = os.environ | {
        "CUSTODIA_HOME": str(home), "CUSTODIA_PORT": str(port), "DJANGO_SETTINGS_MODULE": "benchmarks.site",
    }  # fmt: skip
    with (home / "site.log").open("ab") as log:
        process = subprocess.Popen(
            site_command(port), cwd=ROOT, env=given, stdout=log, stderr=log,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509  it only asks the kernel
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not answers(port):
            assert process.poll() is None, (home / "site.log").read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def memory(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """(MiB in memory, MiB that no other process shares) of the heaviest of those that answer."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    told = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in children]
    return max(of(text, "Rss") for text in told), max(of(text, "Private_Clean", "Private_Dirty") for text in told)


def of(rollup: str, *names: str) -> float:
    return (
        sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(tuple(f"{n}:" for n in names)))
        / 1024
    )


def measure_pages(reader: Reader, asked: Sequence[Question]) -> list[Row]:
    """The page beside the engine's call and the bare page, in turn."""
    room = Room(scopes()["broad"])
    times = interleaved(
        {
            "page": [lambda q=q: reader.search(q) for q in asked],
            "engine": [lambda q=q: room.ask(q) for q in asked],
            "bare": [reader.bare for _ in asked],
        }
    )
    return [one for percent in (50, 95) for one in page_rows(times, percent)]


def page_rows(times: Times, percent: int) -> list[Row]:
    page, engine, bare = (percentile(times[name], percent) for name in ("page", "engine", "bare"))
    rows = [row(f"page / (engine + bare page) p{percent}", page, "ms", floor=engine + bare, target=1.6)]
    rows += [row(f"engine's call p{percent}", engine, "ms"), row(f"bare page p{percent}", bare, "ms")]
    return rows if percent == 50 else [*rows, limited("page p95 at this size", page, "ms", limit=LONGEST)]


def measure_breadth(port: int, asked: Sequence[Question]) -> list[Row]:
    """Readers of less, beside one of much."""
    logins = archive.readers()
    readers = {name: Reader(port, getattr(logins, name)[1]) for name in ("broad", "middle", "narrow")}
    times = interleaved({name: [lambda q=q, r=r: r.search(q) for q in asked] for name, r in readers.items()}, rounds=2)
    return [
        row(f"page of a {name} reader p{percent}", percentile(times[name], percent), "ms",
            floor=percentile(times["broad"], percent))
        for name in ("middle", "narrow") for percent in (50, 95)
    ]  # fmt: skip


def measure_rate(port: int, asked: Sequence[Question]) -> list[Row]:
    """Pages a second that two processes answer to four readers at once, beside bare pages."""
    logins = archive.readers().broad
    readers = [Reader(port, login) for login in logins[2:6]]
    rates: dict[str, list[float]] = {"pages": [], "bare": []}
    for _round in range(2):
        rates["pages"].append(_rate([lambda n, r=r: r.search(asked[n % len(asked)]) for r in readers]))
        rates["bare"].append(_rate([lambda _n, r=r: r.bare() for r in readers]))
    pages, bare = (statistics.median(rates[name]) for name in ("pages", "bare"))
    return [row("pages of 2 processes, 4 readers", pages, "pages/s", floor=bare)]


def _rate(acts: Sequence[Callable[[int], None]]) -> float:
    done, until = [0] * len(acts), time.monotonic() + SECONDS

    def work(which: int) -> None:
        while time.monotonic() < until:
            acts[which](done[which] + 31 * which)
            done[which] += 1

    threads = [threading.Thread(target=work, args=(which,)) for which in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def forget_files(folder: Path) -> None:
    """Asks the kernel to keep nothing of these files, so that the next question reads the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_first(reader: Reader, asked: Sequence[Question]) -> list[Row]:
    """The first questions after a start, nothing of the index in memory; each is a first of its own kind."""
    taken = []
    for question in asked:
        start = time.perf_counter()
        reader.search(question)
        taken.append((time.perf_counter() - start) * 1000)
    return [row("first question after a start, cold", taken[0], "ms"),
            row(f"the next {len(taken) - 1}, cold, p50", percentile(taken[1:], 50), "ms")]  # fmt: skip


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(home: Path, pages: int) -> list[Row]:
    from search import api
    from search.conf import get_engine

    said = sentences()
    filled(pages, said)
    if get_engine().state() != "ready":
        api.rebuild()
    asked, port = questions(said, each=max(2, int(12 * scale()))), free_port()
    print(f"{pages} pages of {said.origin}", flush=True)
    size = [row(f"pages, {said.origin}", pages, ""), row("load of the machine before", os.getloadavg()[0], "")]
    forget_files(home / "index")
    forget_files(home)
    with served(home, port) as process:
        reader = Reader(port, archive.readers().broad[0])
        rows = [*size, *measure_first(reader, asked[:: max(1, len(asked) // 12)])]
        rows += measure_pages(reader, asked)
        rows += measure_breadth(port, asked)
        rows += measure_rate(port, asked)
        resident, private = memory(process)
    rows.append(limited("memory of a process that answers", resident, "MiB", limit=HEAVIEST))
    return [*rows, row("of it, its own", private, "MiB")]


def main() -> int:
    """Exit status 1 when a target is missed."""
    kept = os.environ.get("BENCH_ARCHIVE")
    with installation(Path(kept) if kept else None) as home:
        rows = measure(home, int(os.environ.get("BENCH_PAGES", "5000")))
    return 0 if publish("search_http", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
