"""What an event tells beside its act: office, ground, result, session and network; entries, refusals, people (U1)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command
from django.test import Client, RequestFactory

from cms.settings import env
from records.acting import visiting
from records.models import Document, Expediente, LedgerEvent
from records.services import access, classification
from records.vocabulary import Level
from tests import factories
from tests.ground import PASSWORD
from tests.integration.desk.conftest import Browse


def last(action: str = "") -> dict[str, Any]:
    events = LedgerEvent.objects.filter(action=action) if action else LedgerEvent.objects.all()
    told: dict[str, Any] = json.loads(events.latest("index").payload)
    return told


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1", "U4")
def test_a_reading_tells_office_ground_session_and_network(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    reserved = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    grant = access.grant_access(
        actor=cast["custodia"], target=reserved, person=cast["revisora"], until=factories.FAR, reason="Informe"
    )
    assert last("access.granted")["ground"]["rule"] == "appointment_custodian"
    reader = browse("revisora")
    assert reader.get(f"/custodia/documentos/{reserved.pk}/").status_code == 200
    told = last("document.viewed")
    assert told["office"] == ["reviewer"]
    assert told["ground"] == {"rule": "grant_document", "act": str(grant.pk)}
    assert (told["result"], told["address"]) == ("done", "127.0.0.0/24")
    assert len(told["session"]) == 32
    assert reader.session.session_key not in "".join(LedgerEvent.objects.values_list("payload", flat=True))
    reader.get(f"/custodia/documentos/{reserved.pk}/original")
    assert last("document.downloaded")["session"] == told["session"]
    browse("custodia").get(f"/custodia/documentos/{reserved.pk}/")
    other = last("document.viewed")
    assert (other["ground"]["rule"], other["session"] == told["session"]) == ("appointment_custodian", False)


@pytest.mark.rule("U1")
@pytest.mark.parametrize(
    ("policy", "address", "kept"),
    [
        ("none", "192.0.2.77", ""),
        ("network", "192.0.2.77", "192.0.2.0/24"),
        ("network", "2001:db8:1:2::9", "2001:db8:1::/48"),
        ("whole", "192.0.2.77", "192.0.2.77"),
        ("whole", "no es una dirección", ""),
    ],
)
def test_the_address_is_kept_as_far_as_policy_allows_and_the_event_always(
    cast: dict[str, Any], piece: Document, settings: Any, policy: str, address: str, kept: str
) -> None:
    settings.RECORDS = {**settings.RECORDS, "LEDGER_ADDRESSES": policy}
    client = Client(REMOTE_ADDR=address)
    client.force_login(cast["archivista"])
    assert client.get(f"/custodia/documentos/{piece.pk}/").status_code == 200
    assert last("document.viewed").get("address", "") == kept


@pytest.mark.rule("U3")
def test_no_setting_and_no_variable_switches_the_ledger_off() -> None:
    words = ("AUDIT", "LEDGER", "BITACORA", "EVENT")
    names = {*dir(settings), *settings.RECORDS, *env.Environment.__annotations__}
    assert {name for name in names if any(word in name.upper() for word in words)} == {"LEDGER_ADDRESSES"}


@pytest.mark.rule("U1", "U5")
@pytest.mark.django_db
def test_entering_failing_to_and_leaving_are_told_and_what_was_typed_is_not(cast: dict[str, Any]) -> None:
    client = Client()
    client.post("/cuenta/entrar/", {"username": "mi-clave-secreta", "password": "x"})
    told = last("session.refused")
    assert (told["result"], told["actor"], told["object_id"]) == ("refused", "", "person")
    assert "mi-clave-secreta" not in json.dumps(told)
    client.post("/cuenta/entrar/", {"username": "archivista", "password": "x"})
    assert last("session.refused")["object_id"] == str(cast["archivista"].pk)
    client.post("/cuenta/entrar/", {"username": "archivista", "password": PASSWORD})
    entered = last("session.opened")
    assert (entered["actor"], entered["office"]) == ("archivista", ["contracts_group"])
    client.get("/custodia/expedientes/00000000-0000-4000-8000-000000000000/")
    assert last("access.denied")["session"] == entered["session"]
    client.post("/cuenta/salir/")
    assert last("session.closed")["actor"] == "archivista"


@pytest.mark.rule("U1")
@pytest.mark.criterion(21)
def test_a_refusal_is_told_alike_for_what_is_hidden_and_what_is_absent(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    hidden = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    absent = "5b0a1c9e-2f4d-4a53-9c3e-000000000000"
    told = []
    for key in (str(hidden.pk), absent):
        assert browse("proveedor").get(f"/custodia/documentos/{key}/").status_code == 404
        event = last("access.denied")
        assert event["object_id"] == key
        told.append((event["object_type"], event["facts"], event["result"], event["ground"]))
    assert told[0] == told[1] == ("text", {"code": "not_found", "wanted": ""}, "refused", {})
    assert browse("jefatura").get(f"/custodia/expedientes/{expediente.pk}/radicar/").status_code == 403
    assert last("access.denied")["facts"]["code"] == "access_denied"
    assert last("access.denied")["actor"] == "jefatura"


@pytest.mark.rule("U1")
def test_whoever_has_no_desk_is_told_nothing_and_the_ledger_is(cast: dict[str, Any], browse: Browse) -> None:
    assert browse("editora").get("/custodia/bitacora/").status_code == 404
    assert (last()["actor"], last()["action"], last()["facts"]) == ("editora", "access.denied", {"code": "no_desk"})


@pytest.mark.rule("U1")
def test_an_act_that_a_form_refuses_is_told_and_one_that_is_not_whole_is_not(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    act = classification.propose_level(
        actor=cast["custodia"], document=piece, level=Level.PUBLIC, grounds=factories.grounds_for(Level.PUBLIC)
    )
    head = browse("jefatura")
    assert head.post(f"/custodia/aprobaciones/{act.pk}/", {"decision": "return"}).status_code == 422
    assert not LedgerEvent.objects.filter(action="act.refused").exists()
    assert head.post(f"/custodia/aprobaciones/{act.pk}/", {"decision": "approve"}).status_code == 302
    assert head.post(f"/custodia/aprobaciones/{act.pk}/", {"decision": "approve"}).status_code == 422
    told = last("act.refused")
    assert (told["actor"], told["object_id"], told["facts"]["code"]) == ("jefatura", str(act.pk), "act_decided")


@pytest.mark.rule("U1")
def test_what_changes_of_people_and_groups_in_a_request_is_told_with_who_did_it(cast: dict[str, Any]) -> None:
    request = RequestFactory().post("/editor/users/")
    request.user = cast["administracion"]
    person = cast["revisora"]
    with visiting(request):
        person.groups.add(Group.objects.get(name="auditor"))
        told = last("person.roles_changed")
        assert (told["actor"], told["object_id"], told["facts"]) == (
            "administracion", str(person.pk), {"change": "add", "which": ["auditor"]},
        )  # fmt: skip
        person.groups.remove(Group.objects.get(name="auditor"))
        assert last("person.roles_changed")["facts"]["change"] == "remove"
        person.is_active, person.email = False, "secreto@example.org"
        person.save()
        told = last("person.changed")
        assert told["facts"] == {"changed": ["is_active", "email"], "values": {"is_active": [True, False]}}
        before = LedgerEvent.objects.count()
        person.save()
        assert LedgerEvent.objects.count() == before, "nothing changed"
        Group.objects.create(name="nuevo")
        assert last("group.changed")["facts"] == {"group": "nuevo"}


@pytest.mark.rule("U1")
def test_a_password_changed_by_command_is_told_as_the_system_s_act(
    cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, typed = cast["revisora"], "laderas-43-mirlo"
    monkeypatch.setattr("getpass.getpass", lambda prompt="": typed)
    call_command("changepassword", person.username, stdout=io.StringIO())
    told = last("person.changed")
    assert (told["actor"], told["object_id"]) == ("", str(person.pk))
    assert told["facts"] == {"changed": ["password"], "values": {}}
    person.refresh_from_db()
    assert person.check_password(typed)
    before = LedgerEvent.objects.count()
    person.save()
    type(person).objects.create_user(username="de.una.prueba")
    assert LedgerEvent.objects.count() == before, "only while the command runs"


@pytest.mark.rule("U1")
def test_a_stranger_s_request_has_no_person(cast: dict[str, Any]) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with visiting(request):
        cast["ajeno"].delete()  # who never held anything
    assert last("person.removed")["actor"] == ""
