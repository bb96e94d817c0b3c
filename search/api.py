"""The front door of the search room: all that other rooms may import.

**Searching.** `search(viewer, text, page_size=, after=, facets=) -> Answer`; `mark_words(words, query)` for a viewer
of one page. `EngineUnavailable` when no whole answer can be given.

**Giving.** A `Source` registered with `register_source`; `enqueue(source, keys)` inside
the transaction of every change.

**Keeping.** `drain()`, `rebuild()`, `audit()`; `engine_state()` and `due_count()` for health.

**Watching.** `observe(on_answer=, on_mismatch=)`.
"""

from __future__ import annotations

from search.drift import Drift, audit
from search.errors import EngineUnavailable, SearchError, UnknownEngine, UnknownSource
from search.indexing import Counts, drain, rebuild
from search.marking import mark_words
from search.observers import forget, observe
from search.outbox import due_count, enqueue
from search.parsing import parse
from search.service import engine_state, search
from search.sources import Source, Viewer, register_source, registered_sources, unregister_source
from search.types import (
    Answer,
    AnswerHit,
    Card,
    IndexEntry,
    PartitionScope,
    Query,
    Scope,
)

__all__ = [
    "Answer",
    "AnswerHit",
    "Card",
    "Counts",
    "Drift",
    "EngineUnavailable",
    "IndexEntry",
    "PartitionScope",
    "Query",
    "Scope",
    "SearchError",
    "Source",
    "UnknownEngine",
    "UnknownSource",
    "Viewer",
    "audit",
    "drain",
    "due_count",
    "engine_state",
    "enqueue",
    "forget",
    "mark_words",
    "observe",
    "parse",
    "rebuild",
    "register_source",
    "registered_sources",
    "search",
    "unregister_source",
]
