"""Rights never outlive what they were over or to whom, and are never inherited with a reused id (criterion 33)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from cms.worker.loop import watch_rights
from records import permissions
from records.models import Document, DocumentUserPermission, Expediente, Grant
from records.selectors.loose_rights import count_loose_rights
from records.services import access, roles
from records.vocabulary import Action, Level, Role
from tests import factories

pytestmark = pytest.mark.criterion(33)


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)


def granted(cast: dict[str, Any], target: Any, **to: Any) -> Grant:
    return access.grant_access(
        actor=cast["custodia"],
        target=target,
        until=factories.FAR,
        reason="Caso",
        **(to or {"person": cast["revisora"]}),
    )


def reads(person: Any, piece: Document) -> bool:
    return permissions.allows(type(person).objects.get(pk=person.pk), Action.VIEW, piece)


def loose() -> dict[str, int]:
    return {kind: count for kind, count in count_loose_rights().items() if count}


def test_what_was_granted_is_never_deleted_so_that_its_id_comes_free(cast: dict[str, Any], piece: Document) -> None:
    granted(cast, piece)
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        Document.objects.filter(pk=piece.pk).delete()
    with factories.behind_the_product(), pytest.raises(IntegrityError):
        delete_by_sql(piece)
    assert Document.objects.filter(pk=piece.pk).exists()


def delete_by_sql(piece: Document) -> None:
    """As somebody who owns the database would, with every trigger out of the way."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_document WHERE id = %s", [as_stored(piece.pk)])
        connection.check_constraints()


def as_stored(key: uuid.UUID) -> str:
    return key.hex if connection.vendor == "sqlite" else str(key)


def test_a_grant_that_ended_gives_nothing_to_a_thing_of_the_same_id(cast: dict[str, Any], piece: Document) -> None:
    """Were the piece taken away behind the product, with its grant, its id again would open nothing."""
    made = granted(cast, piece)
    access.revoke_grant(actor=cast["custodia"], grant=made)
    assert not DocumentUserPermission.objects.filter(content_object=piece).exists()
    assert not reads(cast["revisora"], piece)


def test_a_data_set_with_a_chosen_id_neither_replaces_nor_opens(cast: dict[str, Any], piece: Document) -> None:
    granted(cast, piece)
    (row,) = json.loads(serializers.serialize("json", [piece]))
    row["fields"]["radicado"] = "otro"
    (loaded,) = serializers.deserialize("json", json.dumps([row]))
    with pytest.raises(DatabaseError), transaction.atomic():
        loaded.save()
    right = json.loads(serializers.serialize("json", DocumentUserPermission.objects.all()))[0]
    right["fields"]["user"], right["pk"] = str(cast["ajeno"].pk), 9_999
    (stolen,) = serializers.deserialize("json", json.dumps([right]))
    with pytest.raises(IntegrityError), transaction.atomic():
        stolen.save()
    assert not reads(cast["ajeno"], piece)


def test_a_right_set_by_hand_to_somebody_else_opens_nothing_and_is_counted(
    cast: dict[str, Any], piece: Document
) -> None:
    granted(cast, piece)
    assert loose() == {}
    DocumentUserPermission.objects.update(user=cast["ajeno"])
    assert not reads(cast["ajeno"], piece)
    assert loose() == {"strayed": 1}
    DocumentUserPermission.objects.all().delete()
    assert not reads(cast["revisora"], piece)
    assert loose() == {"without_right": 1}
    with pytest.raises((CommandError, SystemExit)):
        call_command("check_rights")


def test_a_grant_that_nobody_told_is_counted(cast: dict[str, Any], piece: Document) -> None:
    Grant.objects.create(
        person=cast["ajeno"], document=piece, until=factories.FAR, reason="x", granted_by=cast["custodia"],
        granted_at=piece.filed_at,
    )  # fmt: skip
    assert not reads(cast["ajeno"], piece), "without its right it opens nothing"
    assert loose() == {"untold": 1, "without_right": 1}


def test_an_office_with_grants_is_not_deleted(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    office = Group.objects.get_or_create(name=Role.LIAISON)[0]
    granted(cast, expediente, office=office)
    with pytest.raises(ProtectedError):
        office.delete()


@pytest.mark.parametrize("reused", ["name", "id", "both"])
def test_an_office_made_again_gives_nobody_what_the_former_did(
    cast: dict[str, Any], expediente: Expediente, piece: Document, reused: str
) -> None:
    """The head of contracts reads it by office; the group is deleted and made again with its name or its id."""
    former = Group.objects.get(name=Role.CONTRACTS_HEAD)
    key = former.pk
    assert reads(cast["jefatura"], piece)
    former.delete()
    assert not reads(cast["jefatura"], piece)
    name = "otra" if reused == "id" else Role.CONTRACTS_HEAD
    Group.objects.create(pk=key if reused != "name" else key + 1_000, name=name)
    assert not reads(cast["jefatura"], piece)
    assert loose() == {}
    roles.sync_roles()
    assert not reads(cast["jefatura"], piece)


def test_a_sound_installation_counts_nought(cast: dict[str, Any], piece: Document, capsys: Any) -> None:
    made = granted(cast, piece)
    access.renew_grant(actor=cast["custodia"], grant=made, until=factories.FAR, reason="Otra vez")
    call_command("check_rights", "--json")
    assert json.loads(capsys.readouterr().out)["total"] == 0


def test_the_worker_alarms_when_a_right_hangs_from_nothing(
    cast: dict[str, Any], piece: Document, caplog: pytest.LogCaptureFixture
) -> None:
    granted(cast, piece)
    watch_rights()
    assert not caplog.records
    with factories.behind_the_product():
        DocumentUserPermission.objects.all().delete()
    watch_rights()
    assert "without_right" in caplog.text
