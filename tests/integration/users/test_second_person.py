"""What an administrator asks of an account rules only when somebody else says so, and she never holds its password."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from cms.users.models import User
from records import clock, permissions
from records.errors import AccessDenied, Incomplete, RuleViolation, SelfApproval
from records.models import LedgerEvent, PersonAct, PersonActDecision, RoleAssignment
from records.services import person_acts, roles
from tests.integration.users.hands import enter
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("P2")]
WORD = {"new_password1": "una clave de verdad 9", "new_password2": "una clave de verdad 9"}
PEOPLE, ACTS = "/custodia/personas/", "/custodia/cargos/"
NEW = {"login": "nueva.persona", "full_name": "Nueva Persona", "desk_access": "on"}


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


def entered(login: str) -> Client:
    client = Client()
    assert enter(client, login).status_code == 302
    return client


@pytest.fixture
def manager(cast: dict[str, Any]) -> Client:
    return entered("administracion")


@pytest.fixture
def asked(cast: dict[str, Any], manager: Client) -> PersonAct:
    """The head's office, asked for somebody whom the administrator made herself."""
    manager.post(f"{PEOPLE}nueva/", NEW)
    person = User.objects.get(username="nueva.persona")
    assert manager.post(f"{PEOPLE}{person.pk}/cargo/", {"role": "contracts_head", "act": "Res. 1"}).status_code == 302
    return PersonAct.objects.get(person=person)


def held(asked: PersonAct) -> frozenset[str]:
    return permissions.roles_of(User.objects.get(pk=asked.person_id))


def address_of(asked: PersonAct) -> str:
    return f"{ACTS}{asked.pk}/"


def invited(manager: Client, person: Any) -> str:
    """The address that the administrator sees."""
    page = manager.post(f"{PEOPLE}{person.pk}/invitacion/", {"reason": "Ingreso"}).content.decode()
    return re.findall(r"http://testserver(/cuenta/invitacion/\S+?/)<", page)[0]


def sets_password(address: str, **typed: str) -> bool:
    theirs = Client()
    where = theirs.get(address, follow=True).redirect_chain[-1][0]
    return theirs.post(where, {**WORD, **typed}).status_code == 302


def code_given(second: Client, person: Any) -> str:
    asked = person_acts.list_waiting().get(person=person, kind="invitation")
    page = second.post(address_of(asked), {"act": "confirm"}).content.decode()
    return re.findall(r'class="code-given">([A-Z0-9-]+)<', page)[0]


def test_a_role_rules_from_the_word_of_a_second_person(asked: PersonAct, manager: Client) -> None:
    assert held(asked) == frozenset()
    second = entered("secretaria.general")
    assert "Cargos e invitaciones por confirmar" in second.get("/custodia/").content.decode()
    assert "Nueva Persona" in second.get(ACTS).content.decode()
    page = second.get(address_of(asked)).content.decode()
    assert "Res. 1" in page
    assert "Por su dependencia, Jefatura" in page, "what it would change is told before"
    assert held(asked) == frozenset()
    assert second.post(address_of(asked), {"act": "confirm"}).status_code == 302
    assert held(asked) == {"contracts_head"}
    row = RoleAssignment.objects.get(person=asked.person)
    assert row.assigned_by == User.objects.get(username="administracion")
    assert asked.decision.decided_by == User.objects.get(username="secretaria.general")
    told = [(event.actor, event.action) for event in LedgerEvent.objects.filter(action__startswith="person.role_")]
    assert told == [
        ("administracion", "person.role_asked"), ("secretaria.general", "person.role_confirmed"),
        ("secretaria.general", "person.role_assigned"),
    ]  # fmt: skip
    assert "Res. 1" not in "".join(event.payload for event in LedgerEvent.objects.all())
    assert "Confirmó el cargo" in manager.get(f"{PEOPLE}{asked.person_id}/").content.decode()


