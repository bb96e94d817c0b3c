"""The page of the public search: filters that narrow, orders, pages that stay, remarks, and nothing that betrays."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from cms.home.models import HomePage
from cms.norms.models import NormPage
from records.api import ProjectCard
from search import api as search_api
from search.models import OutboxEntry
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import Page, read

pytestmark = pytest.mark.django_db

PATHS = ("/buscar/", "/buscar/atom/", "/buscar/sugerencias/")
HOSTILE = {
    "many letters": "a" * 10_000,
    "many words": " ".join(f"palabra{number}" for number in range(1_000)),
    "stop words": "de la que y en",
    "open quote": '"acta sin cerrar',
    "lone star": "*",
    "control and bidi": "acta\x00\x07\u202e\u2066 taller",
    "emoji": "🛩️ 🧨",
    "engine syntax": "title:(+taller -compuestos)^3 AND [a TO b] {!q} /x/ ~2 \\",
    "brackets": "(" * 400,
    "HTML": "<script>alert(1)</script><b onmouseover=x>",
    "lone surrogate": "\ud800",
}


@pytest.fixture
def filled(indexed: HomePage) -> HomePage:
    """The first pages and two projects, in the index."""
    publish(P001, P002)
    search_api.drain()
    return indexed


def page_of(client: Client, **asked: str) -> Page:
    response = client.get("/buscar/", asked)
    assert response.status_code == 200
    return read(response)


def hits_of(client: Client, **asked: str) -> list[str]:
    return [hit.url for hit in client.get("/buscar/", asked).context["answer"].hits]


def option(page: Page, label: str) -> dict[str, str]:
    """What the link of a filter asks."""
    (address,) = {address for address, words in page.links if words == label and address.startswith("/buscar/")}
    return dict(parse_qsl(urlsplit(address).query))


@pytest.mark.requirement("J3", "J9")
def test_sections_narrow_what_was_found_and_are_counted_in_it(filled: HomePage, client: Client) -> None:
    whole = client.get("/buscar/", {"q": "offset"})
    counts = {one["label"]: one["count"] for one in whole.context["groups"][0]["options"]}
    assert counts.keys() > {"Normas", "Páginas"}
    assert sum(counts.values()) == whole.context["answer"].total

    asked = option(read(whole), "Normas")
    narrowed = client.get("/buscar/", asked)

    assert asked == {"q": "offset", "seccion": "normas"}
    assert narrowed.context["answer"].total == counts["Normas"]
    assert all(url.startswith("/normas/") for url in hits_of(client, **asked))
    assert option(read(narrowed), "Normas") == {"q": "offset"}
    assert {one["label"]: one["count"] for one in narrowed.context["groups"][0]["options"]} == counts


@pytest.mark.requirement("J3")
def test_a_project_is_found_by_its_phase_its_convenio_and_its_year(filled: HomePage, client: Client) -> None:
    only = [f"/banco/{P001.slug}/"]

    assert hits_of(client, q="proyecto OR taller", convenio="CD-2026-001") == only
    assert hits_of(client, seccion="proyectos", convenio="CD-2026-001", anio="2027", fase="Ejecución") == only
    assert hits_of(client, q="tipo:proyecto convenio:CD-2026-001") == only


@pytest.mark.requirement("J9")
@pytest.mark.parametrize(
    "asked", [{"seccion": "ninguna"}, {"fase": "\x00"}, {"anio": "9" * 5000}, {"q": "taller", "convenio": "x"}]
)
def test_an_unknown_filter_finds_nothing_or_counts_as_none(
    filled: HomePage, client: Client, asked: dict[str, str]
) -> None:
    response = client.get("/buscar/", asked)

    assert response.status_code == 200
    if response.context["answer"]:
        assert response.context["answer"].total == 0
        assert "sin filtros" in read(response).text


def test_an_unknown_name_in_the_address_changes_nothing(filled: HomePage, client: Client) -> None:
    plain = client.get("/buscar/", {"q": "taller"}).content

    assert client.get("/buscar/", {"q": "taller", "faceta": "x", "orden": "raro", "pagina": "10000"}).content == plain


@pytest.mark.requirement("J9")
def test_pages_follow_each_other_without_gap_while_more_is_published(indexed: HomePage, client: Client) -> None:
    day = datetime.timedelta(days=1)
    cards = [
        dataclasses.replace(
            P002, project_id=uuid.uuid4(), code=f"P-{n:03}", slug=f"lab-{n}", decided_at=P002.decided_at - n * day
        )
        for n in range(10, 55)
    ]
    publish(*cards)
    search_api.drain()
    seen: list[str] = []
    response = client.get("/buscar/", {"q": "embarcaciones", "orden": "recientes"})
    for turn in range(3):
        seen += [hit.url for hit in response.context["answer"].hits]
        publish(dataclasses.replace(P002, project_id=uuid.uuid4(), code=f"N-{turn}", slug=f"nuevo-{turn}"))
        search_api.drain()
        if url := response.context["next_url"]:
            response = client.get(url)

    assert seen == [f"/banco/{card.slug}/" for card in cards]
    assert "Volver al comienzo" in read(response).text


@pytest.mark.parametrize(("order", "first"), [("recientes", P002), ("antiguos", P001)])
def test_dates_put_in_order(indexed: HomePage, client: Client, order: str, first: ProjectCard) -> None:
    older = dataclasses.replace(P001, decided_at=P001.decided_at - datetime.timedelta(days=400))
    publish(older, P002)
    search_api.drain()

    assert hits_of(client, q="tipo:proyecto", orden=order)[0] == f"/banco/{first.slug}/"


@pytest.mark.requirement("J8")
def test_what_is_wrong_is_told_with_the_words_it_is_about(filled: HomePage, client: Client) -> None:
    told = client.get("/buscar/", {"q": "taller raro:cosa tal*ler"}).context["remarks"]

    assert [(one["before"], one["piece"], one["after"]) for one in told] == [
        ("taller ", "raro:", "cosa tal*ler"),
        ("taller raro:cosa ", "tal*ler", ""),
    ]
    assert "No existe el campo «raro:»" in told[0]["text"]


@pytest.mark.requirement("J8")
def test_more_words_than_are_searched_are_cut_between_words_and_told(filled: HomePage, client: Client) -> None:
    answered = client.get("/buscar/", {"q": "taller " * 900})

    assert "La consulta es muy larga" in answered.context["remarks"][0]["text"]
    assert answered.context["answer"].total == client.get("/buscar/", {"q": "taller"}).context["answer"].total > 0
    assert not client.get("/buscar/", {"q": "taller " * 50}).context["remarks"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_are_answered_calmly_on_page_and_feed(filled: HomePage, client: Client, kind: str) -> None:
    for path in PATHS:
        response = client.get(path, {"q": HOSTILE[kind].encode("utf-8", "surrogatepass")})
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert b"<b onmouse" not in response.content
        assert len(response.content) < 60_000


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/png;q=0", "\x00", "a" * 5000])
@pytest.mark.parametrize("path", PATHS)
def test_what_the_reader_accepts_changes_nothing(filled: HomePage, client: Client, path: str, accept: str) -> None:
    assert client.get(path, {"q": "taller"}, HTTP_ACCEPT=accept).content == client.get(path, {"q": "taller"}).content


@pytest.mark.parametrize("path", PATHS)
def test_only_reading_is_answered(filled: HomePage, client: Client, path: str) -> None:
    address = f"{path}?q=taller"

    assert client.head(address).status_code == 200
    assert client.head(address).content == b""
    for ask in (client.post, client.put, client.delete, client.options):
        assert ask(address).status_code == 405


def test_a_result_page_has_its_title_its_address_and_no_place_in_other_engines(
    filled: HomePage, client: Client
) -> None:
    response = client.get("/buscar/", {"q": "taller", "seccion": "proyectos", "despues": "roto", "orden": "recientes"})
    head = {values.get("rel") or values.get("name"): values for tag, values in read(response).attributes
            if tag in ("link", "meta")}  # fmt: skip

    assert head["robots"]["content"] == "noindex"
    assert head["canonical"]["href"] == "http://testserver/buscar/?q=taller&seccion=proyectos"
    assert head["alternate"]["href"] == "/buscar/atom/?q=taller&seccion=proyectos"
    assert "<title>1 resultado · taller · Buscar ·" in response.content.decode()


def test_words_are_marked_in_the_title_too_and_a_title_is_no_markup(indexed: HomePage, client: Client) -> None:
    publish(dataclasses.replace(P001, name="<i>Taller</i> regional\u202e & más"))
    search_api.drain()

    content = client.get("/buscar/", {"q": "talleres"}).content.decode()

    assert "<mark>&lt;i&gt;Taller&lt;/i&gt;</mark> regional &amp; más</a>" in content


def test_without_words_the_page_offers_what_there_is(filled: HomePage, client: Client) -> None:
    page = page_of(client)

    assert option(page, "Proyectos del Banco") == {"seccion": "proyectos"}
    narrowed = client.get("/buscar/", {"seccion": "proyectos"}).context["groups"][0]["options"]
    assert [(one["label"], one["count"]) for one in narrowed] == [("Proyectos del Banco", 2)]
    assert set(hits_of(client, seccion="proyectos")) == {f"/banco/{card.slug}/" for card in (P001, P002)}


def test_a_new_question_keeps_the_filters(filled: HomePage, client: Client) -> None:
    fields = [values for tag, values in page_of(client, q="taller", seccion="proyectos").attributes if tag == "input"]

    assert {"type": "hidden", "name": "seccion", "value": "proyectos"} in fields


def test_an_empty_answer_helps(filled: HomePage, client: Client) -> None:
    page = page_of(client, q="inexistentetilde", seccion="normas")

    assert ("/buscar/?q=inexistentetilde", "Buscar sin filtros") in page.links
    assert any(address == "/transparencia/#solicitar" for address, _words in page.links)


def offered(client: Client, words: str) -> list[str]:
    response = client.get("/buscar/sugerencias/", {"q": words})
    assert response.status_code == 200
    texts: list[str] = response.json()["propuestas"]
    return texts


@pytest.mark.beyond(5)
def test_words_go_on_as_what_is_published_now_says_them(filled: HomePage, client: Client) -> None:
    assert "embarcaciones" in offered(client, "embar")
    assert offered(client, "laboratorio embar") == ["laboratorio embarcaciones"]
    assert offered(client, "guayac") == ["guayacan1188"]
    assert offered(client, "zarzal") == offered(client, "quimba") == offered(client, "em") == []

    withdraw(P002)
    OutboxEntry.objects.all().delete()

    assert offered(client, "embar") == []


@pytest.mark.beyond(5)
def test_no_draft_gives_a_word(filled: HomePage, client: Client) -> None:
    page = NormPage.objects.exclude(issuer="").first()
    assert page is not None
    page.intro = "Dice borradorsecreto."
    page.save_revision()
    search_api.rebuild()

    assert offered(client, "borradorsecr") == []
    assert client.get("/buscar/", {"q": "borradorsecretp"}).context["suggestions"] == []


@pytest.mark.beyond(5)
def test_a_word_badly_written_is_led_to_one_that_is_published(filled: HomePage, client: Client) -> None:
    page = page_of(client, q="embarcacoines", seccion="proyectos")

    assert ("/buscar/?q=embarcaciones&seccion=proyectos", "embarcaciones") in page.links
    assert "No está en nada de lo publicado: inexistentetilde." in page_of(client, q="taller inexistentetilde").text

    withdraw(P002)
    OutboxEntry.objects.all().delete()

    assert "¿Quiso decir" not in page_of(client, q="embarcacoines").text


def test_the_way_of_searching_is_explained(filled: HomePage, client: Client) -> None:
    assert any(address == "/ayuda/buscar/" for address, _words in page_of(client).links)
    assert "Cómo buscar" in read(client.get("/ayuda/buscar/")).text
