"""Search at the desk: exact and only of one's own, on the right page in two clicks, and calm when it cannot answer."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.explain import explain, explain_each
from records.holds.acts import place_hold
from records.models import Document, Expediente, LedgerEvent, PageText
from records.vocabulary import Level
from search import api as search
from search import conf
from tests import factories
from tests.integration.desk.conftest import ENGINE, Browse

pytestmark = pytest.mark.usefixtures("index")


def findable(piece: Document, *pages: str) -> Document:
    for number, text in enumerate(pages, 1):
        PageText.objects.create(document=piece, number=number, text=text)
    search.enqueue("custody", [str(piece.pk)])
    search.drain()
    return piece


def found(browse: Browse, login: str, words: str, **more: str) -> str:
    response = browse(login).get("/custodia/buscar/", {"q": words, **more})
    assert response.status_code == 200
    return shown(response.content)


def shown(body: bytes) -> str:
    return " ".join(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body.decode()).split())


@pytest.mark.requirement("A6", "J1", "J6")
def test_a_hit_leads_to_its_page_with_the_words_and_back(browse: Browse, piece: Document) -> None:
    findable(piece, "portada", "se recibe la reparación del carenado")
    body = found(browse, "archivista", "reparaciones carenado")
    assert "<h2>1 documento</h2>" in body
    assert "<mark>reparación</mark>" in body
    address = re.search(r'<h3 class="hit-title"><a href="([^"]+)"', body)
    assert address
    assert address[1] == f"/custodia/documentos/{piece.pk}/?pagina=2&amp;q=reparaciones+carenado"
    viewer = browse("archivista").get(address[1].replace("&amp;", "&")).content.decode()
    assert viewer.count("<mark") == 2
    assert f'href="/custodia/buscar/?q=reparaciones+carenado#d-{piece.pk}"' in viewer


@pytest.mark.requirement("J2", "J3", "I8")
@pytest.mark.rule("P1")
@pytest.mark.criterion(2, 9)
def test_hidden_words_answer_as_words_that_exist_nowhere(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    findable(factories.insert_piece(cast["archivista"], expediente, Level.RESERVED), "canario secreto")
    for login in ("archivista", "jefatura", "revisora", "ajeno", "proveedor", "auditoria"):
        hidden = found(browse, login, "canario")
        nowhere = found(browse, login, "zzzzzzz").replace("zzzzzzz", "canario")
        assert hidden == nowhere, login
    assert "<h2>1 documento</h2>" in found(browse, "custodia", "canario")


@pytest.mark.requirement("J4")
@pytest.mark.beyond(3)
def test_a_withdrawn_grant_empties_the_next_answer_without_indexing(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    findable(piece, "licencia del controlador")
    grant = factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    assert "<h2>1 documento</h2>" in found(browse, "revisora", "controlador")
    factories.access.revoke_grant(actor=cast["custodia"], grant=grant)
    assert "<h2>0 documentos</h2>" in found(browse, "revisora", "controlador")


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_each_hit_tells_why_its_reader_finds_it_down_to_the_act(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    reserved = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    terms = {"actor": cast["custodia"], "person": cast["revisora"], "until": factories.FAR}
    grant = factories.access.grant_access(target=reserved, reason="Caso 117", **terms)
    whole = factories.access.grant_access(target=expediente, reason="Caso 118", **terms)
    hold = {"kind": "audit", "authority": "Contraloría", "reason": "x"}
    place_hold(actor=cast["custodia"], target=piece, **hold)
    for one in (piece, reserved):
        findable(one, "licencia del controlador")
    body = found(browse, "revisora", "controlador")
    assert body.count("¿Por qué puedo verlo?") == 2
    for given, told in ((grant, "Caso 117"), (whole, "Caso 118")):
        assert body.count(f"Motivo: {told}. <a") == 1
        act = browse("revisora").get(f"/custodia/accesos/{given.pk}/")
        assert told in act.content.decode()
        assert browse("ajeno").get(f"/custodia/accesos/{given.pk}/").status_code == 404
    assert "Contraloría" not in body, "holds are told to staff alone"
    clerk = found(browse, "archivista", "controlador")
    assert "Su dependencia, Grupo de Contratos, lee las piezas de este nivel." in clerk
    assert clerk.count("Contraloría") == 1
    for login in ("archivista", "custodia", "revisora", "jefatura"):
        each = explain_each(cast[login], [piece.pk, reserved.pk])
        for one in (piece, reserved):
            whole_told = explain(cast[login], one)
            assert each.get(one.pk, whole_told).because == whole_told.because
            assert (one.pk in each) == whole_told.allowed["view"]


@pytest.mark.beyond(1)
def test_a_page_of_hits_is_explained_by_as_many_queries_as_one_hit(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    def asked(count: int) -> int:
        keys = [one.pk for one in pieces[:count]]
        with CaptureQueriesContext(connection) as captured:
            assert len(explain_each(cast["revisora"], keys)) == count
        return len(captured)

    pieces = [factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED) for _n in range(20)]
    for piece in pieces:
        factories.access.grant_access(
            actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
        )
    assert asked(20) == asked(1)


@pytest.mark.requirement("J5")
def test_the_cost_of_an_answer_does_not_grow_with_its_hits(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    def asked() -> int:
        found(browse, "archivista", "taller")
        client = browse("archivista")
        with CaptureQueriesContext(connection) as captured:
            client.get("/custodia/buscar/?q=taller")
        return len(captured)

    def add(count: int) -> None:
        for _number in range(count):
            findable(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), "el taller regional")

    add(5)
    few = asked()
    add(55)
    assert asked() == few
    assert "<h2>60 documentos</h2>" in found(browse, "archivista", "taller")


def link(body: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', body)
    return html.unescape(found[1]) if found else ""


def test_pages_of_an_answer_follow_by_cursor_and_facets_count_all(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    for _number in range(23):
        findable(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), "el taller")
    first = found(browse, "archivista", "taller")
    assert first.count('class="hit-title"') == 20
    assert re.search(r'Clasificada</bdi></a> <span class="facet-count">23<', first)
    assert "Página 1 de 2" in first
    second = shown(browse("archivista").get(link(first, "next")).content)
    assert second.count('class="hit-title"') == 3
    assert "&amp;desde=despues" in second
    assert "Página 2 de 2" in second
    assert link(second, "prev") == "/custodia/buscar/?q=taller"
    assert "no es válida" in found(browse, "archivista", "taller", despues="basura")


@pytest.mark.parametrize(
    "words", ['"sin cerrar', "-", "(((", "\x00", "<b>x</b>", "a" * 5000, "tipo:acta", "\U0001d54f \u202e"]
)
def test_any_words_get_a_page_and_never_markup(browse: Browse, words: str) -> None:
    body = found(browse, "archivista", words)
    assert "<b>x</b>" not in body


def test_wrong_syntax_is_explained_in_place(browse: Browse) -> None:
    assert "comilla sin cerrar" in found(browse, "archivista", '"acta de')


@pytest.mark.criterion(25)
@pytest.mark.requirement("J7")
def test_an_index_that_is_gone_gives_a_calm_page(browse: Browse, piece: Document, index: Path, settings: Any) -> None:
    findable(piece, "taller")
    settings.SEARCH = {"ENGINE": {"BACKEND": ENGINE, "OPTIONS": {"path": index.parent / "nothing"}}}
    conf.forget_engines()
    response = browse("archivista").get("/custodia/buscar/?q=taller")
    assert response.status_code == 503
    assert "La búsqueda no responde en este momento" in response.content.decode()


@pytest.mark.requirement("I9")
@pytest.mark.rule("U1")
def test_a_search_leaves_its_event_without_the_words(browse: Browse, piece: Document) -> None:
    findable(piece, "taller")
    found(browse, "archivista", "taller")
    event = LedgerEvent.objects.get(action="search.run")
    assert str(piece.pk) in event.payload
    assert "taller" not in event.payload


def test_what_waits_to_be_read_is_told_to_who_may_know(browse: Browse, piece: Document) -> None:
    findable(piece, "taller")
    search.enqueue("custody", [str(piece.pk)])
    assert "1 documento recién radicado o cambiado aún no entra" in found(browse, "archivista", "taller")
    assert "sin leer" not in found(browse, "ajeno", "taller")


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(
    ("words", "told"), [("a", "No hay palabras por buscar"), ("hipopótamo", "contiene esas palabras")]
)
def test_a_search_that_finds_nothing_says_one_thing(browse: Browse, piece: Document, words: str, told: str) -> None:
    body = found(browse, "archivista", words)
    assert [told in body, body.count("No hay palabras") + body.count("contiene esas palabras")] == [True, 1]
