"""One decision, asked at every door: check, list, rows, both search engines, bytes, pages, explanation (D3, D4).

Each state of `states.STATES` is arranged through the services *after* the indexes were built: rights are never in
an index. For the whole cast and each piece, every door must give the answer that the table states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from search import api as search
from search import conf
from search.engines.base import SearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.memory import MemoryEngine
from search.models import OutboxEntry
from tests.people import ANONYMOUS, CAST
from tests.security import house as houses
from tests.security.doors import DECIDING, DOORS, Door, by_counts, by_search
from tests.security.house import House
from tests.security.states import BASIS, STATES, State, reads_of

PEOPLE = (*CAST, ANONYMOUS)
#: Engines under test, by name; settings name `held_engine`, so that changing between them loses nothing.
ENGINES: dict[str, SearchEngine] = {}


def held_engine(name: str) -> SearchEngine:
    return ENGINES[name]


@contextmanager
def serving(settings: Any, name: str) -> Iterator[None]:
    settings.SEARCH = {"ENGINE": {"BACKEND": f"{__name__}.held_engine", "OPTIONS": {"name": name}}}
    conf.forget_engines()
    yield


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[None]:
    ENGINES.update(memory=MemoryEngine(), embedded=EmbeddedEngine(tmp_path / "index"))
    yield
    conf.forget_engines()
    ENGINES.clear()


def built(settings: Any, state: State) -> House:
    """The house with both indexes built, and only then the state."""
    house = houses.build(state.filed_by)
    for name in ENGINES:
        with serving(settings, name):
            search.rebuild()
    state.arrange(house)
    return house


def bring_changes(settings: Any) -> None:
    """Changed facts (levels), and nothing else, into both engines."""
    changed = list(OutboxEntry.objects.values_list("key", flat=True))
    for name in ENGINES:
        with serving(settings, name), transaction.atomic():
            search.enqueue("custody", changed)
            search.drain()


@pytest.mark.requirement("I3", "I4", "J2")
@pytest.mark.criterion(5)
@pytest.mark.parametrize("state", STATES)
def test_every_door_gives_the_answer_of_the_table(engines: None, db: None, settings: Any, state: str) -> None:
    house = built(settings, STATES[state])
    wrong = [*custody_disagrees(house, STATES[state])]
    bring_changes(settings)
    for name in ENGINES:
        with serving(settings, name):
            wrong += search_disagrees(house, STATES[state], name)
    assert not wrong, "\n".join(wrong)


def custody_disagrees(house: House, state: State) -> Iterator[str]:
    for login in PEOPLE:
        person, reads = house.person(login), reads_of(state, login)
        for door, ask in doors_for(login, state).items():
            if (told := ask(house, person)) != reads:
                yield f"{login}, {door}: {sorted(told)} instead of {sorted(reads)}"
        if (counts := by_counts(house, person)) != counted(house, reads):
            yield f"{login}, counts: {counts} instead of {counted(house, reads)}"


def doors_for(login: str, state: State) -> Mapping[str, Door]:
    """Every door for everybody in the base, and for whom a state touches; the two that decide for the others."""
    return DOORS if login in state.reads or state is STATES[BASIS] else DECIDING


def counted(house: House, reads: set[str]) -> Mapping[str, int]:
    counts = {place.code: sum(name[0] == letter for name in reads) for letter, place in house.expedientes.items()}
    return {code: count for code, count in counts.items() if count}


def search_disagrees(house: House, state: State, engine: str) -> Iterator[str]:
    for login in PEOPLE:
        if (told := by_search(house, house.person(login))) != reads_of(state, login):
            yield f"{login}, {engine} search: {sorted(told)} instead of {sorted(reads_of(state, login))}"
