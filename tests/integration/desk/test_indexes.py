"""The electronic index at the desk: issued, proved and taken away, and the sheets from its rows."""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from lxml import etree
from openpyxl import load_workbook

from records import clock, storage
from records.indexes import certificates
from records.indexes.writing import ELEMENTS
from records.models import Document, Expediente, IndexIssue, LedgerEvent
from records.services.indexes import issue_index
from records.vocabulary import DocumentState, ExpedienteFormat, Level
from tests import factories, lives

Browse = Callable[[str], Client]
FUID_001, FUID_042 = "fuid-001", "fuid-042"


@pytest.fixture
def shelf(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    lives.registered(cast, expediente, Level.PUBLIC, title="Convenio suscrito", pages=3)
    lives.registered(cast, expediente, Level.RESERVED, title="Fórmula secreta")
    lives.piece(cast, expediente, state=DocumentState.ANNULLED, title="Borrador")
    expediente.refresh_from_db()
    return expediente


@pytest.fixture
def issued(cast: dict[str, Any], shelf: Expediente) -> IndexIssue:
    return issue_index(actor=cast["archivista"], expediente=shelf)


def path(expediente: Expediente, tail: str = "") -> str:
    return f"/custodia/expedientes/{expediente.pk}/{tail}"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def told(answer: Any) -> str:
    return body(answer).decode()


@pytest.mark.rule("E3", "E5")
def test_an_index_is_issued_from_its_tab_and_listed_there(browse: Browse, shelf: Expediente) -> None:
    client = browse("archivista")
    asked = told(client.get(path(shelf, "indice/expedir/")))
    assert "índice electrónico 1: 3 documentos, 5 folios" in asked
    assert "Fórmula secreta" not in asked
    done = client.post(path(shelf, "indice/expedir/"), follow=True)
    assert "El índice quedó expedido y firmado." in told(done)
    assert path(shelf, "indice/1/") in told(done)
    assert IndexIssue.objects.get().number == 1
    assert "Expidió el índice electrónico" in told(client.get(path(shelf, "historia/")))


@pytest.mark.rule("E4")
def test_the_piece_that_blocks_it_is_named_in_the_page(browse: Browse, shelf: Expediente) -> None:
    for piece in shelf.documents.exclude(state=DocumentState.ANNULLED):
        storage.store().path_of(piece.blob_id).unlink()
    answer = browse("archivista").post(path(shelf, "indice/expedir/"))
    assert answer.status_code == 422
    assert "el orden 1 («Convenio suscrito») y el orden 2." in told(answer).replace("&#x27;", "'")
    assert "Fórmula" not in told(answer)


@pytest.mark.rule("A8", "E3")
def test_each_reader_takes_the_index_she_may_know(
    browse: Browse, cast: dict[str, Any], shelf: Expediente, issued: IndexIssue
) -> None:
    whole = body(browse("custodia").get(path(shelf, "indice/1/indice.xml")))
    assert hashlib.sha256(whole).hexdigest() == issued.file_id, "who reads every piece gets the file itself"
    copy = etree.fromstring(body(browse("archivista").get(path(shelf, "indice/1/indice.xml"))))
    assert [[child.tag for child in entry] for entry in copy] == [list(ELEMENTS)] * 3
    names = [entry.findtext("Nombre_Documento") for entry in copy]
    assert names == ["Convenio suscrito", "Documento en reserva", "Borrador (anulado)"]
    secret = Document.objects.get(title="Fórmula secreta")
    for word in ("secreta", str(secret.pk), secret.blob_id):
        assert word.encode() not in etree.tostring(copy)
    cover = body(browse("archivista").get(path(shelf, "indice/1/cubierta.xml")))
    assert hashlib.sha256(cover).hexdigest() == issued.cover_id
    events = LedgerEvent.objects.filter(action="index.downloaded", object_id=str(shelf.pk)).order_by("index")
    assert list(events.values_list("actor", flat=True)) == ["custodia", "archivista", "archivista"]


@pytest.mark.criterion(18)
@pytest.mark.rule("U1")
def test_who_asks_only_for_the_headers_takes_no_index_and_leaves_no_event(
    browse: Browse, shelf: Expediente, issued: IndexIssue
) -> None:
    taken = LedgerEvent.objects.filter(action="index.downloaded")
    for login, tail, lengthless in (
        ("custodia", "indice", set()), ("archivista", "indice", {"Content-Length"}), ("archivista", "cubierta", set())
    ):  # fmt: skip
        address = path(shelf, f"indice/1/{tail}.xml")
        asked, before = browse(login).head(address), taken.count()
        assert (asked.status_code, body(asked)) == (200, b"")
        got = browse(login).get(address)
        assert taken.count() == before + 1, "HEAD left none, GET one"
        assert {name: value for name, value in got.headers.items() if name not in lengthless} == dict(asked.headers)
    assert taken.count() == 3
    assert browse("revisora").head(path(shelf, "indice/1/indice.xml")).status_code == 404


@pytest.mark.rule("A8")
def test_who_does_not_work_there_learns_not_even_that_there_is_one(
    browse: Browse, shelf: Expediente, issued: IndexIssue
) -> None:
    """The public piece lets her into the expediente; how much more it holds is not hers to know."""
    client = browse("revisora")
    assert "Índices expedidos" not in told(client.get(path(shelf, "indice/")))
    for tail in ("", "indice.xml", "cubierta.xml"):
        there, absent = client.get(path(shelf, f"indice/1/{tail}")), client.get(path(shelf, f"indice/7/{tail}"))
        assert (there.status_code, there.content) == (absent.status_code, absent.content) == (404, absent.content)


@pytest.mark.rule("E6")
def test_the_proof_is_told_step_by_step(browse: Browse, shelf: Expediente, issued: IndexIssue) -> None:
    client = browse("archivista")
    assert "Qué se comprobó" not in told(client.get(path(shelf, "indice/1/")))
    good = told(client.post(path(shelf, "indice/1/")))
    assert "El índice se sostiene" in good
    assert "La firma vale y cubre toda la cubierta" in good
    file = storage.store().path_of(issued.cover_id)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"<NumeroFolios>5", b"<NumeroFolios>6"))
    bad = told(client.post(path(shelf, "indice/1/")))
    assert "Este índice no se sostiene" in bad
    assert "La firma no vale" in bad
    assert LedgerEvent.objects.filter(action="index.verified").count() == 2
    with pytest.raises(AssertionError, match="500"):
        assert client.get(path(shelf, "indice/1/cubierta.xml")).status_code == 200, "500: nothing altered leaves"


