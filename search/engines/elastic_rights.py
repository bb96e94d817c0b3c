"""What a credential of Elasticsearch may do: the rights that each kind of process needs, and what one really has.

Rights are of indexes, and an index holds one partition: what a credential may not read, a process that it serves cannot
leak. Asked of the servers, never taken from what somebody wrote down about a key.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.engines.elastic_link import why
from search.errors import EngineUnavailable

Descriptor = Mapping[str, Any]
"""A role as the servers take it, for a key or an account."""

READING = ("read", "view_index_metadata")
VERSION = "cluster:monitor/main"
"""What tells the version of the servers, and nothing else of them."""

HEALTH = "cluster:monitor/health"
"""What tells whether nodes and copies are missing. The servers have no smaller right for it, and none of one index: who
holds this one may learn the names of all indexes too. `monitor` would tell nodes, tasks, settings and mappings."""

TEMPLATE = "indices:admin/index_template/put"
"""What changes a template; `manage_index_templates` reads and removes those of others too."""

CHANGING = ("write", "create_index", "delete_index", "manage")

GRAVE = ("manage_security", "manage_api_key", "grant_api_key", "all")
"""Powers over the cluster with which a credential gives itself any other."""

TELLING = (HEALTH, "monitor", "cluster:monitor/state", "cluster:monitor/nodes/stats", "cluster:monitor/task")
"""Powers that tell of the whole cluster, whoever its indexes belong to: `monitor` and what matters most of it."""

POWERS = (
    *(*GRAVE, *TELLING, "read_security", "manage", "manage_index_templates", TEMPLATE),
    *("manage_pipeline", "create_snapshot", "manage_slm"),
)
"""What is asked of a credential; what is not named here it may hold unnoticed."""

UNMADE = "-g0"
"""The generation of an index that nobody makes: what may be read of it may be read of those to come."""

EVERYTHING = "*"

_WITHOUT_RIGHTS = frozenset({400, 404, 405, 410, 500, 501})
"""How servers answer a question about rights that they do not keep."""

_MOST_INDEXES = 1_000


def control(prefix: str) -> str:
    """The index in which those who write keep their locks."""
    return f"{prefix}.control"


def reader(prefix: str, partitions: Iterable[str]) -> Descriptor:
    """Reads these partitions, in every generation of theirs, and nothing else."""
    names = "|".join(re.escape(one) for one in sorted(partitions))
    exactly = f"/{re.escape(prefix)}-({names})(-g[0-9a-f]+)?/"
    return {"cluster": [VERSION], "indices": [{"names": [exactly], "privileges": READING}]}


def searcher(prefix: str) -> Descriptor:
    """Reads every partition, how far a rebuild is, and whether nodes are missing."""
    return {
        "cluster": [VERSION, HEALTH],
        "indices": [{"names": [f"{prefix}-*", control(prefix)], "privileges": READING}],
    }


def writer(prefix: str) -> Descriptor:
    """Makes, fills, changes and ends the indexes of the prefix, and their template."""
    return {
        "cluster": [VERSION, HEALTH, TEMPLATE],
        "indices": [{"names": [f"{prefix}-*", control(prefix)], "privileges": ["all"]}],
    }


def watcher(prefix: str) -> Descriptor:
    """Sees whether nodes and copies are missing, and how our indexes are; reads no document."""
    return {
        "cluster": [VERSION, HEALTH],
        "indices": [{"names": [f"{prefix}-*", control(prefix)], "privileges": ["monitor", "view_index_metadata"]}],
    }


@dataclass(frozen=True)
class Reach:
    """What a credential can do. `kept`: whether the servers keep rights at all; without that the rest is empty."""

    kept: bool
    reads: frozenset[str] = frozenset()
    """Of the partitions asked about, those whose indexes it may read; EVERYTHING for all indexes of the cluster."""
    writes: frozenset[str] = frozenset()
    """The same, of changing them in any way."""
    powers: frozenset[str] = frozenset()
    """Of POWERS."""
    finds: frozenset[str] = frozenset()
    """Indexes in which it really counted documents, whoever they belong to."""


def reach(client: Elasticsearch, prefix: str, partitions: Collection[str]) -> Reach:
    """Asks the servers, twice over: what the credential may do, and what a search of everything reaches.

    Raises EngineUnavailable("index_unreachable"), or ("index_forbidden") for a credential that they do not take.
    """
    try:
        found = _found(client)
        names = _names(prefix, partitions, found)
        told = _rights(client, [*names, EVERYTHING])
    except (TransportError, ApiError) as fault:
        raise unavailable(fault) from None
    if told is None:
        return Reach(kept=False)
    of = told["index"]
    return Reach(
        kept=True,
        reads=frozenset(names.get(name, name) for name in of if of[name]["read"]),
        writes=frozenset(names.get(name, name) for name in of if any(of[name][one] for one in CHANGING)),
        powers=frozenset(name for name, held in told["cluster"].items() if held),
        finds=found,
    )


def unavailable(fault: TransportError | ApiError) -> EngineUnavailable:
    """Why the servers gave no answer, without the words of theirs."""
    refused = isinstance(fault, ApiError) and fault.status_code in {401, 403}
    return EngineUnavailable("index_forbidden" if refused else "index_unreachable", why=why(fault))


def _names(prefix: str, partitions: Iterable[str], found: Iterable[str]) -> dict[str, str]:
    """Name → the partition it is of, or itself: of aliases, of indexes still to come, and of those that there are."""
    names = {name: part for part in partitions for name in (f"{prefix}-{part}", f"{prefix}-{part}{UNMADE}")}
    parts = {index: index.removeprefix(f"{prefix}-").rpartition("-")[0] for index in found}
    return names | {index: part if f"{prefix}-{part}" in names else index for index, part in parts.items()}


def _rights(client: Elasticsearch, names: Sequence[str]) -> Mapping[str, Any] | None:
    """None of servers that keep no rights."""
    asked = [{"names": list(names), "privileges": ["read", *CHANGING], "allow_restricted_indices": False}]
    try:
        told: Mapping[str, Any] = client.security.has_privileges(cluster=list(POWERS), index=asked).body
    except ApiError as fault:
        if fault.status_code in _WITHOUT_RIGHTS:
            return None
        raise
    return told


def _found(client: Elasticsearch) -> frozenset[str]:
    # Who may search nowhere is refused: that is an answer.
    told = client.options(ignore_status=403).search(
        index=EVERYTHING,
        size=0,
        track_total_hits=False,
        aggregations={"indexes": {"terms": {"field": "_index", "size": _MOST_INDEXES}}},
        ignore_unavailable=True,
        allow_no_indices=True,
    )
    counted = (told.get("aggregations") or {}).get("indexes") or {}
    return frozenset(str(bucket["key"]) for bucket in counted.get("buckets", ()))
