"""How the search stands: its index, what waits for it, how far a rebuild is. For health pages and operators."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from search import outbox
from search.conf import get_engine
from search.engines.base import EngineState, SearchEngine
from search.engines.elastic_health import Servers
from search.errors import EngineUnavailable
from search.outbox import Queue

LATE_SECONDS = 60.0
"""A change that waits longer is told as late."""


@dataclass(frozen=True)
class Status:
    """`rebuilding` is (entries durable, of how many) while an index is being built beside, or was when it was cut."""

    state: EngineState
    queue: Queue
    rebuilding: tuple[int, int] | None


def status(engine: SearchEngine | None = None) -> Status:
    """As it stands now. The figures of the queue count hidden things too: they are for who answers for the service."""
    kept = engine or get_engine()
    state, rebuilding = kept.state(), None
    with suppress(EngineUnavailable):
        rebuilding = kept.progress() if state != "unreachable" else None
    return Status(state, outbox.queue(), rebuilding)


def servers(engine: SearchEngine | None = None) -> Servers | str | None:
    """How the servers of the search are, or the code of why they cannot be asked; None where it needs none."""
    ask = getattr(engine or get_engine(), "servers", None)
    if ask is None:
        return None
    try:
        told: Servers = ask()
    except EngineUnavailable as fault:
        return "index_resting" if fault.facts.get("why") == "breaker" else fault.code
    return told


def verify(engine: SearchEngine | None = None) -> bool:
    """Reads every file of the index again; False when one is not as it was written, which stops all answers from it."""
    kept = engine or get_engine()
    with suppress(EngineUnavailable):
        kept.verify()
    return kept.state() == "ready"
