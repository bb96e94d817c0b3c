"""Where one stands and how one goes on: every page names its way back, and a page on paper where it was read."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.publication.models import PublishedDocument
from tests.integration.public.cards import P001, P002, WHOLE, publish
from tests.integration.public.reading import Page, read

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A10", "L1")]
#: Page → the addresses of its way back, from the first.
WAYS: tuple[tuple[str, list[str]], ...] = (
    ("/ayuda/", ["/"]),
    ("/ayuda/buscar/", ["/", "/ayuda/"]),
    ("/convocatorias/delta-3-0/postular/", ["/", "/convocatorias/", "/convocatorias/delta-3-0/"]),
    ("/banco/", ["/"]),
)


@pytest.mark.parametrize(("address", "way"), WAYS, ids=[address for address, _way in WAYS])
def test_a_page_names_its_way_back_and_every_step_answers(site, client: Client, address: str, way: list[str]) -> None:
    publish(WHOLE)

    page = read(client.get(address))

    assert steps(page) == way
    assert all(client.get(step).status_code == 200 for step in way)


def test_a_document_stands_under_its_convenio(site, client: Client) -> None:
    publish(WHOLE)

    page = read(client.get(PublishedDocument.objects.get().url))

    assert steps(page) == ["/", "/convenios/", "/convenios/cd-2026-001/"]


def steps(page: Page) -> list[str]:
    """The links between the start of the way back and where one stands."""
    start = next(
        at for at, (_tag, values) in enumerate(page.attributes) if "breadcrumb" in values.get("class", "").split()
    )
    found: list[str] = []
    for tag, values in page.attributes[start:]:
        if "aria-current" in values:
            return found
        found += [values["href"]] if tag == "a" else []
    raise AssertionError("nobody stands anywhere")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/", "http://testserver/"),
        ("/banco/?fase=execution", "http://testserver/banco/?fase=execution"),
        ("/banco/?fase=execution&zzz=raro", "http://testserver/banco/?fase=execution"),
        ("/buscar/?q=<b>&zzz=raro", "http://testserver/buscar/?q=%3Cb%3E"),
        ("/normas/?zzz=raro", "http://testserver/normas/"),
        ("/cuenta/entrar/", ""),
        ("/peticiones/", ""),
        ("/no-existe/", ""),
    ],
)
def test_a_page_on_paper_tells_where_it_was_read_and_nobodys_own_address(
    site, client: Client, address: str, told: str
) -> None:
    response = client.get(address)

    classes = [values.get("class", "").split() for _tag, values in read(response).attributes]
    assert any("printed" in names for names in classes) == bool(told)
    assert not told or f'<p class="printed address">{told}</p>' in response.content.decode()


def test_counts_of_all_projects_say_so_beside_a_filtered_list(site, client: Client) -> None:
    publish(P001, P002)
    words = "En todos los proyectos publicados"

    assert words not in read(client.get("/banco/")).text
    assert words in read(client.get("/banco/?departamento=Antioquia")).text
