"""What waits to be filed: corrected in place without sending it again, filed once, seen by nobody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import clock
from records.models import Document, Draft, Expediente
from records.vocabulary import DraftState, ExpedienteState, Level
from tests import factories
from tests.integration.desk.test_uploads import (
    CONTENT,
    SPOKEN,
    announce,
    arrive,
    facts,
    file,
    kept,
    own_folder,
    patch,
)

__all__ = ["own_folder"]


# Corrected in place -------------------------------------------------------------------------------


@pytest.mark.requirement("B12")
@pytest.mark.rule("K8")
def test_what_lacks_its_data_waits_with_its_bytes_and_what_was_said(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    refused = file(client, address, date="ayer", title="Acta del taller")
    assert (refused.status_code, list(refused.json()["faults"])) == (422, ["date"])
    assert refused.json()["sentence"] == "Escriba una fecha que exista, como dd/mm/aaaa."
    told = facts(client, address)
    assert (told["tipo"], told["date"], told["title"]) == ("anexo_del_convenio", "", "Acta del taller")
    assert told["lacks"] == ["Falta la fecha del documento."]
    assert file(client, address, title=told["title"]).status_code == 201
    assert Document.objects.get().title == "Acta del taller"


@pytest.mark.rule("K8")
def test_an_expediente_closed_between_upload_and_filing_leaves_the_file_waiting(
    browse: Any, expediente: Expediente
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    Expediente.objects.update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    refused = file(client, address)
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_expediente")
    assert facts(client, address)["lacks"] == ["El expediente está cerrado y no recibe documentos."]
    assert len(kept()) == 1
    Expediente.objects.update(state=ExpedienteState.OPEN)
    assert file(client, address).status_code == 201
    assert kept() == []


@pytest.mark.criterion(11)
@pytest.mark.rule("K8")
def test_a_store_that_cannot_keep_leaves_the_file_waiting(
    browse: Any, expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    right = settings.RECORDS
    (tmp_path / "blocked").write_text("a file where the folder should be")
    settings.RECORDS = {**right, "STORE": {**right["STORE"], "OPTIONS": {"root": tmp_path / "blocked"}}}
    refused = file(client, address)
    assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
    assert len(kept()) == 1
    settings.RECORDS = right
    assert file(client, address).json()["bytes"] == len(CONTENT)


def test_a_store_that_is_away_when_the_last_byte_comes_keeps_it_waiting(
    browse: Any, expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    client, right = browse("archivista"), settings.RECORDS
    (tmp_path / "blocked").write_text("a file where the folder should be")
    settings.RECORDS = {**right, "STORE": {**right["STORE"], "OPTIONS": {"root": tmp_path / "blocked"}}}
    address = arrive(client, expediente)
    assert facts(client, address)["state"] == "waiting"
    settings.RECORDS = right
    assert file(client, address).status_code == 201


def test_a_right_lost_between_upload_and_filing_files_nothing(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    cast["archivista"].groups.set(cast["jefatura"].groups.all())
    assert file(client, address).status_code == 403
    assert not Document.objects.exists()
    assert len(kept()) == 1


def test_what_still_arrives_is_not_filed(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = announce(client, expediente, 10)["Location"]
    refused = file(client, address)
    assert refused.status_code == 409
    assert "todavía no llega" in refused.json()["sentence"]


# Once ---------------------------------------------------------------------------------------------


@pytest.mark.beyond(13)
@pytest.mark.rule("C2", "K8")
def test_an_answer_that_was_lost_is_given_again(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    first = file(client, address)
    again = file(client, address, tipo="otro", date="")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert facts(client, address)["receipt"]["radicado"] == first.json()["radicado"]
    assert client.head(address, headers=SPOKEN)["Upload-Offset"] == str(len(CONTENT))
    assert client.delete(address, headers=SPOKEN).status_code == 409
    assert Document.objects.count() == 1


@pytest.mark.requirement("A3")
@pytest.mark.criterion(22)
def test_a_draft_tells_nothing_of_the_piece_that_its_sender_no_longer_reads(
    browse: Any, expediente: Expediente
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    piece = file(client, address, title="Secreto ahora").json()["document"]
    assert client.get(address).status_code == 200
    Document.objects.filter(pk=piece).update(level=Level.RESERVED)
    for told in (client.get(address), client.get(f"{address}radicar/"), file(client, address)):
        assert told.status_code == 404
        assert "Secreto" not in told.content.decode()
        assert piece not in told.content.decode()


@pytest.mark.requirement("B12")
@pytest.mark.rule("C2")
def test_the_files_of_one_gesture_share_one_receipt(browse: Any, expediente: Expediente) -> None:
    client, batch = browse("archivista"), "3f1c6f5e-6c2d-4f7a-9a4b-000000000001"
    named = "batch M2YxYzZmNWUtNmMyZC00ZjdhLTlhNGItMDAwMDAwMDAwMDAx"
    for content in (b"uno", b"dos"):
        told = announce(client, expediente, 3, **{"upload-metadata": f"filename YS50eHQ=,{named}"})
        assert told.json()["batch"] == batch
        patch(client, told["Location"], content)
        assert file(client, told["Location"]).json()["batch"] == batch
    assert Document.objects.filter(batch=batch).count() == 2
    foreign = announce(browse("custodia"), expediente, 3, **{"upload-metadata": f"filename YS50eHQ=,{named}"})
    assert foreign.json()["batch"] != batch


# The same bytes -----------------------------------------------------------------------------------


@pytest.mark.rule("C8")
def test_the_same_bytes_are_told_before_filing_and_decided_in_place(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    first = file(client, arrive(client, expediente)).json()
    address = arrive(client, expediente, name="copia.txt")
    assert facts(client, address)["twin"] == {
        "radicado": first["radicado"], "title": "acta", "url": first["url"]
    }  # fmt: skip
    refused = file(client, address)
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    assert refused.json()["draft"]["twin"]["radicado"] == first["radicado"]
    assert "motivo" in file(client, address, duplicate="keep").json()["sentence"]
    linked = file(client, address, duplicate="link").json()
    assert linked["duplicate_of"]["radicado"] == first["radicado"]
    assert first["radicado"] in client.get(f"{linked['url']}recibo/").content.decode()
    kept_both = file(client, arrive(client, expediente, name="otra.txt"), duplicate="keep", motivo="Copia autenticada")
    assert kept_both.json()["duplicate_of"] is None
    assert Document.objects.get(pk=kept_both.json()["document"]).duplicate_reason == "Copia autenticada"


# The pages ----------------------------------------------------------------------------------------


@pytest.mark.requirement("B12")
def test_without_script_a_draft_is_completed_on_its_page(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    page = client.get(f"{address}radicar/").content.decode()
    assert "Sugerida: 12/06/2026 (el texto dice «Bogotá D.C., 12 de junio de 2026»)." in page
    assert 'value="12/06/2026"' not in page
    wrong = client.post(f"{address}radicar/", {"tipo": "anexo_del_convenio", "date": "01/01/2999"})
    assert wrong.status_code == 422
    assert "no sea futura" in wrong.content.decode()
    assert 'value="01/01/2999"' in wrong.content.decode()
    done = client.post(f"{address}radicar/", {"tipo": "anexo_del_convenio", "date": "12/06/2026"})
    document = Document.objects.get()
    assert done["Location"] == f"/custodia/documentos/{document.pk}/recibo/"
    assert client.get(f"{address}radicar/")["Location"] == done["Location"]


def test_discarding_is_asked_once_more(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    address = arrive(client, expediente)
    asked = client.get(f"{address}descartar/").content.decode()
    assert "tendrá que volver a enviarlo" in asked
    assert Draft.objects.get().state == "waiting"
    done = client.post(f"{address}descartar/", follow=True)
    assert "Se descartó el archivo" in done.content.decode()
    assert Draft.objects.get().state == "discarded"
    assert kept() == []


def test_the_list_tells_one_s_own_and_where_each_stands(browse: Any, expediente: Expediente) -> None:
    client = browse("archivista")
    patch(client, announce(client, expediente, 100, "cortado.txt")["Location"], b"x" * 37)
    arrive(client, expediente, name="completo.txt")
    page = client.get("/custodia/cargas/").content.decode()
    assert "Llegó el 37 %" in page
    assert "Faltan el tipo documental y la fecha del documento." in page
    assert "completo.txt" not in browse("custodia").get("/custodia/cargas/").content.decode()
    assert "No tiene archivos por completar" in browse("revisora").get("/custodia/cargas/").content.decode()
    listed = client.get(f"/custodia/expedientes/{expediente.pk}/cargas/").json()["drafts"]
    assert [(one["name"], one["offset"], one["state"]) for one in listed] == [
        ("cortado.txt", 37, "receiving"), ("completo.txt", len(CONTENT), "waiting")
    ]  # fmt: skip
    assert browse("custodia").get(f"/custodia/expedientes/{expediente.pk}/cargas/").json() == {"drafts": []}


def many(cast: dict[str, Any], expediente: Expediente, count: int) -> None:
    now = clock.now()
    Draft.objects.bulk_create(
        (
            Draft(
                expediente=expediente, person=cast["archivista"], batch=expediente.pk, original_name=f"{number}.txt",
                size=10, state=DraftState.WAITING, digest=f"{number:064d}", created_at=now, updated_at=now,
            )
            for number in range(count)
        ),
        batch_size=1000,
    )  # fmt: skip


def queries(client: Client, address: str) -> int:
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize("address", ["/custodia/cargas/", "/custodia/", "/custodia/expedientes/{key}/cargas/"])
def test_ten_thousand_drafts_cost_a_list_as_much_as_six(
    browse: Any, cast: dict[str, Any], expediente: Expediente, address: str
) -> None:
    client, where = browse("archivista"), address.format(key=expediente.pk)
    many(cast, expediente, 6)
    few = queries(client, where)
    many(cast, expediente, 9_994)
    assert queries(client, where) == few
    page = client.get("/custodia/cargas/").content.decode()
    assert "10.000 archivos" in page
    assert len(re.findall('<li>\\s*<div class="worklist-what"', page)) == 25


@pytest.mark.requirement("A6")
def test_the_bandeja_leads_to_what_waits(browse: Any, cast: dict[str, Any], expediente: Expediente) -> None:
    client = browse("archivista")
    assert 'id="g-incomplete"' not in client.get("/custodia/").content.decode()
    address = arrive(client, expediente, name="soporte.txt")
    page = client.get("/custodia/").content.decode()
    assert "Incompletos" in page
    assert f'href="{address}radicar/"' in page
    assert "soporte.txt" not in browse("custodia").get("/custodia/").content.decode()
    assert "Incompletos" not in browse("revisora").get("/custodia/").content.decode()


def test_a_draft_of_an_expediente_one_no_longer_knows_is_told_nowhere(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    client = browse("archivista")
    address = arrive(client, expediente, name="soporte.txt")
    cast["archivista"].groups.clear()
    for where in ("/custodia/cargas/", "/custodia/"):
        page = client.get(where).content.decode()
        assert "soporte.txt" not in page
        assert expediente.code not in page
    assert client.get(f"{address}radicar/").status_code == 404


def test_suggested_dates_are_of_the_file_and_reserved_pieces_are_no_twins(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    hidden = factories.file_piece(cast["custodia"], expediente, CONTENT)
    Document.objects.filter(pk=hidden.pk).update(level=Level.RESERVED)
    told = facts(browse("archivista"), arrive(browse("archivista"), expediente))
    assert told["twin"] is None
    assert hidden.radicado not in json.dumps(told)


@pytest.mark.rule("E7")
def test_who_closes_is_told_whose_files_wait_and_nothing_of_them(browse: Any, expediente: Expediente) -> None:
    arrive(browse("archivista"), expediente, name="nombre secreto.txt")
    page = " ".join(browse("custodia").get(f"/custodia/expedientes/{expediente.pk}/cerrar/").content.decode().split())
    assert "Archivista: 1 archivo suyo espera que lo complete o lo descarte" in page
    assert "nombre secreto" not in page
