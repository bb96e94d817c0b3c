"""An idle thread of the worker is woken by what another connection commits, by news, and when it has to stop."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from cms.worker import waking

pytestmark = pytest.mark.beyond(2)

#: Seconds after which a thread that still rests has not been woken.
ENOUGH = 20.0
#: Seconds in which a thread that nothing wakes would be seen to go on.
A_WHILE = 0.3


class Resting:
    """A thread that rests over a database of its own: that of the tests is in memory, and tells nobody of commits."""

    def __init__(self, path: Path) -> None:
        self.stop, self.news, self._begun = threading.Event(), threading.Event(), threading.Event()
        self._elsewhere = sqlite3.connect(path)
        self._elsewhere.executescript("PRAGMA journal_mode=WAL; CREATE TABLE row (number);")
        self._handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}})
        self._thread = threading.Thread(target=self._rest, daemon=True)
        self._thread.start()
        assert self._begun.wait(ENOUGH)

    def _rest(self) -> None:
        database = self._handler["default"]
        watch = waking.Watch(database)
        watch.look()
        self._begun.set()
        watch.rest(self.stop, self.news)
        database.close()

    def write(self) -> None:
        self._elsewhere.execute("INSERT INTO row VALUES (1)")

    def commit(self) -> None:
        self._elsewhere.commit()

    def goes_on(self, within: float = ENOUGH) -> bool:
        self._thread.join(within)
        return not self._thread.is_alive()


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file is the test's own: nothing of the tables of the tests is asked."""
    monkeypatch.setattr(waking, "LONGEST", 10 * ENOUGH)  # never by the clock
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def resting(tmp_path: Path) -> Resting:
    return Resting(tmp_path / "own.sqlite3")


def test_a_commit_elsewhere_wakes_it(resting: Resting) -> None:
    resting.write()
    assert not resting.goes_on(within=A_WHILE), "what is not committed yet is nothing"
    resting.commit()
    assert resting.goes_on()


@pytest.mark.parametrize("sign", ["news", "stop"])
def test_news_and_the_end_wake_it(resting: Resting, sign: str) -> None:
    wakes: Callable[[], None] = getattr(resting, sign).set
    wakes()
    assert resting.goes_on()


def test_what_is_due_by_the_clock_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(waking, "LONGEST", A_WHILE)
    assert Resting(tmp_path / "own.sqlite3").goes_on()
