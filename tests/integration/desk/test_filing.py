"""Filing at the desk: with script and without, what is promised, and every refusal with its sentence."""

from __future__ import annotations

import hashlib
import io
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpResponse
from django.test import Client

from records import clock, conf
from records.desk import uploads
from records.models import Document, Expediente, LedgerEvent
from records.services.drafts import start_draft
from records.vocabulary import ExpedienteState
from tests import factories

CONTENT = "Acta de recibo a satisfacción del taller.\n".encode()
JSON = "application/json"


def pdf(pages: int = 1, **saving: Any) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page(page_size=(612, 792))
    made.save(out, **saving)
    return out.getvalue()


def send(
    client: Client, expediente: Expediente, content: bytes = CONTENT, name: str = "acta.txt", **fields: str
) -> HttpResponse:
    """What the drop zone sends for one file."""
    body = {"tipo": "anexo_del_convenio", "date": "10/06/2026", "name": name, **fields}
    file = SimpleUploadedFile("x" + Path(name).suffix[:10], content)
    address = f"/custodia/expedientes/{expediente.pk}/radicar/"
    return client.post(address, {**body, "file": file}, headers={"accept": JSON})


@pytest.mark.requirement("A6", "B12")
@pytest.mark.rule("C2")
@pytest.mark.beyond(13)
def test_a_dropped_file_gets_its_receipt_at_once(browse: Any, expediente: Expediente) -> None:
    batch = str(uuid.uuid4())
    response = send(browse("archivista"), expediente, batch=batch, title="Acta del taller")
    told = response.json()
    assert response.status_code == 201
    assert told["ok"] is True
    assert told["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert told["bytes"] == len(CONTENT)
    assert told["radicado"] == f"{clock.today().year}-000001"
    assert [told["folio_first"], told["folio_last"], told["order"]] == [1, 1, 1]
    document = Document.objects.get(pk=told["document"])
    assert (document.title, str(document.batch)) == ("Acta del taller", batch)
    assert browse("archivista").get(told["reading_url"]).json() == {
        "state": "pending", "label": "Por leer", "pages": 0, "done": False,
    }  # fmt: skip


@pytest.mark.requirement("B12")
def test_one_gesture_has_one_receipt_and_each_file_its_own_result(browse: Any, expediente: Expediente) -> None:
    client, batch = browse("archivista"), str(uuid.uuid4())
    results = [
        send(client, expediente, b"uno", "uno.txt", batch=batch).status_code,
        send(client, expediente, b"", "vacio.txt", batch=batch).status_code,
        send(client, expediente, b"dos", "dos.txt", batch=batch).status_code,
    ]
    assert results == [201, 422, 201]
    page = client.get(f"/custodia/recibos/{batch}/").content.decode()
    assert "uno.txt" in page
    assert "dos.txt" in page
    assert "vacio" not in page
    receipts = [one["receipt"] for one in client.get(f"/custodia/recibos/{batch}.json").json()["receipt"]["receipts"]]
    assert [receipt["order"] for receipt in receipts] == [1, 2]
    assert {receipt["filed_by"] for receipt in receipts} == {"archivista"}


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("vacio.txt", b"", "empty", "está vacío"),
        ("hoja.docm", b"PK\x03\x04", "macros", "Contiene macros"),
        ("programa.exe", b"MZ\x90\x00" + b"\0" * 80, "executable", "programa"),
        ("pagina.html", b"<!doctype html><html><script>1</script>", "html", "página web"),
        ("dibujo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", "SVG"),
        ("acta.pdf", b"no es un pdf", "extension_mismatch", "no corresponde al contenido"),
        ("varios.zip", b"PK\x03\x04" + b"\0" * 60, "archive", "comprimido"),
        ("clave.pdf", pdf(encryption=pikepdf.Encryption(user="u", owner="o")), "encrypted", "cifrado"),
    ],
)
@pytest.mark.requirement("K6")
@pytest.mark.rule("C5")
@pytest.mark.criterion(18)
def test_a_file_that_cannot_be_filed_is_told_why_and_leaves_its_event(
    browse: Any, expediente: Expediente, name: str, content: bytes, code: str, says: str
) -> None:
    response = send(browse("archivista"), expediente, content, name)
    assert response.status_code == 422
    assert says in response.json()["sentence"]
    assert not Document.objects.exists()
    event = LedgerEvent.objects.get(action="document.refused")
    assert code in json.loads(event.payload)["facts"]["reasons"]


