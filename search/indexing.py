"""Keeping the index equal to the sources: drain the outbox, rebuild, compare."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import repeat
from typing import TypedDict
from uuid import UUID

from django.db import DatabaseError, transaction

from search import leases, outbox
from search.batches import batched
from search.conf import get_engine
from search.engines.base import IndexWriter, SearchEngine, uid_of
from search.errors import EngineUnavailable
from search.leases import Turn
from search.models import OutboxEntry
from search.sources import Source, find_source, registered_sources
from search.types import IndexEntry

logger = logging.getLogger(__name__)

BATCH = 500
"""Rows per commit of the index."""

_LOAD = 20

_SMALLER = 8
"""A batch over which a worker was lost comes again in so many parts."""

_ALONE_AFTER = 2
"""Failures after which a row is brought alone."""

_BEAT_SECONDS = 5.0

REBUILT = frozenset({"missing", "outdated", "damaged"})
"""States of an index that a rebuild ends."""

_LONGEST_REST_SECONDS = 300.0

Progress = Callable[[int, int], None]


class Counts(TypedDict):
    """Of one drain: rows brought into the index, rows put off, rows still due now."""

    done: int
    failed: int
    left: int


def drain(limit: int | None = None) -> Counts:
    """Brings every due row (or the oldest `limit`) into the index. Never raises for an engine that is down: while it
    is, the rows wait as they are. An index that is missing, damaged or of an older version is rebuilt first; of one
    that is somebody else's nothing is touched.

    One worker drains at a time: while another has the lease nothing is done and all is left. A crash at any step
    leaves rows that the next drain does again.
    """
    engine = get_engine()
    turn = leases.take() if _is_ready(engine) and outbox.anything_due() else None
    if turn is None:
        return {"done": 0, "failed": 0, "left": outbox.due_count()}
    try:
        done, failed = _drain_all(engine, turn, limit)
    finally:
        turn.end()
    return {"done": done, "failed": failed, "left": outbox.due_count()}


def mend(engine: SearchEngine | None = None) -> None:
    """Rebuilds an index that cannot be searched, and goes on with a rebuild that was interrupted."""
    kept = engine or get_engine()
    with suppress(EngineUnavailable):
        if _is_ready(kept) and kept.progress() is not None:
            _try_rebuild(kept)


def _is_ready(engine: SearchEngine) -> bool:
    if (state := engine.state()) == "ready":
        return True
    logger.warning("search index is %s", state)
    return state in REBUILT and time.monotonic() >= _rebuilding.not_before and _try_rebuild(engine)


def _try_rebuild(engine: SearchEngine) -> bool:
    try:
        rebuild(engine)
    except EngineUnavailable as fault:
        logger.warning("search index cannot be rebuilt: %s", fault.code)
        if fault.code != "index_busy":
            _rebuilding.failed()
        return False
    _rebuilding.went_well()
    return True


class _Patience:
    """How long a rebuild that failed is not tried again: it writes a whole index each time, as on a full disk."""

    def __init__(self) -> None:
        self.went_well()

    def went_well(self) -> None:
        self.wait, self.not_before = 1.0, 0.0

    def failed(self) -> None:
        self.wait, self.not_before = min(self.wait * 2, _LONGEST_REST_SECONDS), time.monotonic() + self.wait


_rebuilding = _Patience()


def _drain_all(engine: SearchEngine, turn: Turn, limit: int | None) -> tuple[int, int]:
    done = failed = 0
    steps = _steps_after(turn)
    while limit is None or done + failed < limit:
        size = min(next(steps), BATCH if limit is None else limit - done - failed)
        good, bad, goes_on = _drain_batch(engine, turn, size)
        done, failed = done + good, failed + bad
        if not goes_on:
            break
    return done, failed


def _steps_after(turn: Turn) -> Iterator[int]:
    """Rows per batch. After a worker was lost over some rows they come in smaller batches, at last one by one; the one
    over which it was lost alone waits, so that a row that kills workers kills a few and holds nobody up."""
    if turn.lost_alone:
        _put_off_lost(turn.lost_alone)
    elif turn.lost_over:
        size = max(1, turn.lost_over // _SMALLER)
        yield from repeat(size, -(-turn.lost_over // size))
    yield from repeat(BATCH)


def _put_off_lost(key: UUID) -> None:
    for row in OutboxEntry.objects.filter(pk=key):
        row.attempts = max(row.attempts, _ALONE_AFTER)
        outbox.put_off([row], "worker_lost")


def _drain_batch(engine: SearchEngine, turn: Turn, size: int) -> tuple[int, int, bool]:
    """(done, put off, whether there may be more to do now) of one batch."""
    if not outbox.anything_due():
        return 0, 0, False
    rows: list[OutboxEntry] = []
    try:
        # Rows are read, and sources asked, only under the writer's lock: what a slower worker read before
        # cannot be written over what a faster one read after.
        with engine.writer() as writer:
            rows = _together(outbox.due(size))
            if not turn.beat(len(rows), rows[0].pk if len(rows) == 1 else None):
                return 0, 0, False
            good, bad = _work(writer, turn, rows)
            return good, bad, bool(rows)
    except EngineUnavailable as fault:
        return _put_off_all(rows or outbox.due(size), fault.code)


def _together(rows: list[OutboxEntry]) -> list[OutboxEntry]:
    """The rows to bring in at once: what failed again and again is brought alone, lest it spoil what is beside it."""
    fresh = [row for row in rows if row.attempts < _ALONE_AFTER]
    return fresh or rows[:1]


def _put_off_all(rows: list[OutboxEntry], code: str) -> tuple[int, int, bool]:
    if code == "index_busy":
        return 0, 0, False
    outbox.put_off(rows, code)
    return 0, len(rows), len(rows) == 1 and rows[0].attempts >= _ALONE_AFTER


def _work(writer: IndexWriter, turn: Turn, rows: list[OutboxEntry]) -> tuple[int, int]:
    failed: list[tuple[OutboxEntry, str]] = []
    told = time.monotonic()
    for part in batched(rows, _LOAD):
        if time.monotonic() > told + _BEAT_SECONDS:
            told, _held = time.monotonic(), turn.beat(len(rows))
        for source, keys in _by_source(part).items():
            _bring(writer, source, keys, failed)
    writer.commit()
    failed += [(row, reason) for row in rows if (reason := writer.refused.get((row.source, row.key)))]
    spoilt = {row.pk for row, _reason in failed}
    good = [row for row in rows if row.pk not in spoilt]
    outbox.finish(good)
    for row, reason in failed:
        outbox.put_off([row], reason)
    return len(good), len(failed)


def _by_source(rows: Sequence[OutboxEntry]) -> dict[str, list[OutboxEntry]]:
    grouped: dict[str, list[OutboxEntry]] = {}
    for row in rows:
        grouped.setdefault(row.source, []).append(row)
    return grouped


def _bring(writer: IndexWriter, source: str, rows: list[OutboxEntry], failed: list[tuple[OutboxEntry, str]]) -> None:
    """Writes what the source says now of these rows. When it fails, row by row, so that one cannot hold others."""
    try:
        entries = _load(find_source(source), [row.key for row in rows])
    except Exception as fault:  # noqa: BLE001 a source may fail in any way; one bad row must not stop the queue
        if len(rows) == 1:
            logger.warning("search source %s fails on a key: %s", source, type(fault).__name__)
            failed.append((rows[0], type(fault).__name__))
            return
        for row in rows:
            _bring(writer, source, [row], failed)
        return
    bring_entries(writer, source, [row.key for row in rows], entries)


def bring_entries(writer: IndexWriter, source: str, keys: Iterable[str], entries: list[IndexEntry]) -> None:
    """Puts the entries; removes the keys that have none."""
    present = {entry.key for entry in entries}
    writer.remove((source, key) for key in keys if key not in present)
    writer.put(entries)


def _load(source: Source | None, keys: Sequence[str]) -> list[IndexEntry]:
    """A source that is registered no more has no entries: its keys leave the index."""
    if source is None:
        return []
    entries = source.load(keys)
    foreign = [e for e in entries if e.source != source.name or e.partition not in source.partitions]
    if foreign or not {entry.key for entry in entries} <= set(keys):
        raise ValueError("a source gave an entry that is not its own")
    return entries


def rebuild(engine: SearchEngine | None = None, progress: Progress | None = None) -> int:
    """Builds a new index of all that the sources hold and puts it in place in one step; number of entries. One that
    was interrupted is gone on with. Searches and drains go on in the old one meanwhile.

    `progress` is told (entries brought, of about how many).
    """
    return (engine or get_engine()).rebuild(AllSources(progress))


class AllSources:
    """What the registered sources hold, as a `base.Stock`."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self.total = sum(1 for source in registered_sources() for _key in source.iter_keys())

    def __iter__(self) -> Iterator[IndexEntry]:
        return self.besides(())

    def besides(self, uids: Collection[str]) -> Iterator[IndexEntry]:
        """See `base.Stock.besides`."""
        number = len(uids)
        for source in registered_sources():
            wanted = (key for key in source.iter_keys() if uid_of(source.name, key) not in uids)
            for keys in batched(wanted, _LOAD):
                yield from _readable(source, keys)
                number += len(keys)
                if self._progress:
                    self._progress(number, self.total)

    def now(self, names: Sequence[tuple[str, str]]) -> list[IndexEntry]:
        """See `base.Stock.now`."""
        found: list[IndexEntry] = []
        for name in sorted({source for source, _key in names}):
            if source := find_source(name):
                found += _readable(source, [key for owner, key in names if owner == name])
        return found

    def set_aside(self, names: Sequence[tuple[str, str]]) -> None:
        """See `base.Stock.set_aside`."""
        for name in sorted({source for source, _key in names}):
            with transaction.atomic():
                outbox.enqueue(name, [key for owner, key in names if owner == name])


def _readable(source: Source, keys: list[str]) -> list[IndexEntry]:
    """The entries that can be read; the others are queued, so that one cannot keep the index from being built."""
    try:
        return _load(source, keys)
    except DatabaseError:
        raise  # it is the database that is away, not a document that is spoilt
    except Exception as fault:  # noqa: BLE001 a source may fail in any way; see _bring
        if len(keys) > 1:
            return [entry for key in keys for entry in _readable(source, [key])]
        logger.warning("search source %s fails on a key: %s", source.name, type(fault).__name__)
        with transaction.atomic():
            outbox.enqueue(source.name, keys)
        return []
