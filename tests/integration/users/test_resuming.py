"""A form whose session was over loses nothing; one that is replayed, forged or somebody else's does nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.users.models import User
from records.models import LedgerEvent, PersonAct
from tests.ground import PASSWORD
from tests.integration.users.hands import code_of, enter, give_codes, is_in
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(29)]
RESUME = "/cuenta/retomar/"
WORDS = {"role": "reviewer", "act": "Resolución «9» de la <b>reserva</b> & su anexo", "until": "31/12/2027"}


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def client(cast: dict[str, Any]) -> Client:
    client = Client()
    enter(client, "administracion")
    return client


def role_page(person: Any) -> str:
    return f"/custodia/personas/{person.pk}/cargo/"


def idle(client: Client) -> None:
    session = client.session
    session["seen"] = int(time.time()) - 15 * 60
    session.save()


def carried(page: Any) -> dict[str, str]:
    return dict(page.context["typed"])


def test_what_was_sent_too_late_is_there_after_entering_again(cast: dict[str, Any], client: Client) -> None:
    where = role_page(cast["ajeno"])
    idle(client)
    assert client.post(where, WORDS)["Location"].startswith("/cuenta/entrar/")
    assert "no se perdió" in client.get("/cuenta/entrar/").content.decode()
    held = "".join(one.session_data + repr(one.get_decoded()) for one in Session.objects.all())
    assert "reserva" not in held
    assert enter(client, "administracion")["Location"] == RESUME
    page = client.get(RESUME)
    assert (carried(page), page.context["path"]) == (WORDS, where)
    assert "&lt;b&gt;reserva&lt;/b&gt;" in page.content.decode()
    assert not PersonAct.objects.exists(), "nothing is done before she says so"
    assert client.post(where, carried(page)).status_code == 302
    assert PersonAct.objects.get().act == WORDS["act"]


def test_it_waits_for_the_factor_too(cast: dict[str, Any], client: Client) -> None:
    secret = give_codes(cast["administracion"])
    idle(client)
    client.post(role_page(cast["ajeno"]), WORDS)
    assert "factor" in enter(client, "administracion")["Location"]
    assert client.get(RESUME).status_code == 302
    assert client.post("/cuenta/entrar/factor/", {"code": code_of(secret)})["Location"] == RESUME
    assert carried(client.get(RESUME)) == WORDS


def test_it_is_for_nobody_else(cast: dict[str, Any], client: Client) -> None:
    idle(client)
    client.post(role_page(cast["ajeno"]), WORDS)
    enter(client, "jefatura")
    assert client.get(RESUME)["Location"] == "/cuenta/"
    assert "kept_form" not in client.session


def test_it_is_not_kept_for_long(cast: dict[str, Any], client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from cms.users import resuming

    idle(client)
    client.post(role_page(cast["ajeno"]), WORDS)
    enter(client, "administracion")
    monkeypatch.setattr(resuming, "PATIENCE", 0)
    assert client.get(RESUME)["Location"] == "/cuenta/"


def test_passwords_are_never_kept_and_files_are_said_to_be_chosen_again(cast: dict[str, Any], client: Client) -> None:
    idle(client)
    sent = {**WORDS, "confirmar-clave": PASSWORD, "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 secreto")}
    client.post(role_page(cast["ajeno"]), sent)
    enter(client, "administracion")
    page = client.get(RESUME)
    assert carried(page) == WORDS
    assert "elegirlos otra vez" in page.content.decode()
    assert PASSWORD not in page.content.decode()


def test_a_form_without_our_token_is_not_kept(cast: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/cuenta/entrar/").cookies["csrftoken"].value
    client.post("/cuenta/entrar/", {"username": "administracion", "password": PASSWORD, "csrfmiddlewaretoken": token})
    idle(client)
    client.post(role_page(cast["ajeno"]), WORDS)
    assert "kept_form" not in client.session


def test_a_token_of_before_entering_does_nothing(cast: dict[str, Any]) -> None:
    """The page of an earlier session, or of another site."""
    client = Client(enforce_csrf_checks=True)
    old = client.get("/cuenta/entrar/").cookies["csrftoken"].value
    client.post("/cuenta/entrar/", {"username": "administracion", "password": PASSWORD, "csrfmiddlewaretoken": old})
    assert is_in(client)
    for token in (old, "", "x" * 32):
        answer = client.post(role_page(cast["ajeno"]), {**WORDS, "csrfmiddlewaretoken": token})
        assert answer.status_code == 403
    assert not PersonAct.objects.exists()


def test_a_page_of_before_entering_again_keeps_its_words_for_who_sent_it_from_here(cast: dict[str, Any]) -> None:
    """She entered anew in another window, and then sent what she had been writing."""
    client = Client(enforce_csrf_checks=True)
    old = client.get("/cuenta/entrar/").cookies["csrftoken"].value
    client.post("/cuenta/entrar/", {"username": "administracion", "password": PASSWORD, "csrfmiddlewaretoken": old})
    where, sent = role_page(cast["ajeno"]), {**WORDS, "csrfmiddlewaretoken": old}
    page = client.post(where, sent, headers={"Origin": "http://testserver"})
    assert (page.status_code, carried(page)) == (403, WORDS)
    for origin in ("http://otro.sitio", "null"):
        assert "Resolución" not in client.post(where, sent, headers={"Origin": origin}).content.decode()
    assert not PersonAct.objects.exists()
    again = {**carried(page), "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(where, again, headers={"Origin": "http://testserver"}).status_code == 302
    assert PersonAct.objects.get().act == WORDS["act"]


def test_the_same_form_sent_twice_is_done_once(cast: dict[str, Any], client: Client) -> None:
    where = role_page(cast["ajeno"])
    assert client.post(where, WORDS).status_code == 302
    assert client.post(where, WORDS).status_code == 422
    asked = PersonAct.objects.get()
    second = Client()
    enter(second, "jefatura")
    address = f"/custodia/cargos/{asked.pk}/"
    assert [second.post(address, {"act": "confirm"}).status_code for _ in range(2)] == [302, 409]
    assert LedgerEvent.objects.filter(action="person.role_assigned").count() == 1


@pytest.mark.criterion(4)
@pytest.mark.parametrize("key", ["x" * 32, "", "../../etc", "a" * 500])
def test_a_forged_session_is_nobody(cast: dict[str, Any], key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get("/custodia/")["Location"].startswith("/cuenta/entrar/")
    assert client.post(role_page(cast["ajeno"]), WORDS)["Location"].startswith("/cuenta/entrar/")
    assert not PersonAct.objects.exists()


@pytest.mark.criterion(4)
def test_a_session_that_was_left_opens_nothing_to_who_kept_its_cookie(cast: dict[str, Any], client: Client) -> None:
    kept = client.cookies["sessionid"].value
    client.post("/cuenta/salir/")
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert not is_in(thief)
    assert User.objects.filter(username="administracion").exists()
