"""The Banco in the order its reader asks for: an address to share, paged, and without a fact of its own to know."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from django.test import Client

from cms.publication.models import PublishedProject
from tests.integration.public.cards import DECIDED, P001, P002, publish, publish_many, withdraw
from tests.integration.public.reading import read
from tests.integration.public.test_banco import questions

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L1")]
#: Named as nobody would sort it by its code, changed last, with the fewest and no executed credits.
THIRD = dataclasses.replace(
    P002, project_id=uuid.UUID(int=3), code="P-003", slug="abaco", name="Ábaco solar", credits_agreed=Decimal("90.00"),
    credits_executed=Decimal("0.00"), decided_at=DECIDED + datetime.timedelta(days=1),
)  # fmt: skip
#: What the address asks → the codes, from the first.
ORDERED: tuple[tuple[str, list[str]], ...] = (
    ("", ["P-001", "P-002", "P-003"]),
    ("orden=codigo", ["P-001", "P-002", "P-003"]),
    ("orden=nombre", ["P-003", "P-002", "P-001"]),
    ("orden=actualizado", ["P-003", "P-001", "P-002"]),
    ("orden=avance", ["P-001", "P-002", "P-003"]),
    ("orden=creditos", ["P-001", "P-002", "P-003"]),
    ("orden=nombre&apuesta=energy_transition", ["P-003", "P-002"]),
    ("orden=nada", ["P-001", "P-002", "P-003"]),
    ("orden=%00", ["P-001", "P-002", "P-003"]),
    ("orden[]=nombre", ["P-001", "P-002", "P-003"]),
    ("orden=nombre&orden=codigo", ["P-001", "P-002", "P-003"]),
    (f"orden={'nombre' * 5000}", ["P-001", "P-002", "P-003"]),
    ("orden=nombre&despues=%00~%ff", ["P-003", "P-002", "P-001"]),
    ("orden=actualizado&despues=~~~", ["P-003", "P-001", "P-002"]),
)


@pytest.mark.parametrize(("query", "codes"), ORDERED, ids=[query[:40] for query, _codes in ORDERED])
def test_the_list_is_read_in_the_order_of_its_address(site, client, query, codes):
    publish(P001, P002, THIRD)

    response = client.get(f"/banco/?{query}")

    assert response.status_code == 200
    assert [project.code for project in response.context["listing"].projects] == codes


@pytest.mark.parametrize("order", ["codigo", "nombre", "actualizado", "avance", "creditos"])
def test_pages_of_each_order_show_every_project_once_though_one_goes_between(site, client, order):
    publish_many(50)
    everybody = {f"P-{number}" for number in range(1000, 1050)}
    first, next_url = page(client, f"?orden={order}")
    take_away(first[-1])

    rest: list[str] = []
    while next_url:
        codes, next_url = page(client, next_url)
        rest += codes

    assert len(first) == 24
    assert sorted(first + rest) == sorted(everybody)


def page(client: Client, query: str) -> tuple[list[str], str]:
    """Codes of a page, and the address of the next as it stands in the page."""
    response = client.get(f"/banco/{query}")
    follows = [values["href"] for tag, values in read(response).attributes if values.get("rel") == "next"]
    return [project.code for project in response.context["listing"].projects], follows[0] if follows else ""


def take_away(code: str) -> None:
    gone = PublishedProject.objects.get(code=code)
    withdraw(dataclasses.replace(P001, project_id=gone.project_id))


def test_filters_keep_the_order_and_orders_keep_the_filters(site, client):
    publish(P001, P002, THIRD)

    response = client.get("/banco/?orden=nombre&apuesta=energy_transition&apuesta=nada")

    listing = response.context["listing"]
    hidden = [v for tag, v in read(response).attributes if tag == "input" and v.get("type") == "hidden"]
    assert {"name": "orden", "value": "nombre"} in [{"name": v.get("name"), "value": v.get("value")} for v in hidden]
    others = [one["url"] for one in listing.orders if not one["current"]]
    assert all(parse_qs(url.partition("?")[2])["apuesta"] == ["energy_transition", "nada"] for url in others)
    assert [one["url"] for one in listing.chosen] == ["/banco/?apuesta=nada&orden=nombre"]
    assert listing.clear_url == "/banco/?orden=nombre"


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", "/banco/"),
        ("orden=nombre", "/banco/"),
        ("orden=nada&otra=1&fase=", "/banco/"),
        ("orden=avance&fase=execution&apuesta=b&apuesta=a", "/banco/?apuesta=a&apuesta=b&fase=execution"),
    ],
)
def test_the_same_projects_have_one_address_for_machines(site, client, query, canonical):
    links = read(client.get(f"/banco/?{query}")).attributes

    assert [v["href"] for tag, v in links if v.get("rel") == "canonical"] == [f"http://testserver{canonical}"]


@pytest.mark.parametrize("address", ["/banco/?orden=avance", "/banco/?orden=nombre&fase=review&despues=a~P-001"])
def test_an_order_asks_the_database_nothing_more(site, client, address):
    publish_many(30)

    assert questions(client, address) <= questions(client, "/banco/") <= 8
