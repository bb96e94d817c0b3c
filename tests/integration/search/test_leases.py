"""One worker with a lease: crashes, two workers, repeats, wrong clocks and rows that kill; the index converges."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import api, claims, indexing, leases, outbox
from search.conf import get_engine
from search.engines.base import SearchEngine
from search.engines.embedded_writer import EmbeddedWriter
from search.errors import EngineUnavailable
from search.models import Lease, OutboxEntry
from search.types import IndexEntry
from tests.integration.search.shelf import ALL, Shelf, held_by, projection
from tests.unit.search.entries import PARTITIONS

pytestmark = pytest.mark.django_db


def index() -> list[tuple[str, str]]:
    return held_by(get_engine())


def due_again() -> None:
    """Lets the waiting time of every row pass."""
    OutboxEntry.objects.update(due_at=Now() - timedelta(seconds=1))


STRANGER = uuid.UUID(bytes=b"away" + bytes(12))
"""A token of a worker of another machine: of its process nothing can be known here."""


def held_by_a_stranger(size: int = 0, alone: uuid.UUID | None = None) -> None:
    Lease.objects.update_or_create(name=leases.NAME, defaults={"holder": STRANGER, "size": size, "alone": alone})


def the_beat_stood_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was last seen of the lease was seen longer ago than it lasts."""
    leases.take()
    steady = time.monotonic
    monkeypatch.setattr(leases.time, "monotonic", lambda: steady() + leases.LASTS_SECONDS)


