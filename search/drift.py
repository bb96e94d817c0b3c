"""Comparing the index with its sources, entry by entry, and repairing what differs."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from search import observers, outbox
from search.batches import batched
from search.conf import get_engine
from search.engines.base import SearchEngine, fingerprint_of, uid_of
from search.indexing import bring_entries
from search.sources import Source, find_source, registered_sources
from search.types import Drift, Name

Facts = tuple[str, str]
"""(partition, fingerprint)"""

_LOAD = 20


def audit(repair: bool = False, engine: SearchEngine | None = None) -> Drift:
    """Compares a fingerprint of every entry with what its source says now; with `repair`, sets right what was
    found (the findings are returned all the same). Raises EngineUnavailable when the index cannot be read.
    """
    looked_at = engine or get_engine()
    drift = _compare(looked_at)
    if drift:
        # Index and source are read one after the other: only what differs twice is drift and no passing change.
        drift = _both(drift, _compare(looked_at))
    if repair and drift:
        _repair(looked_at, drift)
    if looked_at is get_engine():
        observers.tell_audit(drift, repair)
    return drift


def _both(first: Drift, second: Drift) -> Drift:
    names = [
        tuple(name for name in one if name in set(other))
        for one, other in zip(first.findings, second.findings, strict=True)
    ]
    return Drift(second.done, *names)


def _compare(engine: SearchEngine) -> Drift:
    held = _held(engine)
    missing, differs, done = [], [], 0
    for name, facts in _expected():
        done += 1
        if name not in held:
            missing.append(name)
        elif held.pop(name) != [facts]:
            differs.append(name)
    # Read last: what changed while comparing waits here.
    waiting = _waiting()
    return Drift(done, *(_but(names, waiting) for names in (missing, list(held), differs)))


def _held(engine: SearchEngine) -> dict[Name, list[Facts]]:
    held: dict[Name, list[Facts]] = {}
    for indexed in engine.indexed():
        facts = (indexed.partition, indexed.fingerprint)
        held.setdefault((indexed.source, indexed.key), []).append(facts)
    return held


def _expected() -> Iterator[tuple[Name, Facts]]:
    for source in registered_sources():
        for keys in batched(source.iter_keys(), _LOAD):
            for entry in source.load(keys):
                yield (source.name, entry.key), (entry.partition, fingerprint_of(entry))


def _waiting() -> set[str]:
    pending = outbox.pending_keys()
    return {uid_of(source, key) for source, keys in pending.items() for key in keys}


def _but(names: list[Name], waiting: set[str]) -> tuple[Name, ...]:
    return tuple(sorted(name for name in names if uid_of(*name) not in waiting))


def _repair(engine: SearchEngine, drift: Drift) -> None:
    with engine.writer() as writer:
        for source in sorted({source for source, _key in drift.names}):
            keys = [key for owner, key in drift.names if owner == source]
            for part in batched(keys, _LOAD):
                known: Source | None = find_source(source)
                bring_entries(writer, source, part, known.load(part) if known else [])
        writer.commit()
        refused = sorted(writer.refused)
    # They wait in the queue, with the reason of the next try.
    for source in sorted({source for source, _key in refused}):
        with transaction.atomic():
            outbox.enqueue(source, [key for owner, key in refused if owner == source])
