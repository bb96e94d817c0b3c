"""Parity as a property: whatever was done, in whatever order and on whatever days, every door gives one answer; and
what is told of a past moment is what was so at that moment (D3, U4).

`WORLDS` says how many random worlds are tried: 100 in `make test`, 40 on PostgreSQL, 2,000 in `make soak`. All stand
on one house that is built once; what happens in a world is undone. Of each moment everybody is asked at once; when all
has happened, whom it touched and somebody else are asked one by one, at every door. What is dear (explanation, bytes)
is asked of two pieces of each, a different pair in each world; `test_parity` asks it of all of them.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, given, settings

from records import clock, permissions
from records.errors import RecordsError
from records.explain import explain
from records.models import ClassificationAct, Document, Expediente
from records.permissions import Rights, levels_then, rights_of_each
from records.vocabulary import Action, Level
from search import api as search
from search.engines.memory import MemoryEngine
from search.models import OutboxEntry
from tests import factories
from tests.security import house as houses
from tests.security.conftest import undone
from tests.security.doors import by_bytes, by_counts, by_list, by_rows, by_search
from tests.security.happenings import (
    PEOPLE,
    Drawn,
    break_open,
    by_name,
    for_case,
    happenings,
    incorporate,
    on_convenio,
    own,
    receive,
    recuse,
)
from tests.security.house import House

pytestmark = pytest.mark.django_db
SOAK = 2_000
ENGINE = MemoryEngine()


def worlds() -> int:
    return int(os.environ.get("WORLDS", "40" if connection.vendor == "postgresql" else "100"))


def memory_engine() -> MemoryEngine:
    return ENGINE


@contextmanager
def serving() -> Iterator[None]:
    with override_settings(SEARCH={"ENGINE": {"BACKEND": f"{__name__}.memory_engine"}}):
        yield


@pytest.fixture(scope="module")
def house(lasting_database: None) -> Iterator[House]:
    """The house, each level by an act, with a custodian in both expedientes and a convenio of their own."""
    made = houses.build()
    for place in made.expedientes.values():
        factories.appoint_custodian(place, made.cast["custodia"])
    with factories.behind_the_product():
        Expediente.objects.update(last_order=len(houses.LETTERS), last_folio=len(houses.LETTERS))
        Expediente.objects.filter(pk=made.expedientes["A"].pk).update(convenio_number="CD-2026-777")
    for name, piece in made.pieces.items():
        if piece.level != Level.UNCLASSIFIED:
            act_of(made, name)
    with serving():
        search.rebuild()
        yield made


def act_of(house: House, name: str) -> None:
    """The act that the level of a piece rests on, from when it was filed."""
    piece = house.pieces[name]
    ClassificationAct.objects.create(
        document=piece, level=piece.level, previous_level=Level.UNCLASSIFIED, state="in_force",
        proposed_by=house.cast["custodia"], decided_by=house.cast["jefatura"], proposed_at=piece.filed_at,
        decided_at=piece.filed_at, balance="x", reason="contract_confidentiality",
    )  # fmt: skip


# The proof --------------------------------------------------------------------------------------------------------

Reads = dict[str, set[str]]


def holds_in(house: House, drawn: Drawn) -> None:
    """A world: each happening with who reads what after it, then every door, then what is told of each moment."""
    moment, seen = clock.now(), []
    with undone():
        for act, what, who, first, last, hours in drawn:
            with clock.at(moment):
                happen(act, house, what, who, first, last)
            with clock.at(moment + datetime.timedelta(minutes=20)):
                seen.append((clock.now(), reads_of_all(house)))
            last_act, moment = moment, moment + datetime.timedelta(hours=hours)
        with clock.at(last_act + datetime.timedelta(minutes=30)):
            changed = list(OutboxEntry.objects.values_list("key", flat=True))
            search.drain()
            assert_one_answer(house, drawn)
        with clock.at(moment):
            assert_past_as_it_was(house, seen)
    bring_back(changed)


def happen(act: Callable[..., None], house: House, *drawn: Any) -> None:
    """What is refused changes nothing, nor what came before it in the same happening: as good a world as any."""
    try:
        with transaction.atomic():
            act(house, *drawn)
    except RecordsError:
        return


def people_of(house: House) -> dict[str, Any]:
    """The people as the database has them now, in one question."""
    users = type(house.cast["ajeno"])._default_manager.filter(username__in=PEOPLE)
    return {one.username: one for one in users}


def pieces_of(house: House) -> dict[str, Document]:
    found = Document.objects.select_related("expediente").in_bulk([piece.pk for piece in house.pieces.values()])
    return {name: found[piece.pk] for name, piece in house.pieces.items()}


def reads_of_all(house: House, moment: datetime.datetime | None = None) -> Reads:
    """Who reads what, now or at a past moment: one decision for everybody."""
    people, pieces = people_of(house), pieces_of(house)
    then = levels_then(pieces.values(), moment) if moment else {}
    each = rights_of_each(people.values(), at=moment)

    def reads(rights: Rights | None, piece: Document) -> bool:
        if rights is None or (moment and piece.pk not in then):
            return False
        return rights.reads(piece, then[piece.pk].level if moment else "")

    return {
        login: {name for name, piece in pieces.items() if reads(each.get(person.pk), piece)}
        for login, person in people.items()
    }


def assert_one_answer(house: House, drawn: Drawn) -> None:
    decided, pieces = reads_of_all(house), pieces_of(house)
    chance = random.Random(repr([(act.__name__, *rest) for act, *rest in drawn]))
    touched = {who for _act, _what, who, *_days in drawn} | {chance.choice(PEOPLE)}
    for login in sorted(touched):
        person, reads = house.person(login), decided[login]
        rights = permissions.rights_of(person)
        told = {
            "decided alone": {name for name, piece in pieces.items() if rights.reads(piece)},
            "list": by_list(house, person),
            "search": by_search(house, person),
            **dear(house, person, reads, chance),
        }
        assert told == dict.fromkeys(told, reads), (login, reads, told)
        assert permissions.visible_to(person).count() == len(reads)


def dear(house: House, person: Any, reads: set[str], chance: random.Random) -> dict[str, set[str]]:
    """The doors that cost more; explanation, check and bytes of one piece she reads and of one she does not."""
    asked = [chance.choice(sorted(names)) for names in (reads, house.pieces.keys() - reads) if names]
    others = reads - set(asked)
    counts = {house.expedientes[place].code: len(held) for place in "AB" if (held := of_place(reads, place))}
    assert by_counts(house, person) == counts
    return {
        "rows": by_rows(house, person),
        "explained": others | {name for name in asked if explain(person, house.piece(name)).allowed[Action.VIEW]},
        "checked": others | {name for name in asked if permissions.allows(person, Action.DOWNLOAD, house.piece(name))},
        "bytes": others | {name for name in asked if downloads(house, person, name)},
    }


def of_place(reads: set[str], place: str) -> set[str]:
    return {name for name in reads if name[0] == place}


def downloads(house: House, person: Any, name: str) -> bool:
    return bool(by_bytes(dataclasses.replace(house, pieces={name: house.pieces[name]}), person))


def assert_past_as_it_was(house: House, seen: list[tuple[datetime.datetime, Reads]]) -> None:
    for moment, reads in seen:
        assert reads_of_all(house, moment) == reads, moment


def bring_back(changed: list[str]) -> None:
    """The index as it was: levels went back with the database."""
    if changed:
        search.enqueue("custody", changed)
        search.drain()


#: A world is long to build again: what fails is told as it was drawn, and not made smaller.
TRIED = (Phase.explicit, Phase.reuse, Phase.generate)


@pytest.mark.requirement("I3", "I4", "I6", "I7", "I11")
@pytest.mark.rule("U4")
def test_whatever_happened_every_door_gives_one_answer(house: House) -> None:
    tried(house, worlds())


@pytest.mark.soak
@pytest.mark.requirement("I3")
def test_two_thousand_worlds_give_one_answer_each(house: House) -> None:
    tried(house, max(SOAK, int(os.environ.get("WORLDS", SOAK))))


def tried(house: House, number: int) -> None:
    """So many worlds, drawn anew in each run; the number of those tried is proved, not believed."""
    done = 0

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), phases=TRIED)
    @given(drawn=happenings)
    def one(drawn: Drawn) -> None:
        nonlocal done
        done += 1
        holds_in(house, drawn)

    one()
    assert done >= number


def test_the_happenings_do_open_and_shut(house: House) -> None:
    """Otherwise the proof would compare nothing with nothing."""
    with undone():
        for act in (by_name, own, on_convenio, for_case, receive):
            with undone():
                happen(act, house, "A.C", "proveedor", 0, 3)
                assert "A.C" in by_list(house, house.person("proveedor")), act
        happen(break_open, house, "A.R", "archivista", 0, 3)
        assert "A.R" in by_list(house, house.person("archivista"))
        happen(incorporate, house, "A.C", "archivista", 0, 0)
        happen(recuse, house, "B", "archivista", 0, 0)
        assert "A.C" not in by_list(house, house.person("archivista"))
        happen(recuse, house, "A", "archivista", 0, 0)
        assert not by_list(house, house.person("archivista"))
    assert Document.objects.count() == len(house.pieces)
