"""Filed → findable: a text is filed by its service while a worker process runs, and asked for until it is found.

Floor: one document written and committed by bare tantivy, which nothing that is found can leave out.
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.ground import house, installation, limited
from benchmarks.report import ROOT, Row, percentile, publish, row, scale

#: Milliseconds: what nineteen of twenty take at most, and what none surpasses.
LIMIT, NEVER = 200.0, 1000.0
LONGEST = 30.0


def bare_commits(folder: Path, rounds: int) -> list[float]:
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False)
    writer = tantivy.Index(builder.build(), path=str(folder)).writer(15_000_000, 1)
    taken = []
    for number in range(rounds):
        start = time.perf_counter()
        writer.add_document(tantivy.Document(text=f"anexo hallable{number}"))
        writer.commit()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


class Journey:
    """Files one text after the other and waits for each to be found by somebody who may read it."""

    def __init__(self) -> None:
        self.cast, self.expediente = house()

    def once(self, number: int) -> tuple[float, float]:
        """Milliseconds from the receipt until its hit, and from the moment its text was there."""
        word = f"hallable{number}x"
        self.file(f"Anexo {word} del convenio\n".encode())
        filed, ready = time.perf_counter(), None
        while not self.finds(word):
            if ready is None and self.is_read(word):
                ready = time.perf_counter()
            if time.perf_counter() - filed > LONGEST:
                raise TimeoutError(word)
            time.sleep(0.005)
        found = time.perf_counter()
        return (found - filed) * 1000, (found - (ready or found)) * 1000

    def file(self, content: bytes) -> None:
        from records.services import filing
        from tests import factories

        filing.file_document(
            actor=self.cast["archivista"], expediente=self.expediente,
            upload=filing.Upload("anexo.txt", io.BytesIO(content)), metadata=factories.metadata(),
        )  # fmt: skip

    def is_read(self, word: str) -> bool:
        from records.models import PageText

        return PageText.objects.filter(text__contains=word).exists()

    def finds(self, word: str) -> bool:
        from search import api

        return api.search(self.cast["archivista"], word).total == 1


def worker() -> subprocess.Popen[Any]:
    command = [sys.executable, str(ROOT / "manage.py"), "worker"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(rounds: int) -> list[Row]:
    with installation() as home:
        from search import api

        floor = bare_commits(home / "floor", rounds)
        journey = Journey()
        api.rebuild()  # an empty index: a new installation has none until its worker has made it
        working = worker()
        try:
            for number in range(5):  # the worker and its cell warm up
                journey.once(-number - 1)
            taken = [journey.once(number) for number in range(rounds)]
        finally:
            working.send_signal(signal.SIGTERM)
            working.wait(timeout=30)
    waits, since_read = ([each[at] for each in taken] for at in range(2))
    return [
        row("text read → findable p50", percentile(since_read, 50), "ms", floor=percentile(floor, 50)),
        limited("text read → findable p95", percentile(since_read, 95), "ms", limit=LIMIT, floor=percentile(floor, 95)),
        row("filed → findable p50", percentile(waits, 50), "ms", floor=percentile(floor, 50)),
        limited("filed → findable p95", percentile(waits, 95), "ms", limit=LIMIT, floor=percentile(floor, 95)),
        limited("filed → findable, longest", max(waits), "ms", limit=NEVER),
    ]


def main() -> int:
    """Exit status 1 when a target is missed."""
    return 0 if publish("findable", measure(int(60 * scale()))) else 1


if __name__ == "__main__":
    sys.exit(main())