@pytest.mark.parametrize("login", ["administracion", "archivista", "custodia", "revisora", "auditoria", "ajeno"])
def test_nobody_else_confirms_it(cast: dict[str, Any], asked: PersonAct, login: str) -> None:
    answer = entered(login).post(address_of(asked), {"act": "confirm"})
    assert answer.status_code in (403, 404, 409, 422)
    assert held(asked) == frozenset()
    with pytest.raises((AccessDenied, SelfApproval)):
        person_acts.confirm(actor=cast[login], asked=asked)


def test_a_circle_of_roles_is_cut(cast: dict[str, Any]) -> None:
    """Who manages people and was also given the head's office confirms nothing; nor does anybody her own role."""
    admin, head, general = cast["administracion"], cast["jefatura"], cast["secretaria.general"]
    admin.groups.add(Group.objects.get(name="contracts_head"))
    cast["ajeno"].groups.add(Group.objects.get(name="administrator"))
    by_other = person_acts.ask_role(actor=cast["ajeno"], person=cast["revisora"], role="liaison", act="x")
    with pytest.raises(AccessDenied):
        person_acts.confirm(actor=User.objects.get(pk=admin.pk), asked=by_other)
    own = person_acts.ask_role(actor=cast["ajeno"], person=head, role="secretary_general", act="x")
    with pytest.raises(SelfApproval):
        person_acts.confirm(actor=head, asked=own)
    person_acts.confirm(actor=general, asked=own)
    with pytest.raises(Incomplete) as refused:
        person_acts.ask_role(actor=cast["ajeno"], person=cast["ajeno"], role="auditor", act="x")
    assert "role_to_oneself" in str(refused.value.facts)


def test_the_service_gives_nothing_by_one_person_alone(cast: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation):
        roles.assign_role(actor=cast["administracion"], person=cast["ajeno"], role="reviewer", act="x")
    with pytest.raises(SelfApproval):
        roles.assign_role(
            actor=cast["administracion"], second=cast["administracion"], person=cast["ajeno"], role="auditor", act="x"
        )
    assert not cast["ajeno"].groups.exists()


def test_once_decided_it_is_not_decided_again(cast: dict[str, Any], asked: PersonAct) -> None:
    second = entered("jefatura")
    assert second.post(address_of(asked), {"act": "refuse"}).status_code == 422
    assert second.post(address_of(asked), {"act": "refuse", "reason": "No conozco el acto"}).status_code == 302
    assert held(asked) == frozenset()
    assert second.post(address_of(asked), {"act": "confirm"}).status_code == 409
    with pytest.raises(RuleViolation):
        person_acts.confirm(actor=cast["secretaria.general"], asked=asked)
    assert held(asked) == frozenset()


def test_what_stands_in_the_way_on_the_day_is_asked_again(cast: dict[str, Any], asked: PersonAct) -> None:
    """The account was disabled, whoever asked no longer manages people, or it waited too long."""
    person, admin = asked.person, cast["administracion"]
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Incomplete):
        person_acts.confirm(actor=cast["jefatura"], asked=asked)
    User.objects.filter(pk=person.pk).update(is_active=True)
    group = admin.groups.get()
    admin.groups.clear()
    with pytest.raises(AccessDenied):
        person_acts.confirm(actor=cast["jefatura"], asked=asked)
    admin.groups.add(group)
    with clock.at(clock.now() + datetime.timedelta(days=31)), pytest.raises(RuleViolation):
        person_acts.confirm(actor=cast["jefatura"], asked=asked)
    assert not PersonActDecision.objects.exists()
    assert held(asked) == frozenset()


def test_an_office_that_was_deleted_meanwhile_is_made_anew_with_nobody_of_before(
    cast: dict[str, Any], asked: PersonAct
) -> None:
    Group.objects.filter(name="contracts_head").delete()
    assert permissions.roles_of(User.objects.get(username="jefatura")) == frozenset()
    person_acts.confirm(actor=cast["secretaria.general"], asked=asked)
    assert held(asked) == {"contracts_head"}
    assert permissions.roles_of(User.objects.get(username="jefatura")) == frozenset()


