"""States of rights over the house: how each comes about, and who then reads what."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission

from records import clock
from records.services import access, classification
from records.vocabulary import Level
from tests import factories
from tests.people import ANONYMOUS
from tests.security.house import House

#: What each person reads of A and of B when nothing was given to anybody by name.
BASE: Mapping[str, tuple[str, str]] = {
    # login               A       B        P pública · C clasificada · R reservada · S sin clasificar
    "archivista":         ("PC·S", "PC·S"),
    "custodia":           ("PC·S", "PC·S"),
    "jefatura":           ("PC··", "PC··"),
    "secretaria.general": ("PC··", "PC··"),
    "supervisor.cd001":   ("P···", "P···"),
    "supervisor.cd002":   ("P···", "P···"),
    "revisora":           ("P···", "P···"),
    "proveedor":          ("P···", "P···"),
    "otro.proveedor":     ("P···", "P···"),
    "auditoria":          ("P···", "P···"),
    "ajeno":              ("P···", "P···"),
    "administracion":     ("····", "····"),
    "editora":            ("····", "····"),
    "inactivo":           ("····", "····"),
    ANONYMOUS:            ("····", "····"),
}  # fmt: skip

YESTERDAY, TODAY, TOMORROW = -1, 0, 1
Reads = Mapping[str, tuple[str, str]]


def day(shift: int) -> datetime.date:
    return clock.today() + datetime.timedelta(days=shift)


def days_ago(number: int) -> Any:
    return clock.at(clock.now() - datetime.timedelta(days=number))


# Acts, each through the service a screen would call ---------------------------------------------------------


def grant(house: House, target: str, login: str, until: int = 30) -> Any:
    """A grant on a piece ("A.C") or on an expediente ("A"), made three days ago by who kept it then."""
    place, last = house.expedientes[target[0]], day(until)
    with days_ago(9):
        factories.appoint_custodian(place, house.cast["secretaria.general"], starts_on=day(0), ends_on=day(6))
    with days_ago(3):
        aim = house.piece(target) if "." in target else place
        return access.grant_access(
            actor=house.cast["secretaria.general"], target=aim, person=house.cast[login], until=last, reason="Caso 117"
        )


def withdraw(house: House, made: Any) -> None:
    with days_ago(3):
        access.revoke_grant(actor=house.cast["secretaria.general"], grant=made)


def appoint(house: House, kind: str, login: str, since: int = YESTERDAY, until: int = TOMORROW) -> None:
    """An appointment to A."""
    access.appoint(
        expediente=house.expedientes["A"], person=house.cast[login], kind=kind, act="Resolución 7",
        starts_on=day(since), ends_on=day(until),
    )  # fmt: skip


def propose(house: House, name: str, level: str) -> Any:
    appoint(house, "custodian", "custodia")
    return classification.propose_level(
        actor=house.cast["custodia"], document=house.piece(name), level=level, grounds=factories.grounds_for(level)
    )


def approve(house: House, act: Any) -> None:
    classification.approve_act(actor=house.cast["jefatura"], act=act)


def send_back(house: House, act: Any) -> None:
    classification.return_act(actor=house.cast["jefatura"], act=act, observations="Falta ponderar.")


def join(house: House, login: str, role: str) -> None:
    house.cast[login].groups.add(Group.objects.get_or_create(name=role)[0])


def change(house: House, login: str, **columns: Any) -> None:
    type(house.cast[login])._default_manager.filter(pk=house.cast[login].pk).update(**columns)


def give_model_right(house: House, login: str) -> None:
    """Django's own right over the model, the one that opens every row where has_perm is asked."""
    rights = Permission.objects.filter(content_type__app_label="records", codename="view_document")
    house.cast[login].user_permissions.add(*rights)


# The table --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """`arrange` brings it about; `reads` says what those it touches read of A and of B; `filed_by` who filed what."""

    arrange: Callable[[House], object]
    reads: Reads = field(default_factory=dict)
    filed_by: Mapping[str, str] = field(default_factory=dict)


