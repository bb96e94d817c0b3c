"""Memory of the web process while a large file comes, whatever the client does: one PATCH of all of it, or 8 MiB each.

The demo's own site command serves, as a process; the resident memory of each of its workers is sampled all along.
Also while it is filed, with three files at once, and with a client whose bytes are all refused. Full size, 2 GiB, is
BENCH_SCALE=8. Floor of the seconds: the same bytes written to a file of the same disk.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.report import ROOT, Row, publish, row, scale
from tests.installation import Installation
from tests.serving import Person, Site, served

MIB = 1024**2
SMALLEST = 256 * MIB
MOST = 32 * MIB
EVERY = 0.05


def resident(pid: int) -> int:
    """Bytes that the process has in memory; 0 for one that is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """The most that any worker grew since the watch began."""

    def __init__(self, workers: list[int]) -> None:
        self.before = {pid: resident(pid) for pid in workers}
        self.grown, self.over = 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(EVERY):
            self.grown = max(self.grown, *(resident(pid) - before for pid, before in self.before.items()))


@contextlib.contextmanager
def watched(site: Site) -> Iterator[Watch]:
    watch = Watch(site.workers())
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


def blocks(size: int) -> Iterator[bytes]:
    """A text of lines, `size` bytes long, a MiB at a time."""
    block = (b"texto de relleno del anexo\n" * (MIB // 27 + 1))[:MIB]
    for start in range(0, size, MIB):
        yield block[: min(MIB, size - start)]


def in_one(person: Person, address: str, size: int) -> None:
    assert person.patch(address, blocks(size), 0, size).status == 204


def in_pieces(person: Person, address: str, size: int, piece: int = 8 * MIB) -> None:
    body = next(blocks(MIB)) * (piece // MIB)
    for start in range(0, size, piece):
        assert person.patch(address, body[: min(piece, size - start)], start).status == 204


def measured(site: Site, person: Person, size: int, send: Callable[[Person, str, int], None]) -> tuple[int, float]:
    """Growth in bytes and seconds of one upload, its last byte's hashing and inspection included."""
    address = person.announce(size)
    began = time.perf_counter()
    with watched(site) as watch:
        send(person, address, size)
    taken = time.perf_counter() - began
    state = person.ask("GET", address).json()
    assert (state["state"], state["offset"]) == ("waiting", size), state
    person.ask("DELETE", address, None, {"Tus-Resumable": "1.0.0"})
    return watch.grown, taken


def filed(site: Site, person: Person, size: int) -> int:
    """Growth while a whole draft is filed: hashed again, kept, and its receipt given."""
    address = person.announce(size)
    in_pieces(person, address, size)
    with watched(site) as watch:
        assert person.file(address).status == 201
    return watch.grown


def three_at_once(site: Site, people: list[Person], size: int) -> int:
    """Growth of the worst worker while three files come at the same time."""
    with watched(site) as watch:
        hands = [threading.Thread(target=one_of_three, args=(person, size)) for person in people]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    return watch.grown


def one_of_three(person: Person, size: int) -> None:
    in_pieces(person, person.announce(size), size)


def unwelcome(site: Site, person: Person, size: int) -> int:
    """Growth while a client sends all of a large file at a wrong place, which is refused."""
    address = person.announce(size)
    with watched(site) as watch, contextlib.suppress(OSError):  # it is cut off, as it should be
        person.patch(address, blocks(size), 5, size)
    return watch.grown


def plain_write(folder: Path, size: int) -> float:
    began = time.perf_counter()
    with (folder / "floor").open("wb") as sink:
        for block in blocks(size):
            sink.write(block)
    taken = time.perf_counter() - began
    (folder / "floor").unlink()
    return taken


def memory(name: str, grown: int) -> Row:
    """Growth beside the 32 MiB that are allowed, whatever the size."""
    return {**row(name, grown / MIB, "MiB"), "target": MOST / MIB, "holds": grown <= MOST}


def measure(folder: Path, size: int) -> list[Row]:
    home = Installation(folder / "home")
    home.prepare()
    with served(home) as site:
        person = Person(home, "archivista")
        in_pieces(person, person.announce(16 * MIB), 16 * MIB)  # what a first upload loads is not the file's doing
        person.file(person.announce(16))
        floor = plain_write(folder, size)
        one, seconds_one = measured(site, person, size, in_one)
        many, seconds_many = measured(site, person, size, in_pieces)
        return [
            memory(f"{size // MIB} MiB in one PATCH", one),
            memory(f"{size // MIB} MiB in pieces of 8 MiB", many),
            memory("the same while it is filed", filed(site, person, size)),
            memory("three files at once", three_at_once(site, [person] * 3, size // 4)),
            memory("all of it sent to be refused", unwelcome(site, person, size)),
            row("one PATCH, looked at", seconds_one, "s", floor=floor),
            row("pieces of 8 MiB, looked at", seconds_many, "s", floor=floor),
        ]


def main() -> int:
    """Exit status 1 when the memory grows with the file."""
    where = ROOT / "var" / "bench-ground"
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where) as folder:
        rows = measure(Path(folder), int(SMALLEST * scale()))
    return 0 if publish("upload", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
