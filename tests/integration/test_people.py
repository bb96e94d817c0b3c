"""A login is written once, and whoever acted stays: receipts are signed over it and the ledger names people by it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from cms.users.models import User
from records import audit, triggers
from records.models import Expediente
from records.services.receipts import Witness
from tests import factories
from tests.people import make_cast, make_person

STAYS = "El usuario de una persona no cambia"

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    return factories.make_expediente(cast["archivista"])


@pytest.fixture
def keeper() -> Client:
    """Whoever manages people in the editor: the rights of Wagtail's admin over them, and its door."""
    person = User.objects.create_user(username="quien.administra", is_staff=True)
    rights = Permission.objects.filter(
        content_type__app_label__in=("users", "wagtailadmin"),
        codename__in=("access_admin", "add_user", "change_user", "delete_user"),
    )
    person.user_permissions.set(rights)
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.rule("K4")
@pytest.mark.requirement("C2")
def test_a_login_never_changes_and_old_receipts_hold(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente)
    person = User.objects.get(username="archivista")
    person.username = "otra"
    for refused in (person.save, person.full_clean, lambda: person.save(update_fields=["username"])):
        with pytest.raises(ValidationError) as fault:
            refused()
        assert STAYS in str(fault.value)
    fresh = User.objects.create_user(username="nueva")
    fresh.username = "otra"
    with pytest.raises(ValidationError):
        fresh.save()
    piece.refresh_from_db()
    assert piece.filed_by.get_username() == "archivista"
    assert Witness.of([piece]).standing_of(piece) == "signed"


@pytest.mark.rule("K4")
def test_the_database_refuses_another_login_whoever_asks(cast: dict[str, Any]) -> None:
    person = cast["archivista"]
    renamed = User(pk=person.pk, username="otra", full_name="A")

    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE users_user SET username = 'otra' WHERE username = 'archivista'")

    for act in (
        lambda: User.objects.filter(pk=person.pk).update(username="otra"),
        lambda: User.objects.bulk_update([renamed], ["username"]),
        renamed.save,
        by_hand,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert User.objects.filter(username="archivista").exists()
    assert triggers.LOGIN in triggers.present(connection)


def test_everything_else_of_a_person_changes(cast: dict[str, Any]) -> None:
    person = User.objects.get(username="archivista")
    person.full_name, person.is_active = "Otro nombre", False
    person.save()
    person.refresh_from_db()
    person.set_password("otra clave larga")
    person.save()
    User.objects.defer("username").get(pk=person.pk).save()
    User.objects.filter(pk=person.pk).update(email="b@ejemplo.invalid")
    found = User.objects.get(username="archivista")
    assert (found.full_name, found.is_active, found.email) == ("Otro nombre", False, "b@ejemplo.invalid")


def test_the_editor_is_no_door_to_people(keeper: Client) -> None:
    """People are managed at the desk alone: the editor's own pages of them are shut, whatever rights somebody holds."""
    person = make_person("revisora")
    addresses = (
        "users/",
        "users/new/",
        f"users/edit/{person.pk}/",
        f"users/delete/{person.pk}/",
        "groups/",
        "groups/new/",
    )
    for address in (*addresses, f"bulk/users/user/delete/?id={person.pk}"):
        for ask in (keeper.get, keeper.post):
            assert ask(f"/editor/{address}").status_code == 404, address
    assert keeper.get("/editor/").status_code == 200


@pytest.mark.rule("K4")
def test_whoever_acted_is_not_deleted(expediente: Expediente, cast: dict[str, Any]) -> None:
    """Who filed is held by her rows; who only read, by the ledger, which names her."""
    filer, reader = (User.objects.get(username=login) for login in ("archivista", "auditoria"))
    with transaction.atomic():
        audit.record("document.viewed", actor=reader, subject=expediente)
    for person in (filer, reader):
        with pytest.raises(ProtectedError), transaction.atomic():
            person.delete()
        with pytest.raises(ProtectedError), transaction.atomic():
            User.objects.filter(pk=person.pk).delete()
    assert User.objects.filter(pk__in=[filer.pk, reader.pk]).count() == 2
