"""Lists of the desk: what each person finds in them, their paging, and a cost that does not grow with the rows."""

from __future__ import annotations

import base64
import datetime
import json
import re
import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import clock
from records.ledger import checkpoints
from records.models import Document, Expediente, WorkerBeat
from records.vocabulary import Level
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.records.test_index_stamps import configure


def queries_of(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.requirement("J5", "A3")
@pytest.mark.parametrize("login", ["archivista", "custodia", "revisora"])
def test_the_cost_of_a_list_does_not_grow_with_its_rows(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, login: str
) -> None:
    addresses = (
        "/custodia/", "/custodia/expedientes/", f"/custodia/expedientes/{expediente.pk}/",
        *(f"/custodia/expedientes/{expediente.pk}/{tab}/" for tab in ("historia", "accesos", "anexos", "indice")),
        "/custodia/accesos/",
    )  # fmt: skip
    client = browse(login)
    fill(cast, expediente, 5)
    few = {address: queries_of(client, address) for address in addresses}
    fill(cast, expediente, 55)
    assert {address: queries_of(client, address) for address in addresses} == few


def fill(cast: dict[str, Any], expediente: Expediente, count: int) -> None:
    """`count` more expedientes, pieces of the first, and grants on them."""
    for number in range(count):
        factories.make_expediente(cast["archivista"])
        level = (Level.RESTRICTED, Level.UNCLASSIFIED)[number % 2]
        piece = factories.insert_piece(cast["archivista"], expediente, level)
        if level == Level.RESTRICTED:
            factories.access.grant_access(
                actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
            )


@pytest.mark.parametrize("when", ["9999-12-31 23:59:59", "0001-01-01 00:00:00+14:00"])
@pytest.mark.parametrize("name", ["trabajos", "cuarentena", "cargas", "accesos"])
def test_a_cursor_at_the_end_of_time_counts_as_none(browse: Browse, name: str, when: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([when, str(uuid.uuid4())]).encode()).decode().rstrip("=")
    assert browse("archivista").get(f"/custodia/{name}/", {"despues": cursor}).status_code == 200


@pytest.mark.requirement("A3")
def test_expedientes_are_paged_by_key_and_a_new_row_moves_nothing(browse: Browse, cast: dict[str, Any]) -> None:
    for number in range(30):
        factories.make_expediente(cast["archivista"], f"GC-130-{number:03d}")
    client = browse("archivista")
    first = client.get("/custodia/expedientes/").content.decode()
    assert "30 expedientes que usted conoce" in first
    assert codes(first) == [f"GC-130-{number:03d}" for number in range(25)]
    factories.make_expediente(cast["archivista"], "GC-130-000-NUEVO")
    second = client.get(f"/custodia/expedientes/{link(first, 'next')}").content.decode()
    assert codes(second) == [f"GC-130-{number:03d}" for number in range(25, 30)]
    back = client.get(f"/custodia/expedientes/{link(second, 'prev')}").content.decode()
    assert codes(back)[-1] == "GC-130-024"
    assert len(codes(back)) == 25
    assert codes(client.get("/custodia/expedientes/?despues=basura&orden=nada").content.decode())[0] == "GC-130-000"


def codes(body: str) -> list[str]:
    return re.findall(r'class="code nowrap" data-label="Código">([^<]+)<', body)


def link(body: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', body)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.requirement("I4")
@pytest.mark.rule("A6")
def test_staff_see_that_a_reserved_piece_is_there_and_not_its_title(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="Secreto del motor")
    body = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert "Documento en reserva" in body
    assert "Secreto del motor" not in body
    assert "Secreto del motor" in browse("custodia").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    for tab in ("historia/", "accesos/"):
        assert (
            "Secreto" not in browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/{tab}").content.decode()
        )


def test_who_holds_one_grant_finds_that_row_and_no_trace_of_the_others(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    body = browse("revisora").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert body.count('role="row"') == 2
    assert "<b>1</b> documento " in " ".join(body.split())
    assert "Reservada" not in body


@pytest.mark.requirement("A6", "P4")
def test_the_bandeja_leads_in_one_click_to_the_act(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    body = browse("custodia").get("/custodia/").content.decode()
    assert f'href="/custodia/documentos/{piece.pk}/nivel/"' in body
    quiet = re.search(r"Sin pendientes: ([^<]+)\.<", body)
    assert quiet
    assert "en aprobación" in quiet[1]
    assert "por clasificar" not in quiet[1]
    assert 'id="g-waiting_approval"' not in body
    act = factories.classification.propose_level(
        actor=cast["custodia"], document=piece, level=Level.PUBLIC, grounds=None
    )
    assert f'href="/custodia/aprobaciones/{act.pk}/"' in browse("jefatura").get("/custodia/").content.decode()
    assert "Nada espera por usted" in browse("ajeno").get("/custodia/").content.decode()


def test_the_desk_says_when_nobody_reads_what_is_filed(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    factories.file_piece(cast["archivista"], expediente)
    client = browse("archivista")
    silent = client.get("/custodia/").content.decode()
    assert "El lector de documentos no está en marcha" in silent
    assert "1 pieza espera lectura." in silent
    assert "espera lectura." not in browse("ajeno").get("/custodia/").content.decode(), "a hidden piece is not counted"
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    WorkerBeat.objects.create(name="uno", at=now - datetime.timedelta(seconds=60))
    assert "no está en marcha" in client.get("/custodia/").content.decode()
    with clock.at(datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)):
        WorkerBeat.objects.create(name="dos", at=now)
        assert "no está en marcha" not in client.get("/custodia/").content.decode()


def test_health_tells_states_and_no_counts(browse: Browse, cast: dict[str, Any], expediente: Expediente) -> None:
    factories.file_piece(cast["archivista"], expediente)
    body = browse("archivista").get("/custodia/salud/").content.decode()
    told = body.split("<main")[1]
    assert "Hay piezas en espera de lectura." in told
    assert not re.search(r">\s*\d+\s*<", told)
    assert "Al día." in browse("ajeno").get("/custodia/salud/").content.decode()


@pytest.mark.rule("K5")
def test_health_tells_the_auditor_the_last_head_and_everybody_that_none_is_late(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    last = checkpoints.issue(checkpoints.SCHEDULE)
    assert last is not None
    covered = f"cubre {last.size} suceso"
    told = {login: browse(login).get("/custodia/salud/").content.decode() for login in ("auditoria", "archivista")}
    assert covered in told["auditoria"]
    assert covered not in told["archivista"]
    assert all("que se guarda también afuera" in body for body in told.values())
    factories.make_expediente(cast["archivista"])
    with clock.at(clock.now() + datetime.timedelta(hours=1)):
        late = browse("archivista").get("/custodia/salud/").content.decode()
    assert "ningún punto de control firmado cubre todavía" in late
    assert "No hay autoridad configurada" in late


@pytest.mark.rule("K5")
def test_health_tells_that_the_authority_no_longer_stamps(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, settings: Any
) -> None:
    configure(settings, AUTHORITY="https://estampas.example/")
    told = []
    for days in (0, 3):
        with clock.at(clock.now() + datetime.timedelta(days=days)):
            told.append(browse("archivista").get("/custodia/salud/").content.decode())
    assert "estampa cada índice y, cada día, la bitácora" in told[0]
    assert "Hace más de dos días que la autoridad no estampa" in told[1]


def test_the_page_of_components_is_of_the_demo_alone(browse: Browse, settings: Any) -> None:
    client = browse("archivista")
    assert client.get("/custodia/estilo/").status_code == 404
    settings.PROFILE = "demo"
    body = client.get("/custodia/estilo/").content.decode()
    assert "Componentes" in body
    assert " style=" not in body


@pytest.mark.requirement("A9")
def test_guides_are_served_and_escaped(browse: Browse) -> None:
    client = browse("revisora")
    assert "Buscar y leer en custodia" in client.get("/custodia/ayuda/revision/").content.decode()
    own = {"archivista": "Radicar y seguir lo radicado", "auditoria": "Seguir la vida de un documento",
           "administracion": "Personas y cargos", "revisora": "Buscar y leer en custodia"}  # fmt: skip
    for login, title in own.items():
        assert f"<h1>{title}</h1>" in browse(login).get("/custodia/ayuda/").content.decode()
    assert client.get("/custodia/ayuda/no-hay/").status_code == 404
