"""Public search: what is published and nothing else, also when the engine is down."""

from __future__ import annotations

from pathlib import Path

import pytest

from cms.norms.models import NormPage
from search import api as search_api
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db


def found(client, words: str) -> set[str]:
    hits = read(client.get("/buscar/", {"q": words})).attributes
    shown = client.get("/buscar/", {"q": words}).context["answer"]
    assert hits
    return {hit.url for hit in shown.hits} if shown else set()


@pytest.mark.requirement("A5")
def test_a_citizen_finds_what_is_published_and_only_that(indexed, client):
    publish(P001, P002)
    search_api.drain()

    assert [len(found(client, word)) for word in ("guayacan1188", "zarzaluna7741", "quimbaya5520")] == [1, 0, 0]


def test_a_published_project_is_found_and_a_withdrawn_one_is_not_even_before_the_index_knows(indexed, client):
    publish(P001)
    search_api.drain()
    assert found(client, "guayacan1188") == {f"/banco/{P001.slug}/"}

    withdraw(P001)

    assert found(client, "guayacan1188") == set()
    search_api.drain()
    assert not search_api.audit().missing


def test_pages_of_editors_are_found_and_leave_with_their_page(indexed, client):
    assert "/normas/ley-1712-de-2014/" in found(client, "clasificada reservada")

    NormPage.objects.get(slug="ley-1712-de-2014").unpublish()
    search_api.drain()

    assert "/normas/ley-1712-de-2014/" not in found(client, "clasificada reservada")


def test_a_page_behind_a_wall_is_not_found(indexed, client):
    from wagtail.models import PageViewRestriction

    page = NormPage.objects.get(slug="ley-1712-de-2014")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert "/normas/ley-1712-de-2014/" not in found(client, "clasificada reservada")


@pytest.mark.requirement("A8")
def test_without_an_index_the_page_says_so_calmly(site, client, settings, tmp_path: Path):
    settings.SEARCH = {
        "ENGINE": {
            "BACKEND": "search.engines.embedded.EmbeddedEngine",
            "OPTIONS": {"path": tmp_path / "ninguno", "lock_wait_seconds": 0.1},
        }
    }

    response = client.get("/buscar/", {"q": "compuestos"})

    assert response.status_code == 503
    assert "La búsqueda no responde en este momento" in read(response).text


def test_any_words_are_answered(indexed, client):
    odd = ("", "   ", '"', "-", "((((", "a" * 9000, "\x00", "<script>x</script>", "tipo:", "%%%", "ñ" * 400)

    answers = [client.get("/buscar/", {"q": words}) for words in odd]

    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if b"<script>x" in answer.content]


def test_a_broken_cursor_is_the_first_page(indexed, client):
    publish(P001)
    search_api.drain()

    assert client.get("/buscar/", {"q": "guayacan1188", "despues": "roto"}).status_code == 200
