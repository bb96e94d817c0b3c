"""The feed of a search: valid Atom, with ids that stay, nothing that is public no more, and tags of its own bytes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from wagtail.models import Page

from cms.home.models import HomePage
from search import api as search_api
from search.models import OutboxEntry
from tests.integration.public.cards import P001, P002, publish, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("J9")]

ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/buscar/atom/"


@pytest.fixture
def filled(indexed: HomePage) -> HomePage:
    publish(dataclasses.replace(P001, decided_at=P001.decided_at - datetime.timedelta(days=30)), P002)
    search_api.drain()
    return indexed


def feed(client: Client, **asked: str) -> ET.Element:
    response = client.get(PATH, asked)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 our own bytes


def entries(root: ET.Element) -> list[dict[str, Any]]:
    return [
        {
            "id": one.findtext(f"{ATOM}id"),
            "title": one.findtext(f"{ATOM}title"),
            "updated": one.findtext(f"{ATOM}updated"),
            "link": one.find(f"{ATOM}link").attrib["href"],  # type: ignore[union-attr]
            "summary": one.findtext(f"{ATOM}summary"),
        }
        for one in root.iter(f"{ATOM}entry")
    ]


def test_it_has_all_that_the_format_asks(filled: HomePage, client: Client) -> None:
    root = feed(client, q="tipo:proyecto")
    links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}

    assert root.tag == f"{ATOM}feed"
    assert links == {
        "self": "http://testserver/buscar/atom/?q=tipo%3Aproyecto",
        "alternate": "http://testserver/buscar/?q=tipo%3Aproyecto",
    }
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert root.findtext(f"{ATOM}title") == "tipo:proyecto · Banco de Proyectos Offset"
    assert str(root.findtext(f"{ATOM}id")).startswith("urn:uuid:")
    assert [one["title"] for one in entries(root)] == [P002.name, P001.name]
    assert root.findtext(f"{ATOM}updated") == entries(root)[0]["updated"] == "2027-10-20T09:14:00-05:00"
    assert entries(root)[0]["link"] == f"http://testserver/banco/{P002.slug}/"


def test_an_entry_keeps_its_id_when_its_words_change_and_tells_the_change(filled: HomePage, client: Client) -> None:
    before = entries(feed(client, q="guayacan1188"))
    later = P001.decided_at + datetime.timedelta(days=1)

    publish(dataclasses.replace(P001, name="Otro nombre", slug="otro", decided_at=later))
    search_api.drain()
    after = entries(feed(client, q="guayacan1188"))

    assert [one["id"] for one in before] == [one["id"] for one in after]
    assert (after[0]["title"], after[0]["updated"]) == ("Otro nombre", "2027-10-21T09:14:00-05:00")


def test_what_is_public_no_more_leaves_it_at_once(filled: HomePage, client: Client) -> None:
    assert len(entries(feed(client, q="guayacan1188"))) == 1

    withdraw(P001)
    OutboxEntry.objects.all().delete()

    assert entries(feed(client, q="guayacan1188")) == []


def test_titles_and_words_are_text_and_never_markup(indexed: HomePage, client: Client) -> None:
    publish(dataclasses.replace(P001, name="<b>&amp;</b>\x0b]]>\u202e", summary="<i>guayacan1188</i> & más"))
    search_api.drain()

    root = feed(client, q='guayacan1188 OR "<x>&\x0b\u202e"')

    assert entries(root)[0]["title"] == "<b>&amp;</b>]]>"
    assert "guayacan1188" in entries(root)[0]["summary"]
    assert not root.findall(f".//{ATOM}b")


def test_it_is_bounded_and_without_words_it_is_all_that_is_published(indexed: HomePage, client: Client) -> None:
    publish(*(dataclasses.replace(P002, project_id=uuid.uuid4(), code=f"P-{n}", slug=f"p-{n}") for n in range(40)))
    search_api.drain()

    assert len(entries(feed(client))) == 30
    assert len(entries(feed(client, seccion="proyectos"))) == 30
    assert 0 < len(entries(feed(client, seccion="normas"))) < 30


def test_it_is_asked_about_before_each_use_and_not_sent_twice(filled: HomePage, client: Client) -> None:
    first = client.get(PATH, {"q": "taller"})
    again = client.get(PATH, {"q": "taller"}, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "public, no-cache"
    assert not first.cookies
    assert client.get(PATH, {"q": "taller", "utm": "x"}).content == first.content

    publish(dataclasses.replace(P001, summary="Otra cosa del taller."))
    search_api.drain()

    assert client.get(PATH, {"q": "taller"}, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_a_feed_without_entries_is_whole_and_says_the_same_each_time(filled: HomePage, client: Client) -> None:
    root = feed(client, q="inexistentetilde")

    assert entries(root) == []
    assert root.findtext(f"{ATOM}updated") == "2027-10-20T09:14:00-05:00"
    assert client.get(PATH, {"q": "inexistentetilde"}).content == client.get(PATH, {"q": "inexistentetilde"}).content


def test_what_no_site_leads_to_does_not_date_a_feed(filled: HomePage, client: Client) -> None:
    before = client.get(PATH, {"q": "inexistentetilde"})
    later = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    Page.get_first_root_node().add_child(instance=Page(title="Aparte", slug="aparte", last_published_at=later))

    assert client.get(PATH, {"q": "inexistentetilde"}).content == before.content


@pytest.mark.requirement("A8")
def test_without_an_index_it_says_when_to_come_back(
    site: HomePage, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH = {
        "ENGINE": {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path / "no"}}
    }

    for path in (PATH, "/buscar/"):
        response = client.get(path, {"q": "taller"})
        assert (response.status_code, response["Retry-After"]) == (503, "60")
