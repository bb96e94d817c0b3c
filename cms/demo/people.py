"""The cast: made once, with passwords set anew at each start."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from cms.demo import fixtures
from cms.demo.fixtures import Row
from cms.users.models import User
from records.api import Role

#: Letters nobody confuses when copying a password from a terminal.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Roles that enter the page editor.
EDITING = frozenset({Role.PAGE_EDITOR, Role.PAGE_APPROVER})


def cast() -> list[Row]:
    people: list[Row] = fixtures.read("people")["people"]
    return people


def ensure_people() -> None:
    """Roles and cast as `people.json` has them; running it again changes nothing."""
    with transaction.atomic():
        for role in Role.values:
            Group.objects.get_or_create(name=role)
        for row in cast():
            ensure_person(row)


def ensure_person(row: Row) -> None:
    person, made = User.objects.get_or_create(
        username=row["login"],
        defaults={
            "full_name": row["full_name"],
            "email": f"{row['login']}@ejemplo.invalid",
            "desk_access": row["desk"],
            "is_staff": not EDITING.isdisjoint(row["roles"]),
            "is_active": row.get("active", True),
        },
    )
    if made:
        person.groups.set(Group.objects.filter(name__in=row["roles"]))


def new_password() -> str:
    """DEMO_PASSWORD, else three random groups (about 59 bits)."""
    chosen = str(getattr(settings, "DEMO_PASSWORD", ""))
    return chosen or "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def set_passwords(password: str) -> None:
    """Give the whole cast one password, each hash with its own salt.

    Hashing is what costs (scrypt, about 50 ms each); it releases the interpreter, so two at a time.
    """
    people = list(User.objects.filter(username__in=[row["login"] for row in cast()]))
    with ThreadPoolExecutor(max_workers=2) as pool:
        hashes = list(pool.map(make_password, [password] * len(people)))
    for person, encoded in zip(people, hashes, strict=True):
        person.password = encoded
    User.objects.bulk_update(people, ["password"])


def users_and_roles() -> list[dict[str, str]]:
    return [{"login": row["login"], "role": ", ".join(row["roles"])} for row in cast()]
