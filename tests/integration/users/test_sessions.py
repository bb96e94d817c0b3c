"""A session ends when it must, at the server: idle, whole, left, disabled, with another password (criteria 4, 29)."""

from __future__ import annotations

import time
from http.cookies import SimpleCookie
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from cms.users.models import User
from records.models import LedgerEvent
from tests.ground import PASSWORD
from tests.integration.users.hands import FACTOR, code_of, enter, give_codes, is_in
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(29)]
DESK = "/custodia/"


@pytest.fixture
def client() -> Client:
    make_person("archivista")
    client = Client()
    enter(client, "archivista")
    return client


def age(client: Client, **seconds: int) -> None:
    """As if these moments of the session had been so many seconds ago."""
    session = client.session
    for name, back in seconds.items():
        session[name] = int(time.time()) - back
    session.save()


def test_a_session_without_use_ends_at_the_server(client: Client) -> None:
    key = client.session.session_key
    age(client, began=1000, seen=15 * 60)
    answer = client.get(DESK)
    assert (answer.status_code, answer["Location"]) == (302, "/cuenta/entrar/?next=/custodia/")
    assert not Session.objects.filter(session_key=key).exists()
    assert LedgerEvent.objects.filter(action="session.closed").count() == 1


def test_use_prolongs_it_but_not_beyond_the_whole(client: Client) -> None:
    age(client, began=7 * 3600, seen=14 * 60)
    assert client.get(DESK).status_code == 200
    assert time.time() - client.session["seen"] < 60
    age(client, began=8 * 3600, seen=1)
    assert client.get(DESK).status_code == 302
    assert not is_in(client)


def test_what_the_browser_asks_by_itself_prolongs_nothing(client: Client) -> None:
    age(client, began=1000, seen=600)
    assert client.get(DESK, headers={"X-Sondeo": "1"}).status_code == 200
    assert time.time() - client.session["seen"] >= 600


def test_a_session_that_nobody_opened_here_is_over(client: Client) -> None:
    session = client.session
    del session["began"]
    session.save()
    assert client.get(DESK).status_code == 302


def test_a_form_sent_after_the_end_does_nothing(client: Client) -> None:
    age(client, began=1000, seen=15 * 60)
    before = User.objects.get(username="archivista").password
    sent = {"old_password": PASSWORD, "new_password1": "otra clave larga 9", "new_password2": "otra clave larga 9"}
    assert client.post("/cuenta/clave/", sent).status_code == 302
    assert User.objects.get(username="archivista").password == before


def test_entering_gives_another_key_and_leaving_ends_it() -> None:
    make_person("jefatura")
    secret = give_codes(User.objects.get(username="jefatura"))
    client = Client()
    enter(client, "jefatura")
    stranger = client.cookies["sessionid"].value
    client.post(FACTOR, {"code": code_of(secret)})
    entered = client.cookies["sessionid"].value
    assert stranger != entered
    assert not Session.objects.filter(session_key=stranger).exists()
    kept = SimpleCookie({"sessionid": entered})
    client.post("/cuenta/salir/")
    assert not Session.objects.filter(session_key=entered).exists()
    client.cookies = kept  # the cookie put back by hand
    assert not is_in(client)


def test_a_session_given_by_another_is_not_taken_over() -> None:
    """A key that somebody planted in the browser is not the key of who enters."""
    make_person("archivista")
    planted = Client()
    planted.get("/cuenta/entrar/")
    session = planted.session
    session["x"] = 1
    session.save()
    victim = Client()
    victim.cookies["sessionid"] = str(session.session_key)
    enter(victim, "archivista")
    assert victim.cookies["sessionid"].value != session.session_key
    planted.cookies["sessionid"] = str(session.session_key)
    assert not is_in(planted)


def test_a_second_entry_is_another_session_and_the_others_are_ended_from_one(client: Client) -> None:
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    enter(other, "archivista")
    page = client.get("/cuenta/sesiones/").content.decode()
    assert "Firefox en Windows" in page
    assert "esta sesión" in page
    client.post("/cuenta/sesiones/")
    assert is_in(client)
    assert not is_in(other)
    assert UserSession.objects.count() == 1
    assert LedgerEvent.objects.filter(action="session.others_ended").count() == 1


def test_nobody_sees_or_ends_the_sessions_of_another(client: Client) -> None:
    make_person("jefatura")
    other = Client(HTTP_USER_AGENT="Navegador de la jefatura")
    enter(other, "jefatura")
    assert "Navegador de la jefatura" not in client.get("/cuenta/sesiones/").content.decode()
    client.post("/cuenta/sesiones/")
    assert is_in(other)


def test_another_password_ends_the_other_sessions(client: Client) -> None:
    other = Client()
    enter(other, "archivista")
    sent = {"old_password": PASSWORD, "new_password1": "otra clave larga 9", "new_password2": "otra clave larga 9"}
    assert client.post("/cuenta/clave/", sent).status_code == 302
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.criterion(4)
def test_who_is_disabled_is_out_at_the_next_request(client: Client) -> None:
    assert client.get(DESK).status_code == 200
    User.objects.filter(username="archivista").update(is_active=False)
    assert client.get(DESK).status_code == 302
    assert not is_in(client)


@pytest.mark.parametrize("key", ["", "x", "a" * 32, "../../etc", "%00", "'; DROP TABLE django_session; --"])
def test_a_forged_session_is_a_stranger(key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get(DESK).status_code == 302


def test_public_pages_neither_look_at_a_session_nor_prolong_it(client: Client, django_assert_num_queries: Any) -> None:
    age(client, began=1000, seen=15 * 60 + 5)
    with django_assert_num_queries(0):
        client.get("/salud/")
    assert time.time() - client.session["seen"] > 15 * 60


def test_leaving_empties_what_the_browser_kept(client: Client) -> None:
    assert client.post("/cuenta/salir/", secure=True)["Clear-Site-Data"] == '"cache"'


def test_sessions_that_are_over_are_taken_away(client: Client) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from cms.users.expired import sweep_sessions

    other = Client()
    enter(other, "archivista")
    past = timezone.now() - timedelta(days=3)
    Session.objects.filter(session_key=other.session.session_key).update(expire_date=past)
    assert sweep_sessions() == 1
    assert Session.objects.count() == UserSession.objects.count() == 1
    assert is_in(client)
