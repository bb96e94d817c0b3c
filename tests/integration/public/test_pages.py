"""Every public page: answers, reads well aloud, carries nothing of its reader, keeps the browser's walls."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client
from wagtail.models import PageViewRestriction, Site

from cms.core.bootstrap import ensure_site
from cms.core.identity import Identity
from cms.home.models import HomePage
from cms.norms.models import NormPage
from cms.publication.pieces import public_id
from tests.integration.public.cards import P001, P002, PIECE, WHOLE, publish
from tests.integration.public.reading import read
from tests.people import make_person

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/banco/",
    f"/banco/{P001.slug}/",
    f"/banco/{P001.slug}/historia/",
    f"/banco/{P001.slug}/historia/1/",
    f"/banco/{P001.slug}/al/2027-10-20/",
    "/que-es-offset/",
    "/normas/",
    "/normas/politica-offset/",
    "/normas/politica-de-reindustrializacion/",
    "/programas/",
    "/programas/fabricas-de-productividad/",
    "/convocatorias/",
    "/convocatorias/delta-3-0/",
    "/transparencia/",
    "/convenios/",
    "/convenios/cm-2026-001/",
    "/convenios/cd-2026-001/",
    "/documentos/",
    f"/documentos/{public_id(PIECE.document_id)}/",
    "/datos/",
    "/api/",
    "/peticiones/",
    "/convocatorias/delta-3-0/postular/",
    "/ayuda/",
    "/verificar/",
    "/buscar/",
    "/buscar/?q=compuestos",
)
#: Addresses of screens.md that are no pages, and files that pages lead to.
FILES = (
    "/sitemap.xml", "/robots.txt", "/salud/", "/salud/listo/", "/datos/proyectos.csv", "/datos/proyectos.json",
    "/datos/proyectos.xlsx", "/datos/proyectos/esquema.json", "/datos/catalogo.jsonld", "/datos/datapackage.json",
    "/api/v1/openapi.json", "/api/v1/proyectos", "/atom/proyectos/", "/buscar/atom/", "/verificar/verify.py",
)  # fmt: skip
#: What the home page may weigh without its pictures, with its styles and scripts, before anything is compressed.
HOME_BYTES = 150 * 1024
POLICY = (
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'",
)  # fmt: skip


@pytest.fixture
def full(indexed) -> HomePage:
    publish(WHOLE, P002)
    return indexed


@pytest.mark.requirement("A4")
def test_every_public_address_answers(full, client):
    statuses = {path: client.get(path).status_code for path in (*PAGES, *FILES)}

    assert {path for path, status in statuses.items() if status != 200} == set()


@pytest.mark.requirement("A10")
@pytest.mark.rule("P7")
def test_headings_labels_and_landmarks(full, client):
    faults = {address: faults_of(client.get(address)) for address in PAGES}

    assert {address: found for address, found in faults.items() if found} == {}


def faults_of(response) -> list[str]:
    """What a reader without eyes would stumble over."""
    page = read(response)
    levels = [level for level, _words in page.headings]
    checks = {
        "one h1": levels.count(1) == 1,
        "no level skipped": all(after <= before + 1 for before, after in itertools.pairwise(levels)),
        "no empty heading": all(words.strip() for _level, words in page.headings),
        "every field has a label": page.unlabelled == [],
        "no id twice": len(page.ids) == len(set(page.ids)),
        "language told": '<html lang="es-CO">' in response.content.decode(),
        "skip link first": page.links[0] == ("#contenido", "Ir al contenido"),
        "no empty link": all(words.strip() for _address, words in page.links),
        "anchors exist": {path[1:] for path, _words in page.links if path.startswith("#")} <= set(page.ids),
    }
    return [name for name, holds in checks.items() if not holds]


@pytest.mark.requirement("A10")
def test_every_link_within_the_site_leads_somewhere(full, client):
    links = {path.partition("#")[0] for page in PAGES for path, _words in read(client.get(page)).links}
    inside = {path for path in links if path.startswith("/")}

    broken = {path for path in inside if client.get(path).status_code != 200}

    assert len(inside) > 25
    assert broken == set()


@pytest.mark.requirement("A9")
def test_no_page_speaks_english_or_shouts(full, client):
    english = re.compile(r"\b(Error|Search|Page|Next|Previous|January|October|the)\b|!")

    said = {address: english.findall(read(client.get(address)).text) for address in PAGES}

    assert {address: words for address, words in said.items() if words} == {}


@pytest.mark.requirement("A4")
def test_what_is_cited_of_a_figure_or_a_document_names_the_site_the_day_and_the_address(full, client):
    Identity.objects.create(name="Banco de otra casa")
    document = f"/documentos/{public_id(PIECE.document_id)}/"
    told = {path: read(client.get(path)).text for path in ("/convenios/cd-2026-001/", document)}

    for path, words in told.items():
        cited = words.partition("Banco de otra casa. «")[2]
        assert re.search(r"(actualizado|publicado) el \d+ de \w+ de \d{4}\. http://testserver" + path, cited), path
    assert "shasum -a 256" in told[document]  # macOS of some years has no sha256sum


@pytest.mark.requirement("A10")
def test_a_page_is_the_same_for_everybody_and_at_every_time(full):
    staff = Client()
    staff.force_login(make_person("archivista"))

    for address in PAGES:
        answers = [Client().get(address), Client().get(address), staff.get(address)]
        assert len({answer.content for answer in answers}) == 1, address
        assert not any(answer.cookies for answer in answers[:2]), address
        assert b"csrf" not in answers[0].content, address


def test_the_policy_of_the_browser_allows_this_host_only(full, client):
    headers = {client.get(address).headers["Content-Security-Policy"] for address in (*PAGES, "/no-existe/")}

    assert len(headers) == 1
    assert all(part in next(iter(headers)) for part in POLICY)
    assert not re.search("unsafe|nonce|https?:", next(iter(headers)))


def test_nothing_inline_and_nothing_from_elsewhere(full, client):
    found = [pair for address in PAGES for pair in read(client.get(address)).attributes]
    # Nothing is fetched from a link or from the page's own full address.
    fetching = [values for tag, values in found if tag != "a" and values.get("rel") != "canonical"]
    fetched = [values[name] for values in fetching for name in ("src", "href") if name in values]

    assert not [values for _tag, values in found if "style" in values or any(name.startswith("on") for name in values)]
    assert len(fetched) >= 2 * len(PAGES)
    assert all(address.startswith("/") for address in fetched)


@pytest.mark.requirement("A4")
def test_articles_have_addresses_and_a_draft_says_it_is_one(site, client):
    page = read(client.get("/normas/politica-offset/"))

    assert "art-17" in page.ids
    assert "Es un proyecto de norma, no una norma vigente" in page.text
    assert "Es un proyecto de norma" not in read(client.get("/normas/ley-1712-de-2014/")).text


def test_making_the_site_again_keeps_what_editors_did(site):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    norm.delete()
    HomePage.objects.update(heading="Otra frase")

    again = ensure_site(9000)

    assert again.heading == "Otra frase"
    assert not NormPage.objects.filter(slug="ley-1712-de-2014").exists()
    assert again.get_site().port == 9000


def test_making_the_site_again_leaves_it_the_name_it_was_given(site):
    Site.objects.update(hostname="offset.ejemplo.invalid", port=443, site_name="Nuestro Banco")

    ensure_site(9000)

    assert list(Site.objects.values_list("hostname", "port", "site_name")) == [
        ("offset.ejemplo.invalid", 443, "Nuestro Banco")
    ]


def test_a_page_behind_a_wall_is_absent_for_strangers_and_wagtail_has_no_door_of_its_own(site, client):
    page = NormPage.objects.get(slug="ley-1712-de-2014")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    absent = client.get("/normas/no-existe/")

    for address in ("/normas/ley-1712-de-2014/", "/_util/login/", "/documents/1/a.pdf/", "/api/v2/pages/", "/media/"):
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (404, absent.content), address


def test_the_sitemap_lists_pages_and_published_projects(site, client):
    publish(P001)

    listed = client.get("/sitemap.xml").content.decode()

    assert f"<loc>http://testserver/banco/{P001.slug}/</loc>" in listed
    assert "<loc>http://testserver/normas/politica-offset/</loc>" in listed
    assert "P-002" not in listed


def test_every_address_of_the_map_answers(full, client):
    addresses = re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get("/sitemap.xml").content.decode())

    assert len(addresses) > 20
    assert [path for path in addresses if client.get(path).status_code != 200] == []


def test_what_waits_for_later_work_says_so_and_knows_no_code_and_no_call_that_is_not_there(site, client):
    absent = client.get("/no-existe/")

    assert "Todavía no se reciben peticiones" in read(client.get("/peticiones/")).text
    for address in ("/peticiones/ABC-123/", "/convocatorias/otra/postular/"):
        assert (client.get(address).status_code, client.get(address).content) == (404, absent.content)


def test_the_home_page_is_light(full, client):
    response = client.get("/")
    fetched = {
        values.get("src") or values["href"]
        for tag, values in read(response).attributes
        if (tag == "script" and "src" in values) or (tag, values.get("rel")) == ("link", "stylesheet")
    }
    sizes = [Path(str(find(address.removeprefix("/static/")))).stat().st_size for address in fetched]

    assert len(sizes) >= 2
    assert len(response.content) + sum(sizes) <= HOME_BYTES


def test_no_picture_of_the_home_page_moves_what_is_below_it(full, client):
    pictures = [values for tag, values in read(client.get("/")).attributes if tag == "img"]

    assert all(values.get("width") and values.get("height") for values in pictures)


@pytest.mark.requirement("A5", "I12")
@pytest.mark.parametrize("walled", ["itself", "above", "the copied", "above the copied"])
def test_a_wall_shuts_the_pages_under_it_and_their_copies(client, site, walled):
    from cms.home.models import ContentPage

    original = ContentPage.objects.child_of(site).first()
    inner = original.add_child(instance=ContentPage(title="Interior", slug="interior"))
    section = original.create_alias(parent=site, update_slug="copia", recursive=True)
    copy = section.get_children().get(slug="interior")
    assert client.get(copy.url).status_code == 200
    at = {"itself": copy, "above": section, "the copied": inner, "above the copied": original}[walled]

    PageViewRestriction.objects.create(page_id=at.pk, restriction_type=PageViewRestriction.LOGIN)

    assert client.get(copy.url).status_code == 404


@pytest.mark.requirement("A5")
def test_the_walls_of_a_page_are_one_question(site, django_assert_num_queries):
    page = NormPage.objects.first()

    with django_assert_num_queries(1):
        assert list(page.get_view_restrictions()) == []
        assert list(page.get_view_restrictions()) == []
