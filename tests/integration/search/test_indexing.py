"""The outbox, draining, rebuilding and comparing: whatever happens, the index ends equal to what the source holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from search import api
from search.conf import get_engine
from search.engines.embedded_files import SCHEMA_VERSION
from search.errors import EngineUnavailable
from search.models import OutboxEntry
from tests.integration.search.shelf import ALL, DownEngine, Shelf, held_by, projection
from tests.unit.search.entries import entry

pytestmark = pytest.mark.django_db


def index() -> list[tuple[str, str]]:
    return held_by(get_engine())


def due_again() -> None:
    """Lets the waiting time of every row pass."""
    OutboxEntry.objects.update(due_at=Now() - timedelta(seconds=1))


# Enqueue --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_enqueue_belongs_into_a_transaction(shelf: Shelf) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        api.enqueue("custody", ["k1"])


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_row(shelf: Shelf) -> None:
    def act() -> None:
        with transaction.atomic():
            api.enqueue("custody", ["k1"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not OutboxEntry.objects.exists()


def test_a_key_that_waits_keeps_one_row_and_becomes_due(shelf: Shelf) -> None:
    assert api.enqueue("custody", ["k1", "k2", "k1"]) == 2
    OutboxEntry.objects.update(due_at=Now() + timedelta(hours=1), attempts=7, last_error="x")
    api.enqueue("custody", ["k1"])
    assert OutboxEntry.objects.count() == 2
    row = OutboxEntry.objects.get(key="k1")
    assert (row.attempts, row.last_error) == (0, "")
    assert api.due_count() == 1


# Drain ----------------------------------------------------------------------------------------------------


def test_drain_brings_changes_and_counts(shelf: Shelf) -> None:
    for number in range(45):
        shelf.file(f"k{number}", "Acta")
    assert api.drain(limit=10) == {"done": 10, "failed": 0, "left": 35}
    assert api.drain() == {"done": 35, "failed": 0, "left": 0}
    assert set(index()) == projection(shelf)
    shelf.withdraw("k0")
    assert api.drain() == {"done": 1, "failed": 0, "left": 0}
    assert len(index()) == 44
    assert api.drain() == {"done": 0, "failed": 0, "left": 0}


def test_one_unreadable_document_does_not_hold_the_others(shelf: Shelf) -> None:
    for number in range(30):
        shelf.file(f"k{number}", "Acta")
    shelf.unreadable = {"k7"}
    assert api.drain() == {"done": 29, "failed": 1, "left": 0}
    row = OutboxEntry.objects.get()
    assert (row.key, row.attempts, row.last_error) == ("k7", 1, "RuntimeError")
    shelf.unreadable = set()
    assert api.drain()["done"] == 0
    due_again()
    assert api.drain() == {"done": 1, "failed": 0, "left": 0}
    assert set(index()) == projection(shelf)


def test_waits_grow_and_are_bounded(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    shelf.unreadable = {"k1"}
    waits = []
    for _attempt in range(12):
        OutboxEntry.objects.update(due_at=Now())
        api.drain()
        left = ExpressionWrapper(F("due_at") - Now(), output_field=DurationField())
        waits.append(round(OutboxEntry.objects.annotate(left=left).get().left.total_seconds()))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]


@pytest.mark.requirement("J7")
@pytest.mark.criterion(25)
def test_with_the_engine_down_the_queue_waits_and_drains_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.file("k1", "Acta")
    with monkeypatch.context() as broken:
        broken.setattr("search.indexing.get_engine", DownEngine)
        assert api.drain() == {"done": 0, "failed": 0, "left": 1}
    assert api.drain() == {"done": 1, "failed": 0, "left": 0}
    assert index() == [("k1", "public")]


def test_rows_of_a_source_that_is_gone_leave_the_index(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    api.drain()
    api.unregister_source("custody")
    api.enqueue("custody", ["k1"])
    assert api.drain()["done"] == 1
    assert index() == []


def test_a_source_that_gives_what_is_not_its_own_is_put_off(shelf: Shelf) -> None:
    shelf.change(replace(entry("k1", "Acta"), source="custody", partition="published"))
    assert api.drain() == {"done": 0, "failed": 1, "left": 0}
    assert index() == []


def test_a_busy_writer_leaves_rows_due_as_before(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    with get_engine().writer():
        assert api.drain() == {"done": 0, "failed": 0, "left": 1}
    assert OutboxEntry.objects.get().attempts == 0
    assert api.drain()["done"] == 1


# Rebuild --------------------------------------------------------------------------------------------------


@pytest.mark.criterion(27)
def test_what_changes_during_a_rebuild_is_brought_after_it(shelf: Shelf) -> None:
    for number in range(30):
        shelf.file(f"k{number}", "Acta")
    api.drain()

    def change_meanwhile(done: int, _total: int) -> None:
        if done == 20:
            shelf.file("k3", "Acta", partition="reserved")
            shelf.file("new", "Acta")
            shelf.withdraw("k5")
            assert api.search(ALL, "acta").total == 30 - 2

    api.rebuild(progress=change_meanwhile)
    assert api.drain()["left"] == 0
    assert index() == sorted(projection(shelf))


def test_a_rebuild_passes_over_what_cannot_be_read(shelf: Shelf) -> None:
    for number in range(5):
        shelf.file(f"k{number}", "Acta")
    shelf.unreadable = {"k2"}
    assert api.rebuild() == 4
    assert OutboxEntry.objects.filter(key="k2").exists()


@pytest.mark.requirement("J7")
@pytest.mark.parametrize("harm", ["missing", "outdated", "no partition", "no files"])
def test_drain_rebuilds_an_index_that_cannot_be_searched(shelf: Shelf, settings, harm: str) -> None:
    shelf.file("k1", "Acta")
    api.drain()
    break_index(Path(settings.SEARCH["ENGINE"]["OPTIONS"]["path"]), harm)
    restart(settings)
    with pytest.raises(EngineUnavailable):
        api.search(ALL, "acta")
    assert api.engine_state() != "ready"
    api.drain()
    assert api.engine_state() == "ready"
    assert api.search(ALL, "acta").total == 1


def break_index(path: Path, harm: str) -> None:
    generation = path / (path / "CURRENT").read_text()
    if harm == "missing":
        (path / "CURRENT").unlink()
    elif harm == "outdated":
        facts = generation / "generation.json"
        facts.write_text(facts.read_text().replace(f'"schema": {SCHEMA_VERSION}', '"schema": 0'))
    elif harm == "no partition":
        for file in (generation / "public").iterdir():
            file.unlink()
        (generation / "public").rmdir()
    else:
        for file in (generation / "public").glob("*.*"):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def restart(settings) -> None:
    """A new process: nothing is open yet."""
    settings.SEARCH = dict(settings.SEARCH)


# Audit ----------------------------------------------------------------------------------------------------


@pytest.mark.beyond(4)
@pytest.mark.requirement("J7")
@pytest.mark.parametrize("backend", ["embedded", "memory"])
def test_audit_finds_exactly_what_was_planted(shelf: Shelf) -> None:
    for number in range(20):
        shelf.file(f"k{number}", "Acta", "texto")
    api.drain()
    assert api.audit() == api.Drift(20, (), (), ())
    with get_engine().writer() as writer:
        writer.remove([("custody", "k1"), ("custody", "k2")])
        writer.put([entry("stranger", "Acta")])
        writer.put([replace(shelf.held["k3"], pages=("otro",)), replace(shelf.held["k4"], partition="reserved")])
        writer.commit()
    drift = api.audit(repair=True)
    assert [key for _source, key in drift.missing] == ["k1", "k2"]
    assert [key for _source, key in drift.extra] == ["stranger"]
    assert [key for _source, key in drift.differs] == ["k3", "k4"]
    assert api.audit() == api.Drift(20, (), (), ())
    assert index() == sorted(projection(shelf))


def test_what_waits_is_no_drift(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    assert not api.audit()
    OutboxEntry.objects.all().delete()
    assert api.audit().missing == (("custody", "k1"),)


def test_audit_needs_a_readable_index(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineUnavailable):
        api.audit(engine=DownEngine())  # type: ignore[arg-type]
