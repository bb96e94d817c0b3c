"""Pages kept in memory: the same bytes, no question for them but one, and gone with the change that takes them away."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import PageViewRestriction

from cms.core.generation import PublicGeneration
from cms.home.models import HomePage
from cms.norms.models import NormPage
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.people import make_person

pytestmark = pytest.mark.django_db
PROJECT = f"/banco/{P001.slug}/"
KEPT = ("/", "/banco/", PROJECT, "/normas/", "/convenios/", "/datos/", "/api/", "/ayuda/", "/sitemap.xml")


@pytest.fixture(autouse=True)
def kept(settings, site: HomePage) -> Iterator[None]:
    settings.CACHES = {**settings.CACHES, "pages": room(), "asked_pages": room()}
    PublicGeneration.objects.get_or_create(pk=1)
    publish(P001)
    yield
    caches["pages"].clear()
    caches["asked_pages"].clear()


def room() -> dict[str, object]:
    """A cache of this test alone that keeps few pages."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    return {"BACKEND": backend, "LOCATION": f"pages-{uuid.uuid4()}", "OPTIONS": {"MAX_ENTRIES": 2 * len(KEPT)}}


def asked(client: Client, path: str):
    with CaptureQueriesContext(
        connection,
    ) as questions:
        response = client.get(path)
    return response, len(questions)


@pytest.mark.parametrize("path", KEPT)
def test_a_page_is_asked_of_the_database_once_and_then_only_whether_anything_changed(client, path):
    first, _many = asked(client, path)
    again, questions = asked(client, path)

    assert questions == 1
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert dict(first.headers) == dict(again.headers)
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(path, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert client.head(path).content == b""


@pytest.mark.criterion(24)
@pytest.mark.rule("P8")
def test_a_project_withdrawn_while_it_is_kept_is_gone_in_the_next_request(client):
    before = {
        path: client.get(path).content.decode() for path in ("/", "/banco/", PROJECT, "/sitemap.xml", "/convenios/")
    }
    tag = client.get(PROJECT)["ETag"]
    withdraw(P001)

    after = {path: client.get(path) for path in before}

    assert all(P001.slug in said for path, said in before.items() if path != PROJECT)
    assert after[PROJECT].status_code == 404
    assert client.get(PROJECT, HTTP_IF_NONE_MATCH=tag).status_code == 404
    assert not [path for path, response in after.items() if P001.slug in response.content.decode()]


def test_an_act_that_is_undone_neither_shows_nor_loses_anything(client):
    before = client.get("/banco/").content
    with transaction.atomic():
        publish(P002)
        transaction.set_rollback(True)

    assert client.get("/banco/").content == before


def test_what_editors_do_shows_at_once(client):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    client.get(norm.url), client.get("/normas/")

    norm.intro = "Otro resumen de la ley."
    norm.save_revision().publish()
    assert "Otro resumen" in client.get(norm.url).content.decode()
    assert "Otro resumen" in client.get("/normas/").content.decode()

    PageViewRestriction.objects.create(page=norm, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(norm.url).status_code == 404


def test_a_wall_that_is_loaded_from_a_file_shuts_the_page_at_once(client, tmp_path):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    assert client.get(norm.url).status_code == 200
    wall = {"page": norm.pk, "restriction_type": PageViewRestriction.LOGIN, "password": "", "groups": []}
    file = tmp_path / "muro.json"
    file.write_text(json.dumps([{"model": "wagtailcore.pageviewrestriction", "pk": 1, "fields": wall}]))

    call_command("loaddata", str(file), verbosity=0)

    assert client.get(norm.url).status_code == 404


def test_a_page_behind_a_wall_is_kept_by_no_cache_on_the_way(client, editor):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    PageViewRestriction.objects.create(page=norm, restriction_type=PageViewRestriction.LOGIN)

    answer = editor.get(norm.url)

    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")


def test_letters_that_come_unescaped_are_not_answered_with_what_is_kept_of_another_question(client):
    publish(P002)
    sent = f"departamento={P002.department}".encode().decode("latin-1")
    client.get("/banco/", QUERY_STRING=quote(sent, safe="="))

    answer = client.get("/banco/", QUERY_STRING=sent)

    assert f'href="/banco/{P002.slug}/"' in answer.content.decode()


def test_a_draft_and_its_preview_are_kept_for_nobody(client, editor):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    norm.intro = "Borrador que nadie ha publicado."
    norm.save_revision()

    assert "Borrador" in editor.get(f"/editor/pages/{norm.pk}/view_draft/").content.decode()
    assert "Borrador" not in client.get(norm.url).content.decode()
    assert "Borrador" not in editor.get(norm.url).content.decode()


@pytest.mark.criterion(2)
def test_the_tag_and_the_bytes_say_nothing_of_who_asks_or_of_what_is_hidden(client):
    staff = Client()
    staff.force_login(make_person("archivista"))
    before = {path: client.get(path) for path in KEPT}
    publish(dataclasses.replace(P002, name="canariooculto"))
    withdraw(P002)

    after = {path: client.get(path) for path in KEPT}

    for path in KEPT:
        assert (after[path].content, after[path]["ETag"]) == (before[path].content, before[path]["ETag"]), path
        assert staff.get(path)["ETag"] == before[path]["ETag"], path


@pytest.mark.parametrize("path", ["/buscar/?q=taller", "/verificar/", "/cuenta/entrar/", "/salud/", "/no-existe/"])
def test_what_asks_the_index_takes_a_form_or_is_not_there_is_not_kept(client, path):
    with translation.override("es-co"):
        first, again = client.get(path), client.get(path)

    assert first.status_code == again.status_code
    assert "ETag" not in first.headers


@pytest.mark.parametrize("made_up", ["/ayuda/?x={}", "/convenios/?pagina={}", PROJECT + "al/{}-01-01/"])
def test_made_up_addresses_push_no_page_out_that_everybody_reads(client, made_up):
    for path in KEPT:
        client.get(path)

    years = range(3001, 3001 + 3 * len(KEPT))
    assert {client.get(made_up.format(year)).status_code for year in years} == {200}

    assert {path: asked(client, path)[1] for path in KEPT} == dict.fromkeys(KEPT, 1)


def test_a_page_with_a_question_in_its_address_is_kept_too(client):
    asked(client, "/banco/?fase=execution")

    assert asked(client, "/banco/?fase=execution")[1] == 1


def test_another_host_is_another_page_and_a_strange_one_is_refused(client):
    one = client.get("/sitemap.xml", HTTP_HOST="testserver").content
    other = client.get("/sitemap.xml", HTTP_HOST="localhost").content

    assert (b"http://testserver/" in one, b"http://localhost/" in other) == (True, True)
    assert client.get("/sitemap.xml", HTTP_HOST="ajeno.example").status_code == 400
