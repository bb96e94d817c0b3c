"""How the servers of a search are, for who runs the service: nodes, copies, whether they write down what is asked.

The servers' slow log would keep the words of a question, and who may read a log may not read what is reserved: it is
off in every index of ours, and told where somebody turned it on. Ours says how long and how much, never what.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from elasticsearch import Elasticsearch

from search.engines.elastic_link import Link

logger = logging.getLogger(__name__)

SLOW_MS = 1_000
"""A search that took the servers longer is noted."""

Copies = Literal["green", "yellow", "red"]

_SLOWLOG = "index.search.slowlog.threshold.*"
_OFF = "-1"


@dataclass(frozen=True)
class Servers:
    """`copies`: all there are (green), one is missing somewhere (yellow), a whole part of an index is (red). `telling`:
    indexes whose slow log would write down questions."""

    nodes: int
    copies: Copies
    telling: tuple[str, ...] = ()


def servers(link: Link, prefix: str) -> Servers:
    """As they are now. Raises EngineUnavailable, at once while they are left to rest after they failed."""

    def ask(client: Elasticsearch) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        health = client.cluster.health(index=f"{prefix}-*", timeout="1s").body
        return health, client.indices.get_settings(index=f"{prefix}-*", name=_SLOWLOG, flat_settings=True).body

    health, settings = link.call(ask, tries=1)
    telling = (name for name, one in settings.items() if any(value != _OFF for value in one["settings"].values()))
    return Servers(int(health["number_of_nodes"]), health["status"], tuple(sorted(telling)))


def note_slow(told: Mapping[str, Any], indexes: int) -> None:
    """How long and over how much; no word of the question, no name of an index."""
    if (took := int(told.get("took", 0))) > SLOW_MS:
        shards = told.get("_shards", {}).get("total", 0)
        logger.warning("slow search: %d ms, %d indexes, %d shards", took, indexes, shards)
