"""Open data: the same facts as the pages, in files that no spreadsheet runs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest

from cms.publication.open_data import DATASETS, inert
from tests.integration.public.cards import P001, P002, publish
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.requirement("L2")
def test_csv_and_json_hold_the_published_projects(site, client):
    publish(P001, P002)

    table = rows_of(client.get("/datos/proyectos.csv"))
    listed = json.loads(client.get("/datos/proyectos.json").content)

    assert [row["codigo"] for row in table] == [row["codigo"] for row in listed] == ["P-001", "P-002"]
    assert listed[1]["creditos_ejecutados"] == "4550000.00"
    assert listed[1]["actualizado"] == "2027-10-20T09:14:00-05:00"
    assert set(listed[0]) == set(DATASETS["proyectos"].columns)


@pytest.mark.requirement("L2")
def test_values_of_activities_are_in_no_set(site, client):
    publish(P001, P002)

    names = {name for data in DATASETS.values() for name in data.columns}

    assert not [name for name in names if "multiplicador" in name or "nominal" in name]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_in_a_name_is_inert(site, client, begin):
    publish(dataclasses.replace(P001, name=f"{begin}HYPERLINK(1)"))

    assert rows_of(client.get("/datos/proyectos.csv"))[0]["nombre"].startswith("'")
    assert inert(f"{begin}1") == f"'{begin}1"


def test_an_empty_set_is_not_listed_and_an_unknown_one_is_absent(site, client):
    assert "Todavía no hay datos publicados" in read(client.get("/datos/")).text
    publish(P001)

    links = {path for path, _words in read(client.get("/datos/")).links}

    assert {"/datos/proyectos.csv", "/datos/indicadores.json", "/datos/convenios.csv"} <= links
    assert client.get("/datos/personas.csv").status_code == 404


@pytest.mark.requirement("L1")
def test_indicators_of_the_worked_example_add_up(site, client):
    publish(P001, P002)

    sums = {row["name"]: (row["target"], row["achieved"]) for row in client.get("/banco/").context["indicators"]}

    assert sums == {
        "Tecnologías transferidas": (2, 2),
        "Personas capacitadas": (172, 52),
        "Mipymes integradas": (6, 6),
        "Encadenamientos productivos": (4, 4),
        "Nuevas capacidades": (2, 1),
    }


def test_convenios_tell_parties_object_and_credits(site, client):
    publish(P001, P002)

    text = read(client.get("/convenios/")).text

    assert "CD-2026-001 CM-2026-001 Taller regional de aeropartes en compuestos" in text
    assert "Total 12.500.000,00 11.690.000,00" in text