@pytest.mark.rule("E6")
def test_closing_shows_the_index_and_issues_it(browse: Browse, shelf: Expediente) -> None:
    client = browse("custodia")
    page = told(client.get(path(shelf, "cerrar/")))
    assert "Así quedará el índice" in page
    assert "Fórmula secreta" in page
    assert "índice electrónico 1: 3 documentos, 5 folios" in page
    client.post(path(shelf, "cerrar/"), {"reason": "Terminó el trámite"})
    assert IndexIssue.objects.get().occasion == "closing"


# Sheets ------------------------------------------------------------------------------------------------------


def sheet(client: Client, expediente: Expediente, name: str) -> bytes:
    answer = client.get(path(expediente, name))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{name.partition(".")[0].strip("/")}-')
    return body(answer)


def table_of(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(data)).tables[0].rows]


def rows_of(data: bytes) -> list[list[str]]:
    page = load_workbook(io.BytesIO(data)).active
    return [[str(cell.value or "") for cell in row] for row in page.iter_rows()]


@pytest.mark.rule("E8")
def test_the_hoja_de_control_has_the_rows_of_the_index_in_every_format(
    browse: Browse, shelf: Expediente, issued: IndexIssue
) -> None:
    client = browse("archivista")
    index = etree.fromstring(body(client.get(path(shelf, "indice/1/indice.xml"))))
    pages = [(entry.findtext("Pagina_Inicio"), entry.findtext("Pagina_Fin")) for entry in index]
    folios = [first if first == last else f"{first}–{last}" for first, last in pages]
    heads, *lines = table_of(sheet(client, shelf, "hoja-de-control/"))
    assert heads == ["Orden", "Ingreso", "Tipo documental", "Documento", "Folios", "Radicado", "Nivel", "Observaciones"]
    assert [line[4] for line in lines] == folios == ["1–3", "4", "5"]
    assert [line[3] for line in lines] == ["Convenio suscrito", "Documento en reserva", "Borrador"]
    assert [line[7] for line in lines] == ["", "", "anulado"]
    found = rows_of(sheet(client, shelf, "hoja-de-control.xlsx"))
    assert [line for line in found if line[0] in ("001", "002", "003")] == lines
    assert ["Responsable", "Custodia"] in [line[:2] for line in found]
    assert sheet(client, shelf, "hoja-de-control.pdf").startswith(b"%PDF-")


