"""What the processes that write tell each other, in one small index: who writes, what is being built beside the
generation that serves, and what changed meanwhile.

A lock is a document that only who read it last may change. Its holder beats; a holder whose process ended on this
machine is known at once, any other when its beat has stood still for `LASTS_SECONDS` as measured here. Each holder has
a turn, greater than all before: what it writes carries it, and what one writes who lost the lock without knowing is
refused wherever a later one has written.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, ConflictError, NotFoundError

from search import claims
from search.batches import batched
from search.engines.base import split_uid
from search.engines.elastic_link import Link, why
from search.engines.elastic_mapping import CONTROL
from search.errors import EngineUnavailable

LASTS_SECONDS = 20.0
"""How long a beat must stand still before others may take the lock."""

_POLL_SECONDS = 0.05

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Building:
    """A generation being built, or left half-made: entries done, of about how many."""

    generation: str
    done: int
    total: int


class Control:
    """The documents of one prefix."""

    def __init__(self, link: Link, prefix: str) -> None:
        self._link, self._index = link, f"{prefix}.control"
        self._watched: dict[str, tuple[tuple[int, int], float]] = {}

    # Locks -------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, name: str, wait_seconds: float) -> Iterator[int]:
        """Holds a lock; gives its turn. Raises EngineUnavailable("index_busy") after waiting that long."""
        held = self._take(name, time.monotonic() + wait_seconds)
        beating = _Beating(self._link, self._index, name, held)
        try:
            yield held.turn
        finally:
            beating.end()

    def _take(self, name: str, deadline: float) -> _HeldLock:
        token = str(claims.new_token())
        while True:
            with suppress(ConflictError):
                if taken := self._try(name, token):
                    return taken
            if time.monotonic() >= deadline:
                raise EngineUnavailable("index_busy")
            time.sleep(_POLL_SECONDS)

    def _try(self, name: str, token: str) -> _HeldLock | None:
        known = self._read(name)
        if known is None:
            self._make()
            condition: dict[str, Any] = {"op_type": "create"}
            last = 0
        else:
            holder = known["_source"]["holder"]
            # Our own name stands there when the answer to a try was lost.
            if holder and holder != token and not self._is_over(name, known):
                return None
            condition = {"if_seq_no": known["_seq_no"], "if_primary_term": known["_primary_term"]}
            last = int(known["_source"]["turn"])
        # Also where the index was lost and made anew, a turn is greater than what was written before.
        turn = max(last + 1, int(time.time()))
        lock = {"kind": "lock", "holder": token, "turn": turn, "beat": 0}
        written = self._link.call(
            lambda client: client.index(index=self._index, id=f"lock:{name}", document=lock, **condition)
        ).body
        return _HeldLock(turn, lock, written["_seq_no"], written["_primary_term"])

    def _is_over(self, name: str, known: Mapping[str, Any]) -> bool:
        if claims.is_abandoned(UUID(known["_source"]["holder"])):
            return True
        seen, now = (int(known["_seq_no"]), int(known["_primary_term"])), time.monotonic()
        former, since = self._watched.get(name, (None, now))
        if former != seen:
            self._watched[name] = (seen, now)
            return False
        return now - since >= LASTS_SECONDS

    def _read(self, name: str) -> Mapping[str, Any] | None:
        try:
            told = self._link.call(lambda client: client.get(index=self._index, id=f"lock:{name}"))
        except NotFoundError:
            return None
        found: Mapping[str, Any] = told.body
        return found

    def _make(self) -> None:
        try:
            self._link.change(lambda client: client.indices.create(index=self._index, body=CONTROL))
        except ApiError as fault:
            if why(fault) != "resource_already_exists_exception":
                raise

    # What is being built -----------------------------------------------------------------------------------------

    def building(self) -> Building | None:
        """What is being built, or was when its builder ended."""
        try:
            told = self._link.call(lambda client: client.get(index=self._index, id="building"))
        except NotFoundError:
            return None
        about = told.body["_source"]
        return Building(about["generation"], about["done"], about["total"]) if about["generation"] else None

    def tell(self, building: Building | None) -> None:
        """Says what is being built, or that nothing is."""
        about = building or Building("", 0, 0)
        told = {"kind": "building", "generation": about.generation, "done": about.done, "total": about.total}
        self._link.change(lambda client: client.index(index=self._index, id="building", document=told))

    def note_changes(self, generation: str, uids: Iterable[str]) -> None:
        """Says, durably, what was changed in the generation that serves while that one is being built."""
        lines: list[dict[str, Any]] = []
        for uid in uids:
            source, key = split_uid(uid)
            name = sha256(f"{generation}:{uid}".encode()).hexdigest()
            lines += [
                {"index": {"_id": f"changed:{name}"}},
                {"kind": "changed", "generation": generation, "source": source, "key": key},
            ]
        for part in batched(lines, 2 * _AT_ONCE):
            self._journal(part)

    def _journal(self, lines: list[dict[str, Any]]) -> None:
        told = self._link.change(lambda client: client.bulk(index=self._index, operations=lines)).body
        if told["errors"]:
            raise EngineUnavailable("index_unwritable", why="journal")

    def changes(self, generation: str) -> set[tuple[str, str]]:
        """Names (source, key) noted for a generation. Asked under the writer's lock."""
        self._link.change(lambda client: client.indices.refresh(index=self._index))
        found: set[tuple[str, str]] = set()
        after: list[Any] = []
        while True:
            hits = self._noted(generation, after)
            found |= {(hit["_source"]["source"], hit["_source"]["key"]) for hit in hits}
            if len(hits) < _AT_ONCE:
                return found
            after = hits[-1]["sort"]

    def _noted(self, generation: str, after: list[Any]) -> list[dict[str, Any]]:
        query = {"bool": {"filter": [{"term": {"kind": "changed"}}, {"term": {"generation": generation}}]}}
        asked: dict[str, Any] = {"query": query, "size": _AT_ONCE, "sort": ["source", "key"]}
        asked |= {"search_after": after} if after else {}
        told = self._link.change(
            lambda client: client.search(index=self._index, body=asked, allow_partial_search_results=False)
        ).body
        if told["timed_out"] or told["_shards"]["failed"]:
            raise EngineUnavailable("index_partial")
        hits: list[dict[str, Any]] = told["hits"]["hits"]
        return hits

    def forget_changes(self) -> None:
        """Drops all that was noted: no builder needs it."""
        query = {"term": {"kind": "changed"}}
        self._link.change(
            lambda client: client.delete_by_query(index=self._index, query=query, conflicts="proceed", refresh=True)
        )


