"""500 files of 100 KB in one batch, with every act recorded, beside the same bytes written bare; and whether filing
costs more as an expediente grows.

Floor: hash and write all to a folder, syncfs, rename each to its digest, syncfs, one durable SQLite commit of a row
for each. The service is measured with the inspection taken out (the cell has a figure of its own) and whole: rows,
ledger events, search's outbox, reading work and signed receipts are written in both.
"""

from __future__ import annotations

import copy
import gc
import hashlib
import io
import os
import sqlite3
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.filing import content, without_cell
from benchmarks.ground import house, installation
from benchmarks.report import Row, percentile, publish, row, scale

FILES = 500
ROUNDS = 5
#: Single filings compared: those around the hundredth, and those around the ten thousandth.
FEW, MANY, SAMPLE = 100, 10_000, 60


class Staged:
    """The durable floor: what no batch can leave out."""

    def __init__(self, folder: Path) -> None:
        from records.storage.filesystem import sync_file_system

        self.folder, self.sync = folder, sync_file_system
        self.database = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE kept (digest TEXT PRIMARY KEY, size INTEGER)")
        (folder / "incoming").mkdir()
        (folder / "kept").mkdir()

    def file(self, given: Sequence[bytes]) -> None:
        staged = [self.write(one) for one in given]
        self.sync(self.folder)
        for path, digest in staged:
            path.rename(self.folder / "kept" / digest)
        self.sync(self.folder)
        self.database.execute("BEGIN")
        rows = [(digest, len(one)) for (_path, digest), one in zip(staged, given, strict=True)]
        self.database.executemany("INSERT INTO kept VALUES (?, ?)", rows)
        self.database.execute("COMMIT")

    def write(self, given: bytes) -> tuple[Path, str]:
        path = self.folder / "incoming" / uuid.uuid4().hex
        path.write_bytes(given)
        return path, hashlib.sha256(given).hexdigest()


class Service:
    """The product's own batch, in an expediente of its own, by the service that screens and commands call."""

    def __init__(self) -> None:
        self.cast, self.expediente = house()

    def beside(self, code: str) -> Service:
        """The same people with another, new expediente."""
        from tests import factories

        other = copy.copy(self)
        other.expediente = factories.make_expediente(self.cast["archivista"], code)
        factories.appoint_custodian(other.expediente, self.cast["custodia"])
        return other

    def file(self, given: Sequence[bytes]) -> None:
        from records.services.batches import Item, file_batch
        from records.services.filing import Upload
        from tests import factories

        items = [Item(Upload(f"anexo {n}.txt", io.BytesIO(one)), factories.metadata()) for n, one in enumerate(given)]
        file_batch(actor=self.cast["archivista"], expediente=self.expediente, items=items)

    def file_one(self, given: bytes) -> None:
        from records.services.filing import Upload, file_document
        from tests import factories

        upload = Upload("anexo.txt", io.BytesIO(given))
        file_document(
            actor=self.cast["archivista"], expediente=self.expediente, upload=upload, metadata=factories.metadata()
        )


def rate(act: Callable[[Sequence[bytes]], None], files: int) -> float:
    """Files a second of one batch of fresh contents."""
    given = [content(number) for number in range(files)]
    os.sync()  # what was written before is nobody's cost here
    start = time.perf_counter()
    act(given)
    return files / (time.perf_counter() - start)


def batches(home: Path, service: Service, files: int, rounds: int) -> list[Row]:
    """Floor and service in turn, the first round dropped."""
    folder = home / "floor"
    folder.mkdir()
    staged = Staged(folder)
    rates: dict[str, list[float]] = {"floor": [], "service": []}
    with without_cell():
        for _round in range(rounds + 1):
            rates["floor"].append(rate(staged.file, files))
            rates["service"].append(rate(service.file, files))
    whole = rate(service.file, files)
    floor, median = (statistics.median(rates[name][1:]) for name in ("floor", "service"))
    return [
        row(f"batch of {files} × 100 KB", median, "files/s", floor=floor, target=0.4, least=True),
        row("the same with inspection", whole, "files/s", floor=floor),
    ]


def growth(service: Service, many: int) -> Row:
    """Filings in an expediente that has thousands of pieces and in one that has a hundred, in turn."""
    young = service.beside("GC-130-CD-2026-901")
    with without_cell():
        fill(service, many)
        fill(young, FEW)
        late, few = singles([service, young])
    return row(f"filing number {many:,} beside number {FEW}", late, "ms", floor=few, target=1.3)


def fill(service: Service, count: int) -> None:
    """Small files until the expediente has so many."""
    service.expediente.refresh_from_db()
    while (left := count - service.expediente.last_order) > 0:
        service.file([f"relleno {uuid.uuid4()}\n".encode() for _number in range(min(left, FILES))])
        service.expediente.refresh_from_db()


def singles(services: Sequence[Service]) -> list[float]:
    """Median milliseconds of a single filing in each; the first tenth is dropped."""
    taken: list[list[float]] = [[] for _ in services]
    for number in range(SAMPLE):
        for service, times in zip(services, taken, strict=True):
            given = content(number)
            start = time.perf_counter()
            service.file_one(given)
            times.append((time.perf_counter() - start) * 1000)
    return [percentile(times[SAMPLE // 10 :], 50) for times in taken]


def measure(size: float) -> list[Row]:
    with installation() as home:
        service = Service()
        gc.collect()
        gc.freeze()  # as every process of ours does when it starts
        rows = [growth(service, int(MANY * min(1.0, size)))]
        return [*batches(home, service, FILES, ROUNDS), *rows]


def main() -> int:
    """Exit status 1 when a target is missed."""
    return 0 if publish("bulk", measure(scale())) else 1


if __name__ == "__main__":
    sys.exit(main())
