"""Packages and inventories at the desk: one form each, with the files it brings and those that already wait."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cms import worker
from records.desk.blanks import INVENTORY
from records.models import Document, Draft, Expediente, Job
from records.services import drafts
from records.services.columns import heading_of
from records.services.inventories import COLUMNS
from records.services.packages import read_manifest
from records.services.receiving import Upload
from records.vocabulary import DraftState, JobState
from tests.integration.desk.conftest import Browse

Files = dict[str, bytes]
FILES: Files = {f"anexo {n}.txt": f"Anexo de mesa {n}\n".encode() for n in range(3)}


def table(rows: list[list[str]], name: str) -> SimpleUploadedFile:
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=";").writerows(rows)
    return SimpleUploadedFile(name, sheet.getvalue().encode())


def manifest(given: Files, **changes: str) -> SimpleUploadedFile:
    """Paths with a folder, as a supplier writes them: a browser sends only their last part."""
    rows = [["path", "sha256", "tipo", "date"]]
    for name, content in given.items():
        digest = changes.get(name, hashlib.sha256(content).hexdigest())
        rows.append([f"paquete/{name}", digest, "anexo_del_convenio", "2026-06-10"])
    return table(rows, "manifiesto.csv")


def brought(given: Files) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, content) for name, content in given.items()]


def drop(cast: dict[str, Any], expediente: Expediente, name: str, content: bytes) -> Draft:
    draft = drafts.start_draft(actor=cast["archivista"], expediente=expediente, name=name, size=len(content))
    drafts.receive_bytes(
        actor=cast["archivista"], draft=draft, stream=io.BytesIO(content), offset=0, length=len(content)
    )
    return draft


@pytest.mark.requirement("B12")
@pytest.mark.rule("C9", "C2")
def test_a_package_leads_to_the_receipt_of_its_batch(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    client = browse("archivista")
    sent = {"table": manifest(FILES), "files": brought(FILES)}
    response = client.post(reverse("desk:package", args=[expediente.pk]), sent)
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert Document.objects.count() == 3
    assert all(piece.radicado in page for piece in Document.objects.all())


@pytest.mark.rule("C9")
@pytest.mark.criterion(16)
@pytest.mark.parametrize("size", ["9" * 5_000, "\u0663", "-1"])
def test_a_size_that_is_none_is_told_as_a_fault_of_its_row(expediente: Expediente, browse: Browse, size: str) -> None:
    rows = [["path", "sha256", "tipo", "date", "bytes"], ["a.txt", "0" * 64, "anexo_del_convenio", "2026-06-10", size]]
    sent = {"table": table(rows, "manifiesto.csv"), "files": brought({"a.txt": b"a\n"})}
    response = browse("archivista").post(reverse("desk:package", args=[expediente.pk]), sent)
    assert response.status_code == 422
    assert "el tamaño" in response.content.decode()


@pytest.mark.rule("C9", "K8")
def test_a_refused_package_tells_every_fault_by_row_and_files_nothing(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    given = {**FILES, "sobra.txt": b"nadie lo anuncia\n"}
    announced = {**FILES, "falta.txt": b"no llega\n"}
    sent = {"table": manifest(announced, **{"anexo 1.txt": "0" * 64}), "files": brought(given)}
    response = browse("archivista").post(reverse("desk:package", args=[expediente.pk]), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "hay 3 cosas por corregir" in page
    assert "La huella no es la del manifiesto" in page
    assert "El manifiesto lo anuncia y el archivo no llegó." in page
    assert "El archivo llegó y el manifiesto no lo anuncia." in page
    assert not Document.objects.exists()


@pytest.mark.rule("C9")
def test_files_that_wait_are_part_of_the_package_and_wait_no_more(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    names = list(FILES)
    used = drop(cast, expediente, names[0], FILES[names[0]])
    other = drop(cast, expediente, "otro.txt", b"otra cosa\n")
    client, address = browse("archivista"), reverse("desk:package", args=[expediente.pk])
    assert "2 archivos esperan" in client.get(address).content.decode()
    rest = {name: FILES[name] for name in names[1:]}
    refused = client.post(address, {"table": manifest(FILES, **{names[1]: "0" * 64}), "files": brought(rest)})
    used.refresh_from_db()
    assert (refused.status_code, used.state) == (422, DraftState.WAITING)
    assert client.post(address, {"table": manifest(FILES), "files": brought(rest)}).status_code == 302
    used.refresh_from_db()
    other.refresh_from_db()
    assert (used.state, other.state) == (DraftState.FILED, DraftState.WAITING)
    assert used.document is not None
    assert used.document.blob_id == hashlib.sha256(FILES[names[0]]).hexdigest()


def test_anothers_waiting_files_are_not_taken(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    drop(cast, expediente, "anexo 0.txt", FILES["anexo 0.txt"])
    one = {"anexo 0.txt": FILES["anexo 0.txt"]}
    response = browse("custodia").post(reverse("desk:package", args=[expediente.pk]), {"table": manifest(one)})
    assert response.status_code == 422
    assert "el archivo no llegó" in response.content.decode()


@pytest.mark.parametrize("name", ["package", "inventory"])
def test_a_table_that_is_none_is_told_beside_its_field(expediente: Expediente, browse: Browse, name: str) -> None:
    sent = {"table": SimpleUploadedFile("tabla.csv", b"uno;dos\n1;2\n")}
    response = browse("archivista").post(reverse(f"desk:{name}", args=[expediente.pk]), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "no se reconocen las columnas" in page.lower()
    assert 'id="id_table_error"' in page


@pytest.mark.requirement("B12")
def test_an_inventory_is_seen_first_and_filed_when_confirmed(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    rows = [["Archivo", "Tipo documental", "Fecha", "Título", "Caja", "Signatura"]]
    rows += [[f"caja 1/{name}", "anexo_del_convenio", "10/06/2026", name, "1", "x"] for name in FILES]
    rows.append(["caja 1/no está.pdf", "Otra cosa", "", "", "1", ""])
    client = browse("archivista")
    sent = {"table": table(rows, "inventario.csv"), "files": brought(FILES)}
    response = client.post(reverse("desk:inventory", args=[expediente.pk]), sent, follow=True)
    page = response.content.decode()
    assert "Por confirmar" in page
    assert "Columnas que no se usan: Signatura" in page
    assert "Ese archivo no está entre los que esperan" in page
    assert "una fecha que exista" in page
    assert "Con novedad (1)" in page
    assert not Document.objects.exists()
    job = Job.objects.get()
    client.post(reverse("desk:job-resume", args=[job.pk]))
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == (JobState.DONE, 3, 1)
    assert Document.objects.count() == 3
    assert not Draft.objects.filter(state=DraftState.WAITING).exists()


def test_who_may_not_file_there_sends_nothing(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    for name in ("package", "inventory"):
        address = reverse(f"desk:{name}", args=[expediente.pk])
        statuses = {login: browse(login).post(address, {}).status_code for login in ("jefatura", "ajeno")}
        assert statuses == {"jefatura": 403, "ajeno": 404}


@pytest.mark.requirement("B12")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_manifest_to_begin_with_lists_ones_own_waiting_files_and_is_read_back(
    cast: dict[str, Any], expediente: Expediente, browse: Browse, ending: str
) -> None:
    content = b"Oficio en espera\n"
    drop(cast, expediente, "oficio uno.txt", content)
    Draft.objects.filter(original_name="oficio uno.txt").update(tipo="anexo_del_convenio", date="2026-06-10")
    others = drop(cast, expediente, "de otra persona.txt", b"Ajeno\n")
    Draft.objects.filter(pk=others.pk).update(person=cast["custodia"])
    client = browse("archivista")
    blank = client.get(reverse(f"desk:manifest-{ending}", args=[expediente.pk]))
    assert blank.status_code == 200
    file = SimpleUploadedFile(f"manifiesto.{ending}", blank.content)
    read = read_manifest(expediente, Upload(str(file.name), io.BytesIO(blank.content)))
    assert [(entry.path, entry.sha256) for entry in read.entries] == [
        ("oficio uno.txt", hashlib.sha256(content).hexdigest())
    ]
    sent = client.post(
        reverse("desk:package", args=[expediente.pk]), {"table": SimpleUploadedFile(f"m.{ending}", blank.content)}
    )
    assert sent.status_code == 302
    assert Document.objects.filter(original_name="oficio uno.txt").exists()


@pytest.mark.requirement("B12")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_inventory_to_begin_with_has_heads_that_are_all_known(
    expediente: Expediente, browse: Browse, ending: str
) -> None:
    blank = browse("archivista").get(reverse(f"desk:rows-{ending}", args=[expediente.pk]))
    found = heading_of([list(INVENTORY)], COLUMNS)
    assert found
    assert (found.unknown, found.repeated) == ((), ())
    assert blank.status_code == 200
    if ending == "csv":
        assert blank.content.decode("utf-8-sig").split()[0].startswith("archivo;tipo")
