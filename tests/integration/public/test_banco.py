"""The Banco: its list by phases and filters, and each project's page (arts. 21, 25, 38)."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.publication import service
from tests.integration.public.cards import P001, P002, publish, publish_many, withdraw
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db
P001_URL = f"/banco/{P001.slug}/"
PROJECT = f"/banco/{P002.slug}/"
#: The address of a filter, nonsense among them → the projects it leaves.
FILTERS: tuple[tuple[str, set[str]], ...] = (
    ("departamento=Antioquia", {P001_URL}),
    ("apuesta=energy_transition", {PROJECT}),
    ("apuesta=energy_transition&apuesta=defence_life", {P001_URL, PROJECT}),
    ("poblacion=msme", {P001_URL}),
    ("poblacion=msme&poblacion=women", {P001_URL, PROJECT}),
    ("impacto=industrial", {P001_URL}),
    ("impacto=industrial&impacto=social", {P001_URL, PROJECT}),
    ("impacto=industrial&apuesta=energy_transition", set()),
    ("area=sustainability", {PROJECT}),
    ("anio=2026", {P001_URL}),
    ("anio=2027", {PROJECT}),
    ("anio=20271", set()),
    ("impacto=industrial,social", set()),
    ("despues=P-999", set()),
    ("clase=indirect&departamento=Antioquia", set()),
    ("fase=execution", {P001_URL, PROJECT}),
    ("fase=", {P001_URL, PROJECT}),
    ("fase[]=x&otra=1", {P001_URL, PROJECT}),
    ("fase=%27+OR+1=1", set()),
    (f"departamento={'a' * 5000}", {P001_URL, PROJECT}),
    ("despues=P-001", {PROJECT}),
    ("despues=%00", {P001_URL, PROJECT}),
)
#: Arts. 21 and 25, with the notice of what is withheld and the date of the last change.
FIELDS = (
    "P-002",
    "Laboratorio de electrónica de potencia para movilidad fluvial",
    "Ejecución",
    "Ensayar controladores de embarcaciones fluviales eléctricas.",
    "Barranquilla, Atlántico",
    "Sostenibilidad ambiental y transición energética",
    "Transición energética justa",
    "Indirecto",
    "Boreal Ficticia Defence AB (inventada)",
    "Centro de Investigación Río Imaginario (inventado)",
    "132 personas",
    "Mujeres",
    "CD-2026-002",
    "CM-2026-001",
    "5.360.000,00",
    "4.550.000,00",
    "84,89 %",
    "Personas capacitadas",
    "20 de octubre de 2027, 09:14",
    "1 documento no se publica",
    "Ley 1712 de 2014, art. 18, c",
    "hasta el 10 de junio de 2036",
)


def listed(client: Client, address: str = "/banco/") -> set[str]:
    return {path for path, _words in read(client.get(address)).links if path.count("/") == 3 and "/banco/" in path}


def counts(client: Client, address: str = "/banco/") -> dict[str, dict[str, int]]:
    """Group → code → number, as the list's own context holds them."""
    groups = client.get(address).context["listing"].groups
    return {group["name"]: {row["value"]: row["count"] for row in group["options"]} for group in groups}


@pytest.mark.requirement("L1")
def test_the_list_counts_projects_in_four_phases(site, client):
    publish(P001, dataclasses.replace(P002, phase="closing"))

    page = read(client.get("/banco/"))

    assert counts(client)["fase"] == {"structuring": 0, "review": 0, "execution": 1, "closing": 1}
    assert "2 proyectos" in page.text
    assert "Estructuración 0 Revisión 0 Ejecución 1 Cierre 1" in page.text


@pytest.mark.requirement("L1")
def test_the_home_page_tells_the_phases_and_the_balance(site, client):
    publish(P001, P002)

    text = read(client.get("/")).text

    assert "Estructuración 0 Revisión 0 Ejecución 2 Cierre 0" in text
    assert "créditos Offset acordados 12.500.000,00" in text
    assert "créditos ejecutados, 93,52 % 11.690.000,00" in text


@pytest.mark.requirement("L1", "L2")
def test_what_no_decision_published_is_nowhere(site, client):
    publish(P001, P002)

    pages = [client.get(path).getvalue() for path in ("/", "/banco/", "/datos/proyectos.json", "/convenios/")]

    assert listed(client) == {P001_URL, PROJECT}
    assert all(b"P-003" not in page for page in pages)
    assert client.get("/banco/planta-piloto-de-biocombustibles-para-aviacion-regional/").status_code == 404


@pytest.mark.requirement("L2")
def test_a_project_page_tells_its_fields(site, client):
    publish(P002)

    text = read(client.get(PROJECT)).text

    assert [told for told in FIELDS if told not in text] == []


@pytest.mark.requirement("L2", "A5")
def test_a_project_shows_no_identity_of_custody(site, client):
    publish(P002)
    secret = [str(P002.project_id), str(P002.decision_id)]

    pages = [client.get(path).getvalue().decode() for path in (PROJECT, "/banco/", "/datos/proyectos.json")]

    assert not [value for value in secret for page in pages if value in page]


@pytest.mark.requirement("L2")
def test_a_withdrawn_project_is_gone_in_the_next_request(site, client):
    publish(P001, P002)
    assert client.get(PROJECT).status_code == 200

    withdraw(P002)

    assert client.get(PROJECT).status_code == 404
    assert client.get(PROJECT).content == client.get("/banco/nunca-existio/").content
    assert listed(client) == {P001_URL}
    assert "P-002" not in client.get("/datos/proyectos.csv").getvalue().decode()