@dataclass
class _HeldLock:
    turn: int
    document: dict[str, Any]
    seq_no: int
    primary_term: int


class _Beating:
    """Shows from a thread that the holder of a lock lives, and gives the lock back at the end."""

    def __init__(self, link: Link, index: str, name: str, held: _HeldLock) -> None:
        self._link, self._index, self._name, self._held = link, index, name, held
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"search-lock-{name}", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._over.wait(LASTS_SECONDS / 5):
            with suppress(EngineUnavailable):
                try:
                    self._write({**self._held.document, "beat": self._held.document["beat"] + 1})
                except ApiError:
                    return  # somebody else has it

    def _write(self, document: dict[str, Any]) -> None:
        held = self._held
        written = self._link.call(
            lambda client: client.index(
                index=self._index,
                id=f"lock:{self._name}",
                document=document,
                if_seq_no=held.seq_no,
                if_primary_term=held.primary_term,
            ),
            tries=1,
        ).body
        held.document, held.seq_no, held.primary_term = document, written["_seq_no"], written["_primary_term"]

    def end(self) -> None:
        """Gives the lock back; where that fails others take it when the beat has stood still."""
        self._over.set()
        self._thread.join()
        with suppress(EngineUnavailable, ApiError):
            self._write({**self._held.document, "holder": ""})
