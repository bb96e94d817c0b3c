"""Open data: the same facts as the pages, in files that no spreadsheet runs."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
from decimal import Decimal
from typing import Any

import hypothesis
import jsonschema
import pytest
from hypothesis import strategies
from openpyxl import load_workbook

from cms.publication.formats import FORMATS, inert
from cms.publication.models import PublishedProject
from cms.publication.open_data import AMOUNT, DATASETS
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db
WITHHELD = dataclasses.replace(
    P002,
    withheld=({"norm": "Ley 1712 de 2014", "article": 18, "literal": "c", "count": 2, "until": "2036-06-10"},),
)


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"))))


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def sheet_of(response) -> list[dict[str, Any]]:
    head, *rows = load_workbook(io.BytesIO(body(response))).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.requirement("L2")
def test_csv_and_json_hold_the_published_projects(site, client):
    publish(P001, P002)

    table = rows_of(client.get("/datos/proyectos.csv"))
    listed = json.loads(body(client.get("/datos/proyectos.json")))

    assert [row["codigo"] for row in table] == [row["codigo"] for row in listed] == ["P-001", "P-002"]
    assert listed[1]["creditos_ejecutados"] == "4550000.00"
    assert listed[1]["actualizado"] == "2027-10-20T09:14:00-05:00"
    assert set(listed[0]) == set(DATASETS["proyectos"].columns)


@pytest.mark.requirement("L2")
@pytest.mark.rule("P8")
def test_every_set_says_the_same_in_its_three_files_and_as_many_rows_as_it_tells(site, client):
    publish(P001, WITHHELD)

    for name, data in DATASETS.items():
        listed = json.loads(body(client.get(f"/datos/{name}.json")))
        table = rows_of(client.get(f"/datos/{name}.csv"))
        sheet = sheet_of(client.get(f"/datos/{name}.xlsx"))
        assert len(listed) == len(table) == len(sheet) == data.count() > 0
        for one, line, cells in zip(listed, table, sheet, strict=True):
            assert line == {field: "" if value is None else str(value) for field, value in one.items()}
            kinds = {field: column.kind for field, column in data.columns.items()}
            said = {field: in_json(value, kinds[field]) for field, value in cells.items()}
            assert said == {field: value if value != "" else None for field, value in one.items()}


def in_json(cell: Any, kind: str) -> Any:
    """What a cell of the sheet would be in JSON."""
    if kind == AMOUNT and cell is not None:
        return str(Decimal(str(cell)).quantize(Decimal("0.01")))
    return cell.date().isoformat() if hasattr(cell, "date") else cell


@pytest.mark.rule("P8")
def test_a_set_is_what_the_list_of_the_banco_shows(site, client):
    publish(P001, P002)

    listed = {row["direccion"] for row in json.loads(body(client.get("/datos/proyectos.json")))}
    shown = {
        path
        for path, _words in read(client.get("/banco/")).links
        if path.startswith("/banco/") and path.count("/") == 3 and "?" not in path
    }

    assert listed == shown
    assert listed == {row.url for row in PublishedProject.objects.all()}


def test_each_file_keeps_to_its_schema_and_the_schema_to_the_language(site, client):
    publish(P001, WITHHELD)

    for name in DATASETS:
        schema = json.loads(client.get(f"/datos/{name}/esquema.json").content)
        jsonschema.Draft202012Validator.check_schema(schema)
        known = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        listed = json.loads(body(client.get(f"/datos/{name}.json")))
        known.validate(listed)
        with pytest.raises(jsonschema.ValidationError):
            known.validate([{**listed[0], "multiplicador": "5"}])
        fields = json.loads(client.get(f"/datos/{name}/tabla.json").content)["fields"]
        assert [field["name"] for field in fields] == list(listed[0])
        assert all(field["title"] for field in fields)


def test_the_catalogue_and_the_package_name_each_file_its_licence_and_nothing_empty(site, client):
    assert json.loads(client.get("/datos/catalogo.jsonld").content)["dcat:dataset"] == []
    publish(P001)

    catalogue = json.loads(client.get("/datos/catalogo.jsonld").content)
    package = json.loads(client.get("/datos/datapackage.json").content)
    files = [one for data in catalogue["dcat:dataset"] for one in data["dcat:distribution"]]
    addresses = [one["dcat:downloadURL"]["@id"].removeprefix("http://testserver") for one in files]

    assert {data["dct:identifier"] for data in catalogue["dcat:dataset"]} == {"proyectos", "indicadores", "convenios"}
    assert len(addresses) == 3 * len(FORMATS)
    assert {client.get(address).status_code for address in addresses} == {200}
    assert {one["dct:license"]["@id"] for one in files} == {package["licenses"][0]["path"]}
    assert catalogue["dct:modified"]["@value"] == "2027-10-20T09:14:00-05:00"
    named = ("proyectos", "indicadores", "convenios")
    assert [one["path"] for one in package["resources"]] == [f"http://testserver/datos/{name}.csv" for name in named]


@pytest.mark.parametrize("ending", list(FORMATS))
def test_a_file_is_sent_piece_by_piece_and_has_the_same_bytes_again(site, client, ending):
    publish(P001, P002)

    first, again = client.get(f"/datos/proyectos.{ending}"), client.get(f"/datos/proyectos.{ending}")

    assert first.streaming
    assert body(first) == body(again)
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "public, no-cache"
    assert not first.cookies


TAGGED = (
    "/datos/proyectos.csv", "/datos/proyectos.json", "/datos/proyectos.xlsx", "/datos/catalogo.jsonld",
    "/datos/proyectos/esquema.json", "/api/v1/proyectos", "/api/v1/proyectos/P-001", "/api/v1/openapi.json",
)  # fmt: skip


@pytest.mark.criterion(2)
@pytest.mark.parametrize("address", TAGGED)
def test_who_has_the_bytes_is_told_so_and_the_tag_is_of_nothing_else(site, client, address):
    publish(P001)
    first = client.get(address)
    data = b"".join(first)
    assert first["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'

    same = client.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (same.status_code, b"".join(same), same["ETag"]) == (304, b"", first["ETag"])
    assert (same["Cache-Control"], same["Access-Control-Allow-Origin"]) == ("public, no-cache", "*")
    assert client.head(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304

    publish(dataclasses.replace(P002, name="canariooculto"))
    withdraw(P002)
    assert client.get(address)["ETag"] == first["ETag"]
    publish(dataclasses.replace(P001, name="Otro nombre"))
    moved = client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code
    assert moved == (304 if address in TAGGED[3:5] or address == TAGGED[-1] else 200)


def test_a_file_is_only_read(site, client):
    asked = client.options("/datos/proyectos.csv")

    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.head("/datos/proyectos.csv").status_code == 200
    for method in (client.post, client.put, client.delete):
        refused = method("/datos/proyectos.csv")
        assert (refused.status_code, refused["Content-Type"]) == (405, "application/problem+json")
        assert refused.json()["detail"] == "Estos datos solo se leen: use GET."


def test_who_asks_too_much_waits_a_minute_and_others_do_not(site, client, settings):
    settings.PUBLIC_READS_A_MINUTE = 3
    statuses = [client.get("/datos/convenios.csv", REMOTE_ADDR="198.51.100.7").status_code for _ in range(5)]
    told = client.get("/datos/convenios.csv", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.9")

    assert statuses == [200, 200, 200, 429, 429]
    assert (told.status_code, told["Retry-After"]) == (429, "60")
    assert client.get("/datos/convenios.csv", REMOTE_ADDR="198.51.100.8").status_code == 200


def test_who_has_a_network_of_addresses_is_counted_as_one(site, client, settings):
    settings.PUBLIC_READS_A_MINUTE = 2

    def ask(address: str) -> int:
        return client.get("/api/v1/conjuntos", REMOTE_ADDR=address).status_code

    assert [ask(f"2001:db8:5:1::{last}") for last in (1, 2, 3)] == [200, 200, 429]
    assert ask("2001:db8:5:1:ffff::9") == 429
    assert ask("2001:db8:5:2::1") == 200
    assert [ask(one) for one in ("198.51.100.77", "::ffff:198.51.100.77", "198.51.100.77")] == [200, 200, 429]
    assert ask("") == 200


@pytest.mark.requirement("L2")
def test_values_of_activities_are_in_no_set(site, client):
    publish(P001, P002)

    names = {name for data in DATASETS.values() for name in data.columns}

    assert not [name for name in names if "multiplicador" in name or "nominal" in name]


@pytest.mark.criterion(36)
@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d"])
def test_a_formula_in_a_name_is_inert(site, client, begin):
    publish(dataclasses.replace(P001, name=f"{begin}HYPERLINK(1)"))
    book = load_workbook(io.BytesIO(body(client.get("/datos/proyectos.xlsx"))))

    assert [cell.data_type for cell in book.active[2]].count("f") == 0
    assert book.active["B2"].data_type == "s"
    assert rows_of(client.get("/datos/proyectos.csv"))[0]["nombre"].startswith("'")
    assert inert(f"{begin}1") == f"'{begin}1"


#: What a spreadsheet may part the cells of a line at, by the country it is set to.
DELIMITERS = ",;\t"
ACTING = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 those very signs
NUMBER = re.compile(r"-?\d+(\.\d+)?(,.*)?", re.DOTALL)


def acting_cells(text: str) -> list[str]:
    """Cells that a spreadsheet would run in one reading or another; a figure below zero is a figure."""
    read_as = [csv.reader(io.StringIO(text, newline=""), delimiter=sign) for sign in DELIMITERS]
    cells = [cell for reading in read_as for row in reading for cell in row]
    return [cell for cell in cells if cell.startswith(ACTING) and not NUMBER.fullmatch(cell)]


HIDDEN = (
    "a;=CMD()",
    "a; =CMD()",
    "a\t@SUM(1)",
    "a\r\n+1+1",
    "a\n-cmd",
    'a;"=CMD()"',
    'a;""=CMD()',
    "a;\t=1",
    ";=1;=1",
    "a;＝1",  # noqa: RUF001 that very sign
)


@pytest.mark.criterion(36)
@pytest.mark.parametrize("name", HIDDEN)
def test_no_cell_of_a_csv_acts_whichever_sign_parts_its_cells(site, client, name):
    publish(dataclasses.replace(P001, name=name, objective=name, summary=name))
    publish(dataclasses.replace(P001, name=name, objective="b", note=name, correction=True))

    for address in ("/datos/proyectos.csv", "/datos/convenios.csv", f"/banco/{P001.slug}/historia.csv"):
        response = client.get(address)
        text = b"".join(response).decode("utf-8-sig")
        assert acting_cells(text) == [], address


@pytest.mark.criterion(36)
@hypothesis.given(strategies.lists(strategies.text("a1;,\"' \t\r\n=+-@", max_size=12), min_size=1, max_size=4))
@hypothesis.settings(max_examples=200, derandomize=True, deadline=None)
def test_no_texts_side_by_side_make_a_cell_that_acts(texts):
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows([[inert(text) for text in texts]] * 2)

    assert acting_cells(written.getvalue()) == []


def test_a_figure_below_zero_stays_a_figure(site, client):
    publish(dataclasses.replace(P001, credits_executed=Decimal("-5.00")))

    assert rows_of(client.get("/datos/proyectos.csv"))[0]["creditos_ejecutados"] == "-5.00"


def test_an_empty_set_is_not_listed_and_an_unknown_one_is_absent(site, client):
    assert "Todavía no hay datos publicados" in read(client.get("/datos/")).text
    publish(P001)

    links = {path for path, _words in read(client.get("/datos/")).links}

    assert {"/datos/proyectos.csv", "/datos/indicadores.json", "/datos/convenios.xlsx"} <= links
    assert "/datos/reservas.csv" not in links
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


@pytest.mark.requirement("L2")
@pytest.mark.parametrize("address", ["/banco/", f"/banco/{P001.slug}/", "/convenios/", "/transparencia/", "/datos/"])
def test_wherever_a_set_is_offered_it_is_in_all_its_formats(site, client, address):
    publish(P001)

    linked = {path for path, _words in read(client.get(address)).links if path.startswith("/datos/")}
    offered = {name for name in DATASETS for ending in FORMATS if f"/datos/{name}.{ending}" in linked}

    assert offered
    assert {f"/datos/{name}.{ending}" for name in offered for ending in FORMATS} <= linked