@pytest.mark.criterion(26)
def test_a_second_worker_leaves_all_to_the_one_that_has_the_lease(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.file("k1", "Acta")
    held_by_a_stranger()
    assert api.drain() == {"done": 0, "failed": 0, "left": 1}
    assert OutboxEntry.objects.get().attempts == 0
    the_beat_stood_still(monkeypatch)
    assert api.drain() == {"done": 1, "failed": 0, "left": 0}
    assert Lease.objects.get().holder is None


@pytest.mark.criterion(26)
def test_a_lease_whose_beat_goes_on_is_never_taken(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.file("k1", "Acta")
    held_by_a_stranger()
    for _step in range(3):
        the_beat_stood_still(monkeypatch)
        Lease.objects.update(beat=F("beat") + 1)
        assert api.drain()["left"] == 1


@pytest.mark.criterion(26)
@pytest.mark.parametrize("ahead", [timedelta(days=-2), timedelta(days=2)], ids=["behind", "ahead"])
def test_a_worker_whose_clock_is_wrong_drains_all_the_same(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    """Neither who files nor who indexes lends its clock: rows are due by the database's."""
    real = time.time
    with monkeypatch.context() as skewed:
        skewed.setattr(time, "time", lambda: real() + ahead.total_seconds())
        shelf.file("k1", "Acta")
        shelf.file("bad", "Acta")
        shelf.unreadable = {"bad"}
    assert api.drain() == {"done": 1, "failed": 1, "left": 0}
    with monkeypatch.context() as skewed:
        skewed.setattr(time, "time", lambda: real() + ahead.total_seconds())
        assert api.drain() == {"done": 0, "failed": 0, "left": 0}
        shelf.file("k2", "Acta")
        assert api.drain() == {"done": 1, "failed": 0, "left": 0}
    assert outbox.queue().seconds < 60


@pytest.mark.criterion(26)
def test_a_row_that_kills_workers_kills_a_few_and_holds_nobody_up(shelf: Shelf) -> None:
    """A worker that dies over a row, as when memory runs out, cannot count the failure: the next one does."""
    for number in range(100):
        shelf.file(f"k{number:03}", "Acta")
    poison, lost = OutboxEntry.objects.get(key="k007"), 0
    while batch := first_batch_with(poison):
        lost += 1
        held_by_a_stranger(len(batch), batch[0].pk if len(batch) == 1 else None)
        Lease.objects.update(holder=claims_of_a_dead_process())
        assert lost < 10
    assert lost == 3
    assert api.drain()["left"] == 0
    row = OutboxEntry.objects.get()
    assert (row.key, row.last_error, row.attempts) == ("k007", "worker_lost", 3)
    assert len(index()) == 99


def first_batch_with(poison: OutboxEntry) -> list[OutboxEntry]:
    """The batch in which a worker that takes the lease now would meet the row; it dies there, the others are in."""
    turn = leases.take()
    assert turn
    for size in indexing._steps_after(turn):
        rows = indexing._together(outbox.due(size))
        if not rows or poison.pk in {row.pk for row in rows}:
            turn.end()
            return rows
        with get_engine().writer() as writer:
            indexing._work(writer, turn, rows)
    return []


def claims_of_a_dead_process() -> uuid.UUID:
    token = claims.new_token()
    return uuid.UUID(bytes=token.bytes[:8] + b"before" + token.bytes[14:])


def test_what_spoils_a_batch_is_brought_alone_and_the_others_go_in(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that the engine itself refuses: it says unwritable, whatever lay beside it."""
    for number in range(5):
        shelf.file(f"k{number}", "Acta")
    put = EmbeddedWriter.put

    def refuse(writer: EmbeddedWriter, entries: Sequence[IndexEntry]) -> None:
        if any(one.key == "k2" for one in entries):
            raise EngineUnavailable("index_unwritable")
        put(writer, entries)

    monkeypatch.setattr(EmbeddedWriter, "put", refuse)
    for _attempt in range(3):
        due_again()
        api.drain()
    assert [row.key for row in OutboxEntry.objects.all()] == ["k2"]
    assert sorted(key for key, _partition in index()) == ["k0", "k1", "k3", "k4"]
    for _attempt in range(3):
        due_again()
        api.drain()
    assert outbox.queue().stuck == 1


@pytest.mark.criterion(26)
def test_a_row_changed_while_it_was_worked_on_stays(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    rows = outbox.due(10)
    shelf.file("k1", "Informe")
    outbox.finish(rows)
    outbox.put_off(rows, "late")
    row = OutboxEntry.objects.get()
    assert row.attempts == 0
    assert api.drain()["done"] == 1
    assert api.search(ALL, "informe").total == 1


@pytest.mark.criterion(26)
@pytest.mark.requirement("J7")
@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_schedule_of_workers_and_crashes_converges(shelf: Shelf, seed: int) -> None:
    """Random acts, drains, deaths between any two steps, two workers on the same rows, rows enqueued twice."""
    converges(shelf, seed)


@pytest.mark.soak
@pytest.mark.criterion(26)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_thousand_schedules_converge(shelf: Shelf, seed: int) -> None:
    converges(shelf, seed)


def converges(shelf: Shelf, seed: int) -> None:
    chance = random.Random(seed)
    engine = get_engine()
    for _step in range(25):
        STEPS[chance.randrange(len(STEPS))](shelf, engine, chance)
    lease_ends()
    for _turn in range(3):  # a row over which a worker was lost alone is put off once more, and not lost
        due_again()
        api.drain()
    assert not OutboxEntry.objects.exists()
    assert index() == sorted(projection(shelf))
    assert not api.audit()


def lease_ends() -> None:
    Lease.objects.exclude(holder=None).update(holder=claims_of_a_dead_process())


def act(shelf: Shelf, _engine: SearchEngine, chance: random.Random) -> None:
    shelf.file(f"k{chance.randrange(6)}", f"Acta {chance.random()}", partition=chance.choice(PARTITIONS))


def leave(shelf: Shelf, _engine: SearchEngine, chance: random.Random) -> None:
    if shelf.held:
        shelf.withdraw(chance.choice(sorted(shelf.held)))


def again(shelf: Shelf, _engine: SearchEngine, chance: random.Random) -> None:
    api.enqueue("custody", [f"k{chance.randrange(6)}"])


def work(_shelf: Shelf, _engine: SearchEngine, chance: random.Random) -> None:
    api.drain(chance.choice([None, 1, 3]))


def die_after_taking_the_lease(_shelf: Shelf, _engine: SearchEngine, chance: random.Random) -> None:
    if turn := leases.take():
        turn.beat(chance.randrange(9))


def die_after_commit(shelf: Shelf, engine: SearchEngine, chance: random.Random) -> None:
    """The index has it, the rows were never finished."""
    if not (turn := leases.take()):
        return
    rows = outbox.due(3)
    turn.beat(len(rows), rows[0].pk if len(rows) == 1 else None)
    with engine.writer() as writer:
        for row in rows:
            writer.remove([] if row.key in shelf.held else [("custody", row.key)])
            writer.put(shelf.load([row.key]))
        writer.commit()


def die_before_commit(shelf: Shelf, engine: SearchEngine, chance: random.Random) -> None:
    leases.take()
    with engine.writer() as writer:
        writer.put(list(shelf.held.values())[:3])


def slow_worker(shelf: Shelf, engine: SearchEngine, chance: random.Random) -> None:
    """Two workers on the same rows: one read them, stood still, lost its lease and finishes what it read."""
    rows = outbox.due(3)
    act(shelf, engine, chance)
    api.drain()
    if chance.random() < 0.5:
        act(shelf, engine, chance)
    with engine.writer() as writer:
        for row in rows:
            writer.remove([] if row.key in shelf.held else [("custody", row.key)])
            writer.put(shelf.load([row.key]))
        writer.commit()
    outbox.finish(rows)


def lease_runs_out(_shelf: Shelf, _engine: SearchEngine, _chance: random.Random) -> None:
    lease_ends()


STEPS = [
    *(act, act, act, leave, again, work, slow_worker),
    *(die_after_taking_the_lease, die_after_commit, die_before_commit, lease_runs_out),
]
