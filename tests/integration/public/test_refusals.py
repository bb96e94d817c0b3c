"""Refusals: the same bytes for everybody, with nothing of the request in them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from wagtail.contrib.redirects.models import Redirect

from cms.core import views
from tests.integration.public.reading import read
from tests.people import make_person

pytestmark = pytest.mark.django_db
LOST = ("/nada/", "/banco/nada/", "/normas/nada/", "/datos/nada.csv", "/salud/nada/", "/editor-no/", "/nada/?q=secreto")


def test_what_is_not_there_is_one_page_whatever_was_asked_and_whoever_asks(site):
    staff = Client()
    staff.force_login(make_person("archivista"))

    answers = [who.get(address) for who in (Client(), staff) for address in LOST]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "No encontramos esa página" in read(answers[0]).text
    assert not any(answer.cookies for answer in answers)


@pytest.mark.requirement("I12")
@pytest.mark.parametrize("path", ["/custodia", "/Custodia", "/custodia/", "/cuenta/entrar", "/editor", "/salud/x/"])
def test_who_approves_pages_leads_nobody_away_from_the_desk_or_the_login(site, client, path):
    Redirect.objects.create(old_path=path.rstrip("/"), redirect_link="https://ajeno.example/")
    Redirect.objects.create(old_path="/antigua", redirect_link="https://ajeno.example/")

    assert "ajeno" not in client.get(path).headers.get("Location", "")
    assert client.get("/antigua/")["Location"] == "https://ajeno.example/"


@pytest.mark.parametrize(
    ("view", "status", "told"),
    [
        (views.bad_request, 400, "No entendimos la solicitud"),
        (views.forbidden, 403, "Esta acción no le corresponde"),
        (views.unavailable, 503, "El servicio vuelve en un momento"),
    ],
)
def test_each_refusal_is_calm_and_echoes_nothing(view, status, told):
    request = RequestFactory().get("/custodia/zarzaluna7741/?q=quimbaya5520")

    response = view(request, PermissionDenied("quimbaya5520"))
    page = read(response)

    assert response.status_code == status
    assert told in page.text
    assert "7741" not in response.content.decode()
    assert "5520" not in response.content.decode()
    assert [level for level, _words in page.headings].count(1) == 1


def test_a_fault_of_ours_says_so_without_a_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = views.server_error(RequestFactory().get("/x/"))

    assert response.status_code == 500
    assert "El fallo es nuestro" in read(response).text


def test_a_stale_form_is_explained_and_the_reason_kept(settings):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/cuenta/entrar/", {"username": "x"})

    assert response.status_code == 403
    assert "El formulario ya no era válido" in read(response).text
    assert b"CSRF" not in response.content


def test_health_tells_nothing_but_life(client):
    assert client.get("/salud/").content == b"bien\n"
    assert client.get("/salud/listo/").content == b"listo\n"


def test_readiness_fails_quietly_without_the_database(client, monkeypatch):
    from django.db import OperationalError, connection

    def refuse() -> None:
        raise OperationalError("secreto.example:5432")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/salud/listo/")

    assert response.status_code == 503
    assert response.content == b"no disponible\n"
