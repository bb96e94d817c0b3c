"""One durable filing: store, rows, ledger, outbox; beside the same work done with bare tools on the same disk.

Floor: temporary file, fsync, link, fsync of the folder, and one durable SQLite commit of one row. The service is
measured with the inspection taken out (the cell has a figure of its own) and whole. Sync calls are counted inside
the C library by a small preloaded counter, SQLite's own included.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CDLL, c_ulong
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.ground import house, installation
from benchmarks.report import Row, percentile, publish, row, scale

SIZE = 100_000
MARK = "CUSTODIA_SYNCS"
COUNTER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static unsigned long calls;
unsigned long sync_calls(void) { return calls; }
int fsync(int fd) { calls++; return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { calls++; return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


def content(number: int) -> bytes:
    """Text unlike any other, SIZE bytes long."""
    return (f"Anexo {number}, {uuid.uuid4()}\n".encode() + b"texto de relleno del anexo\n" * (SIZE // 27 + 1))[:SIZE]


class Bare:
    """The durable floor: what no filing can leave out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "incoming").mkdir()
        (folder / "kept").mkdir()
        self.database = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE kept (digest TEXT PRIMARY KEY, size INTEGER)")

    def file(self, given: bytes) -> None:
        digest = hashlib.sha256(given).hexdigest()
        staged = self.folder / "incoming" / uuid.uuid4().hex
        with staged.open("wb") as sink:
            sink.write(given)
            sink.flush()
            os.fsync(sink.fileno())
        os.link(staged, self.folder / "kept" / digest)
        staged.unlink()
        place = os.open(self.folder / "kept", os.O_RDONLY)
        os.fsync(place)
        os.close(place)
        self.database.execute("INSERT INTO kept VALUES (?, ?)", (digest, len(given)))


class Service:
    """The product's own filing, by the service a screen calls."""

    def __init__(self) -> None:
        self.cast, self.expediente = house()

    def file(self, given: bytes) -> None:
        from records.services import filing
        from tests import factories

        filing.file_document(
            actor=self.cast["archivista"], expediente=self.expediente,
            upload=filing.Upload("anexo.txt", io.BytesIO(given)), metadata=factories.metadata(),
        )  # fmt: skip


@contextmanager
def without_cell() -> Iterator[None]:
    """The cell answers at once what it would have said, so that only the filing is measured."""
    from records import parsing
    from records.services import receiving

    real = receiving.parsing.inspect
    told = parsing.Inspection("text/plain", "txt", 1, inspected=True, flags=(), refusals=())
    receiving.parsing.inspect = lambda _path, _name: told
    try:
        yield
    finally:
        receiving.parsing.inspect = real


def interleaved(acts: dict[str, Callable[[bytes], None]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each act, taken in turn so that the machine's moods fall on all; the first tenth is dropped."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds):
        for name, act in acts.items():
            given = content(number)
            start = time.perf_counter()
            act(given)
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: values[rounds // 10 :] for name, values in taken.items()}


def syncs_of(act: Callable[[bytes], None], rounds: int = 20) -> float:
    """Sync calls per act, counted by the preloaded library; -1 where it could not be made."""
    if MARK not in os.environ:
        return -1.0
    counted = CDLL(os.environ["LD_PRELOAD"]).sync_calls
    counted.restype = c_ulong
    before = counted()
    for number in range(rounds):
        act(content(number))
    return float((counted() - before) / rounds)


def measure(rounds: int) -> list[Row]:
    with installation() as home:
        floor_folder = home / "floor"
        floor_folder.mkdir()
        bare, service = Bare(floor_folder), Service()
        with without_cell():
            taken = interleaved({"bare": bare.file, "service": service.file}, rounds)
            syncs, floor_syncs = syncs_of(service.file), syncs_of(bare.file)
        whole = interleaved({"whole": service.file}, max(rounds // 4, 20))["whole"]
        inspection = interleaved({"inspection": inspect_alone(home)}, max(rounds // 4, 20))["inspection"]
    floor = {p: percentile(taken["bare"], p) for p in (50, 95)}
    rows = [
        row("single filing p50", percentile(taken["service"], 50), "ms", floor=floor[50], target=5),
        row("single filing p95", percentile(taken["service"], 95), "ms", floor=floor[95]),
        row("inspection in the cell p50", percentile(inspection, 50), "ms"),
        row("filing with inspection p50", percentile(whole, 50), "ms", floor=floor[50]),
    ]
    return rows + sync_rows(syncs, floor_syncs)


def sync_rows(syncs: float, floor: float) -> list[Row]:
    """At most four sync calls: the ratio to a target of 4/3 of the floor's three."""
    if syncs < 0:
        print("sync calls are not counted: no C compiler")
        return []
    return [row("sync calls of a filing", syncs, "calls", floor=floor, target=4 / 3)]


def inspect_alone(home: Path) -> Callable[[bytes], None]:
    from records import parsing

    path = home / "inspected.txt"

    def act(given: bytes) -> None:
        path.write_bytes(given)
        assert parsing.inspect(path, "anexo.txt").inspected

    return act


def counting() -> int | None:
    """Run this benchmark again under the counter; None where there is no compiler, or this is already that run."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if MARK in os.environ or compiler is None:
        return None
    with TemporaryDirectory() as folder:
        library = Path(folder) / "syncs.so"
        source = library.with_suffix(".c")
        source.write_text(COUNTER)
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        given = os.environ | {"LD_PRELOAD": str(library), MARK: "1"}
        return subprocess.run([sys.executable, "-m", "benchmarks.filing"], env=given, check=False).returncode


def main() -> int:
    """Exit status 1 when a target is missed."""
    if (code := counting()) is not None:
        return code
    return 0 if publish("filing", measure(int(200 * scale()))) else 1


if __name__ == "__main__":
    sys.exit(main())
