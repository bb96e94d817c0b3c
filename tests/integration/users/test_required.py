"""Who reads the reserved enters with a second factor or sees nothing of the desk (criterion 28)."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.settings import base
from records.services import access
from records.vocabulary import Level
from tests import factories
from tests.integration.users.hands import FACTOR, SECURITY, code_of, enter, give_codes
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(28)]
DESK = ("/custodia/", "/custodia/expedientes/", "/custodia/buscar/?q=x", "/custodia/ayuda/", "/custodia/personas/")


@pytest.fixture(autouse=True)
def demanded(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = base.MFA_REQUIRED_ROLES


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


def visitor(login: str) -> Client:
    client = Client()
    enter(client, login)
    return client


@pytest.mark.parametrize("login", ["jefatura", "secretaria.general", "administracion"])
def test_roles_of_the_setting_are_led_to_it_and_served_nothing_else(cast: dict[str, Any], login: str) -> None:
    client = visitor(login)
    for address in DESK:
        for ask in (client.get, client.post):
            answer = ask(address)
            assert (answer.status_code, answer["Location"]) == (302, SECURITY), address
    assert "Antes de seguir añada uno" in client.get(SECURITY).content.decode()


@pytest.mark.parametrize("login", ["archivista", "revisora", "proveedor", "auditoria", "ajeno", "supervisor.cd001"])
def test_others_enter_with_their_password(cast: dict[str, Any], login: str) -> None:
    assert visitor(login).get("/custodia/").status_code == 200


def test_a_custodian_must_from_the_day_of_her_appointment(cast: dict[str, Any]) -> None:
    client = visitor("custodia")
    assert client.get("/custodia/").status_code == 200
    factories.appoint_custodian(factories.make_expediente(cast["archivista"]), cast["custodia"])
    assert client.get("/custodia/")["Location"] == SECURITY


def test_who_is_granted_something_reserved_must_from_that_moment(cast: dict[str, Any]) -> None:
    place = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(place, cast["custodia"])
    piece = factories.file_piece(cast["archivista"], place)
    client = visitor("revisora")
    access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="Revisa el anexo"
    )
    assert client.get("/custodia/").status_code == 200  # what was granted is not reserved
    with factories.behind_the_product():
        type(piece).objects.filter(pk=piece.pk).update(level=Level.RESERVED)
    assert client.get("/custodia/")["Location"] == SECURITY


def test_making_one_opens_the_desk_and_taking_it_away_shuts_it(cast: dict[str, Any]) -> None:
    client = visitor("jefatura")
    secret = client.get(f"{SECURITY}codigos/").context["form"].secret
    client.post(f"{SECURITY}codigos/", {"code": code_of(secret)})
    assert client.get("/custodia/").status_code == 200
    client.post(f"{SECURITY}codigos/retirar/")
    assert not Authenticator.objects.exists()
    assert client.get("/custodia/")["Location"] == SECURITY


def test_entering_with_it_opens_the_desk(cast: dict[str, Any]) -> None:
    secret = give_codes(cast["jefatura"])
    client = visitor("jefatura")
    client.post(FACTOR, {"code": code_of(secret)})
    assert client.get("/custodia/").status_code == 200


def test_a_session_from_before_the_factor_enters_again(cast: dict[str, Any]) -> None:
    client = visitor("jefatura")
    give_codes(cast["jefatura"])
    assert client.get("/custodia/")["Location"] == "/cuenta/entrar/?next=/custodia/"
    assert client.get("/cuenta/").status_code == 302


def test_an_installation_may_demand_none(cast: dict[str, Any], settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ()
    assert visitor("jefatura").get("/custodia/").status_code == 200
    assert configured.PROFILE == "test"


@pytest.mark.parametrize("asked", [True, False])
def test_a_password_alone_undoes_no_factor(cast: dict[str, Any], settings: Any, asked: bool) -> None:
    """A session from before the factor is one of somebody who knows the password, and perhaps nothing else."""
    settings.MFA_REQUIRED_ROLES = base.MFA_REQUIRED_ROLES if asked else ()
    for address in (f"{SECURITY}codigos/retirar/", f"{SECURITY}llaves/", f"{SECURITY}recuperacion/", "/cuenta/clave/"):
        for method in ("get", "post"):
            client = visitor("jefatura")
            held = Authenticator.objects.get(pk=give_codes_once(cast["jefatura"]))
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer["Location"][:14]) == (302, "/cuenta/entrar"), address
            assert client.get("/cuenta/").status_code == 302
            held.delete()


def give_codes_once(person: Any) -> int:
    give_codes(person)
    return int(Authenticator.objects.get(user=person).pk)


def questions(client: Client, address: str) -> int:
    """How many the database is asked for one page, once the session was noted."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


#: One for roles and one for the rest of the rights, what gives them, and whether something reserved is among it.
MOST = 14


@pytest.mark.parametrize("login", ["archivista", "revisora", "ajeno"])
def test_asking_whether_somebody_must_costs_the_same_few_questions_whatever_she_reads(
    cast: dict[str, Any], settings: Any, login: str
) -> None:
    address, costs = "/custodia/ayuda/", []
    client = visitor(login)
    for places in (1, 4):
        for _ in range(places):
            place = factories.make_expediente(cast["archivista"])
            factories.appoint_custodian(place, cast["custodia"])
            piece = factories.file_piece(cast["archivista"], place)
            factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
            if login != "archivista":
                access.grant_access(
                    actor=cast["custodia"], target=piece, person=cast[login], until=factories.FAR, reason="Revisa"
                )
        settings.MFA_REQUIRED_ROLES = ()
        plain = questions(client, address)
        settings.MFA_REQUIRED_ROLES = base.MFA_REQUIRED_ROLES
        costs.append(questions(client, address) - plain)
    assert costs[0] == costs[1] <= MOST


def test_who_used_her_factor_costs_one_question(cast: dict[str, Any], settings: Any) -> None:
    secret = give_codes(cast["jefatura"])
    client = visitor("jefatura")
    client.post(FACTOR, {"code": code_of(secret)})
    with_it = questions(client, "/custodia/ayuda/")
    settings.MFA_REQUIRED_ROLES = ()
    assert with_it - questions(client, "/custodia/ayuda/") == 1