#: The state in which BASE holds for everybody.
BASIS = "nothing given to anybody"
STATES: Mapping[str, State] = {
    BASIS: State(lambda h: None),
    # Grants
    "grant on a restricted piece": State(
        lambda h: grant(h, "A.C", "revisora"), {"revisora": ("PC··", "P···")}),
    "grant on a reserved piece": State(
        lambda h: grant(h, "A.R", "revisora"), {"revisora": ("P·R·", "P···")}),
    "grant on a reserved piece to somebody of the office": State(
        lambda h: grant(h, "A.R", "archivista"), {"archivista": ("PCRS", "PC·S")}),
    "grant on a piece without level": State(
        lambda h: grant(h, "A.S", "revisora"), {"revisora": ("P···", "P···")}),
    "grant on an expediente": State(
        lambda h: grant(h, "A", "revisora"), {"revisora": ("PC··", "P···")}),
    "grants on both": State(
        lambda h: (grant(h, "A", "revisora"), grant(h, "B.R", "revisora")), {"revisora": ("PC··", "P·R·")}),
    "grant on its last day": State(
        lambda h: grant(h, "A.R", "revisora", TODAY), {"revisora": ("P·R·", "P···")}),
    "grant expired": State(
        lambda h: grant(h, "A.C", "revisora", YESTERDAY), {"revisora": ("P···", "P···")}),
    "grant on an expediente expired": State(
        lambda h: grant(h, "A", "revisora", YESTERDAY), {"revisora": ("P···", "P···")}),
    "grant withdrawn": State(
        lambda h: withdraw(h, grant(h, "A.R", "revisora")), {"revisora": ("P···", "P···")}),
    "grant on an expediente withdrawn": State(
        lambda h: withdraw(h, grant(h, "A", "revisora")), {"revisora": ("P···", "P···")}),
    # Appointments
    "custodian today": State(
        lambda h: appoint(h, "custodian", "custodia"), {"custodia": ("PCRS", "PC·S")}),
    "custodian on the last day": State(
        lambda h: appoint(h, "custodian", "custodia", until=TODAY), {"custodia": ("PCRS", "PC·S")}),
    "custodian until yesterday": State(
        lambda h: appoint(h, "custodian", "custodia", -9, YESTERDAY), {"custodia": ("PC·S", "PC·S")}),
    "custodian from tomorrow": State(
        lambda h: appoint(h, "custodian", "custodia", TOMORROW, 9), {"custodia": ("PC·S", "PC·S")}),
    "supervisor today": State(
        lambda h: appoint(h, "supervisor", "supervisor.cd001"), {"supervisor.cd001": ("PC··", "P···")}),
    "supervisor until yesterday": State(
        lambda h: appoint(h, "supervisor", "supervisor.cd001", -9, YESTERDAY),
        {"supervisor.cd001": ("P···", "P···")}),
    "supervisor with a grant on a reserved piece": State(
        lambda h: (appoint(h, "supervisor", "supervisor.cd001"), grant(h, "A.R", "supervisor.cd001")),
        {"supervisor.cd001": ("PCR·", "P···")}),
    # Levels on their way
    "a first level waits for approval": State(
        lambda h: propose(h, "A.S", Level.RESERVED),
        {"custodia": ("PCRS", "PC·S"), "jefatura": ("PC·S", "PC··")}),
    "a lowering waits for approval": State(
        lambda h: propose(h, "A.R", Level.RESTRICTED),
        {"custodia": ("PCRS", "PC·S"), "jefatura": ("PCR·", "PC··")}),
    "a lowering waits, and the approver filed the piece": State(
        lambda h: propose(h, "A.R", Level.RESTRICTED), {"custodia": ("PCRS", "PC·S")}, {"A.R": "jefatura"}),
    "A.S was approved as reserved": State(
        lambda h: approve(h, propose(h, "A.S", Level.RESERVED)),
        {"custodia": ("PCRS", "PC·S"), "archivista": ("PC··", "PC·S")}),
    "a proposal was returned": State(
        lambda h: send_back(h, propose(h, "A.S", Level.RESTRICTED)), {"custodia": ("PCRS", "PC·S")}),
    "A.C was raised to reserved": State(
        lambda h: (grant(h, "A", "revisora"), grant(h, "A.C", "proveedor"), propose(h, "A.C", Level.RESERVED)),
        {"custodia": ("PCRS", "PC·S"), "archivista": ("P··S", "PC·S"), "jefatura": ("P···", "PC··"),
         "secretaria.general": ("P···", "PC··"), "proveedor": ("PC··", "P···")}),
    # Filers and people
    "filer of a piece without level": State(
        lambda h: None, {"supervisor.cd001": ("P··S", "P···")}, {"A.S": "supervisor.cd001"}),
    "filer of a piece with a level": State(lambda h: None, {}, {"A.C": "supervisor.cd001"}),
    "filer who left the office": State(
        lambda h: h.cast["archivista"].groups.clear(), {"archivista": ("P··S", "P··S")}),
    "the person is disabled": State(
        lambda h: (grant(h, "A", "revisora"), grant(h, "A.R", "revisora"), change(h, "revisora", is_active=False)),
        {"revisora": ("····", "····")}),
    "the person may no longer enter the desk": State(
        lambda h: (grant(h, "A.R", "revisora"), change(h, "revisora", desk_access=False)),
        {"revisora": ("····", "····")}),
    "who manages people is also of the office, and custodian": State(
        lambda h: (join(h, "administracion", "contracts_group"), appoint(h, "custodian", "administracion")),
        {"administracion": ("····", "····")}),
    "people with Django's own right over the model": State(
        lambda h: (give_model_right(h, "editora"), give_model_right(h, "revisora"))),
}  # fmt: skip


def reads_of(state: State, login: str) -> set[str]:
    """Names of the pieces the person reads in this state."""
    letters = state.reads.get(login, BASE[login])
    return {f"{place}.{letter}" for place, held in zip("AB", letters, strict=True) for letter in held if letter != "·"}
