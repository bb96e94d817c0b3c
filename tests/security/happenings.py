"""What may happen to the rights over a house, each through the service that a screen would call: the draws of
`test_worlds`. Each act takes what a draw gives: about what, who, and two small numbers that become days."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from hypothesis import strategies as st

from records import clock
from records.models import ClassificationAct, Grant, Recusal, Tie
from records.services import access, break_glass, classification, correction, organisations, placements, recusals, roles
from records.vocabulary import GrantBasis, Level, OrganisationKind, Role, TieKind
from tests import factories
from tests.security.house import House

PEOPLE = ("archivista", "jefatura", "revisora", "proveedor", "otro.proveedor", "auditoria", "ajeno", "administracion")
PIECES = ("A.P", "A.C", "A.R", "A.S", "B.C", "B.R")
ROLES = (
    Role.CONTRACTS_GROUP,
    Role.CONTRACTS_HEAD,
    Role.REVIEWER,
    Role.SUPPLIER,
    Role.ADMINISTRATOR,
    Role.VDE_DEPENDENCY,
    Role.RECEPTOR,
    Role.AUDITOR,
)


def thing(house: House, what: str) -> Any:
    return house.piece(what) if "." in what else house.expedientes[what]


def piece_of(house: House, what: str) -> Any:
    """A piece: of an expediente its reserved one."""
    return house.piece(what if "." in what else f"{what}.R")


def by_name(house: House, what: str, who: str, first: int, last: int) -> None:
    today = clock.today()
    begins = today + datetime.timedelta(days=first) if first else None
    access.grant_access(
        actor=house.cast["custodia"], target=thing(house, what), person=house.cast[who], starts_on=begins,
        until=today + datetime.timedelta(days=last), reason="x",
    )  # fmt: skip


def to_office(house: House, what: str, who: str, first: int, last: int) -> None:
    group, _made = Group.objects.get_or_create(name=ROLES[(first + last) % len(ROLES)])
    until = clock.today() + datetime.timedelta(days=last)
    access.grant_access(actor=house.cast["custodia"], target=thing(house, what), office=group, until=until, reason="x")


def on_convenio(house: House, what: str, who: str, first: int, last: int) -> None:
    convenio = access.get_convenio_for(house.cast["custodia"], "CD-2026-777")
    until = clock.today() + datetime.timedelta(days=last)
    access.grant_access(actor=house.cast["custodia"], target=convenio, person=house.cast[who], until=until, reason="x")


def on_package(house: House, what: str, who: str, first: int, last: int) -> None:
    package = access.get_package_for(house.cast["custodia"], house.piece("A.P").batch or "")
    until = clock.today() + datetime.timedelta(days=last)
    access.grant_access(actor=house.cast["custodia"], target=package, person=house.cast[who], until=until, reason="x")


def for_case(house: House, what: str, who: str, first: int, last: int) -> None:
    access.grant_for_case(
        actor=house.cast["custodia"], pieces=[thing(house, what)], person=house.cast[who], basis=GrantBasis.AUDIT,
        case_number="7", until=clock.today() + datetime.timedelta(days=last), reason="x",
    )  # fmt: skip


def withdraw(house: House, what: str, who: str, first: int, last: int) -> None:
    standing = list(Grant.objects.filter(withdrawal=None).order_by("granted_at"))
    if standing:
        access.revoke_grant(actor=house.cast["custodia"], grant=standing[(first + last) % len(standing)])


def give_role(house: House, what: str, who: str, first: int, last: int) -> None:
    days: dict[str, Any] = {"starts_on": clock.today() + datetime.timedelta(days=first)} if first else {}
    until = clock.today() + datetime.timedelta(days=last)
    roles.assign_role(
        actor=None, person=house.cast[who], role=ROLES[(first + last) % len(ROLES)], act="R", until=until, **days
    )


def take_roles(house: House, what: str, who: str, first: int, last: int) -> None:
    house.person(who).groups.clear()


def appoint(house: House, what: str, who: str, first: int, last: int) -> None:
    kind = "custodian" if last % 2 else "supervisor"
    today = clock.today()
    access.appoint(
        expediente=house.expedientes[what[0]], person=house.cast[who], kind=kind, act="R",
        starts_on=today + datetime.timedelta(days=first), ends_on=today + datetime.timedelta(days=first + last),
    )  # fmt: skip


def recuse(house: House, what: str, who: str, first: int, last: int) -> None:
    recusals.recuse(
        actor=None, person=house.cast[who], subject=thing(house, what), act="A",
        starts_on=clock.today() + datetime.timedelta(days=first),
        until=clock.today() + datetime.timedelta(days=first + last) if last % 2 else None,
    )  # fmt: skip


def readmit(house: House, what: str, who: str, first: int, last: int) -> None:
    standing = Recusal.objects.filter(end=None).first()
    if standing:
        recusals.end_recusal(actor=None, recusal=standing, act="A")


def own(house: House, what: str, who: str, first: int, last: int) -> None:
    supplier = organisations.note_organisation(actor=None, kind="supplier", name="Empresa")
    organisations.join_organisation(
        actor=None, organisation=supplier, person=house.cast[who], act="P", starts_on=clock.today(),
        until=clock.today() + datetime.timedelta(days=last),
    )  # fmt: skip
    organisations.tie(actor=None, organisation=supplier, subject=thing(house, what), kind=TieKind.PRODUCED)


def break_open(house: House, what: str, who: str, first: int, last: int) -> None:
    asked = break_glass.ask_to_break(actor=house.person(who), document=piece_of(house, what), reason="x", minutes=60)
    break_glass.confirm_break(actor=house.person("secretaria.general"), emergency=asked)


def raise_level(house: House, what: str, who: str, first: int, last: int) -> None:
    classification.propose_level(
        actor=house.person("custodia"), document=piece_of(house, what), level=Level.RESERVED,
        grounds=factories.grounds_for(Level.RESERVED),
    )  # fmt: skip


def decide(house: House, what: str, who: str, first: int, last: int) -> None:
    waiting = ClassificationAct.objects.filter(state="proposed").first()
    if waiting:
        classification.approve_act(actor=house.person("jefatura"), act=waiting)


def disable(house: House, what: str, who: str, first: int, last: int) -> None:
    person = house.person(who)
    person.is_active = not person.is_active
    person.save()


def end_custody(house: House, what: str, who: str, first: int, last: int) -> None:
    held = house.expedientes[what[0]].appointments.filter(end=None, person=house.cast[who]).first()
    if held:
        roles.end_appointment(actor=None, appointment=held, act="R")


def renew(house: House, what: str, who: str, first: int, last: int) -> None:
    standing = list(Grant.objects.filter(withdrawal=None).order_by("granted_at"))
    if standing:
        grant = standing[(first + last) % len(standing)]
        until = clock.today() + datetime.timedelta(days=first + last)
        access.renew_grant(actor=house.cast["custodia"], grant=grant, until=until, reason="x")


def receive(house: House, what: str, who: str, first: int, last: int) -> None:
    """The expediente is of the receptor's project."""
    receptor = organisations.note_organisation(actor=None, kind=OrganisationKind.RECEPTOR, name="Unidad")
    roles.assign_role(actor=None, person=house.cast[who], role=Role.RECEPTOR, act="R")
    organisations.join_organisation(
        actor=None, organisation=receptor, person=house.cast[who], act="P", starts_on=clock.today()
    )
    organisations.tie(actor=None, organisation=receptor, subject=house.expedientes[what[0]], kind=TieKind.RECEIVES)


