"""A new generation built beside the one in use, which is searched and written all the while.

<path>/NEXT                       name of the generation being built, until it is in use
<path>/rebuild.lock               flock of the one that builds
<path>/<generation>/changed       lines [source, key] of what was written into the one in use meanwhile
<path>/<generation>/progress.json {"done", "total"} of what is durable in it

What is durable in a half-made generation stays: after a kill only the rest is read again. At the end, under the
writer's lock, what changed meanwhile is asked from the sources once more and brought in too; then the new one is put
in use.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from search.batches import batched
from search.engines.base import IndexWriter, Stock, split_uid
from search.engines.embedded_files import IndexFolder, tantivy_faults
from search.errors import EngineUnavailable

_BATCH = 20

COMMIT_SECONDS = 15.0
"""How much work a kill may cost; each commit leaves segments that are merged later."""

SWAP_WAIT_SECONDS = 60.0
"""How long the finished index waits for the writer before it gives up; the next rebuild finds it nearly done."""

_JOURNAL, _PROGRESS, _NEXT = "changed", "progress.json", "NEXT"


@dataclass(frozen=True)
class Beside:
    """One rebuild. `writer` opens a generation for writing, `held` tells the names that are whole in it."""

    folder: IndexFolder
    writer: Callable[[str], Writer]
    held: Callable[[str], Collection[str]]

    def build(self, stock: Stock) -> int:
        """Builds or goes on building, and puts in use; number of entries. Raises EngineUnavailable("index_busy") while
        somebody else builds."""
        with self.folder.lock("rebuild.lock", 0.0):
            generation, known = self._begin()
            try:
                count = self._fill(generation, stock, known)
                self._finish(generation, stock)
            except EngineUnavailable as fault:
                # A disk that is full gets its room back; what was only interrupted is gone on with.
                if fault.code != "index_busy":
                    shutil.rmtree(self.folder.path / generation, ignore_errors=True)
                raise
        return count

    def _begin(self) -> tuple[str, Collection[str]]:
        """(generation, what it holds already). From now on every writer tells the journal what it changes."""
        with self.folder.lock("writer.lock", SWAP_WAIT_SECONDS):
            half = half_made(self.folder.path)
            self.folder.sweep(self.folder.named_current(), half)
            try:
                if half:
                    return half, self.held(half)
            except EngineUnavailable:  # of another version, or damaged by what interrupted it
                drop_half_made(self.folder.path)
            return self.folder.make_next(_NEXT), ()

    def _fill(self, generation: str, stock: Stock, known: Collection[str]) -> int:
        count, told = len(known), time.monotonic()
        self._tell(generation, count, stock.total)
        with self._writing(generation) as writer:
            for batch in batched(stock.besides(known), _BATCH):
                writer.put(batch)
                count += len(batch)
                if time.monotonic() > told + COMMIT_SECONDS:
                    writer.commit()
                    told = time.monotonic()
                    self._tell(generation, count, stock.total)
            writer.commit()
        return count

    def _tell(self, generation: str, done: int, total: int) -> None:
        with tantivy_faults("index_unwritable"):
            (self.folder.path / generation / _PROGRESS).write_text(json.dumps({"done": done, "total": total}))

    def _finish(self, generation: str, stock: Stock) -> None:
        with self.folder.lock("writer.lock", SWAP_WAIT_SECONDS):
            with self._writing(generation) as writer:
                for names in batched(sorted(_journal(self.folder.path / generation)), _BATCH):
                    entries = stock.now(names)
                    present = {(entry.source, entry.key) for entry in entries}
                    writer.remove(name for name in names if name not in present)
                    writer.put(entries)
                writer.commit()
            self.folder.put_in_use(generation)
            (self.folder.path / _NEXT).unlink(missing_ok=True)

    @contextmanager
    def _writing(self, generation: str) -> Iterator[IndexWriter]:
        writer = self.writer(generation)
        try:
            yield writer
        finally:
            writer.close()


class Writer(IndexWriter, Protocol):
    """A writer that is closed by who opened it."""

    def close(self) -> None:
        """Gives its locks back."""


def half_made(path: Path) -> str | None:
    """The generation that is being built, or was when its builder ended."""
    try:
        name = (path / _NEXT).read_text("utf-8").strip()
    except OSError:
        return None
    if not name.startswith("g-") or not (path / name).is_dir():
        return None
    # Killed between the last two steps of a rebuild: it is in use already.
    current = path / "CURRENT"
    return None if current.exists() and current.read_text("utf-8").strip() == name else name


def progress_of(path: Path) -> tuple[int, int] | None:
    """(entries durable in the half-made index, entries in all); None when there is none."""
    if not (half := half_made(path)):
        return None
    try:
        told = json.loads((path / half / _PROGRESS).read_text("utf-8"))
        return int(told["done"]), int(told["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


def note_changes(path: Path, generation: str, uids: Collection[str]) -> None:
    """Tells the journal of the generation being built, durably, what was changed in another one."""
    half = half_made(path)
    if half is None or half == generation or not uids:
        return
    with (path / half / _JOURNAL).open("a", encoding="utf-8") as journal:
        journal.writelines(json.dumps(split_uid(uid)) + "\n" for uid in sorted(uids))
        journal.flush()
        os.fsync(journal.fileno())


def drop_half_made(path: Path) -> None:
    """Forgets what an interrupted rebuild left, so that the next begins anew."""
    if half := half_made(path):
        shutil.rmtree(path / half, ignore_errors=True)
    (path / _NEXT).unlink(missing_ok=True)


def _journal(generation: Path) -> set[tuple[str, str]]:
    """A torn last line was never acknowledged: its row is still in the outbox."""
    try:
        lines = (generation / _JOURNAL).read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return set()
    return {(source, key) for source, key in (json.loads(line) for line in lines if line.endswith("\n"))}
