"""Every public page: answers, reads well aloud, carries nothing of its reader, keeps the browser's walls."""

from __future__ import annotations

import itertools
import re

import pytest
from django.test import Client

from cms.core.bootstrap import ensure_site
from cms.home.models import HomePage
from cms.norms.models import NormPage
from tests.integration.public.cards import P001, P002, publish
from tests.integration.public.reading import read
from tests.people import make_person

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/banco/",
    f"/banco/{P001.slug}/",
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
    "/datos/",
    "/verificar/",
    "/buscar/",
    "/buscar/?q=compuestos",
)
POLICY = (
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'",
)  # fmt: skip


@pytest.fixture
def full(indexed) -> HomePage:
    publish(P001, P002)
    return indexed


@pytest.mark.requirement("A4")
def test_every_public_address_answers(full, client):
    statuses = {path: client.get(path).status_code for path in (*PAGES, "/sitemap.xml", "/salud/", "/salud/listo/")}

    assert {path for path, status in statuses.items() if status != 200} == set()


@pytest.mark.requirement("A10")
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
    fetched = [values[name] for tag, values in found for name in ("src", "href") if name in values and tag != "a"]

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


def test_a_page_behind_a_wall_is_absent_for_strangers_and_wagtail_has_no_door_of_its_own(site, client):
    from wagtail.models import PageViewRestriction

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
