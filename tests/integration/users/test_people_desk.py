"""People and offices, by who manages people: accounts, roles, invitations, with their history and without custody."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from cms.users.models import User
from records import permissions
from records.models import LedgerEvent
from records.services import person_acts
from tests.ground import PASSWORD
from tests.integration.users.hands import enter, give_codes, is_in
from tests.people import CAST, make_cast

pytestmark = pytest.mark.django_db
PEOPLE = "/custodia/personas/"
NEW = {"login": "nueva.persona", "full_name": "Nueva Persona", "email": "n@ejemplo.invalid", "desk_access": "on"}
REASON = {"reason": "Resolución 12 de 2026"}
ACTS = ("datos/", "cargo/", "cargo/reviewer/terminar/", "estado/", "factor/", "invitacion/")


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def manager(cast: dict[str, Any]) -> Client:
    client = Client()
    enter(client, "administracion")
    return client


def page_of(person: Any, act: str = "") -> str:
    return f"{PEOPLE}{person.pk}/{act}"


def roles(login: str) -> set[str]:
    return set(User.objects.get(username=login).groups.values_list("name", flat=True))


def actions(person: Any) -> list[str]:
    found = LedgerEvent.objects.filter(object_type="User", object_id=str(person.pk)).order_by("index")
    return list(found.values_list("action", flat=True))


def test_a_person_is_made_given_a_role_invited_and_enters(manager: Client) -> None:
    assert manager.post(f"{PEOPLE}nueva/", NEW).status_code == 302
    person = User.objects.get(username="nueva.persona")
    assert not person.has_usable_password()
    assert manager.post(page_of(person, "cargo/"), {"role": "reviewer", "act": "Res. 12"}).status_code == 302
    assert roles("nueva.persona") == set()
    confirm(person)
    assert roles("nueva.persona") == {"reviewer"}
    shown = manager.post(page_of(person, "invitacion/"), REASON).content.decode()
    (address,) = re.findall(r"http://testserver(/cuenta/invitacion/\S+?/)<", shown)
    theirs = Client()
    form = theirs.get(address, follow=True)
    where = form.redirect_chain[-1][0]
    word = {"new_password1": "una clave de verdad 9", "new_password2": "una clave de verdad 9", "code": confirm(person)}
    assert theirs.post(where, word).status_code == 302
    assert "ya no sirve" in Client().get(address).content.decode()  # once
    assert enter(theirs, "nueva.persona", "una clave de verdad 9")["Location"] == "/custodia/"
    page = manager.get(page_of(person)).content.decode()
    history = ("Creó la cuenta", "Pidió un cargo", "Revisión", "Res. 12", "Confirmó el cargo", "Generó una invitación")
    for told in (*history, "Resolución 12 de 2026", "Generó el código", "Entró al sistema"):
        assert told in page, told


@pytest.mark.beyond(2)
def test_the_effect_of_a_role_is_told_before_it_is_given_or_ended(manager: Client, cast: dict[str, Any]) -> None:
    given = {"role": "contracts_head", "act": "Res. 12", "rehearse": "1"}
    page = manager.post(page_of(cast["ajeno"], "cargo/"), given)
    assert page.status_code == 200
    assert "Por su dependencia, Jefatura" in page.content.decode()
    assert 'value="Res. 12"' in page.content.decode(), "what was typed stays"
    assert roles("ajeno") == set()
    ending = page_of(cast["jefatura"], "cargo/contracts_head/terminar/")
    ended = manager.post(ending, {**REASON, "rehearse": "1"}).content.decode()
    assert "Dejaría de darle acceso" in ended
    assert roles("jefatura") == {"contracts_head"}
    oneself = manager.post(page_of(cast["administracion"], "cargo/"), given)
    assert oneself.status_code == 422
    assert "Qué cambiaría" not in oneself.content.decode()


@pytest.mark.beyond(2)
def test_whoever_confirms_a_role_is_told_its_effect_before(manager: Client, cast: dict[str, Any]) -> None:
    manager.post(page_of(cast["ajeno"], "cargo/"), {"role": "contracts_group", "act": "Res. 12"})
    asked = person_acts.list_waiting().get(person=cast["ajeno"])
    head = Client()
    enter(head, "jefatura")
    page = head.get(f"/custodia/cargos/{asked.pk}/").content.decode()
    assert "Por su dependencia, Grupo de Contratos." in page
    assert "sin clasificar" in page
    assert roles("ajeno") == set()
    assert "Qué cambiaría" not in manager.get(f"/custodia/cargos/{asked.pk}/").content.decode()


def confirm(person: Any) -> str:
    """What waits for this person, confirmed by the head of contracts; the code of an invitation."""
    asked = person_acts.list_waiting().get(person=person)
    return person_acts.confirm(actor=User.objects.get(username="jefatura"), asked=asked)


def test_everything_that_is_missing_is_told_at_once(manager: Client) -> None:
    page = manager.post(f"{PEOPLE}nueva/", {"login": "con espacio", "email": "no-es-correo"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"login", "full_name", "email"}
    taken = manager.post(f"{PEOPLE}nueva/", {**NEW, "login": "Archivista"})
    assert "Ese usuario ya existe" in taken.content.decode()


@pytest.mark.criterion(4)
def test_disabling_ends_the_sessions_and_enabling_opens_again(manager: Client, cast: dict[str, Any]) -> None:
    person, theirs = cast["archivista"], Client()
    enter(theirs, "archivista")
    assert manager.post(page_of(person, "estado/"), {"reason": ""}).status_code == 422
    assert is_in(theirs)
    assert manager.post(page_of(person, "estado/"), REASON).status_code == 302
    assert not is_in(theirs)
    assert enter(Client(), "archivista").status_code == 200
    assert manager.post(page_of(person, "estado/"), REASON).status_code == 302
    assert enter(Client(), "archivista").status_code == 302
    assert {"person.disabled", "person.enabled"} <= set(actions(person))


@pytest.mark.criterion(4)
def test_a_role_that_ends_shuts_at_the_next_request(manager: Client, cast: dict[str, Any]) -> None:
    theirs = Client()
    enter(theirs, "auditoria")
    assert theirs.get("/custodia/bitacora/").status_code == 200
    manager.post(page_of(cast["auditoria"], "cargo/auditor/terminar/"), REASON)
    assert theirs.get("/custodia/bitacora/").status_code == 403
    assert roles("auditoria") == set()


def test_she_makes_herself_nothing(manager: Client, cast: dict[str, Any]) -> None:
    own = cast["administracion"]
    for act, form in (
        ("cargo/", {"role": "contracts_head", "act": "Por mí"}), ("cargo/", {"role": "auditor", "act": "Por mí"}),
        ("estado/", REASON), ("factor/", REASON), ("invitacion/", REASON), ("cargo/administrator/terminar/", REASON),
        ("datos/", {"full_name": "A", "desk_access": "on", "is_staff": "on"}),
    ):  # fmt: skip
        assert manager.post(page_of(own, act), form).status_code == 422, act
    assert roles("administracion") == {"administrator"}
    assert User.objects.get(username="administracion").is_active
    assert permissions.visible_to(own).count() == 0


def test_the_last_one_who_manages_stays(manager: Client, cast: dict[str, Any]) -> None:
    """Also when another of the role can no longer enter."""
    other = cast["ajeno"]
    other.groups.add(Group.objects.get(name="administrator"))
    theirs = Client()
    enter(theirs, "ajeno")
    assert manager.post(page_of(other, "estado/"), REASON).status_code == 302
    assert not is_in(theirs)
    manager.post(page_of(other, "estado/"), REASON)
    enter(theirs, "ajeno")
    assert theirs.post(page_of(cast["administracion"], "estado/"), REASON).status_code == 302
    for act in ("estado/", "cargo/administrator/terminar/"):
        assert theirs.post(page_of(other, act), REASON).status_code == 422
    assert "última persona" in theirs.post(page_of(other, "cargo/administrator/terminar/"), REASON).content.decode()


def test_a_factor_is_taken_away_and_its_sessions_end(manager: Client, cast: dict[str, Any]) -> None:
    person = cast["jefatura"]
    theirs = Client()
    enter(theirs, "jefatura")
    give_codes(person)
    assert manager.post(page_of(person, "factor/"), REASON).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert not is_in(theirs)
    assert "factor.reset" in actions(person)
    assert manager.post(page_of(person, "factor/"), REASON).status_code == 422  # none is left


@pytest.mark.parametrize("login", [login for login in CAST if login not in ("administracion", "inactivo", "editora")])
def test_nobody_else_manages_people(cast: dict[str, Any], login: str) -> None:
    client = Client()
    enter(client, login)
    before = User.objects.count()
    for address in (PEOPLE, f"{PEOPLE}nueva/", page_of(cast["ajeno"]), *(page_of(cast["ajeno"], act) for act in ACTS)):
        assert client.get(address).status_code == 403, address
        assert client.post(address, {**NEW, **REASON, "role": "auditor", "act": "x"}).status_code in (403, 405)
    assert User.objects.count() == before
    assert roles("ajeno") == set()


def test_she_reads_no_custody(manager: Client) -> None:
    for address in ("/custodia/bitacora/", "/custodia/aprobaciones/", "/custodia/integridad/"):
        assert manager.get(address).status_code == 403


def test_an_invitation_of_another_person_or_forged_opens_nothing(manager: Client, cast: dict[str, Any]) -> None:
    shown = manager.post(page_of(cast["ajeno"], "invitacion/"), REASON).content.decode()
    (_name, token) = re.findall(r"/cuenta/invitacion/(\S+?)/(\S+?)/<", shown)[0]
    from django.utils.encoding import force_bytes
    from django.utils.http import urlsafe_base64_encode

    other = urlsafe_base64_encode(force_bytes(cast["jefatura"].pk))
    for name in (other, "zzzz", "AAAA"):
        assert "ya no sirve" in Client().get(f"/cuenta/invitacion/{name}/{token}/").content.decode()
    assert enter(Client(), "jefatura", PASSWORD).status_code == 302


@pytest.mark.parametrize("form", [{}, {"role": "superuser", "act": "x"}, {"role": "reviewer", "act": " "},
                                  {"role": "reviewer", "act": "x", "until": "31/02/2027"},
                                  {"role": "reviewer", "act": "x", "until": "01/01/2000"}])  # fmt: skip
def test_a_role_badly_asked_is_not_given(manager: Client, cast: dict[str, Any], form: dict[str, str]) -> None:
    assert manager.post(page_of(cast["ajeno"], "cargo/"), form).status_code == 422
    assert roles("ajeno") == set()


def test_the_first_administrator_is_made_by_an_operator_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_administrator", "primera", "--name", "Primera Persona", "--json")
    told = json.loads(capsys.readouterr().out)
    theirs = Client()
    where = theirs.get(told["invitation"], follow=True).redirect_chain[-1][0]
    theirs.post(where, {"new_password1": "una clave de verdad 9", "new_password2": "una clave de verdad 9"})
    enter(theirs, "primera", "una clave de verdad 9")
    assert theirs.get(PEOPLE).status_code == 200
    with pytest.raises(SystemExit) as refused:
        call_command("first_administrator", "segunda", "--json")
    assert refused.value.code == 1
    assert not User.objects.filter(username="segunda").exists()


@pytest.mark.rule("U1")
def test_what_others_did_with_an_account_is_told_to_its_person(cast: dict[str, Any], manager: Client) -> None:
    """Also to her whose factor and password somebody else took away, and by nobody who enters as her."""
    own, told = Client(), "Lo que otros hicieron con su cuenta"
    enter(own, "archivista")
    assert told not in own.get("/cuenta/").content.decode()
    assert "otra persona cambió" not in own.get("/custodia/").content.decode()
    give_codes(cast["archivista"])
    assert manager.post(page_of(cast["archivista"], "factor/"), REASON).status_code == 302
    manager.post(page_of(cast["archivista"], "invitacion/"), REASON)
    again = Client()
    enter(again, "archivista")
    assert "otra persona cambió algo de su cuenta" in again.get("/custodia/").content.decode()
    page = again.get("/cuenta/").content.decode()
    for sentence in (told, "Retiró el segundo factor de una persona", "Generó una invitación", "administracion"):
        assert sentence in page
    assert told not in manager.get("/cuenta/").content.decode()
