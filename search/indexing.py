"""Keeping the index equal to the sources: drain the outbox, rebuild, compare."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypedDict

from django.db import transaction

from search import claims, outbox
from search.batches import batched
from search.conf import get_engine
from search.engines.base import IndexWriter, SearchEngine
from search.errors import EngineUnavailable
from search.models import OutboxEntry
from search.sources import Source, find_source, registered_sources
from search.types import IndexEntry

logger = logging.getLogger(__name__)

BATCH = 500
"""Rows per commit of the index."""

WINDOW_SECONDS = 0.02
"""How long a batch that is not full waits for rows that arrive together."""

_LOAD = 20

Progress = Callable[[int], None]


class Counts(TypedDict):
    """Of one drain: rows brought into the index, rows put off, rows still due now."""

    done: int
    failed: int
    left: int


def drain(limit: int | None = None) -> Counts:
    """Brings every due row (or the oldest `limit`) into the index. Never raises for an engine that is down: the
    rows are put off. An index that is missing, damaged or of an older version is rebuilt first.

    Any number of workers may drain at once; a crash at any step leaves rows that the next drain does again.
    """
    engine = get_engine()
    _ensure_ready(engine)
    outbox.recover()
    done = failed = 0
    while limit is None or done + failed < limit:
        size = BATCH if limit is None else min(BATCH, limit - done - failed)
        good, bad = _drain_batch(engine, size)
        done, failed = done + good, failed + bad
        if not good:
            break
    return {"done": done, "failed": failed, "left": outbox.due_count()}


def _ensure_ready(engine: SearchEngine) -> None:
    try:
        if (state := engine.state()) != "ready":
            logger.warning("search index is %s: rebuilding", state)
            rebuild(engine)
    except EngineUnavailable as fault:
        logger.warning("search index cannot be rebuilt: %s", fault.code)


def _drain_batch(engine: SearchEngine, size: int) -> tuple[int, int]:
    """(done, put off) of one batch."""
    token = claims.new_token()
    taken = outbox.claim(size, token)
    if not taken:
        return 0, 0
    if taken < size:
        time.sleep(WINDOW_SECONDS)
        outbox.claim(size - taken, token)
    try:
        # Claims are read, and sources asked, only under the writer's lock: what a slower worker read before
        # cannot be written over what a faster one read after.
        with engine.writer() as writer:
            return _work(writer, token)
    except EngineUnavailable as fault:
        return 0, _put_off_all(token, fault.code)


def _work(writer: IndexWriter, token: uuid.UUID) -> tuple[int, int]:
    rows = outbox.claimed(token)
    failed: list[tuple[OutboxEntry, str]] = []
    for part in batched(rows, _LOAD):
        for source, keys in _by_source(part).items():
            _bring(writer, source, keys, failed)
    writer.commit()
    spoilt = {row.pk for row, _reason in failed}
    good = [row for row in rows if row.pk not in spoilt]
    outbox.finish(token, good)
    for row, reason in failed:
        outbox.put_off(row, reason)
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


def _put_off_all(token: uuid.UUID, code: str) -> int:
    if code == "index_busy":
        outbox.release(token)
        return 0
    rows = outbox.claimed(token)
    for row in rows:
        outbox.put_off(row, code)
    return len(rows)


def rebuild(engine: SearchEngine | None = None, progress: Progress | None = None) -> int:
    """Builds a new index of all that the sources hold and puts it in place in one step; number of entries.
    Searches go on in the old one meanwhile; what changes meanwhile waits in the outbox.
    """
    return (engine or get_engine()).rebuild(_told(_all_entries(), progress))


def _all_entries() -> Iterator[IndexEntry]:
    for source in registered_sources():
        for keys in batched(source.iter_keys(), _LOAD):
            yield from _readable(source, keys)


def _readable(source: Source, keys: list[str]) -> list[IndexEntry]:
    """The entries that can be read; the others are queued, so that one cannot keep the index from being built."""
    try:
        return _load(source, keys)
    except Exception as fault:  # noqa: BLE001 a source may fail in any way; see _bring
        if len(keys) > 1:
            return [entry for key in keys for entry in _readable(source, [key])]
        logger.warning("search source %s fails on a key: %s", source.name, type(fault).__name__)
        with transaction.atomic():
            outbox.enqueue(source.name, keys)
        return []


def _told(entries: Iterator[IndexEntry], progress: Progress | None) -> Iterator[IndexEntry]:
    for number, entry in enumerate(entries, 1):
        yield entry
        if progress and number % _LOAD == 0:
            progress(number)
