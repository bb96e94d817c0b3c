"""Entering: the same answer whoever is refused, locks that tell nothing, codes that open once (criterion 28)."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from cms.users.models import SpentCode
from records.models import LedgerEvent
from tests.ground import PASSWORD
from tests.integration.users.hands import ENTER, FACTOR, code_of, enter, give_codes, is_in, shown
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(28)]
REFUSED = "session.refused"


def events(action: str) -> list[dict[str, Any]]:
    """Facts of each event of this action, in their order."""
    rows = LedgerEvent.objects.filter(action=action).order_by("index").values_list("payload", flat=True)
    return [json.loads(payload)["facts"] for payload in rows]


def headers(answer: Any) -> tuple[Any, ...]:
    """All but the length: the page repeats the login that was typed."""
    return tuple(sorted(pair for pair in answer.items() if pair[0] != "Content-Length"))


def test_unknown_disabled_and_wrong_meet_the_same_page() -> None:
    make_person("archivista"), make_person("inactivo")
    answers = [
        enter(Client(REMOTE_ADDR=f"10.0.0.{place}"), login, password)
        for place, (login, password) in enumerate(
            [("archivista", "otra clave"), ("inactivo", PASSWORD), ("inactivo", "otra"), ("nadie", PASSWORD)]
        )
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({shown(answer) for answer in answers}) == 1
    assert len({headers(answer) for answer in answers}) == 1
    assert "no corresponden, o la cuenta no está activa" in answers[0].content.decode()


def test_the_work_of_refusing_is_the_same_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What costs is the hash of the password: one each, whoever asks."""
    make_person("archivista"), make_person("inactivo")
    hashed: list[str] = []
    whole = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *given: (hashed.append("x"), whole(self, *given))[1])
    for login in ("archivista", "inactivo", "nadie"):
        hashed.clear()
        enter(Client(), login, "otra clave")
        assert len(hashed) == 1, login


def test_five_wrong_passwords_lock_and_locked_looks_like_wrong() -> None:
    make_person("archivista")
    client = Client()
    wrong = [enter(client, "archivista", "otra") for _ in range(5)]
    locked = enter(client, "archivista")
    unknown = [enter(client, "nadie") for _ in range(6)]
    assert not is_in(client)
    assert {answer.status_code for answer in (*wrong, locked, *unknown)} == {200}
    assert len({shown(answer) for answer in (*wrong, locked, *unknown)}) == 1
    assert len({headers(answer) for answer in (*wrong, locked, *unknown)}) == 1
    assert [event.get("locked", False) for event in events(REFUSED)][:6] == [False] * 5 + [True]
    assert enter(Client(REMOTE_ADDR="10.9.9.9"), "archivista").status_code == 302  # another address is not locked


def test_who_goes_on_against_a_lock_fills_no_ledger(settings: Any) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 8
    make_person("archivista")
    for place in range(8):
        enter(Client(), f"nadie{place}", "otra")
    for place in range(6):
        enter(Client(), f"otra{place}", "otra")
        enter(Client(), "archivista", "otra")
    assert [event.get("locked", False) for event in events(REFUSED)] == [False] * 8 + [True] * 2


def test_a_lock_ends_by_itself_and_entering_forgives() -> None:
    make_person("archivista")
    client = Client()
    for _ in range(5):
        enter(client, "archivista", "otra")
    earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=16)
    AccessAttempt.objects.update(attempt_time=earlier)
    assert enter(client, "archivista").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_an_address_that_tries_many_logins_is_locked(settings: Any) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 8
    make_person("archivista"), make_person("jefatura")
    client = Client()
    for place in range(8):
        enter(client, f"nadie{place}", "otra")
    assert enter(client, "archivista").status_code == 200
    assert not is_in(client)
    assert enter(Client(REMOTE_ADDR="10.9.9.9"), "jefatura").status_code == 302


def test_who_enters_forgives_nobody_else(settings: Any) -> None:
    """Somebody with an account of her own does not wash the address between her guesses."""
    settings.ADDRESS_FAILURE_LIMIT = 8
    make_person("archivista"), make_person("jefatura")
    for place in range(8):
        enter(Client(), f"nadie{place}", "otra")
        enter(Client(), "jefatura")
    assert enter(Client(), "archivista").status_code == 200


