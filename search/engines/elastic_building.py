"""A new generation built beside the one that serves, which is searched and written all the while.

What is in a half-made generation stays: after a kill only the rest is read again. At the end, under the writer's lock,
what changed meanwhile is asked from the sources once more and brought in too, the entries are counted, and all aliases
change in one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from search.batches import batched
from search.engines.base import Stock, name_of, uid_of
from search.engines.elastic_control import Building, Control
from search.engines.elastic_indexes import Generation, Indexes
from search.engines.elastic_writer import ElasticWriter
from search.errors import EngineUnavailable
from search.types import Indexed, IndexEntry

_BATCH = 200

COMMIT_SECONDS = 5.0
"""How much work a kill may cost."""

SWAP_WAIT_SECONDS = 60.0
"""How long the finished index waits for the writer before it gives up; the next rebuild finds it nearly done."""


class Given:
    """Entries that are all there is: nothing of them changes meanwhile."""

    def __init__(self, entries: Iterable[IndexEntry]) -> None:
        self._entries = list(entries)
        self.total = len(self._entries)

    def __iter__(self) -> Iterator[IndexEntry]:
        return iter(self._entries)

    def besides(self, uids: Collection[str]) -> Iterator[IndexEntry]:
        """See `base.Stock.besides`."""
        return (entry for entry in self._entries if uid_of(entry.source, entry.key) not in uids)

    def now(self, names: Collection[tuple[str, str]]) -> list[IndexEntry]:
        """See `base.Stock.now`."""
        return [entry for entry in self._entries if (entry.source, entry.key) in set(names)]

    def set_aside(self, names: Collection[tuple[str, str]]) -> None:
        """See `base.Stock.set_aside`: nothing is left out of what is given."""
        if names:
            raise EngineUnavailable("index_unwritable", why="refused")


class Writing(Protocol):
    """Opens a generation for writing in a turn."""

    def __call__(
        self, generation: Generation, turn: int, *, fresh: bool = False
    ) -> AbstractContextManager[ElasticWriter]: ...


@dataclass(frozen=True)
class Beside:
    """One rebuild. `held` tells what a generation holds."""

    indexes: Indexes
    control: Control
    writing: Writing
    held: Callable[[Generation], Iterator[Indexed]]

    def build(self, stock: Stock) -> int:
        """Builds or goes on building, and puts in use; number of entries. Raises EngineUnavailable("index_busy") while
        somebody else builds, ("index_incomplete") when the servers hold fewer entries than they took."""
        with self.control.lock("rebuild", 0.0) as turn:
            generation, known = self._begin()
            try:
                count = self._fill(generation, stock, known, turn)
                self._finish(generation, stock)
            except EngineUnavailable as fault:
                # What was only interrupted is gone on with; what is wrong is not.
                if fault.code in {"index_incomplete", "index_foreign"}:
                    self.drop()
                raise
        return count

    def drop(self) -> None:
        """Forgets what an interrupted rebuild left."""
        half = self.control.building()
        if half:
            self.control.tell(None)
            self.indexes.sweep(self.indexes.serving_name())

    def _begin(self) -> tuple[Generation, set[str]]:
        """(generation, what it holds already). From now on every writer notes what it changes."""
        with self.control.lock("writer", SWAP_WAIT_SECONDS):
            half, serving = self.control.building(), self.indexes.serving_name()
            kept = self.indexes.find(half.generation) if half and half.generation != serving else None
            self.indexes.sweep(serving, kept.name if kept else None)
            if kept:
                return kept, {uid_of(one.source, one.key) for one in self.held(kept)}
            made = self.indexes.new_generation()
            self.control.tell(Building(made.name, 0, 0))
            self.control.forget_changes()
            return made, set()

    def _fill(self, generation: Generation, stock: Stock, known: set[str], turn: int) -> int:
        done, told = {name_of(uid) for uid in known}, time.monotonic()
        self.control.tell(Building(generation.name, len(done), stock.total))
        with self.writing(generation, turn, fresh=True) as writer:
            for batch in batched(stock.besides(known), _BATCH):
                writer.put(batch)
                done.update(name_of(uid_of(entry.source, entry.key)) for entry in batch)
                if time.monotonic() > told + COMMIT_SECONDS:
                    writer.commit()
                    told = time.monotonic()
                    self.control.tell(Building(generation.name, len(done), stock.total))
            writer.commit()
            stock.set_aside(sorted(writer.refused))
            expected = len(done) - len(writer.refused)
        self._check_count(generation, expected)
        return expected

    def _check_count(self, generation: Generation, expected: int) -> None:
        count = self.indexes.count(generation)
        if count != expected:
            raise EngineUnavailable("index_incomplete", count=count, expected=expected)

    def _finish(self, generation: Generation, stock: Stock) -> None:
        with self.control.lock("writer", SWAP_WAIT_SECONDS) as turn:
            current = self.indexes.find(generation.name) or generation
            with self.writing(current, turn) as writer:
                for names in batched(sorted(self.control.changes(generation.name)), _BATCH):
                    entries = stock.now(names)
                    present = {(entry.source, entry.key) for entry in entries}
                    writer.remove(name for name in names if name not in present)
                    writer.put(entries)
                writer.commit()
                stock.set_aside(sorted(writer.refused))
            self.indexes.put_in_use(self.indexes.find(generation.name) or current)
            self.control.tell(None)
            self.control.forget_changes()
