"""The API: what is published by pages, refusals that programs read, and no fault that its own document rules out."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import QueryDict
from hypothesis import HealthCheck

from cms.publication.facets import FACETS, list_projects
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read
from tests.integration.public.test_open_data import WITHHELD

pytestmark = pytest.mark.django_db
#: Requests made up for each address, half of them wrong on purpose.
MADE_UP = int(os.environ.get("API_CASES", "20"))


def many(number: int) -> None:
    for n in range(number):
        publish(dataclasses.replace(P002, project_id=uuid.uuid4(), code=f"P-{n:03}", slug=f"p-{n}"))


@pytest.mark.rule("P8")
def test_it_gives_what_is_published_page_after_page_also_while_rows_appear(site, client):
    many(7)
    met, address = [], f"/api/v1/proyectos?limite=3&departamento={P002.department}"
    while address:
        page = client.get(address).json()
        met += [row["codigo"] for row in page["datos"]]
        publish(dataclasses.replace(P002, project_id=uuid.uuid4(), code=f"A-{len(met)}", slug=f"a-{len(met)}"))
        address = (page["siguiente"] or "").removeprefix("http://testserver")

    assert met == [f"P-{n:03}" for n in range(7)]


@pytest.mark.rule("P8")
def test_each_page_is_what_the_open_data_say(site, client):
    publish(P001, WITHHELD)

    for name in ("proyectos", "indicadores", "convenios"):
        listed = b"".join(client.get(f"/datos/{name}.json").streaming_content)
        page = client.get(f"/api/v1/{name}").json()
        assert page["datos"] == json.loads(listed)
        assert (page["total"], page["siguiente"]) == (len(page["datos"]), None)
    whole = client.get("/api/v1/proyectos/P-002").json()
    assert [row["documentos"] for row in whole["reservas"]] == [2]
    assert {row["proyecto"] for row in whole["indicadores"]} == {"P-002"}


@pytest.mark.rule("P8")
def test_what_is_withdrawn_is_as_what_never_was(site, client):
    publish(P001)
    withdraw(P001)

    gone, never = client.get("/api/v1/proyectos/P-001"), client.get("/api/v1/proyectos/P-777")

    assert (gone.status_code, gone.content) == (never.status_code, never.content) == (404, gone.content)
    assert dict(gone.headers) == dict(never.headers)
    assert client.get("/api/v1/proyectos").json() == {"total": 0, "siguiente": None, "datos": []}


@pytest.mark.parametrize(
    ("asked", "parameter", "sentence"),
    [
        ("limite=1000000000", "limite", "Debe ser 100 o menos."),
        ("limite=0", "limite", "Debe ser 1 o más."),
        ("limite=todos", "limite", "Debe ser un número entero."),
        ("fases=execution", "fases", "No es un parámetro de esta dirección."),
        ("departamento=" + "a" * 121, "departamento", "Debe tener 120 letras o menos."),
        ("fase=%00", "fase", "Tiene un signo que no se admite."),
    ],
)
def test_nonsense_is_told_by_parameter_in_spanish(site, client, asked, parameter, sentence):
    refused = client.get(f"/api/v1/proyectos?{asked}")

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert refused.json()["faltas"] == [{"parametro": parameter, "motivo": sentence}]
    assert refused.json()["title"] == "La petición no se entiende"


def test_filters_are_those_of_the_banco(site, client):
    publish(P001, P002)

    there = client.get("/api/v1/proyectos?departamento=Antioquia").json()["datos"]
    assert [row["codigo"] for row in there] == ["P-001"]
    assert client.get("/api/v1/proyectos?poblacion=nada").json()["total"] == 0
    assert client.get("/api/v1/indicadores?proyecto=P-001").json()["total"] == 5


@pytest.mark.requirement("L2")
def test_every_filter_of_the_list_leaves_the_same_projects_in_the_api(site, client):
    other: dict[str, Any] = {"indicators": P001.indicators[:1], "entered_on": datetime.date(2024, 3, 1)}
    publish(P001, dataclasses.replace(P002, **other))
    operation = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/proyectos"]["get"]
    assert {facet.name for facet in FACETS} <= {one["name"] for one in operation["parameters"]}

    met = set()
    for group in list_projects(QueryDict()).groups:
        for value in [*(one["value"] for one in group["options"]), "SOCIAL", "nada", "social,industrial"]:
            asked = urlencode({group["name"]: value})
            listed = [row.code for row in list_projects(QueryDict(asked)).projects]
            told = client.get(f"/api/v1/proyectos?{asked}").json()
            assert [row["codigo"] for row in told["datos"]] == listed, asked
            met.add((group["name"], len(listed)))
    assert {("impacto", 1), ("impacto", 0), ("anio", 1)} <= met


def test_other_methods_and_other_sites(site, client):
    publish(P001)

    asked = client.options("/api/v1/proyectos")
    wrong = client.post("/api/v1/proyectos", {"codigo": "P-9"})
    absent = client.get("/api/v1/personas")

    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert (wrong.status_code, wrong["Allow"], wrong.json()["status"]) == (405, "GET, HEAD, OPTIONS", 405)
    assert (absent.status_code, absent.json()["title"]) == (404, "No está publicado")
    assert client.head("/api/v1/proyectos").content == b""
    assert {one["Access-Control-Allow-Origin"] for one in (asked, wrong, absent)} == {"*"}


def test_its_page_tells_each_address_and_needs_no_script(site, client):
    page = read(client.get("/api/"))
    document = client.get("/api/v1/openapi.json").json()

    assert all(f"GET {address}" in page.text for address in document["paths"])
    assert not [values for tag, values in page.attributes if tag == "script"]
    assert document["openapi"].startswith("3.1")


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests of a server close the connection that the test has its transaction on; the client of tests does not."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=str)
def test_made_up_requests_find_no_fault(site, settings, mode):
    settings.PUBLIC_READS_A_MINUTE = 10**6
    publish(P001, WITHHELD)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    found: list[Any] = list(schema.get_all_operations())
    operations = [one.ok() for one in found]

    assert len(operations) == 5
    # An address that takes nothing, or any text, cannot be asked wrongly.
    for operation in [one for one in operations if mode is schemathesis.GenerationMode.POSITIVE or takes(one)]:
        walk(operation, mode)


def takes(operation) -> bool:
    return "{" not in operation.path and bool(list(operation.iter_parameters()))


def walk(operation, mode) -> None:
    @hypothesis.settings(max_examples=MADE_UP, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case) -> None:
        case.call_and_validate()

    ask()
