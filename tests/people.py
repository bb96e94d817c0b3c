"""The cast (one login each), as every permission table names them; `make_cast` creates them all.

Roles are groups named by a stable code; named custody and grants are made by the tests that need them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
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
    person = CAST[login]
    user: User = get_user_model().objects.create_user(
        username=login,
        password=PASSWORD,
        full_name=login.replace(".", " ").title(),
        desk_access=person.desk,
        is_staff=person.editor,
        is_active=person.active,
    )
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in person.roles])
    return user


def make_cast() -> dict[str, User]:
    """Login → user, for the whole cast."""
    return {login: make_person(login) for login in CAST}