@pytest.mark.rule("E8")
def test_on_paper_the_columns_have_their_widths_and_the_heads_are_on_every_leaf(
    browse: Browse, cast: dict[str, Any], shelf: Expediente
) -> None:
    lives.piece(cast, shelf, Level.PUBLIC, title="Acta\x01 con\nrenglones")
    for name in ("hoja-de-control/", f"{FUID_001}.docx", f"{FUID_042}.docx"):
        table = docx.Document(io.BytesIO(sheet(browse("archivista"), shelf, name))).tables[0]
        assert len({column.width for column in table.columns}) > 3
        assert [cell.width for cell in table.rows[1].cells] == [column.width for column in table.columns]
        assert len(table._tbl.xpath(".//w:tblHeader")) == 1
        assert not any(run.bold for cell in table.rows[1].cells for run in cell.paragraphs[0].runs)
    assert "Acta  con renglones" in [
        line[3] for line in table_of(sheet(browse("archivista"), shelf, "hoja-de-control/"))
    ]


@pytest.mark.rule("E8")
def test_the_inventory_has_both_layouts(browse: Browse, shelf: Expediente) -> None:
    Expediente.objects.filter(pk=shelf.pk).update(format=ExpedienteFormat.HYBRID, physical_place="Depósito 2, caja 7")
    client = browse("archivista")
    (_heads, line) = table_of(sheet(client, shelf, f"{FUID_001}.docx"))
    assert line[:2] == ["1", "GC.130.1"]
    assert shelf.code in line[3]
    assert line[4:8] == ["2026-06-10", "2026-06-10", "X", "X"]
    assert (line[10], line[11], line[12], line[13]) == ("", "5", "TXT", "3")
    assert line[16].startswith("papel en Depósito 2, caja 7; ")
    assert "1 pieza anulada" in line[16]
    assert "1 pieza que quien lo expide no lee" in line[16]
    (_heads, line) = table_of(sheet(client, shelf, f"{FUID_042}.docx"))
    assert line[0:2] + line[3:5] == ["1", "GC.130.1", "2026-06-10", "2026-06-10"]
    assert (line[9], line[10]) == ("5", "Híbrido")
    for layout in (FUID_001, FUID_042):
        assert any("GC.130.1" in line for line in rows_of(sheet(client, shelf, f"{layout}.xlsx")))
        assert sheet(client, shelf, f"{layout}.pdf").startswith(b"%PDF-")


@pytest.mark.rule("E8")
def test_dates_of_what_one_does_not_read_do_not_show(browse: Browse, cast: dict[str, Any], shelf: Expediente) -> None:
    day = factories.DAY.replace(year=2020)
    lives.piece(cast, shelf, Level.RESERVED, date=day, state=DocumentState.REGISTERED)
    dates = {
        login: table_of(sheet(browse(login), shelf, f"{FUID_001}.docx"))[1][4] for login in ("archivista", "custodia")
    }
    assert dates == {"archivista": "2026-06-10", "custodia": "2020-06-10"}


@pytest.mark.rule("E6")
def test_the_state_of_the_service_says_in_time_that_the_certificate_ends(cast: Any, browse: Browse) -> None:
    ends = certificates.credential().certificate.not_valid_after_utc
    client, told = browse("archivista"), {}
    for days in (-400, -30, 1):
        with clock.at(ends + datetime.timedelta(days=days)):
            told[days] = client.get("/custodia/salud/").content.decode()
    assert "Firma cada índice que se expide" in told[-400]
    assert f"vence el {date_format(timezone.localtime(ends)).lower()}: pida otro" in told[-30]
    assert "Su certificado venció" in told[1]