@pytest.mark.parametrize("login", ["jefatura", "nueva.persona"])
def test_the_administrator_enters_with_no_account_by_her_half(asked: PersonAct, manager: Client, login: str) -> None:
    """Neither one she made nor one that already is somebody's, confirmed or not."""
    person = User.objects.get(username=login)
    address = invited(manager, person)
    for typed in ({}, {"code": ""}, {"code": "AAAAA-AAAAA"}):
        assert not sets_password(address, **typed)
    code = code_given(entered("secretaria.general"), person)
    assert not sets_password(address, code="AAAAA-AAAAB")
    assert enter(Client(), login, WORD["new_password1"]).status_code == 200
    assert sets_password(address, code=code.lower())
    assert enter(Client(), login, WORD["new_password1"]).status_code == 302
    assert code.replace("-", "") not in repr(list(PersonActDecision.objects.values()))


@pytest.mark.criterion(28)
def test_codes_are_not_guessed(cast: dict[str, Any], manager: Client) -> None:
    person = cast["ajeno"]
    address = invited(manager, person)
    code = code_given(entered("jefatura"), person)
    for _ in range(5):
        assert not sets_password(address, code="AAAAA-AAAAA")
    assert not sets_password(address, code=code)


def test_a_later_invitation_ends_the_code_of_the_former(cast: dict[str, Any], manager: Client) -> None:
    person, second = cast["ajeno"], entered("jefatura")
    address = invited(manager, person)
    code = code_given(second, person)
    invited(manager, person)
    assert not sets_password(address, code=code)
    assert sets_password(address, code=code_given(second, person))


def test_a_new_house_is_started_by_an_operator_and_by_nobody_later(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_administrator", "primera", "--json")
    told = json.loads(capsys.readouterr().out)
    assert sets_password(told["invitation"])
    manager = Client()
    enter(manager, "primera", WORD["new_password1"])
    for login in ("jefa", "otra"):
        manager.post(f"{PEOPLE}nueva/", {**NEW, "login": login})
        person = User.objects.get(username=login)
        manager.post(f"{PEOPLE}{person.pk}/cargo/", {"role": "contracts_head", "act": "Nombramiento"})
    address = invited(manager, User.objects.get(username="jefa"))
    call_command("confirm_person_act", "jefa", "--json")
    done = json.loads(capsys.readouterr().out)["confirmed"]
    assert [one["kind"] for one in done] == ["role", "invitation"]
    assert sets_password(address, code=done[1]["code"])
    with pytest.raises(SystemExit):
        call_command("confirm_person_act", "otra", "--json")
    assert "second_person_exists" in capsys.readouterr().out
    theirs = Client()
    enter(theirs, "jefa", WORD["new_password1"])
    other = PersonAct.objects.get(person__username="otra")
    assert theirs.post(address_of(other), {"act": "confirm"}).status_code == 302
    assert held(other) == {"contracts_head"}


def test_what_was_confirmed_and_the_password_kept_are_told(cast: dict[str, Any], manager: Client) -> None:
    second, person = entered("secretaria.general"), cast["ajeno"]
    manager.post(f"{PEOPLE}{person.pk}/cargo/", {"role": "reviewer", "act": "Res. 2"})
    asked = PersonAct.objects.get(person=person)
    assert "Cargo de Revisión" in second.get("/custodia/").content.decode()
    told = second.post(address_of(asked), {"act": "confirm"}, follow=True).content.decode()
    assert f"El cargo de {person.get_full_name()} quedó confirmado. Rige desde ahora." in told
    assert "desde que se confirme" not in told
    assert f'href="{ACTS}"' in told
    address, client = invited(manager, person), Client()
    form = client.get(address, follow=True).redirect_chain[-1][0]
    after = client.post(form, {**WORD, "code": code_given(second, person)}, follow=True)
    assert after.redirect_chain[-1][0] == "/cuenta/entrar/"
    assert "Su contraseña quedó guardada" in after.content.decode()
