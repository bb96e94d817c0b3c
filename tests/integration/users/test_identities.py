"""Entering with an identity of the institution: by issuer and subject, tied by its person, and by nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import IntegrityError, transaction
from django.test import Client

from cms.settings import env
from cms.users import issuer
from cms.users.models import Identity, User
from records.models import LedgerEvent
from tests.ground import PASSWORD
from tests.integration.users.hands import code_of, enter, give_codes, is_in, shown
from tests.integration.users.provider import CLIENT, SECRET, Provider
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(28)]
ENTER, BACK, TIE = (
    "/cuenta/entrar/institucional/",
    "/cuenta/entrar/institucional/regreso/",
    "/cuenta/seguridad/institucional/",
)


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    made = Provider()
    settings.OIDC = named(made)
    yield made
    made.close()


def named(provider: Provider) -> dict[str, str]:
    return {"ISSUER": provider.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "NAME": "cuenta institucional"}


def sent(where: str) -> str:
    """What a browser is sent back with by the provider, as an address of ours."""
    parts = urlsplit(where)
    there = HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    there.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(there.getresponse().headers["Location"])
    there.close()
    return f"{back.path}?{back.query}"


def go(client: Client, start: str = ENTER) -> Any:
    """Away to the provider and back; the answer to the return."""
    return client.get(sent(client.get(start)["Location"]))


def tie(person: Any, provider: Provider, subject: str = "sujeto-1") -> None:
    Identity.objects.create(person=person, issuer=provider.issuer, subject=subject)


def reasons() -> list[str]:
    import json

    found = LedgerEvent.objects.filter(action="identity.refused").order_by("index")
    return [json.loads(event.payload)["facts"]["code"] for event in found]


def test_a_person_ties_her_identity_and_enters_with_it(cast: dict[str, Any], provider: Provider) -> None:
    client = Client()
    enter(client, "archivista")
    assert "sitio de su cuenta institucional" in client.get(TIE).content.decode()
    assert go(client, f"{TIE}?ir=1")["Location"] == "/cuenta/seguridad/"
    assert Identity.objects.get().person == cast["archivista"]
    theirs = Client()
    assert "Entrar con su cuenta institucional" in theirs.get("/cuenta/entrar/").content.decode()
    answer = go(theirs, f"{ENTER}?next=/custodia/expedientes/")
    assert (answer.status_code, answer["Location"]) == (302, "/custodia/expedientes/")
    assert theirs.get("/custodia/").status_code == 200
    told = set(LedgerEvent.objects.filter(actor="archivista").values_list("action", flat=True))
    assert {"identity.tied", "session.opened"} <= told
    assert "sujeto-1" not in "".join(event.payload for event in LedgerEvent.objects.all())


def test_her_factor_is_asked_all_the_same(cast: dict[str, Any], provider: Provider) -> None:
    tie(cast["jefatura"], provider)
    secret = give_codes(cast["jefatura"])
    client = Client()
    assert go(client)["Location"].startswith("/cuenta/entrar/factor/")
    assert not is_in(client)
    client.post("/cuenta/entrar/factor/", {"code": code_of(secret)})
    assert is_in(client)


def test_who_must_have_a_factor_and_has_none_makes_one_first(
    cast: dict[str, Any], provider: Provider, settings: Any
) -> None:
    settings.MFA_REQUIRED_ROLES = ("contracts_head",)
    tie(cast["jefatura"], provider)
    client = Client()
    go(client)
    assert client.get("/custodia/")["Location"] == "/cuenta/seguridad/"


def test_an_act_of_approval_asks_again_whoever_the_provider_said(cast: dict[str, Any], provider: Provider) -> None:
    """Its session there may be of this morning."""
    tie(cast["administracion"], provider)
    client = Client()
    go(client)
    page = client.post(f"/custodia/personas/{cast['ajeno'].pk}/estado/", {"reason": "x"})
    assert "Confirme quién es" in page.content.decode()
    assert User.objects.get(username="ajeno").is_active


@pytest.mark.requirement("I8")
def test_unknown_disabled_and_lying_are_one_page(cast: dict[str, Any], provider: Provider) -> None:
    tie(cast["inactivo"], provider, "inactiva")
    pages = []
    for who, claims in (("nadie", {}), ("inactiva", {}), ("nadie", {"aud": "otro"})):
        provider.who, provider.claims = who, claims
        client = Client()
        answer = go(client)
        pages.append((answer.status_code, shown(answer), dict(answer.items())))
        assert not is_in(client)
    assert pages[0][0] == 403
    assert all(page == pages[0] for page in pages)
    assert reasons() == ["not_tied", "disabled", "audience"]


def test_mail_and_names_open_nothing_and_change_nothing(cast: dict[str, Any], provider: Provider) -> None:
    """Somebody else comes with the mail, the login and the name of a person; and hers change there."""
    User.objects.filter(username="archivista").update(email="archivista@ejemplo.invalid")
    hers = {"email": "archivista@ejemplo.invalid", "email_verified": True, "preferred_username": "archivista"}
    tie(cast["archivista"], provider)
    provider.who, provider.claims = "otra-persona", hers
    stranger = Client()
    assert go(stranger).status_code == 403
    assert not is_in(stranger)
    provider.who = "sujeto-1"
    provider.claims = {"email": "jefatura@ejemplo.invalid", "email_verified": True, "preferred_username": "jefatura"}
    client = Client()
    assert go(client).status_code == 302
    assert client.get("/cuenta/").context["user"].username == "archivista"
    held = User.objects.get(username="archivista")
    assert (held.email, held.username) == ("archivista@ejemplo.invalid", "archivista")
    assert User.objects.count() == len(cast)


def test_the_same_subject_of_another_issuer_is_somebody_else(
    cast: dict[str, Any], provider: Provider, settings: Any
) -> None:
    tie(cast["archivista"], provider)
    other = Provider()
    try:
        settings.OIDC = named(other)
        assert go(Client()).status_code == 403
        tie(cast["ajeno"], other)
        client = Client()
        assert go(client).status_code == 302
        assert client.get("/cuenta/").context["user"].username == "ajeno"
    finally:
        other.close()


LIES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another audience": ({"aud": "otro"}, {}, "audience"),
    "also for another, not at our request": ({"aud": [CLIENT, "otro"]}, {}, "audience"),
    "made at the request of another": ({"aud": [CLIENT, "otro"], "azp": "otro"}, {}, "audience"),
    "another issuer": ({"iss": "http://127.0.0.1:1/otra"}, {}, "issuer"),
    "expired": ({"exp": 1_000_000_000}, {}, "expired"),
    "without an end": ({"exp": None}, {}, "expired"),
    "of last hour": ({"iat": 1_000_000_000}, {}, "made"),
    "of tomorrow": ({"nbf": 10**11}, {}, "early"),
    "another nonce": ({"nonce": "otro"}, {}, "nonce"),
    "without nonce": ({"nonce": None}, {}, "nonce"),
    "without subject": ({"sub": ""}, {}, "subject"),
    "subject that is no text": ({"sub": 7}, {}, "subject"),
    "alg none": ({}, {"alg": "none"}, "algorithm"),
    "public key as a secret": ({}, {"alg": "HS256"}, "algorithm"),
    "another kind of key": ({}, {"alg": "ES256"}, "key"),
    "unknown key": ({}, {"kid": "k2"}, "key"),
    "something critical": ({}, {"crit": ["b64"], "b64": False}, "algorithm"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_token_that_does_not_hold_opens_nothing(cast: dict[str, Any], provider: Provider, name: str) -> None:
    tie(cast["archivista"], provider)
    provider.claims, provider.head, reason = LIES[name]
    client = Client()
    assert go(client).status_code == 403
    assert not is_in(client)
    assert reasons() == [reason]


def test_a_token_signed_by_another_key_opens_nothing(cast: dict[str, Any], provider: Provider) -> None:
    tie(cast["archivista"], provider)
    provider.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = Client()
    assert go(client).status_code == 403
    assert not is_in(client)
    assert reasons() == ["signature"]


def test_a_return_serves_once_to_who_asked_it_and_in_time(cast: dict[str, Any], provider: Provider) -> None:
    tie(cast["archivista"], provider)
    client, other = Client(), Client()
    back = sent(client.get(ENTER)["Location"])
    assert other.get(back).status_code == 403
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    assert client.get(back).status_code == 403, "what was asked was spent by the wrong answer"
    late = sent(client.get(ENTER)["Location"])
    session = client.session
    session["identity_asked"] = {**session["identity_asked"], "began": time.time() - 601}
    session.save()
    assert client.get(late).status_code == 403
    good = sent(client.get(ENTER)["Location"])
    assert client.get(good).status_code == 302
    client.post("/cuenta/salir/")
    assert client.get(good).status_code == 403
    assert not is_in(client)
    assert client.get(f"{BACK}?error=access_denied").status_code == 403


def test_a_provider_that_is_another_or_points_elsewhere_is_not_believed(
    cast: dict[str, Any], provider: Provider
) -> None:
    for said in ({"issuer": "http://127.0.0.1:1/otra"}, {"token_endpoint": "ftp://127.0.0.1/x"}, {"jwks_uri": ""}):
        provider.said = said
        issuer.described_by.cache_clear()
        client = Client()
        answer = client.get(ENTER)
        assert (answer if answer.status_code == 403 else client.get(sent(answer["Location"]))).status_code == 403
    issuer.described_by.cache_clear()
    provider.close()
    assert Client().get(ENTER).status_code == 403


def test_strangers_who_ask_again_and_again_ask_the_house_alone(provider: Provider) -> None:
    for _ in range(5):
        assert Client().get(ENTER).status_code == 302
    assert len(provider.asked) <= 2, "at most one in each window of minutes"


def test_tying_asks_who_is_there_and_an_identity_is_of_one_account(cast: dict[str, Any], provider: Provider) -> None:
    client = Client()
    enter(client, "ajeno")
    session = client.session
    session["confirmed"] = int(time.time()) - 301
    session.save()
    assert "Confirme quién es" in client.get(f"{TIE}?ir=1").content.decode()
    assert not provider.asked
    client.post(f"{TIE}?ir=1", {"confirmar-clave": PASSWORD})
    back = sent(client.get(f"{TIE}?ir=1")["Location"])
    client.post("/cuenta/salir/")
    enter(client, "archivista")
    assert client.get(back).status_code == 403, "begun by another person"
    tie(cast["revisora"], provider)
    assert go(client, f"{TIE}?ir=1").status_code == 403
    assert Identity.objects.get().person == cast["revisora"]
    with pytest.raises(IntegrityError), transaction.atomic():
        tie(cast["ajeno"], provider)


def test_an_identity_is_taken_away_and_opens_no_more(cast: dict[str, Any], provider: Provider) -> None:
    tie(cast["archivista"], provider)
    client = Client()
    enter(client, "archivista")
    assert client.post(f"{TIE}retirar/").status_code == 302
    assert not Identity.objects.exists()
    assert go(Client()).status_code == 403
    assert LedgerEvent.objects.filter(action="identity.untied").count() == 1


def test_who_manages_people_takes_one_away_with_a_reason_and_ties_none(
    cast: dict[str, Any], provider: Provider
) -> None:
    theirs, manager = Client(), Client()
    tie(cast["archivista"], provider)
    go(theirs)
    enter(manager, "administracion")
    page = f"/custodia/personas/{cast['archivista'].pk}/institucional/"
    assert manager.post(page, {"reason": ""}).status_code == 422
    assert is_in(theirs)
    assert manager.post(page, {"reason": "La cuenta fue robada"}).status_code == 302
    assert not is_in(theirs)
    assert go(Client()).status_code == 403
    assert manager.post(page, {"reason": "Otra vez"}).status_code == 422
    assert "La cuenta fue robada" in manager.get(f"/custodia/personas/{cast['archivista'].pk}/").content.decode()


def test_where_none_is_named_nothing_is_offered(cast: dict[str, Any]) -> None:
    client = Client()
    assert "institucional" not in client.get("/cuenta/entrar/").content.decode()
    assert [client.get(address).status_code for address in (ENTER, BACK)] == [404, 404]
    enter(client, "archivista")
    assert client.get(TIE).status_code == 404
    assert "nstitucional" not in client.get("/cuenta/seguridad/").content.decode()


def test_half_a_configuration_is_told() -> None:
    read = env.Environment({"OIDC_ISSUER": "https://identidad.ejemplo"})
    read.together("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    assert [fault.split(":")[0] for fault in read.faults] == ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]


def test_a_stranger_who_comes_back_and_back_fills_no_ledger(cast: dict[str, Any], provider: Provider) -> None:
    for _each in range(3):
        assert Client().get(BACK).status_code == 403
        client = Client()
        client.get(ENTER)
        assert client.get(f"{BACK}?state=otro&code=x").status_code == 403
        assert go(Client()).status_code == 403  # somebody whom the issuer knows and nobody here does
    assert LedgerEvent.objects.filter(action="identity.refused").count() == 3
