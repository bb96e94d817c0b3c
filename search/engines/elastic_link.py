"""The way to the servers: one client per process, tries again with jitter, and a breaker that spares servers that are
down and readers who wait.

Nothing of a question or a document is kept in what is raised: what the servers say of a fault may hold both.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    Elasticsearch,
    SerializationError,
    TransportError,
    UnsupportedProductError,
)

from search.errors import EngineUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")

TRIES = 4
"""How often a call is made before it is given up."""

_REST_SECONDS = 0.1
"""The first rest between two tries; each is up to twice as long as the one before."""

_BREAKS_AFTER = 3
"""Calls given up one after the other, after which nobody waits for the servers."""

_OPEN_SECONDS, _LONGEST_OPEN_SECONDS = 1.0, 15.0

BUSY = frozenset({429, 502, 503, 504})
"""Statuses that another moment, or another node, may answer otherwise."""

_CHANGE_SECONDS = 60.0
"""How long a change may take: the servers make indexes, and merge what they hold, when they can."""

MAJOR = 8


@dataclass(frozen=True)
class Address:
    """Where the servers are and who asks. `authority` is a file of certificates; `seconds` bound each call."""

    hosts: Sequence[str]
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    seconds: float = 10.0

    def client(self) -> Elasticsearch:
        """A client that tries nothing again by itself."""
        options: dict[str, Any] = {"request_timeout": self.seconds, "max_retries": 0, "retry_on_timeout": False}
        if self.api_key:
            options["api_key"] = self.api_key
        elif self.user:
            options["basic_auth"] = (self.user, self.password)
        if self.authority:
            options["ca_certs"] = self.authority
        return Elasticsearch(list(self.hosts), dead_node_backoff_factor=0.2, max_dead_node_backoff=5, **options)


class Link:
    """Calls to the servers. Shared by the threads of a process; a fork begins with a client of its own."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._kept: tuple[int, Elasticsearch] | None = None
        self._longer = max(address.seconds, _CHANGE_SECONDS)
        self._breaker = Breaker()
        self._guard = Lock()

    @property
    def client(self) -> Elasticsearch:
        """This process's client."""
        with self._guard:
            if self._kept is None or self._kept[0] != os.getpid():
                self._kept = (os.getpid(), self._address.client())
            return self._kept[1]

    def call(self, ask: Callable[[Elasticsearch], T], *, tries: int = TRIES) -> T:
        """What the servers answer. Raises EngineUnavailable("index_unreachable") when none does, in time and whole,
        ("index_forbidden") when they refuse who asks; other faults (`ApiError`) are the caller's to read."""
        self._breaker.check()
        for left in reversed(range(tries)):
            try:
                answer = ask(self.client)
            except (TransportError, ApiError, UnsupportedProductError) as fault:
                self._judge(fault)
                if not left:
                    self._breaker.failed()
                    raise EngineUnavailable("index_unreachable", why=why(fault)) from None
                rest(tries - left)
            else:
                self._breaker.went_well()
                return answer
        raise EngineUnavailable("index_unreachable")

    def change(self, ask: Callable[[Elasticsearch], T], *, tries: int = TRIES) -> T:
        """As `call`, for what nobody waits for at a screen: the servers are given longer."""
        return self.call(lambda client: ask(client.options(request_timeout=self._longer)), tries=tries)

    def _judge(self, fault: Exception) -> None:
        """Raises what another try cannot change."""
        if isinstance(fault, AuthenticationException | AuthorizationException) and not is_blocked(fault):
            raise EngineUnavailable("index_forbidden", why=why(fault)) from None
        if isinstance(fault, UnsupportedProductError):
            raise EngineUnavailable("index_foreign", why="product") from None
        if isinstance(fault, ApiError) and fault.status_code not in BUSY:
            self._breaker.went_well()
            raise fault
        if isinstance(fault, SerializationError):
            raise EngineUnavailable("index_disagrees", why="answer") from None


class Breaker:
    """Open after some failures in a row: for a while nobody is let through, then one."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._failures = 0
        self._not_before = 0.0

    def check(self) -> None:
        """Raises EngineUnavailable("index_unreachable") while it is open."""
        with self._guard:
            if self._failures < _BREAKS_AFTER:
                return
            now = time.monotonic()
            if now < self._not_before:
                raise EngineUnavailable("index_unreachable", why="breaker")
            # One may look; the others wait for what it finds.
            self._not_before = now + _OPEN_SECONDS

    def failed(self) -> None:
        """A call was given up."""
        with self._guard:
            self._failures += 1
            more = max(0, self._failures - _BREAKS_AFTER)
            wait = min(_OPEN_SECONDS * 2.0 ** min(more, 8), _LONGEST_OPEN_SECONDS)
            self._not_before = time.monotonic() + wait * random.uniform(0.7, 1.0)  # noqa: S311 jitter is no secret

    def went_well(self) -> None:
        """The servers answered."""
        with self._guard:
            self._failures = 0


@contextmanager
def told_faults() -> Iterator[None]:
    """Turns what the servers say no to, and nobody foresaw, into EngineUnavailable."""
    try:
        yield
    except ApiError as fault:
        raise EngineUnavailable(
            "index_unwritable" if is_blocked(fault) else "index_unreachable", why=why(fault)
        ) from None


def rest(times: int) -> None:
    """Sleeps before another try: longer each time, and each caller for another while."""
    time.sleep(_REST_SECONDS * 2 ** min(times, 6) * random.uniform(0.5, 1.0))  # noqa: S311 jitter is no secret


def is_blocked(fault: ApiError) -> bool:
    """Whether the servers let nobody write, as on a full disk."""
    return why(fault).startswith("cluster_block")


def why(fault: Exception) -> str:
    """The kind of a fault in one word: never its text, which may quote a question or a document."""
    if isinstance(fault, ApiError):
        error = fault.body.get("error") if isinstance(fault.body, Mapping) else None
        kind = error.get("type") if isinstance(error, Mapping) else None
        return str(kind or fault.status_code)[:80]
    return type(fault).__name__
