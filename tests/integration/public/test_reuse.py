"""What others build on: feeds, the map, robots, structured data and the cards of links; all of what is public alone."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from xml.etree import ElementTree as ET

import pytest
from wagtail.models import PageViewRestriction

from cms.core.identity import Identity
from cms.norms.models import NormPage
from search import api as search
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client, name: str) -> ET.Element:
    response = client.get(f"/atom/{name}/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(response.content)  # noqa: S314 our own bytes


def titles(root: ET.Element) -> list[str | None]:
    return [one.findtext(f"{ATOM}title") for one in root.iter(f"{ATOM}entry")]


def data_of(client, path: str) -> dict[str, dict]:
    source = client.get(path).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', source)
    return {one["@type"]: one for one in map(json.loads, found)}


@pytest.mark.requirement("J9")
@pytest.mark.rule("P7")
def test_projects_come_newest_first_and_leave_with_their_withdrawal(site, client):
    publish(dataclasses.replace(P001, decided_at=P001.decided_at.replace(year=2026)), P002)
    root = feed(client, "proyectos")

    assert titles(root) == [P002.name, P001.name]
    assert root.findtext(f"{ATOM}updated") == "2027-10-20T09:14:00-05:00"
    withdraw(P002)
    assert titles(feed(client, "proyectos")) == [P001.name]


@pytest.mark.requirement("J9")
def test_norms_and_calls_have_feeds_without_drafts_or_walls(site, client):
    norm = NormPage.objects.get(slug="ley-1712-de-2014")
    assert norm.title in titles(feed(client, "normas"))
    assert len(titles(feed(client, "convocatorias"))) > 0

    PageViewRestriction.objects.create(page=norm, restriction_type=PageViewRestriction.LOGIN)
    assert norm.title not in titles(feed(client, "normas"))
    assert client.get("/atom/personas/").status_code == 404


def test_an_empty_feed_is_whole(site, client):
    root = feed(client, "proyectos")

    assert titles(root) == []
    assert root.findtext(f"{ATOM}updated")


def test_robots_are_told_the_map_and_which_rooms_are_closed(site, client):
    said = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in said
    assert all(f"Disallow: {room}" in said for room in ("/custodia/", "/editor/", "/cuenta/"))


def test_a_page_tells_engines_what_it_shows_and_no_text_can_leave_its_block(site, client):
    name = 'Taller </script><script>x()</script> & "más"'
    publish(dataclasses.replace(P001, name=name))

    said = data_of(client, f"/banco/{P001.slug}/")

    assert said["Project"]["name"] == name
    assert said["Project"]["identifier"] == "P-001"
    assert [one["item"] for one in said["BreadcrumbList"]["itemListElement"]][:2] == [
        "http://testserver/", "http://testserver/banco/"]  # fmt: skip
    assert data_of(client, "/normas/ley-1712-de-2014/")["Legislation"]["legislationJurisdiction"] == "CO"
    assert "{q}" in data_of(client, "/")["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert "<script>x()" not in client.get(f"/banco/{P001.slug}/").content.decode()


def test_a_draft_norm_is_told_to_engines_as_not_in_force(site, client):
    assert data_of(client, "/normas/politica-offset/")["Legislation"]["legislationLegalForce"].endswith("NotInForce")


def test_a_link_has_its_card_and_a_refusal_has_none(site, client):
    publish(P001)
    page = read(client.get(f"/banco/{P001.slug}/"))
    card = {values["property"]: values["content"] for tag, values in page.attributes if "property" in values}

    assert card["og:title"] == P001.name
    assert card["og:url"] == f"http://testserver/banco/{P001.slug}/"
    assert card["og:image"].startswith("http://testserver/static/custodia/share")
    refused = client.get("/banco/no-existe/").content.decode()
    assert "og:" not in refused
    assert "ld+json" not in refused


#: Where the site is named to people and to machines.
NAMED = (
    "/", "/banco/", f"/banco/{P001.slug}/", "/datos/", "/api/", "/atom/proyectos/", "/buscar/atom/?q=taller",
    "/datos/catalogo.jsonld", "/datos/datapackage.json", "/api/v1/openapi.json",
)  # fmt: skip
#: Of these, those that say who publishes.
SIGNED = ("/", "/datos/", "/atom/proyectos/", "/buscar/atom/?q=taller", "/datos/catalogo.jsonld")


@pytest.mark.requirement("L2", "A10")
def test_the_name_and_the_entity_that_were_set_are_those_of_every_page_file_and_feed(site, client):
    publish(P001)
    search.rebuild()
    search.drain()
    Identity.objects.create(name="Portal Ejemplo & Cía", entity="Entidad de Ejemplo")

    told = {path: html.unescape(client.get(path).content.decode()) for path in NAMED}

    assert [path for path, text in told.items() if "Portal Ejemplo & Cía" not in text] == []
    assert [path for path in SIGNED if "Entidad de Ejemplo" not in told[path]] == []
    pages = [text for path, text in told.items() if text.lstrip().startswith("<!doctype")]
    assert len(pages) == 5
    assert {text.partition("<title>")[2].partition("</title>")[0].rpartition(" · ")[2] for text in pages} == {
        "Portal Ejemplo & Cía"
    }
    assert all('property="og:site_name" content="Portal Ejemplo & Cía"' in text for text in pages)
