"""States of rights over the house: how each comes about, and who then reads what."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission

from records import clock
from records.models import Document, Expediente
from records.services import access, classification, organisations, recusals
from records.vocabulary import GrantBasis, Level, OrganisationKind, TieKind
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


def recuse(house: House, target: str, login: str, since: int = TODAY, until: int | None = None) -> Any:
    """A recusal from an expediente ("A") or a piece ("A.C"), as a committee writes it."""
    return recusals.recuse(
        actor=None, person=house.cast[login], act="Acta 4", starts_on=day(since),
        subject=house.piece(target) if "." in target else house.expedientes[target],
        until=None if until is None else day(until),
    )  # fmt: skip


def grant_to_office(house: House, target: str, role: str) -> Any:
    appoint(house, "custodian", "secretaria.general")
    return access.grant_access(
        actor=house.cast["secretaria.general"], office=Group.objects.get(name=role), until=day(9), reason="Caso 118",
        target=house.piece(target) if "." in target else house.expedientes[target],
    )  # fmt: skip


def grant_convenio(house: House, login: str) -> None:
    """A belongs to a convenio, which is granted whole."""
    with factories.behind_the_product():
        Expediente.objects.filter(pk=house.expedientes["A"].pk).update(convenio_number="CD-2026-777")
    appoint(house, "custodian", "secretaria.general")
    convenio = access.get_convenio_for(house.cast["secretaria.general"], "CD-2026-777")
    access.grant_access(
        actor=house.cast["secretaria.general"], target=convenio, person=house.cast[login], until=day(9), reason="Caso"
    )


def grant_package(house: House, login: str, name: str) -> None:
    """A package of A is granted; of what came in it only one piece, for the others came in none."""
    with factories.behind_the_product():
        Document.objects.filter(expediente=house.expedientes["A"]).exclude(pk=house.pieces[name].pk).update(batch=None)
    appoint(house, "custodian", "secretaria.general")
    package = access.get_package_for(house.cast["secretaria.general"], str(house.piece(name).batch))
    access.grant_access(
        actor=house.cast["secretaria.general"], target=package, person=house.cast[login], until=day(9), reason="Caso"
    )


def open_for_case(house: House, name: str, login: str) -> None:
    appoint(house, "custodian", "secretaria.general")
    access.grant_for_case(
        actor=house.cast["secretaria.general"], pieces=[house.piece(name)], person=house.cast[login],
        basis=GrantBasis.AUTHORITY, case_number="2026-31", until=day(9), reason="Traslado",
    )  # fmt: skip


def make_own(house: House, name: str, login: str, kind: str = TieKind.PRODUCED) -> None:
    """The piece is of the supplier for whom the person acts."""
    supplier = organisations.note_organisation(actor=None, kind=OrganisationKind.SUPPLIER, name=f"Empresa de {login}")
    organisations.join_organisation(
        actor=None, organisation=supplier, person=house.cast[login], act="Poder 3", starts_on=day(YESTERDAY)
    )
    organisations.tie(actor=None, organisation=supplier, subject=house.piece(name), kind=kind)


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
    # Grants of other kinds
    "grant to an office": State(
        lambda h: grant_to_office(h, "A.C", "reviewer"),
        {"revisora": ("PC··", "P···"), "secretaria.general": ("PCRS", "PC··")}),
    "grant to an office on an expediente": State(
        lambda h: grant_to_office(h, "A", "auditor"),
        {"auditoria": ("PC··", "P···"), "secretaria.general": ("PCRS", "PC··")}),
    "grant on a convenio": State(
        lambda h: grant_convenio(h, "ajeno"), {"ajeno": ("PC··", "P···"), "secretaria.general": ("PCRS", "PC··")}),
    "grant on a package": State(
        lambda h: grant_package(h, "ajeno", "A.C"),
        {"ajeno": ("PC··", "P···"), "secretaria.general": ("PCRS", "PC··")}),
    "a piece opened for a case": State(
        lambda h: open_for_case(h, "A.R", "auditoria"),
        {"auditoria": ("P·R·", "P···"), "secretaria.general": ("PCRS", "PC··")}),
    # Suppliers' own
    "a supplier's own material": State(
        lambda h: make_own(h, "A.C", "proveedor"), {"proveedor": ("PC··", "P···")}),
    "a text that a supplier signs": State(
        lambda h: make_own(h, "B.C", "proveedor", TieKind.SIGNS), {"proveedor": ("P···", "PC··")}),
    "a supplier's own, reserved": State(
        lambda h: make_own(h, "A.R", "proveedor"), {"proveedor": ("P···", "P···")}),
    "a supplier's own, and the person is no supplier": State(
        lambda h: make_own(h, "A.C", "ajeno"), {"ajeno": ("P···", "P···")}),
    # Recusals
    "recused from an expediente": State(
        lambda h: recuse(h, "A", "archivista"), {"archivista": ("····", "PC·S")}),
    "recused from an expediente one keeps": State(
        lambda h: (appoint(h, "custodian", "custodia"), recuse(h, "A", "custodia")), {"custodia": ("····", "PC·S")}),
    "recused from a piece": State(
        lambda h: recuse(h, "A.C", "archivista"), {"archivista": ("P··S", "PC·S")}),
    "recused from what was granted": State(
        lambda h: (grant(h, "A.R", "revisora"), grant(h, "A", "revisora"), recuse(h, "A", "revisora")),
        {"revisora": ("····", "P···")}),
    "recused from a proposal to decide": State(
        lambda h: (propose(h, "A.S", Level.RESERVED), recuse(h, "A.S", "jefatura")),
        {"custodia": ("PCRS", "PC·S"), "jefatura": ("PC··", "PC··")}),
    "recused from a supplier's own material": State(
        lambda h: (make_own(h, "A.C", "proveedor"), recuse(h, "A.C", "proveedor")), {"proveedor": ("P···", "P···")}),
    "recused until yesterday, and from tomorrow": State(
        lambda h: (recuse(h, "A", "archivista", -9, YESTERDAY), recuse(h, "A", "archivista", TOMORROW))),
    "a recusal that was ended": State(
        lambda h: recusals.end_recusal(actor=None, recusal=recuse(h, "A", "archivista"), act="Acta 5")),
    "people with Django's own right over the model": State(
        lambda h: (give_model_right(h, "editora"), give_model_right(h, "revisora"))),
}  # fmt: skip


def reads_of(state: State, login: str) -> set[str]:
    """Names of the pieces the person reads in this state."""
    letters = state.reads.get(login, BASE[login])
    return {f"{place}.{letter}" for place, held in zip("AB", letters, strict=True) for letter in held if letter != "·"}
