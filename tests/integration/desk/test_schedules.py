"""The schedule at the desk: read and taken away, loaded after a preview, expedientes moved by two people."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import clock
from records.models import Expediente, Resentencing, TipoDocumental, TrdVersion
from records.services.schedules import MOST_BYTES, load_schedule
from records.vocabulary import Level
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_filing import counted
from tests.unit.schedules import files

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime(2026, 6, 1, 15, tzinfo=datetime.UTC)
LOAD = "/custodia/trd/cargar/"


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.at(TODAY):
        yield


@pytest.fixture
def third(cast: dict[str, Any]) -> TrdVersion:
    return load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")


def fourth_file(since: str = "2026-06-01", **subserie: Any) -> bytes:
    def change(content: dict[str, Any]) -> None:
        content["header"].update(number=None, in_force_from=since)
        content["series"][2]["subseries"][0].update(subserie or {"years_central": 20})

    return files.as_json(change)


def send(client: Client, content: bytes, name: str = "v4.json") -> Any:
    return client.post(LOAD, {"file": SimpleUploadedFile(name, content)})


def confirmation(body: str) -> dict[str, str]:
    return {
        name: html.unescape(re.search(rf'name="{name}" value="([^"]*)"', body)[1]) for name in ("sello", "contenido")
    }


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())).split())


# -- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R1")
@pytest.mark.requirement("B2")
def test_a_version_shows_its_retention_and_its_tipos_to_anyone_at_the_desk(
    browse: Browse, third: TrdVersion, expediente: Expediente
) -> None:
    body = text(browse("revisora").get("/custodia/trd/"))
    for words in (
        "TRD v3",
        "Vigente",
        "GC.130.1",
        "Conservación total",
        "Acreditación Offset",
        "75 tipos documentales",
    ):
        assert words in body
    assert "Taller regional" not in body, "an expediente she does not know is neither named nor counted"
    assert "Taller regional" in text(browse("archivista").get("/custodia/trd/"))
    assert "Cargar una versión" not in body


def test_tipos_are_filtered_by_words_without_accents_and_by_kind(browse: Browse, third: TrdVersion) -> None:
    client = browse("archivista")
    found = text(client.get("/custodia/trd/3/", {"q": "ACREDITACION supervisor", "tipo": "derived"}))
    assert "1 de 75 tipos documentales" in found
    assert "Ningún tipo documental coincide" in text(client.get("/custodia/trd/3/", {"q": "zzz\x00"}))
    assert "75 tipos documentales" in text(client.get("/custodia/trd/3/", {"tipo": "nada"}))
    assert "de 75 tipos" in text(client.get("/custodia/trd/3/", {"tipo": "call"}))


def test_long_lists_are_shown_by_pages_that_are_addresses(browse: Browse, third: TrdVersion) -> None:
    client, seen, address = browse("archivista"), set(), "/custodia/trd/3/"
    for _page in range(10):
        body = client.get(address).content.decode()
        seen |= set(re.findall(r'id="t-([a-z_]+)"', body))
        more = re.search(r'rel="next" href="(\?[^"]*#tipos)"', body)
        if not more:
            break
        address = "/custodia/trd/3/" + html.unescape(more[1])
    assert len(seen) == 75
    assert "Se muestran del 1 al 25" in text(client.get("/custodia/trd/3/?desde=no_hay"))


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_version_and_the_template_are_taken_away_as_files(browse: Browse, third: TrdVersion, ending: str) -> None:
    client = browse("revisora")
    taken = client.get(f"/custodia/trd/3.{ending}")
    assert f'filename="trd-v3.{ending}"' in taken["Content-Disposition"]
    assert files.parsed(taken.content, f"v3.{ending}").schedule == files.shipped()
    blank = client.get(f"/custodia/trd/plantilla.{ending}")
    assert files.parsed(blank.content, f"plantilla.{ending}").schedule
    assert client.get(f"/custodia/trd/9.{ending}").status_code == 404


def test_the_paper_has_the_columns_of_the_agn(browse: Browse, third: TrdVersion) -> None:
    body = text(browse("ajeno").get("/custodia/trd/3/imprimir/"))
    for words in ("Oficina productora GC", "GC.130.1", "CT E S MT", "Acta de recibo a satisfacción"):
        assert words in body
    assert browse("ajeno").get(f"/custodia/trd/{10**20}/imprimir/").status_code == 404


def test_without_any_version_the_page_says_what_to_do(browse: Browse) -> None:
    assert "no se abren expedientes" in text(browse("archivista").get("/custodia/trd/"))
    assert LOAD in browse("archivista").get("/custodia/trd/").content.decode()
    assert LOAD not in browse("jefatura").get("/custodia/trd/").content.decode()


# -- loading -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R1")
def test_a_file_is_previewed_and_only_its_confirmation_loads_it(browse: Browse, third: TrdVersion) -> None:
    client = browse("archivista")
    preview = send(client, fourth_file())
    assert preview.status_code == 200
    assert TrdVersion.objects.count() == 1
    body = text(preview)
    assert "La versión 4 regiría desde el 1 de junio de 2026" in body
    assert "La versión 3 quedaría cerrada el 31 de mayo de 2026: no se borra" in body
    assert "años central 15 20" in body
    done = client.post(LOAD, confirmation(preview.content.decode()))
    assert (done.status_code, done["Location"]) == (302, "/custodia/trd/4/")
    assert "Vigente" in text(client.get("/custodia/trd/4/"))
    assert "Cerrada" in text(client.get("/custodia/trd/3/"))


@pytest.mark.rule("R1")
def test_faults_are_listed_by_line_and_column(browse: Browse, third: TrdVersion) -> None:
    lines = files.rows()
    files.row_of(lines, "subserie", 2)[files.column(lines, "disposición final")] = "D"
    files.row_of(lines, "tipo", 3)[files.column(lines, "expediente")] = "<b>Tratado</b>"
    refused = send(browse("archivista"), files.as_xlsx(lines), "v4.xlsx")
    assert refused.status_code == 422
    assert "No se cargó nada: hay 4 cosas por corregir" in text(refused)
    for row, name in (
        (files.row_of(lines, "subserie", 2), "disposición final"),
        (files.row_of(lines, "tipo", 3), "expediente"),
    ):
        line, letter = files.place_of(lines, row, name)
        assert f"celda {letter}{line} «{name}»" in text(refused)
    assert "<b>Tratado" not in refused.content.decode()
    assert send(browse("archivista"), b"").status_code == 422
    assert browse("archivista").post(LOAD, {}).status_code == 422


def test_nothing_but_what_was_previewed_can_be_confirmed(browse: Browse, third: TrdVersion) -> None:
    client = browse("archivista")
    one = confirmation(send(client, fourth_file()).content.decode())
    other = confirmation(send(client, fourth_file(years_central=99)).content.decode())
    for fields in (
        {**one, "contenido": other["contenido"]},
        {**one, "contenido": "%%%"},
        {**one, "sello": one["sello"][:-2]},
        {"sello": "x", "contenido": ""},
    ):
        assert client.post(LOAD, fields).status_code == 409
    assert TrdVersion.objects.count() == 1


def test_who_confirms_after_somebody_else_loaded_sees_the_preview_again(
    browse: Browse, cast: dict[str, Any], third: TrdVersion
) -> None:
    waiting = confirmation(send(browse("archivista"), fourth_file("2026-08-01")).content.decode())
    load_schedule(actor=cast["custodia"], content=fourth_file("2026-07-01", years_central=30), name="v4.json")
    told = browse("archivista").post(LOAD, waiting)
    assert told.status_code == 409
    assert "Otra persona cargó una versión mientras tanto" in text(told)
    assert "Qué cambiaría con la versión 5" in text(told)
    assert browse("archivista").post(LOAD, confirmation(told.content.decode())).status_code == 302
    assert TrdVersion.objects.count() == 3


@pytest.mark.criterion(16)
def test_a_schedule_has_a_small_limit_of_its_own(
    browse: Browse, third: TrdVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = counted(monkeypatch)
    assert "supera los 8 MiB" in text(send(browse("archivista"), b" " * (10 * 1024**2)))
    assert sum(blocks) <= MOST_BYTES + 64 * 1024
    blocks.clear()
    assert send(browse("archivista"), b" " * (17 * 1024**2)).status_code == 409
    assert sum(blocks) == 0


@pytest.mark.parametrize("login", ["jefatura", "revisora", "auditoria", "ajeno"])
def test_who_may_not_load_sends_nothing(browse: Browse, third: TrdVersion, login: str) -> None:
    client = browse(login)
    assert client.get(LOAD).status_code == 403
    assert send(client, fourth_file()).status_code == 403


# -- re-sentencing -------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(cast: dict[str, Any], third: TrdVersion, expediente: Expediente) -> str:
    """The retention of an expediente of version 3, with version 4 in force."""
    load_schedule(actor=cast["archivista"], content=fourth_file(), name="v4.json")
    with clock.at(TODAY):
        assert expediente.trd_id == 3
    return f"/custodia/expedientes/{expediente.pk}/retencion/"


@pytest.fixture
def expediente(cast: dict[str, Any], third: TrdVersion) -> Expediente:
    made = factories.make_expediente(
        cast["archivista"], "GC-130-CD-2026-001", title="Taller regional", opened_on=datetime.date(2026, 5, 4)
    )
    factories.appoint_custodian(made, cast["custodia"], starts_on=datetime.date(2026, 5, 4))
    return made


@pytest.mark.rule("R2")
def test_an_expediente_is_moved_from_the_screens_by_two_people(
    browse: Browse, expediente: Expediente, moved: str
) -> None:
    client = browse("archivista")
    shown = client.get(moved)
    assert "Años en archivo central cambia 15 20" in text(shown)
    target = re.search(r'name="subserie" value="([^"]+)"', shown.content.decode())
    assert target
    refused = client.post(moved, {"subserie": target[1], "reason": ""})
    assert (refused.status_code, "Indique el motivo" in text(refused)) == (422, True)
    assert client.post(moved, {"subserie": target[1], "reason": "Reforma de junio"}).status_code == 302
    assert "Ya hay un cambio por decidir" in text(client.get(moved))

    act = Resentencing.objects.get()
    address = f"/custodia/retencion/{act.pk}/"
    assert "Reforma de junio" in text(browse("jefatura").get(address))
    assert address in browse("jefatura").get("/custodia/trd/").content.decode()
    assert address not in client.get("/custodia/trd/").content.decode()
    assert client.post(address, {"decision": "approve"}).status_code == 403
    assert browse("jefatura").post(address, {"decision": "return"}).status_code == 422
    assert browse("jefatura").post(address, {"decision": "approve"}).status_code == 302
    expediente.refresh_from_db()
    assert expediente.trd_id == 4
    assert browse("jefatura").post(address, {"decision": "approve"}).status_code == 422


@pytest.mark.rule("R2")
def test_who_only_reads_a_piece_sees_the_retention_and_no_proposal(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, moved: str
) -> None:
    factories.insert_piece(cast["archivista"], expediente, Level.PUBLIC)
    client = browse("archivista")
    target = re.search(r'name="subserie" value="([^"]+)"', client.get(moved).content.decode())
    assert target
    client.post(moved, {"subserie": target[1], "reason": "Reforma de junio"})
    body = text(browse("revisora").get(moved))
    assert "Retención y disposición" in body
    assert "Reforma" not in body
    assert "De la versión" not in body
    assert browse("revisora").post(moved, {"subserie": target[1], "reason": "x"}).status_code == 403
    assert browse("revisora").get(f"/custodia/retencion/{Resentencing.objects.get().pk}/").status_code == 404


# -- the checklist -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("B7")
def test_the_tab_of_what_is_missing_tells_now_and_later_with_the_article(
    browse: Browse, expediente: Expediente
) -> None:
    address = f"/custodia/expedientes/{expediente.pk}/faltantes/"
    body = text(browse("archivista").get(address))
    assert "En la etapa Estudios previos y minuta faltan 3 piezas" in body
    assert "Estudios previos del convenio derivado art. 18.a" in body
    assert "Se exigirán después" in body
    words = re.search(r"Otras (\d+) se exigirán más adelante, y (\d+) más si proceden\.", body)
    heading = re.search(r"después (\d+) \+ (\d+) si", body)
    assert words
    assert heading
    assert words.groups() == heading.groups(), "the sentence and the heading count the same"
    assert (
        body.index("Faltan ahora")
        < body.index("art. 18.a")
        < body.index("Se exigirán después")
        < body.index("art. 18.d")
    )


@pytest.mark.requirement("B7")
def test_the_tab_never_names_nor_links_a_piece_that_its_reader_does_not_read(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    tipo = TipoDocumental.objects.get(trd=3, code="minuta_de_convenio_derivado")
    hidden = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, tipo=tipo, title="Secreto")
    factories.insert_piece(cast["archivista"], expediente, Level.PUBLIC)
    address = f"/custodia/expedientes/{expediente.pk}/faltantes/"
    staff, reader = (browse(login).get(address).content.decode() for login in ("archivista", "revisora"))
    assert "Este expediente tiene documentos que usted no lee" in staff
    assert "Este expediente tiene documentos que usted no lee" not in reader
    assert "Usted conoce solo algunas piezas" in reader
    assert "que usted no lee" not in reader
    assert all(str(hidden.pk) not in body and "Secreto" not in body for body in (staff, reader))


@pytest.mark.requirement("A3")
def test_pages_of_the_schedule_cost_the_same_for_any_number_of_rows(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, moved: str
) -> None:
    client = browse("archivista")
    addresses = ("/custodia/trd/", "/custodia/trd/3/", "/custodia/trd/3/imprimir/", "/custodia/trd/3.csv", moved)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = {address: queries(address) for address in addresses}
    for _number in range(40):
        factories.make_expediente(cast["archivista"], opened_on=datetime.date(2026, 5, 5))
        factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    assert {address: queries(address) for address in addresses} == few
