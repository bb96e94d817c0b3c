"""One decision, asked at every door: check, list, rows, both search engines, bytes, pages, explanation (D3, D4).

Each state of `states.STATES` is arranged through the services *after* the indexes were built: rights are never in
an index. For the whole cast and each piece, every door must give the answer that the table states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test.utils import override_settings

from records.models import Document
from records.vocabulary import Level
from search import api as search
from search.engines.base import SearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.memory import MemoryEngine
from search.models import OutboxEntry
from tests import factories
from tests.people import ANONYMOUS, CAST
from tests.security import house as houses
from tests.security.conftest import undone
from tests.security.doors import DECIDING, DOORS, Door, by_counts, by_search
from tests.security.house import House
from tests.security.states import BASIS, STATES, State, grant, propose, reads_of, withdraw

pytestmark = pytest.mark.django_db
PEOPLE = (*CAST, ANONYMOUS)
#: Engines under test, by name; settings name `held_engine`, so that changing between them loses nothing.
ENGINES: dict[str, SearchEngine] = {}


def held_engine(name: str) -> SearchEngine:
    return ENGINES[name]


@contextmanager
def serving(name: str) -> Iterator[None]:
    with override_settings(SEARCH={"ENGINE": {"BACKEND": f"{__name__}.held_engine", "OPTIONS": {"name": name}}}):
        yield


@pytest.fixture(scope="module")
def house(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house with both indexes built, before anything was given to anybody."""
    ENGINES.update(memory=MemoryEngine(), embedded=EmbeddedEngine(tmp_path_factory.mktemp("index")))
    made = houses.build()
    for name in ENGINES:
        with serving(name):
            search.rebuild()
    yield made
    ENGINES.clear()


def bring_changes(changed: list[str]) -> None:
    """Changed facts (levels), and nothing else, into both engines."""
    for name in ENGINES:
        with serving(name), transaction.atomic():
            search.enqueue("custody", changed)
            search.drain()


@pytest.mark.requirement("I3", "I4", "J2")
@pytest.mark.criterion(5)
@pytest.mark.parametrize("state", STATES)
def test_every_door_gives_the_answer_of_the_table(house: House, state: str) -> None:
    with undone():
        refile(house, STATES[state].filed_by)
        STATES[state].arrange(house)
        wrong = [*custody_disagrees(house, STATES[state])]
        changed = list(OutboxEntry.objects.values_list("key", flat=True))
        bring_changes(changed)
        for name in ENGINES:
            with serving(name):
                wrong += search_disagrees(house, STATES[state], name)
    bring_changes(changed)
    assert not wrong, "\n".join(wrong)


def refile(house: House, filed_by: Mapping[str, str]) -> None:
    """Pieces are filed once and for ever, so the house is told otherwise with its guard lifted for a moment."""
    if not filed_by:
        return
    with factories.behind_the_product():
        for name, login in filed_by.items():
            Document.objects.filter(pk=house.pieces[name].pk).update(filed_by=house.cast[login])


def custody_disagrees(house: House, state: State) -> Iterator[str]:
    for login in PEOPLE:
        person, reads = house.person(login), reads_of(state, login)
        for door, ask in doors_for(login, state).items():
            if (told := ask(house, person)) != reads:
                yield f"{login}, {door}: {sorted(told)} instead of {sorted(reads)}"
        if (counts := by_counts(house, person)) != counted(house, reads):
            yield f"{login}, counts: {counts} instead of {counted(house, reads)}"


def doors_for(login: str, state: State) -> Mapping[str, Door]:
    """Every door for everybody in the base, and for whom a state touches; for the others, the one list of all."""
    return DOORS if login in state.reads or state is STATES[BASIS] else DECIDING


def counted(house: House, reads: set[str]) -> Mapping[str, int]:
    counts = {place.code: sum(name[0] == letter for name in reads) for letter, place in house.expedientes.items()}
    return {code: count for code, count in counts.items() if count}


def search_disagrees(house: House, state: State, engine: str) -> Iterator[str]:
    for login in PEOPLE if engine == "memory" or state is STATES[BASIS] else state.reads:
        if (told := by_search(house, house.person(login))) != reads_of(state, login):
            yield f"{login}, {engine} search: {sorted(told)} instead of {sorted(reads_of(state, login))}"


@pytest.mark.requirement("J4", "I3")
@pytest.mark.parametrize("engine", ["memory", "embedded"])
def test_a_withdrawn_grant_empties_the_next_answer_with_the_indexer_stopped(house: House, engine: str) -> None:
    word = houses.canaries("A.R")["texto"]
    reviewer = house.person("revisora")
    with undone(), serving(engine):
        assert search.search(reviewer, word).total == 0
        made = grant(house, "A.R", "revisora")
        assert [house.name_of(hit.document) for hit in search.search(reviewer, word).hits] == ["A.R"]
        withdraw(house, made)
        answer = search.search(reviewer, word, facets=True)
        assert (answer.total, answer.hits, answer.facets, answer.pending) == (0, (), {}, 0)
        assert not OutboxEntry.objects.exists(), "rights are no business of the index"


@pytest.mark.requirement("I3")
@pytest.mark.parametrize("engine", ["memory", "embedded"])
def test_a_raised_level_hides_the_piece_before_the_index_knows(house: House, engine: str) -> None:
    """A fact that waits for the index can hide, never show."""
    word = houses.canaries("A.C")["texto"]
    with undone(), serving(engine):
        assert search.search(house.person("archivista"), word).total == 1
        propose(house, "A.C", Level.RESERVED)
        answer = search.search(house.person("archivista"), word, facets=True)
        assert (answer.total, answer.hits, answer.facets) == (0, (), {})