@pytest.mark.requirement("K6")
def test_a_file_over_the_limit_is_refused_and_is_not_kept_whole_on_the_way(
    browse: Any, expediente: Expediente, settings: Any
) -> None:
    settings.RECORDS = {**settings.RECORDS, "MAX_UPLOAD_BYTES": 1000}
    response = send(browse("archivista"), expediente, b"a" * 500_000, "grande.txt")
    assert response.status_code == 422
    assert response.json()["code"] == "too_large"
    assert not list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())
    assert conf.max_upload_bytes() == 1000
    assert send(browse("archivista"), expediente, b"a" * 1000, "justo.txt").status_code == 201


@pytest.mark.requirement("K6")
@pytest.mark.criterion(16)
def test_a_name_without_end_is_refused_with_a_sentence_and_kept_nowhere(browse: Any, expediente: Expediente) -> None:
    response = send(browse("archivista"), expediente, name="a" * 997 + ".txt")
    assert response.status_code == 422
    assert "mil caracteres" in response.json()["sentence"]
    assert not LedgerEvent.objects.filter(action__startswith="document.").exists()
    assert send(browse("archivista"), expediente, name="a" * 996 + ".txt").status_code == 201


def uploads_of(settings: Any) -> int:
    """Bytes of uploads that are on disk now."""
    return sum(file.stat().st_size for file in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of each block that is written while a form arrives."""
    blocks: list[int] = []
    write = TemporaryFileUploadHandler.receive_data_chunk

    def seen(handler: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> None:
        blocks.append(len(raw_data))
        write(handler, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", seen)
    return blocks


def many(name: str, count: int, size: int) -> dict[str, Any]:
    """Files of one field, or each of its own where the name takes a number."""
    files = [SimpleUploadedFile(f"{n}.bin", b"\0" * size) for n in range(count)]
    return {name.format(n): file for n, file in enumerate(files)} if "{}" in name else {name: files}


@pytest.mark.requirement("K6")
@pytest.mark.criterion(16)
def test_all_files_of_a_form_together_are_bounded_by_what_a_person_may_have_waiting(
    browse: Any, expediente: Expediente, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = {**settings.RECORDS["DRAFTS"], "MOST_BYTES": 150_000}
    settings.RECORDS = {**settings.RECORDS, "MAX_UPLOAD_BYTES": 100_000, "DRAFTS": drafts}
    monkeypatch.setattr(uploads, "ALWAYS", 0)
    blocks = counted(monkeypatch)
    for address, field in (("radicar", "file"), ("paquete", "files"), ("inventario", "files")):
        response = browse("archivista").post(
            f"/custodia/expedientes/{expediente.pk}/{address}/", many(field, 50, 50_000), headers={"accept": JSON}
        )
        assert (response.status_code, response.json()["code"]) == (409, "too_much_at_once")
    assert sum(blocks) == 0
    assert uploads_of(settings) == 0


@pytest.mark.requirement("K6")
def test_open_drafts_count_for_what_a_form_may_bring(
    cast: dict[str, Any], browse: Any, expediente: Expediente, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = {**settings.RECORDS["DRAFTS"], "MOST_BYTES": 150_000}
    settings.RECORDS = {**settings.RECORDS, "DRAFTS": drafts}
    monkeypatch.setattr(uploads, "ALWAYS", 2_000)
    assert send(browse("archivista"), expediente, b"a" * 20_000).status_code == 201
    start_draft(actor=cast["archivista"], expediente=expediente, name="otra.txt", size=149_000)
    assert send(browse("archivista"), expediente, b"b" * 20_000).json()["code"] == "too_much_at_once"
    assert send(browse("custodia"), expediente, b"b" * 20_000).status_code == 201
    assert send(browse("archivista"), expediente, b"c" * 100).status_code == 201


@pytest.mark.requirement("K6")
@pytest.mark.criterion(16)
def test_a_file_that_the_form_does_not_ask_for_is_not_written_and_the_others_are_filed(
    browse: Any, expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = counted(monkeypatch)
    others = many("x{}", 5, 100_000)
    sent = {"file": SimpleUploadedFile("x.txt", CONTENT), "tipo": "anexo_del_convenio", "date": "10/06/2026", **others}
    response = browse("archivista").post(
        f"/custodia/expedientes/{expediente.pk}/radicar/", sent, headers={"accept": JSON}
    )
    assert response.status_code == 201
    assert response.json()["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert sum(blocks) == len(CONTENT)


@pytest.mark.requirement("K6")
@pytest.mark.criterion(11)
def test_a_form_that_the_disk_has_no_room_for_is_refused_before_it_is_written(
    browse: Any, expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = counted(monkeypatch)
    room = os.statvfs(".")
    monkeypatch.setattr(os, "statvfs", lambda _folder: os.statvfs_result((*room[:4], 0, *room[5:])))
    response = send(browse("archivista"), expediente)
    assert (response.status_code, response.json()["code"]) == (503, "arrivals_full")
    assert sum(blocks) == 0


@pytest.mark.requirement("K6")
@pytest.mark.criterion(19)
@pytest.mark.parametrize(
    "name",
    ["../../etc/acta.txt", "C:\\acta\\acta.txt", "acta\u202etxt.exe.txt", "a" * 300 + ".txt", "acta <b>&\"'.txt"],
)
def test_strange_names_are_kept_as_data_and_shown_safely(browse: Any, expediente: Expediente, name: str) -> None:
    client = browse("archivista")
    told = send(client, expediente, name=name).json()
    assert told["ok"] is True
    assert Document.objects.get(pk=told["document"]).original_name == name
    for address in (told["url"], f"{told['url']}recibo/", f"/custodia/expedientes/{expediente.pk}/"):
        page = client.get(address).content.decode()
        assert "\u202e" not in page
        assert "<b>&" not in page
        assert "../.." not in page
    download = client.get(f"{told['url']}original")
    assert download["Content-Disposition"] == f'attachment; filename="{told["radicado"]}.txt"'


@pytest.mark.rule("C8")
@pytest.mark.criterion(22)
def test_the_same_bytes_ask_for_a_decision_in_place(browse: Any, cast: dict[str, Any], expediente: Expediente) -> None:
    client = browse("archivista")
    first = send(client, expediente).json()
    again = send(client, expediente)
    assert (again.status_code, again.json()["code"]) == (409, "duplicate")
    assert "(link)" not in again.json()["sentence"]
    assert "motivo" in send(client, expediente, duplicate="keep").json()["sentence"]
    linked = send(client, expediente, duplicate="link").json()
    kept = send(client, expediente, duplicate="keep", motivo="Copia autenticada").json()
    assert str(Document.objects.get(pk=linked["document"]).duplicate_of_id) == first["document"]
    assert Document.objects.get(pk=kept["document"]).duplicate_reason == "Copia autenticada"


def test_a_date_in_the_future_and_a_foreign_tipo_are_both_told(browse: Any, expediente: Expediente) -> None:
    factories.make_tipo("contrato_de_adquisicion", ("acquisition",))
    future = send(browse("archivista"), expediente, date="01/01/2999")
    assert future.status_code == 409
    assert "no sea futura" in future.json()["sentence"]
    assert send(browse("archivista"), expediente, tipo="contrato_de_adquisicion").status_code == 422
    assert send(browse("archivista"), expediente, date="31/02/2026").json()["faults"]["date"]
    assert not Document.objects.exists()


def test_a_closed_expediente_offers_no_filing_and_refuses_it(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    assert "Radicar documentos" in client.get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    Expediente.objects.update(state=ExpedienteState.CLOSED_DEFINITIVE)
    assert "Radicar documentos" not in client.get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    response = send(client, expediente)
    assert (response.status_code, response.json()["code"]) == (409, "closed_expediente")


@pytest.mark.criterion(11)
def test_a_store_that_cannot_keep_says_so_and_files_nothing(
    browse: Any, expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    blocked = tmp_path / "store"
    blocked.write_text("a file where the folder should be")
    store = {**settings.RECORDS["STORE"], "OPTIONS": {"root": blocked}}
    settings.RECORDS = {**settings.RECORDS, "STORE": store}
    client = browse("archivista")
    response = send(client, expediente)
    assert response.status_code == 503
    assert "no puede guardar" in response.json()["sentence"]
    assert not Document.objects.exists()
    assert "No puede guardar ahora" in client.get("/custodia/salud/").content.decode()


@pytest.mark.criterion(11)
def test_a_folder_that_takes_no_upload_is_told_as_the_store(
    browse: Any, expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "gone"
    response = send(browse("archivista"), expediente)
    assert response.status_code == 503
    assert "vuelva a intentarlo" in response.json()["sentence"]


def test_the_token_is_demanded_although_the_upload_is_streamed(cast: dict[str, Any], expediente: Expediente) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast["archivista"])
    assert send(strict, expediente).status_code == 403
    assert not Document.objects.exists()


# Without script ---------------------------------------------------------------------------------
def rows(*pieces: dict[str, Any]) -> dict[str, Any]:
    return {f"{number}-{name}": value for number, piece in enumerate(pieces) for name, value in piece.items()}


def row(name: str, content: bytes, **fields: str) -> dict[str, Any]:
    body = {"tipo": "anexo_del_convenio", "date": "10/06/2026", **fields}
    return {**body, "file": SimpleUploadedFile(name, content)}


@pytest.mark.requirement("B12")
def test_the_plain_form_files_several_and_leads_to_their_receipt(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = f"/custodia/expedientes/{expediente.pk}/radicar/"
    assert client.get(address).content.decode().count('type="file"') == 5
    response = client.post(address, rows(row("uno.txt", b"uno"), row("dos.txt", b"dos")), follow=True)
    assert response.redirect_chain[0][0].startswith("/custodia/recibos/")
    assert Document.objects.count() == 2
    assert Document.objects.values("batch").distinct().count() == 1


@pytest.mark.requirement("B12")
def test_the_plain_form_keeps_the_values_of_the_rows_that_failed(browse: Any, expediente: Expediente) -> None:
    response = browse("archivista").post(
        f"/custodia/expedientes/{expediente.pk}/radicar/",
        rows(
            row("uno.txt", b"uno"),
            row("macro.docm", b"PK\x03\x04", title="Planilla <x>"),
            row("x.txt", b"x", date="ayer"),
        ),
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert Document.objects.count() == 1
    assert "Se radicó 1 documento" in page
    assert "2 filas no se radicaron" in page
    assert "Contiene macros" in page
    assert 'value="Planilla &lt;x&gt;"' in page
    assert 'value="ayer"' in page
    assert "Escriba una fecha que exista, como dd/mm/aaaa." in page


def test_an_empty_plain_form_says_what_is_missing(browse: Any, expediente: Expediente) -> None:
    response = browse("archivista").post(f"/custodia/expedientes/{expediente.pk}/radicar/", {})
    assert response.status_code == 422
    assert "1 fila no se radicó" in response.content.decode()


def test_limits_are_told_before_the_attempt(browse: Any, expediente: Expediente) -> None:
    for address in ("", "radicar/"):
        page = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/{address}").content.decode()
        assert "hasta 2 GiB" in page
        assert "no se aceptan archivos con macros" in page


def test_who_reads_but_does_not_file_is_not_offered_it(browse: Any, expediente: Expediente) -> None:
    page = browse("jefatura").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert "Radicar documentos" not in page
    assert send(browse("jefatura"), expediente).status_code == 403


@pytest.mark.parametrize(
    ("name", "tipo", "date"),
    [
        ("anexo del convenio 2026-05-14.pdf", "anexo_del_convenio", "14/05/2026"),
        ("Anexos de convenio, 3 de marzo de 2026.pdf", "anexo_del_convenio", "03/03/2026"),
        ("escaneo 01-02-2026.pdf", "", "01/02/2026"),
        ("escaneo 2999-01-01.pdf", "", ""),
        ("\u202e%%%.pdf", "", ""),
        (f"{'x' * 1_000} 01-02-2026.pdf", "", ""),
    ],
)
def test_names_suggest_and_never_set(browse: Any, expediente: Expediente, name: str, tipo: str, date: str) -> None:
    response = browse("archivista").post(f"/custodia/expedientes/{expediente.pk}/sugerencias/", {"name": [name]})
    (suggestion,) = response.json()["suggestions"]
    assert (suggestion["tipo"], suggestion["date"]) == (tipo, date)
    assert not Document.objects.exists()
