"""The pages of integrity, suspensions and what is due: what they tell, to whom, and what they leave out."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from records import clock
from records.fixity import care
from records.fixity.places import copies, store
from records.holds import acts
from records.models import Document, Expediente, Subserie
from records.vocabulary import Disposition, ExpedienteState, Level
from records.working_days import same_day
from tests import factories
from tests.integration.desk.conftest import Browse

INTEGRITY, HOLDS, DISPOSAL = "/custodia/integridad/", "/custodia/retenciones/", "/custodia/disposicion/"
TOLD = {"hold_kind": "audit", "authority": "Contraloría, oficio 12", "reason": "Control fiscal en curso"}


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    backend = "records.storage.filesystem.FilesystemStore"
    settings.RECORDS = {
        **settings.RECORDS,
        "STORE": {"BACKEND": backend, "OPTIONS": {"root": tmp_path / "store"}},
        "COPIES": {"copies": {"BACKEND": backend, "OPTIONS": {"root": tmp_path / "copies"}}},
    }


def break_everywhere(piece: Document) -> None:
    for place in (store(), *copies()):
        path = place.store.path_of(piece.blob_id)
        path.chmod(0o600)
        path.write_bytes(b"otra cosa")


def page(browse: Browse, login: str, path: str, status: int = 200) -> str:
    answer = browse(login).get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.rule("K1", "K2")
def test_the_page_of_integrity_tells_coverage_copies_and_findings(browse: Browse, piece: Document) -> None:
    care.care_now()
    for login in ("archivista", "custodia", "auditoria"):
        told = page(browse, login, INTEGRITY)
        assert "1 de 1 archivo comprobado" in told
        assert "Segunda copia" in told
    page(browse, "revisora", INTEGRITY, 403)


@pytest.mark.rule("K1")
@pytest.mark.criterion(15)
def test_a_loss_is_told_on_every_page_that_should_and_the_piece_is_refused(browse: Browse, piece: Document) -> None:
    care.care_now()
    assert "se copia en otro lugar" in page(browse, "ajeno", "/custodia/salud/")
    break_everywhere(piece)
    refused = browse("archivista").get(f"/custodia/documentos/{piece.pk}/original")
    assert refused.status_code == 500
    assert "no se entrega nada" in refused.content.decode()
    assert piece.title in page(browse, "archivista", INTEGRITY)
    assert piece.title not in page(browse, "auditoria", INTEGRITY)
    assert "Dañados en todas sus copias" in page(browse, "archivista", "/custodia/")
    assert "dañados en todas sus copias" in page(browse, "ajeno", "/custodia/salud/")


@pytest.mark.criterion(15)
def test_a_download_gives_the_right_bytes_after_mending_them(browse: Browse, piece: Document) -> None:
    care.care_now()
    path = store().store.path_of(piece.blob_id)
    right = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(right[:-1])
    answer = browse("archivista").get(f"/custodia/documentos/{piece.pk}/original")
    assert b"".join(answer.streaming_content) == right
    assert "Se repusieron bytes dañados" in page(browse, "archivista", INTEGRITY)


@pytest.mark.requirement("B11")
@pytest.mark.rule("R5")
def test_a_suspension_is_set_shown_and_lifted_from_the_screens(browse: Browse, piece: Document) -> None:
    place = f"/custodia/expedientes/{piece.expediente_id}/"
    assert browse("custodia").post(place + "suspender/", {}).status_code == 422
    assert browse("archivista").post(place + "suspender/", TOLD).status_code == 403
    assert browse("custodia").post(place + "suspender/", TOLD).status_code == 302
    for login in ("custodia", "jefatura"):
        assert "Disposición suspendida" in page(browse, login, place)
        assert "Contraloría, oficio 12" in page(browse, login, HOLDS)
    assert "Disposición suspendida" in page(browse, "archivista", f"/custodia/documentos/{piece.pk}/")
    assert "Contraloría" not in page(browse, "revisora", HOLDS)
    hold = piece.expediente.holds.get()
    lift = f"{HOLDS}{hold.pk}/levantar/"
    assert browse("custodia").post(lift, TOLD).status_code == 403
    assert browse("revisora").post(lift, TOLD).status_code == 404
    assert browse("jefatura").post(lift, {"authority": "Oficio 40", "reason": "Terminó"}).status_code == 302
    assert "Disposición suspendida" not in page(browse, "custodia", place)
    assert "Oficio 40" in page(browse, "custodia", HOLDS + "?ver=todas")


def closed(expediente: Expediente, day: datetime.date, **retention: Any) -> Expediente:
    """The expediente as its closing left it that day, under a subserie with these years."""
    subserie = Subserie.objects.create(
        serie=expediente.subserie.serie,  # type: ignore[union-attr]
        code=f"{expediente.code}.r"[-30:], name="Con retención", kind=expediente.kind, **retention,
    )  # fmt: skip
    facts = {"state": ExpedienteState.CLOSED_ADMINISTRATIVE, "closed_on": day, "subserie": subserie}
    Expediente.objects.filter(pk=expediente.pk).update(**facts)
    return expediente


@pytest.mark.requirement("B11")
@pytest.mark.rule("R5")
def test_what_is_due_is_listed_with_its_reason_and_what_is_held_is_left_out(
    browse: Browse, cast: dict[str, Any]
) -> None:
    years = {"years_management": 2, "years_central": 8, "disposition": Disposition.DESTROY}
    day = datetime.date(2012, 2, 29)
    due, held, young, unclosed = (factories.make_expediente(cast["archivista"]) for _time in range(4))
    for one in (due, held):
        closed(one, day, **years)
    closed(young, clock.today(), **years)
    piece = factories.insert_piece(cast["archivista"], held, Level.RESTRICTED)
    factories.appoint_custodian(held, cast["custodia"])
    hold = acts.place_hold(actor=cast["custodia"], target=piece, kind="audit", authority="Oficio", reason="x")
    told = page(browse, "archivista", DISPOSAL)
    assert due.code in told
    assert "10 años en gestión y central desde el cierre del 29/02/2012" in told
    assert not [one.code for one in (held, young, unclosed) if one.code in told]
    assert "1 expediente vencido queda fuera" in told
    assert due.code not in page(browse, "revisora", DISPOSAL)
    sheet = load_workbook(io.BytesIO(browse("archivista").get("/custodia/disposicion.xlsx").content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [due.code]
    csv = browse("archivista").get("/custodia/disposicion.csv").content.decode("utf-8-sig").splitlines()
    assert len(csv) == 2
    assert "2022-02-28" in csv[1]
    acts.lift_hold(actor=cast["jefatura"], hold=hold, authority="Oficio 2", reason="x")
    assert held.code in page(browse, "archivista", DISPOSAL)


@pytest.mark.requirement("B11")
def test_years_that_end_today_are_not_over_and_a_transfer_comes_first(browse: Browse, cast: dict[str, Any]) -> None:
    years = {"years_management": 1, "years_central": 50, "disposition": Disposition.KEEP}
    last_day, over = (factories.make_expediente(cast["archivista"]) for _time in range(2))
    today = clock.today()
    a_year_ago = same_day(today, today.year - 1) + ((today.month, today.day) == (2, 29)) * datetime.timedelta(days=1)
    closed(last_day, a_year_ago, **years)
    closed(over, a_year_ago - datetime.timedelta(days=7), **years)  # whatever days of rest there are in between
    told = page(browse, "archivista", DISPOSAL)
    assert last_day.code not in told
    assert over.code in told
    assert "Transferencia al archivo central" in told
