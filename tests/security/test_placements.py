"""Incorporating opens nothing: with every piece of A also in B, and of B in A, each door answers as before (E10)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test.utils import override_settings

from records import permissions
from records.models import Placement
from records.selectors.expedientes import lines_for, list_rows_for
from search import api as search
from tests.people import ANONYMOUS, CAST
from tests.security import house as houses
from tests.security.conftest import undone
from tests.security.doors import DOORS, by_counts, by_rows, by_search
from tests.security.house import House
from tests.security.states import STATES, reads_of

pytestmark = pytest.mark.django_db
PEOPLE = (*CAST, ANONYMOUS)
#: States in which rights differ between the two expedientes.
CROSSED = [
    name for name, state in STATES.items() if any(a != b for a, b in state.reads.values()) and not state.filed_by
]


@pytest.fixture(scope="module")
def house(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    engine = {
        "BACKEND": "search.engines.embedded.EmbeddedEngine",
        "OPTIONS": {"path": tmp_path_factory.mktemp("index")},
    }
    with override_settings(SEARCH={"ENGINE": engine}):
        made = houses.build()
        search.rebuild()
        yield made


def incorporate(house: House) -> None:
    """Every piece lies in the other expediente as well."""
    for order, (name, piece) in enumerate(house.pieces.items(), 50):
        Placement.objects.create(
            document=piece, expediente=house.expedientes["B" if name[0] == "A" else "A"], order=order,
            folio_first=order, folio_last=order, reason="x", placed_by=house.cast["archivista"],
            placed_at=piece.filed_at,
        )  # fmt: skip


@pytest.mark.rule("E10")
@pytest.mark.requirement("I3", "I4")
@pytest.mark.criterion(5)
@pytest.mark.parametrize("state", CROSSED)
def test_no_door_opens_wider_because_a_piece_also_lies_elsewhere(house: House, state: str) -> None:
    with undone():
        STATES[state].arrange(house)
        known = {login: expedientes_known(house, login) for login in STATES[state].reads}
        incorporate(house)
        wrong = []
        for login in STATES[state].reads:
            person, reads = house.person(login), reads_of(STATES[state], login)
            rights = permissions.rights_of(person)
            if rights.barred.expedientes:  # it shuts what is incorporated there too, and now everything is
                reads, known[login] = set(), known[login] if rights.is_staff_everywhere() else set()
            for door, ask in DOORS.items():
                told = ask(house, person)
                if told != reads:
                    wrong.append(f"{login}, {door}: {sorted(told)} instead of {sorted(reads)}")
            if expedientes_known(house, login) != known[login]:
                wrong.append(f"{login} knows {expedientes_known(house, login)} instead of {known[login]}")
        assert not wrong, "\n".join(wrong)


def expedientes_known(house: House, login: str) -> set[str]:
    return set(permissions.expedientes_visible_to(house.person(login)).values_list("code", flat=True))


@pytest.mark.rule("E10")
@pytest.mark.requirement("I4", "J3")
@pytest.mark.parametrize("login", PEOPLE)
def test_each_reads_the_lines_she_reads_at_home_and_searches_as_before(house: House, login: str) -> None:
    with undone():
        person = house.person(login)
        before, found, counts = by_rows(house, person), by_search(house, person), by_counts(house, person)
        incorporate(house)
        assert by_rows(house, person) == before
        assert by_search(house, person) == found
        assert by_counts(house, person) == counts
        for place in house.expedientes.values():
            rows = list_rows_for(person, place)
            assert lines_for(person, place).rows == rows
            for row in rows:
                assert row.hidden or house.name_of(row.document) in before
                assert not row.hidden or not (row.title or row.home or row.digest or row.radicado or row.tipo)
