"""The front door of the search room: all that other rooms may import.

**Searching.** `search(viewer, text, page_size=, after=, facets=, narrowed=, order=) -> Answer`;
`mark_words(words, query)` for a viewer of one page; `render(query)` for the text of a query to be kept.
`complete(viewer, text)`, `survey(viewer, facet, values)`, `question_like(viewer, title, pages)` and `why(text, title,
pages)` with `is_found` for what helps beside it. `EngineUnavailable` when no whole answer can be given.

**Giving.** A `Source` registered with `register_source`; `enqueue(source, keys)` inside
the transaction of every change.

**Keeping.** `drain()`, `rebuild()`, `mend()`, `audit()`, `verify()`; `status()`, `servers()`, `engine_state()` for
health.

**Servers.** `credentials` makes, ends and asks the keys of a search that is on servers; `Reach` is what one can do.

**Watching.** `observe(on_answer=, on_mismatch=, on_news=, on_audit=)`.

**Remembering.** `saved` keeps a person's searches, `novelty` says what is new in them to her; `register_happening` adds
what she may be told of beside searches.
"""

from __future__ import annotations

from search import novelty, saved
from search.asking import Remark
from search.drift import audit
from search.engines import elastic_credentials as credentials
from search.engines.elastic_health import Servers
from search.engines.elastic_rights import Reach
from search.errors import EngineUnavailable, SearchError, UnknownEngine, UnknownSource
from search.happenings import Happening, register_happening
from search.indexing import Counts, drain, mend, rebuild
from search.marking import mark_words
from search.observers import forget, observe
from search.offering import complete, question_like, survey
from search.outbox import anything_due, due_count, enqueue
from search.parsing import parse, render
from search.saved import Asked, SavedMissing, SavedRefused
from search.saved_models import BY_MAIL, Alert, SavedSearch
from search.service import engine_state, is_found, search
from search.sources import Source, Viewer, register_source, registered_sources, unregister_source
from search.status import LATE_SECONDS, Status, servers, status, verify
from search.types import (
    ORDERS,
    Answer,
    AnswerHit,
    Card,
    Drift,
    IndexEntry,
    Narrowing,
    Order,
    PartitionScope,
    Query,
    Scope,
)
from search.why import Reason, why

__all__ = [
    "BY_MAIL",
    "LATE_SECONDS",
    "ORDERS",
    "Alert",
    "Answer",
    "AnswerHit",
    "Asked",
    "Card",
    "Counts",
    "Drift",
    "EngineUnavailable",
    "Happening",
    "IndexEntry",
    "Narrowing",
    "Order",
    "PartitionScope",
    "Query",
    "Reach",
    "Reason",
    "Remark",
    "SavedMissing",
    "SavedRefused",
    "SavedSearch",
    "Scope",
    "SearchError",
    "Servers",
    "Source",
    "Status",
    "UnknownEngine",
    "UnknownSource",
    "Viewer",
    "anything_due",
    "audit",
    "complete",
    "credentials",
    "drain",
    "due_count",
    "engine_state",
    "enqueue",
    "forget",
    "is_found",
    "mark_words",
    "mend",
    "novelty",
    "observe",
    "parse",
    "question_like",
    "rebuild",
    "register_happening",
    "register_source",
    "registered_sources",
    "render",
    "saved",
    "search",
    "servers",
    "status",
    "survey",
    "unregister_source",
    "verify",
    "why",
]