def untie(house: House, what: str, who: str, first: int, last: int) -> None:
    standing = Tie.objects.filter(end=None).first()
    if standing:
        organisations.untie(actor=None, held=standing, act="R")


def send_back(house: House, what: str, who: str, first: int, last: int) -> None:
    waiting = ClassificationAct.objects.filter(state="proposed").first()
    if waiting:
        classification.return_act(actor=house.person("jefatura"), act=waiting, observations="x")


def lower_level(house: House, what: str, who: str, first: int, last: int) -> None:
    classification.propose_level(
        actor=house.person("custodia"), document=piece_of(house, what), level=Level.RESTRICTED,
        grounds=factories.grounds_for(Level.RESTRICTED),
    )  # fmt: skip


def annul(house: House, what: str, who: str, first: int, last: int) -> None:
    correction.annul_document(actor=house.person("custodia"), document=piece_of(house, what), reason="x")


def incorporate(house: House, what: str, who: str, first: int, last: int) -> None:
    other = house.expedientes["B" if what[0] == "A" else "A"]
    placements.place_document(
        actor=house.person("custodia"), document=piece_of(house, what), expediente=other, reason="x"
    )


HAPPENINGS: tuple[Callable[..., None], ...] = (
    by_name, to_office, on_convenio, on_package, for_case, withdraw, give_role, take_roles, appoint, recuse, readmit,
    own, break_open, raise_level, decide, disable, end_custody,
    renew, receive, untie, send_back, lower_level, annul, incorporate,
)  # fmt: skip
Drawn = list[tuple[Callable[..., None], str, str, int, int, int]]
happenings: st.SearchStrategy[Drawn] = st.lists(
    st.tuples(
        st.sampled_from(HAPPENINGS),
        st.sampled_from((*PIECES, "A", "B")),
        st.sampled_from(PEOPLE),
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from((1, 2, 9, 26, 50)),  # hours until the next
    ),
    min_size=1,
    max_size=8,
)
