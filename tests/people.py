"""The cast (one login each), as every permission table names them; `make_cast` creates them all.

Roles are groups named by a stable code; named custody and grants are made by the tests that need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from tests.ground import PASSWORD

if TYPE_CHECKING:
    from cms.users.models import User


@dataclass(frozen=True)
class Person:
    """What a member of the cast is before anything is granted to them."""

    roles: tuple[str, ...] = ()
    desk: bool = True
    editor: bool = False
    active: bool = True
    duties: str = field(default="", compare=False)


CAST: Mapping[str, Person] = {
    "archivista": Person(("contracts_group",), duties="files for Grupo de Contratos"),
    "custodia": Person(("contracts_group",), duties="named custodian where a test appoints them"),
    "jefatura": Person(("contracts_head",), duties="approves"),
    "secretaria.general": Person(("secretary_general",), duties="signs"),
    "supervisor.cd001": Person(("supervisor",), duties="supervises CD-2026-001"),
    "supervisor.cd002": Person(("supervisor",), duties="supervises CD-2026-002"),
    "revisora": Person(("reviewer",), duties="reads what was granted to her"),
    "proveedor": Person(("supplier",), duties="sees its own"),
    "otro.proveedor": Person(("supplier",), duties="sees its own, never the other's"),
    "auditoria": Person(("auditor",), duties="reads the ledger"),
    "administracion": Person(("administrator",), duties="manages people and reads no custody"),
    "ajeno": Person(duties="staff with no business here"),
    "editora": Person(("page_editor",), desk=False, editor=True, duties="edits pages only"),
    "inactivo": Person(("contracts_group",), active=False, duties="disabled account"),
}
ANONYMOUS = "anonymous"


def make_person(login: str) -> User:
    """The member of the cast with this login, with roles and the test password."""
    return make_people([login])[login]


def make_cast() -> dict[str, User]:
    """Login → user, for the whole cast."""
    return make_people(CAST)


def make_people(logins: Iterable[str]) -> dict[str, User]:
    """Login → user: as rows written at once, as nearly every test of the desk begins with the whole cast."""
    made = get_user_model().objects.bulk_create([user_of(login) for login in logins])
    people = {user.username: user for user in made}
    wanted = {role for login in people for role in CAST[login].roles}
    Group.objects.bulk_create([Group(name=role) for role in sorted(wanted)], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=wanted).values_list("name", "pk"))
    membership = get_user_model().groups.through
    held = [(user, role) for user in made for role in CAST[user.username].roles]
    membership.objects.bulk_create([membership(user=user, group_id=groups[role]) for user, role in held])
    begin_history(made, held)
    return people


def begin_history(made: Iterable[User], held: Iterable[tuple[User, str]]) -> None:
    """What the product leaves of each account and role when it is made one by one."""
    from records import clock
    from records.models import AccountSpell, RoleAssignment  # applications are loaded by now

    now = clock.now()
    RoleAssignment.objects.bulk_create([RoleAssignment(person=user, role=role, assigned_at=now) for user, role in held])
    AccountSpell.objects.bulk_create(
        [AccountSpell(person=one, since=now, is_active=one.is_active, desk_access=one.desk_access) for one in made]
    )


def user_of(login: str) -> User:
    """Not yet in the database."""
    person = CAST[login]
    return get_user_model()(
        username=login,
        password=make_password(PASSWORD),
        full_name=login.replace(".", " ").title(),
        desk_access=person.desk,
        is_staff=person.editor,
        is_active=person.active,
    )
