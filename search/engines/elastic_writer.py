"""Writing into Elasticsearch: whole entries, in bulk, one request on its way while the next is made ready.

Each write carries the turn of the writer's lock as its version, so that a writer that lost the lock changes nothing
that a later one wrote. An entry that the servers refuse stays as it was and is told with the reason; servers that are
busy are given time; anything else ends the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import starmap
from typing import Any, NamedTuple

from elasticsearch import ApiError

from search.engines.base import (
    DATED,
    LAST_SORT,
    SENTINEL,
    SHELF,
    facts_of,
    fingerprint_of,
    folios_of,
    leaf_of,
    sort_of,
    split_uid,
    uid_of,
)
from search.engines.elastic_indexes import Generation
from search.engines.elastic_link import BUSY, TRIES, Link, is_blocked, rest, why
from search.engines.elastic_query import FACET_GLUE, NO_SHELF, UNDATED
from search.engines.embedded_words import joined, read, written
from search.errors import EngineUnavailable
from search.ranking import Text, levels
from search.types import IndexEntry

CHUNK_BYTES, CHUNK_ITEMS = 4_000_000, 500
"""What one request brings at most; one entry alone may be more."""

_LONGEST_ID = 400
"""Bytes of a uid that is its document's id as it is: the servers refuse a whole request for one of over 512."""

_PATIENCE = 2 * TRIES
"""How often items that busy servers put back are sent again."""

Name = tuple[str, str]


class Item(NamedTuple):
    """One operation, ready to be sent."""

    uid: str
    lines: bytes


@dataclass(frozen=True)
class Target:
    """A generation to be written, and how to make the index of a partition that it lacks. `fresh`: nothing that will be
    put stands there yet, so that nothing need be looked for."""

    generation: Generation
    make: Callable[[str], str]
    fresh: bool = False