@pytest.mark.requirement("L1", "L7", "L8")
def test_filters_are_addresses(site, client):
    publish(dataclasses.replace(P001, entered_on=datetime.date(2026, 5, 26)), P002)

    got = {query: listed(client, f"/banco/?{query}") for query, _left in FILTERS}

    assert got == dict(FILTERS)


@pytest.mark.requirement("L1")
def test_counts_of_a_group_ignore_its_own_choice(site, client):
    publish(P001, P002)

    chosen = counts(client, "/banco/?departamento=Antioquia")

    assert chosen["departamento"] == {"Antioquia": 1, "Atlántico": 1}
    assert chosen["apuesta"] == {"energy_transition": 0, "defence_life": 1}
    assert chosen["poblacion"] == {"women": 1, "msme": 1}
    assert counts(client, "/banco/?impacto=industrial")["impacto"] == {"technological": 2, "industrial": 1, "social": 2}
    assert counts(client, "/banco/?impacto=industrial")["departamento"] == {"Antioquia": 1, "Atlántico": 0}
    assert counts(client, "/banco/?impacto=industrial&poblacion=msme&fase=review")["fase"]["execution"] == 1


@pytest.mark.requirement("L3")
def test_the_agreed_targets_of_the_example_are_told_with_what_is_achieved_beside_them(site, client):
    publish(P001, P002)

    rows = {row["name"]: (row["target"], row["achieved"]) for row in client.get("/banco/").context["indicators"]}

    assert rows == {
        "Tecnologías transferidas": (2, 2),
        "Personas capacitadas": (172, 52),
        "Mipymes integradas": (6, 6),
        "Encadenamientos productivos": (4, 4),
        "Nuevas capacidades": (2, 1),
    }


@pytest.mark.requirement("L1", "L8")
def test_the_map_and_its_table_say_the_same_and_lead_to_the_list(site, client):
    publish(
        P001, P002, dataclasses.replace(P002, project_id=uuid.uuid4(), code="P-009", slug="p-009", department="Bogotá")
    )

    page = read(client.get("/banco/"))

    labels = {
        values["aria-label"]: values["href"]
        for tag, values in page.attributes
        if "/banco/?departamento" in values.get("href", "")
    }
    assert set(labels) == {"Antioquia: 1 proyecto", "Atlántico: 1 proyecto", "Bogotá, D.C.: 1 proyecto"}
    assert "Antioquia 1 Atlántico 1 Bogotá 1" in page.text
    assert listed(client, labels["Bogotá, D.C.: 1 proyecto"]) == {"/banco/p-009/"}


def test_the_map_has_the_32_departments_and_bogota_each_in_a_square_of_its_own():
    from cms.publication.drawing import TILES

    assert len(TILES) == 33
    assert len({(column, row) for _letters, column, row in TILES.values()}) == 33
    assert len({letters for letters, _column, _row in TILES.values()}) == 33


@pytest.mark.requirement("L1")
def test_pages_of_the_list_lose_nobody_when_a_project_arrives_between(site, client):
    publish_many(30)
    first = client.get("/banco/")
    shown = listed(client)
    publish(dataclasses.replace(P001, project_id=uuid.uuid4(), code="P-0500"))

    rest = listed(client, f"/banco/{first.context['next_url']}")

    assert len(shown) == 24
    assert len(rest) == 6
    assert not shown & rest


@pytest.mark.requirement("L1")
@pytest.mark.parametrize("address", ["/banco/", "/banco/?fase=review&impacto=social", "/", "/convenios/"])
def test_questions_to_the_database_are_at_most_eight_and_do_not_grow_with_the_rows(site, client, address):
    publish_many(5)
    few = questions(client, address)
    publish_more(55)

    assert questions(client, address) == few <= 8


@pytest.mark.requirement("L7")
def test_questions_for_a_file_do_not_grow_with_the_rows(site, client):
    publish_many(5)
    few = questions(client, "/datos/proyectos.json")
    publish_more(55)

    assert questions(client, "/datos/proyectos.json") == few


def questions(client: Client, address: str) -> int:
    """How many an answer takes once somebody has read the page since the last change."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def publish_more(count: int) -> None:
    publish(
        *(
            dataclasses.replace(P002, project_id=uuid.uuid4(), code=f"Q-{number:03d}", slug=f"q-{number}")
            for number in range(count)
        )
    )


@pytest.mark.requirement("L1", "L2")
def test_counts_are_those_of_what_is_public_now_and_not_of_what_was_undone(site, client):
    publish(P001, P002)
    before = counts(client), client.get("/").content

    with transaction.atomic():
        service.withdraw(P002.project_id)
        assert counts(client)["departamento"] == {"Antioquia": 1}
        assert listed(client) == {P001_URL}
        transaction.set_rollback(True)
    assert (counts(client), client.get("/").content) == before

    withdraw(P002)
    assert counts(client)["departamento"] == {"Antioquia": 1}
    assert "1 proyecto " in read(client.get("/banco/")).text


@pytest.mark.requirement("A5")
def test_publishing_outside_a_decision_is_refused(site):
    depth, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            service.publish(P001)
    finally:
        connection.in_atomic_block = depth
