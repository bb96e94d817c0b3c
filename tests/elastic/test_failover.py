"""Three nodes, one of them killed again and again while people search and the worker writes: what was acknowledged is
there, and nothing that is answered lacks any of it. `make soak` kills twenty.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple, Self

import pytest

from search.engines.elastic import ElasticEngine
from search.errors import EngineUnavailable
from search.types import IndexEntry
from tests.services import elastic
from tests.unit.search.entries import EVERYTHING, PARTITIONS, ask, entry, put

pytestmark = [pytest.mark.criterion(25), pytest.mark.requirement("J7")]

KILLS = int(os.environ.get("NODE_KILLS", "3"))
"""How many nodes are killed: primary, replica and master in turn."""

PARTITION = "public"
MORE = 5
"""Writes and answers that must go through while the node is away."""

PATIENCE = 180


class Traffic:
    """Somebody who writes one entry after the other and somebody who searches, until told to end."""

    def __init__(self, made: Callable[[], ElasticEngine]) -> None:
        self.acknowledged: list[str] = []
        self.answers = 0
        self.lacking: list[tuple[int, int]] = []
        self.faults: Counter[str] = Counter()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._until_ended, args=(made(), do)) for do in (write, look)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _until_ended(self, engine: ElasticEngine, do: Callable[[Traffic, ElasticEngine], None]) -> None:
        while not self._ended.is_set():
            try:
                do(self, engine)
            except EngineUnavailable as fault:
                self.faults[fault.code] += 1
                self._ended.wait(0.1)

    def goes_on(self) -> bool:
        """Whether writes are acknowledged and searches answered from now on, within our patience."""
        writes, answers = len(self.acknowledged) + MORE, self.answers + MORE
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and all(thread.is_alive() for thread in self._threads):
            if len(self.acknowledged) >= writes and self.answers >= answers:
                return True
            time.sleep(0.1)
        return False


def put_in_the_end(engine: ElasticEngine, *entries: IndexEntry) -> None:
    """What a kill cut off may hold the writer's lock until its beat has stood still: a worker tries again, so do we."""
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            put(engine, *entries)
        except EngineUnavailable:
            if time.monotonic() > limit:
                raise
        else:
            return


def write(traffic: Traffic, engine: ElasticEngine, numbers: Iterator[int] = itertools.count()) -> None:  # noqa: B008 one row of numbers for all writers
    key = f"k{next(numbers)}"
    put(engine, entry(key, "Acta de inicio", partition=PARTITION))
    traffic.acknowledged.append(key)


def look(traffic: Traffic, engine: ElasticEngine) -> None:
    """A whole answer has at least what was acknowledged when it was asked."""
    before = len(traffic.acknowledged)
    total = ask(engine, "acta", EVERYTHING, limit=1).total
    traffic.answers += 1
    if total < before:
        traffic.lacking.append((total, before))


class Installation(NamedTuple):
    """Three nodes, how a process makes its engine on them, and the index that is written."""

    nodes: elastic.Cluster
    engine: Callable[[], ElasticEngine]
    written: str


@pytest.fixture(scope="module")
def held() -> Iterator[Installation]:
    with elastic.cluster(3) as nodes:
        prefix = f"caida{secrets.token_hex(3)}"

        def engine() -> ElasticEngine:
            return ElasticEngine(nodes.hosts, prefix=prefix, mark="prueba", partitions=PARTITIONS, timeout=5)

        engine().rebuild([])
        nodes.wait()
        yield Installation(nodes, engine, f"{prefix}-{PARTITION}")


def survive(held: Installation, kills: int) -> None:
    nodes = held.nodes
    victims: list[Callable[[], elastic.Node]] = [
        lambda: nodes.holding(held.written, primary=True),
        lambda: nodes.holding(held.written, primary=False),
        nodes.master,
    ]
    with Traffic(held.engine) as traffic:
        assert traffic.goes_on()
        for number in range(kills):
            node = victims[number % len(victims)]()
            node.kill()
            assert traffic.goes_on(), (number, traffic.faults, [one.alive for one in nodes.nodes])
            node.start()
            nodes.wait()
    assert traffic.lacking == []
    kept = Counter(one.key for one in held.engine().indexed())
    assert set(traffic.acknowledged) - kept.keys() == set()
    assert [key for key, times in kept.items() if times > 1] == []


@pytest.mark.elastic
def test_nothing_acknowledged_is_lost_and_answers_go_on_when_a_node_dies(held: Installation) -> None:
    survive(held, KILLS)


@pytest.mark.soak
def test_nothing_is_lost_in_twenty_deaths(held: Installation) -> None:
    survive(held, max(KILLS, 20))


@pytest.mark.elastic
def test_without_a_majority_nothing_is_taken_and_nothing_pretends_to_be_whole(held: Installation) -> None:
    asking = held.engine()
    put_in_the_end(asking, *(entry(f"n{number}", "Resolución", partition=PARTITION) for number in range(20)))
    for node in held.nodes.nodes[:2]:
        node.kill()
    with pytest.raises(EngineUnavailable):
        put(held.engine(), entry("tarde", "Resolución", partition=PARTITION))
    with suppress(EngineUnavailable):
        assert ask(asking, "resolución", EVERYTHING).total == 20
    for node in held.nodes.nodes[:2]:
        node.start()
    held.nodes.wait()
    assert ask(held.engine(), "resolución", EVERYTHING).total in {20, 21}
