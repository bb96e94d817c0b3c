"""Whatever ends a right ends the download that runs on it: each ending there is, in one process (criterion 4).

`test_stopped_downloads` proves against the real server that the bytes stop; here it is proved of every ending.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from records import clock
from records.desk import watching
from records.models import Grant, LedgerEvent
from records.permissions import allows
from records.services import access, break_glass, classification, recusals, roles
from records.vocabulary import Level, Role
from tests import factories
from tests.security import house as houses
from tests.security.conftest import undone
from tests.security.house import House
from tests.security.states import appoint, grant, grant_convenio, grant_package, grant_to_office, make_own

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(4)]
#: A reserved piece, one restricted, both longer than what leaves between two questions.
RESERVED, RESTRICTED = "A.R9", "A.C9"
LONG = "una linea que se repite muchas veces\n" * 250


@pytest.fixture(scope="module")
def house(lasting_database: None) -> Iterator[House]:
    made = houses.build()
    for order, name in enumerate((RESERVED, RESTRICTED), 9):
        houses.add_piece(made, name, order=order, text=f"{name} {LONG}")
    return made


@pytest.fixture(autouse=True)
def asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """After every kibibyte, where the product asks after some mebibytes: the piece is shorter."""
    monkeypatch.setattr(watching, "EVERY_BYTES", 1024)


# What opens, and what ends it --------------------------------------------------------------------------------


def given(house: House) -> Any:
    return grant(house, RESERVED, "revisora")


def broken(house: House) -> Any:
    asked = break_glass.ask_to_break(actor=house.person("archivista"), document=house.piece(RESERVED), reason="x")
    return break_glass.confirm_break(actor=house.person("secretaria.general"), emergency=asked)


def raise_level(house: House) -> None:
    appoint(house, "custodian", "custodia")
    classification.propose_level(
        actor=house.person("custodia"), document=house.piece(RESTRICTED), level=Level.RESERVED,
        grounds=factories.grounds_for(Level.RESERVED),
    )  # fmt: skip


def change(house: House, login: str, **columns: Any) -> None:
    person = house.person(login)
    for name, value in columns.items():
        setattr(person, name, value)
    person.save()


def withdraw(house: House) -> None:
    granted = Grant.objects.filter(withdrawal=None).get()
    access.revoke_grant(actor=house.cast["secretaria.general"], grant=granted)


def keep_and_withdraw(house: House) -> None:
    """Who granted keeps the expediente again, to withdraw."""
    appoint(house, "custodian", "secretaria.general")
    withdraw(house)


def end_custody(house: House) -> None:
    held = house.expedientes["A"].appointments.get(person=house.cast["custodia"])
    roles.end_appointment(actor=None, appointment=held, act="R")


def end_session(house: House) -> None:
    Session.objects.all().delete()


def no_end(house: House) -> None:
    """What ends it is the time alone."""


Act = Callable[[House], Any]
NOW, LATER, TOMORROW = datetime.timedelta(), datetime.timedelta(minutes=61), datetime.timedelta(days=1)
#: Ending → who reads, which piece, what opens it, what ends it, and how much later it is.
ENDINGS: Mapping[str, tuple[str, str, Act, Act, datetime.timedelta]] = {
    "withdrawn": ("revisora", RESERVED, given, keep_and_withdraw, NOW),
    "its last day is over": ("revisora", RESERVED, lambda h: grant(h, RESERVED, "revisora", 0), no_end, TOMORROW),
    "the minutes of an emergency are over": ("archivista", RESERVED, broken, no_end, LATER),
    "the account is disabled": ("revisora", RESERVED, given, lambda h: change(h, "revisora", is_active=False), NOW),
    "the desk is shut": ("revisora", RESERVED, given, lambda h: change(h, "revisora", desk_access=False), NOW),
    "she becomes an administrator": (
        "revisora", RESERVED, given,
        lambda h: roles.assign_role(actor=None, person=h.cast["revisora"], role=Role.ADMINISTRATOR, act="R"), NOW),
    "recused from the piece": (
        "revisora", RESERVED, given,
        lambda h: recusals.recuse(actor=None, person=h.cast["revisora"], subject=h.piece(RESERVED), act="A"), NOW),
    "recused from the expediente, by office": (
        "archivista", RESTRICTED, no_end,
        lambda h: recusals.recuse(actor=None, person=h.cast["archivista"], subject=h.expedientes["A"], act="A"), NOW),
    "she leaves the office": (
        "archivista", RESTRICTED, no_end, lambda h: h.person("archivista").groups.clear(), NOW),
    "the level rises": ("archivista", RESTRICTED, no_end, raise_level, NOW),
    "custody ends": ("custodia", RESERVED, lambda h: appoint(h, "custodian", "custodia"), end_custody, NOW),
    "custody was until today": (
        "custodia", RESERVED, lambda h: appoint(h, "custodian", "custodia", until=0), no_end, TOMORROW),
    "the grant to her office is withdrawn": (
        "revisora", RESTRICTED, lambda h: grant_to_office(h, RESTRICTED, "reviewer"), withdraw, NOW),
    "the grant over the convenio is withdrawn": (
        "ajeno", RESTRICTED, lambda h: grant_convenio(h, "ajeno"), withdraw, NOW),
    "the grant over the package is withdrawn": (
        "ajeno", RESTRICTED, lambda h: grant_package(h, "ajeno", RESTRICTED), withdraw, NOW),
    "the supplier's person leaves": (
        "proveedor", RESTRICTED, lambda h: make_own(h, RESTRICTED, "proveedor"),
        lambda h: h.person("proveedor").groups.clear(), NOW),
    "the session was ended elsewhere": (
        "revisora", RESERVED, given, end_session, NOW),
}  # fmt: skip


@pytest.mark.requirement("I3", "I11")
@pytest.mark.parametrize("ending", ENDINGS)
def test_bytes_stop_at_each_ending(house: House, ending: str) -> None:
    login, name, arrange, end, later = ENDINGS[ending]
    with undone():
        arrange(house)
        bytes_left = parts(house, login, name)
        next(bytes_left)
        end(house)
        with clock.at(clock.now() + later), pytest.raises(watching.Stopped):
            for _part in bytes_left:
                pass
        assert LedgerEvent.objects.filter(action="download.stopped").count() == 1
        with clock.at(clock.now() + later):
            assert allows(house.person(login), "download", house.piece(name)) is (end is end_session)


def test_bytes_do_not_stop_of_themselves(house: House) -> None:
    with undone():
        given(house)
        whole = b"".join(parts(house, "revisora", RESERVED))
        assert whole == f"{RESERVED} {LONG}".encode()


def parts(house: House, login: str, name: str) -> Iterator[bytes]:
    """The bytes as they leave."""
    client = Client()
    client.force_login(house.cast[login])
    response = client.get(f"/custodia/documentos/{house.pieces[name].pk}/original")
    assert response.status_code == 200
    return iter(response.streaming_content)