def test_what_was_typed_is_kept_nowhere() -> None:
    """People type their password where the login goes."""
    enter(Client(), "mi-clave-secreta-7", "otra-secreta-8")
    kept = [str(row) for row in AccessAttempt.objects.values()] + [str(event) for event in events(REFUSED)]
    assert kept
    assert not [row for row in kept if "secreta" in row]


def test_a_factor_is_asked_after_the_password_and_only_then_is_one_in() -> None:
    secret = give_codes(make_person("jefatura"))
    client = Client()
    answer = enter(client, "jefatura")
    assert (answer.status_code, answer["Location"]) == (302, FACTOR)
    assert not is_in(client)
    assert client.get("/custodia/").status_code == 302
    done = client.post(FACTOR, {"code": code_of(secret)})
    assert (done.status_code, done["Location"]) == (302, "/custodia/")
    assert is_in(client)
    assert len(events("session.opened")) == 1


def test_a_stolen_password_without_the_factor_opens_nothing_and_five_codes_lock() -> None:
    secret = give_codes(make_person("jefatura"))
    client = Client()
    enter(client, "jefatura")
    for _ in range(5):
        assert client.post(FACTOR, {"code": "000000"}).status_code == 200
    assert client.post(FACTOR, {"code": code_of(secret)}).status_code == 200
    assert not is_in(client)
    assert enter(client, "jefatura").status_code in (200, 302)
    assert client.post(FACTOR, {"code": code_of(secret)}).status_code != 500
    assert not is_in(client)
    assert len(events(REFUSED)) >= 6


def test_a_code_opens_once() -> None:
    secret = give_codes(make_person("jefatura"))
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        enter(client, "jefatura")
        client.post(FACTOR, {"code": code})
    assert is_in(first)
    assert not is_in(second)
    assert second.post(FACTOR, {"code": code_of(secret, 1)}).status_code == 302
    assert SpentCode.objects.count() == 2


def test_a_code_used_in_another_process_is_known_here() -> None:
    """What was used is in the database: the memory of this process is emptied meanwhile."""
    from django.core.cache import cache

    secret = give_codes(make_person("jefatura"))
    code = code_of(secret)
    first, second = Client(), Client()
    enter(first, "jefatura")
    assert first.post(FACTOR, {"code": code}).status_code == 302
    cache.clear()
    enter(second, "jefatura")
    assert second.post(FACTOR, {"code": code}).status_code == 200


def test_secrets_are_kept_encrypted_and_survive_a_new_key(settings: Any) -> None:
    person = make_person("jefatura")
    secret = give_codes(person)
    row = Authenticator.objects.get(user=person)
    assert secret not in str(row.data)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "otra-llave-" + "y" * 40
    assert row.wrap().validate_code(code_of(secret))


def test_a_factor_is_made_after_saying_who_one_is_and_its_codes_open_once() -> None:
    make_person("jefatura")
    client = Client()
    enter(client, "jefatura")
    page = client.get("/cuenta/seguridad/codigos/")
    secret = page.context["form"].secret
    assert client.get("/cuenta/seguridad/codigos/imagen.svg")["Content-Type"] == "image/svg+xml"
    done = client.post("/cuenta/seguridad/codigos/", {"code": code_of(secret)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10
    again = client.get("/cuenta/seguridad/recuperacion/")
    assert not [code for code in codes if code in again.content.decode()]
    assert [event["kind"] for event in events("factor.added")] == ["totp", "recovery_codes"]
    for opens in (True, False):
        other = Client()
        enter(other, "jefatura")
        other.post(FACTOR, {"code": codes[0]})
        assert is_in(other) is opens


def test_no_answer_about_entering_is_kept_by_a_browser() -> None:
    make_person("jefatura")
    client = Client()
    for address in (ENTER, FACTOR, "/cuenta/", "/cuenta/seguridad/", "/cuenta/sesiones/", "/cuenta/clave/"):
        assert client.get(address)["Cache-Control"] == "no-store"
    enter(client, "jefatura")
    for address in ("/cuenta/", "/cuenta/seguridad/", "/cuenta/sesiones/", "/custodia/"):
        assert client.get(address)["Cache-Control"] == "no-store"


def test_nobody_signs_up_or_resets_by_mail() -> None:
    for address in ("registro", "signup", "password/reset", "email", "accounts/signup", "accounts/login"):
        assert Client().get(f"/cuenta/{address}/").status_code == 404
