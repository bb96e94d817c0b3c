"""A rebuild beside what serves: nothing is missing meanwhile, nothing is lost, a kill costs only what was at work."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from search import api
from search.conf import get_engine
from search.engines import embedded_building
from search.engines.embedded_writer import EmbeddedWriter
from search.errors import EngineUnavailable
from search.types import IndexEntry
from tests.integration.search.shelf import ALL, Shelf, held_by, projection
from tests.unit.search.entries import PARTITIONS

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here: nothing after it is done."""


@pytest.fixture
def path(settings) -> Path:
    return Path(settings.SEARCH["ENGINE"]["OPTIONS"]["path"])


@pytest.fixture
def filed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A hundred documents in the index; a rebuild makes every batch durable."""
    monkeypatch.setattr(embedded_building, "COMMIT_SECONDS", -1.0)
    for number in range(100):
        shelf.file(f"k{number:03}", "Acta", f"texto {number}")
    api.drain()
    return shelf


def generations(path: Path) -> list[str]:
    return sorted(folder.name for folder in path.glob("g-*"))


def kill_at(number: int) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done >= number:
            raise Killed

    return progress


@pytest.mark.requirement("J7")
@pytest.mark.criterion(27)
def test_what_changes_while_an_index_is_rebuilt_is_found_at_once_and_is_in_the_new_one(filed: Shelf) -> None:
    """A continuous differential: at each step index and projection are the same, before, during and after the swap."""
    chance = random.Random(7)

    def live_on(_done: int, _total: int) -> None:
        for _act in range(3):
            key = f"k{chance.randrange(120):03}"
            if key in filed.held and chance.random() < 0.3:
                filed.withdraw(key)
            else:
                filed.file(key, f"Acta {chance.random()}", partition=chance.choice(PARTITIONS))
        assert api.drain()["left"] == 0
        assert api.search(ALL, "acta").total == len(filed.held)
        assert held_by(get_engine()) == sorted(projection(filed))

    api.rebuild(progress=live_on)
    assert held_by(get_engine()) == sorted(projection(filed))
    assert not api.audit()
    assert get_engine().progress() is None


@pytest.mark.requirement("J7")
@pytest.mark.criterion(27)
def test_a_rebuild_that_was_killed_is_gone_on_with(filed: Shelf, path: Path) -> None:
    with pytest.raises(Killed):
        api.rebuild(progress=kill_at(60))
    assert api.search(ALL, "acta").total == 100
    done, total = get_engine().progress() or (0, 0)
    assert (done >= 40, total) == (True, 100)
    filed.file("k003", "Acta", partition="reserved")
    filed.withdraw("k004")
    filed.file("new", "Acta")
    api.drain()
    filed.loads.clear()
    assert api.rebuild() >= 100
    assert len(set(filed.loads)) <= 100 - done + 4, "what was durable is read again"
    assert held_by(get_engine()) == sorted(projection(filed))
    assert not api.audit()
    assert generations(path) == [(path / "CURRENT").read_text()]


STEPS = ("_begin", "_fill", "_finish")


@pytest.mark.criterion(27)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_rebuild_converges(
    filed: Shelf, path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    whole = getattr(embedded_building.Beside, step)

    def die(self: embedded_building.Beside, *args: object) -> None:
        if after:
            whole(self, *args)
        raise Killed

    with monkeypatch.context() as killed:
        killed.setattr(embedded_building.Beside, step, die)
        with pytest.raises(Killed):
            api.rebuild()
    filed.file("k003", "Acta", partition="reserved")
    filed.withdraw("k004")
    api.drain()
    assert held_by(get_engine()) == sorted(projection(filed))
    api.rebuild()
    assert held_by(get_engine()) == sorted(projection(filed))
    assert not api.audit()
    assert generations(path) == [(path / "CURRENT").read_text()]


@pytest.mark.criterion(27)
def test_killed_between_putting_in_use_and_tidying_up_nothing_is_resumed(filed: Shelf, path: Path) -> None:
    api.rebuild()
    (path / "NEXT").write_text((path / "CURRENT").read_text())
    assert get_engine().progress() is None
    filed.file("k003", "Acta", partition="reserved")
    api.drain()
    api.rebuild()
    assert held_by(get_engine()) == sorted(projection(filed))


def test_two_rebuilds_at_once_are_one_and_a_refusal(filed: Shelf) -> None:
    told: list[str] = []

    def again(_done: int, _total: int) -> None:
        with pytest.raises(EngineUnavailable) as fault:
            api.rebuild()
        told.append(fault.value.code)

    api.rebuild(progress=again)
    assert set(told) == {"index_busy"}
    assert not api.audit()


@pytest.mark.requirement("J7")
def test_a_disk_that_is_full_leaves_the_old_index_and_the_queue(
    filed: Shelf, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = EmbeddedWriter.put, 0

    def full(writer: EmbeddedWriter, entries: Sequence[IndexEntry]) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise EngineUnavailable("index_unwritable") from OSError(errno.ENOSPC, "No space left on device")
        put(writer, entries)

    filed.file("new", "Acta")
    with monkeypatch.context() as disk:
        disk.setattr(EmbeddedWriter, "put", full)
        with pytest.raises(EngineUnavailable):
            api.rebuild()
        assert api.drain() == {"done": 0, "failed": 1, "left": 0}
    assert generations(path) == [(path / "CURRENT").read_text()], "a full disk gets its room back"
    assert api.search(ALL, "acta").total == 100
    api.rebuild()
    assert api.search(ALL, "acta").total == 100, "what waits in the queue is not answered before it is drained"
    filed.file("new", "Acta")
    assert api.drain()["done"] == 1
    assert api.search(ALL, "acta").total == 101


def test_an_index_that_is_half_made_of_an_older_version_is_begun_anew(filed: Shelf, path: Path) -> None:
    with pytest.raises(Killed):
        api.rebuild(progress=kill_at(40))
    facts = path / (path / "NEXT").read_text() / "generation.json"
    facts.write_text(facts.read_text().replace('"schema": ', '"schema": 9'))
    assert api.rebuild() == 100
    assert not api.audit()
    assert generations(path) == [(path / "CURRENT").read_text()]