class ElasticWriter:
    """See `base.IndexWriter`."""

    def __init__(
        self, link: Link, target: Target, turn: int, note: Callable[[Iterable[str]], None] | None = None
    ) -> None:
        """`note` is told the uids that were changed, at each commit, before they are seen."""
        self._link, self._turn, self._note = link, turn, note
        self._make, self._fresh = target.make, target.fresh
        self._indexes = dict(target.generation.indexes)
        self._homes: dict[str, str] = {}
        self._changed: set[str] = set()
        self._touched: set[str] = set()
        self._refused: dict[Name, str] = {}
        self._bulk = _Bulk(link, self._refuse)

    @property
    def refused(self) -> Mapping[Name, str]:
        """See `base.IndexWriter.refused`."""
        return dict(self._refused)

    def _refuse(self, uid: str, reason: str) -> None:
        self._refused[split_uid(uid)] = reason

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """See `base.IndexWriter.put`."""
        latest = {uid_of(entry.source, entry.key): entry for entry in entries}
        self._leave_others({uid: entry.partition for uid, entry in latest.items()})
        for uid, entry in latest.items():
            index = self._index_of(entry.partition)
            try:
                lines = self._operation("index", index, uid) + encoded(document_of(entry, uid))
            except ValueError:  # half a character, which is no text
                self._refuse(uid, "not_text")
                continue
            self._homes[uid] = entry.partition
            self._touched.add(index)
            self._bulk.add(Item(uid, lines))

    def remove(self, names: Iterable[Name]) -> None:
        """See `base.IndexWriter.remove`."""
        self._leave_others({uid_of(source, key): "" for source, key in names})

    def commit(self) -> None:
        """See `base.IndexWriter.commit`."""
        self._bulk.flush()
        if self._note and self._changed:
            # Before the rows of the outbox go: what is being built beside learns of it from here alone.
            self._note(sorted(self._changed))
        self._show(self._touched)
        self._touched.clear()
        self._changed.clear()

    def close(self) -> None:
        """Ends the sending; what was not committed may be there or not, and nobody was told that it is."""
        self._bulk.close()

    def _leave_others(self, homes: Mapping[str, str]) -> None:
        """Removes, durably and for every reader, what stands elsewhere, before anything is added: an entry on the move
        is nowhere rather than twice."""
        self._changed.update(homes)
        if not self._fresh:
            self._learn([uid for uid in homes if uid not in self._homes])
        moving = [uid for uid, home in homes.items() if self._homes.get(uid, home) != home]
        if not moving:
            return
        left = set()
        for uid in moving:
            index = self._indexes[self._homes.pop(uid)]
            left.add(index)
            self._bulk.add(Item(uid, self._operation("delete", index, uid)))
        self._bulk.flush()
        if any(homes[uid] for uid in moving):
            self._show(left)
        self._touched |= left

    def _learn(self, uids: Sequence[str]) -> None:
        """Where entries stand now; of what is written by this writer it knows itself."""
        for uid in uids:
            self._homes[uid] = ""
        indexes = list(self._indexes.items())
        wanted = [(uid, partition, index) for uid in uids for partition, index in indexes]
        for at in range(0, len(wanted), 10 * CHUNK_ITEMS):
            part = wanted[at : at + 10 * CHUNK_ITEMS]
            told = self._where([{"_index": index, "_id": id_of(uid)} for uid, _partition, index in part])
            for (uid, partition, _index), one in zip(part, told, strict=True):
                if one.get("error"):
                    raise EngineUnavailable("index_unreachable", why="get")
                if one.get("found"):
                    self._homes[uid] = partition
        for uid in uids:
            if not self._homes[uid]:
                del self._homes[uid]

    def _where(self, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
        if not asked:
            return []
        told = self._link.change(lambda client: client.mget(docs=asked, source=False, stored_fields="_none_"))
        found: list[dict[str, Any]] = told.body["docs"]
        return found

    def _operation(self, verb: str, index: str, uid: str) -> bytes:
        about = {"_index": index, "_id": id_of(uid), "version": self._turn, "version_type": "external_gte"}
        return encoded({verb: about})

    def _index_of(self, partition: str) -> str:
        if partition not in self._indexes:
            self._indexes[partition] = self._make(partition)
        return self._indexes[partition]

    def _show(self, indexes: Iterable[str]) -> None:
        listed = sorted(indexes)
        if listed:
            told = self._link.change(lambda client: client.indices.refresh(index=listed)).body
            if told["_shards"]["failed"]:
                raise EngineUnavailable("index_unwritable", why="refresh")


class _Bulk:
    """Items gathered into requests, of which one is on its way while the next is gathered."""

    def __init__(self, link: Link, refuse: Callable[[str, str], None]) -> None:
        self._link, self._refuse = link, refuse
        self._items: list[Item] = []
        self._bytes = 0
        self._sender = ThreadPoolExecutor(1, "search-bulk")
        self._sent: Future[None] | None = None

    def add(self, item: Item) -> None:
        """Takes an item; waits while the request before is still on its way."""
        full = len(self._items) >= CHUNK_ITEMS or self._bytes + len(item.lines) > CHUNK_BYTES
        if self._items and full:
            self._send()
        self._items.append(item)
        self._bytes += len(item.lines)

    def flush(self) -> None:
        """Returns when everything is durable."""
        if self._items:
            self._send()
        self._wait()

    def close(self) -> None:
        """Lets what is on its way arrive."""
        self._sender.shutdown(wait=True)

    def _send(self) -> None:
        self._wait()
        items, self._items, self._bytes = self._items, [], 0
        self._sent = self._sender.submit(self._deliver, items)

    def _wait(self) -> None:
        sent, self._sent = self._sent, None
        if sent:
            sent.result()

    def _deliver(self, items: list[Item]) -> None:
        for tried in range(_PATIENCE):
            items = self._once(items)
            if not items:
                return
            rest(tried)
        raise EngineUnavailable("index_unwritable", why="busy")

    def _once(self, items: list[Item]) -> list[Item]:
        """Sends the items; gives back those that busy servers did."""
        lines: list[Any] = [b"".join(item.lines for item in items).rstrip(b"\n")]
        try:
            told = self._link.change(lambda client: client.bulk(operations=lines, source=False)).body
        except ApiError as fault:
            if is_blocked(fault):
                raise EngineUnavailable("index_unwritable", why=why(fault)) from None
            return self._apart(items, why(fault))
        if not told["errors"]:
            return []
        return [item for item, one in zip(items, told["items"], strict=True) if self._is_put_back(item, one)]

    def _apart(self, items: list[Item], reason: str) -> list[Item]:
        """A request that is refused as a whole comes again in halves, until the one item is found."""
        if len(items) == 1:
            self._refuse(items[0].uid, reason)
            return []
        half = len(items) // 2
        return [*self._once(items[:half]), *self._once(items[half:])]

    def _is_put_back(self, item: Item, told: Mapping[str, Any]) -> bool:
        ((verb, one),) = told.items()
        status, error = int(one["status"]), one.get("error") or {}
        kind = str(error.get("type", ""))
        if status < 300 or (verb == "delete" and status == 404 and not error):
            return False
        if kind.startswith("cluster_block"):
            raise EngineUnavailable("index_unwritable", why=kind)
        if status in BUSY:
            return True
        if status == 409:
            # A later writer wrote it: the lock was lost meanwhile.
            raise EngineUnavailable("index_busy", why=kind)
        if status in {401, 403, 404}:
            raise EngineUnavailable("index_unwritable", why=kind)
        self._refuse(item.uid, kind or str(status))
        return False


def encoded(told: Mapping[str, Any]) -> bytes:
    """One line of JSON. Raises ValueError for half a character."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def id_of(uid: str) -> str:
    """The id of an entry's document."""
    raw = uid.encode("utf-8", "surrogatepass")
    return uid if 0 < len(raw) <= _LONGEST_ID else f"sha256:{sha256(raw).hexdigest()}"


def document_of(entry: IndexEntry, uid: str) -> dict[str, Any]:
    """An entry with its pages that have words, as the index holds it."""
    title = read(0, entry.title)
    pages = [page for page in starmap(read, enumerate(entry.pages, 1)) if page.words]
    keys = [title.keys, *(page.keys for page in pages), written(facts_of(entry))]
    earned = levels(Text(title.terms, [page.terms for page in pages]))
    first, last = folios_of(entry) or (None, None)
    return {
        "uid": uid,
        "key": entry.key,
        "container": entry.container,
        "words": " ".join([title.words, SENTINEL, *(page.words for page in pages)]),
        "keys": joined(keys),
        "levels": " ".join([f"{term}|{level}" for term, level in earned.items()]),
        "facets": [f"{name}{FACET_GLUE}{value}" for name, value in entry.facets.items()],
        **_orders(entry),
        **({"folio_first": first, "folio_last": last} if first else {}),
        "fingerprint": fingerprint_of(entry),
        "pages": [{"number": page.number, "words": page.words, "keys": " ".join(page.keys)} for page in pages],
    }


def _orders(entry: IndexEntry) -> dict[str, Any]:
    """What the orders go by; see `base.placed`."""
    sort, shelf = sort_of(entry), entry.facets.get(SHELF, "")
    shelved = bool(shelf and entry.first_folio)
    return {
        "sort": sort,
        "age": sort if sort >= DATED else sort + UNDATED,
        "shelf": shelf if shelved else NO_SHELF,
        "leaf": leaf_of(entry) if shelved else LAST_SORT - sort,
    }
