"""Registering the complete ones of a large expediente: a lot at a time, saying how many remain, and going on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records.models import Document, Expediente
from records.services import registration
from records.vocabulary import DocumentState, Level
from tests import factories, lives
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_uploads import arrive, file, own_folder

__all__ = ["own_folder"]

pytestmark = [pytest.mark.requirement("B9"), pytest.mark.rule("C1")]


@pytest.fixture(autouse=True)
def _lots_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "MOST_AT_ONCE", 2)


def states(expediente: Expediente) -> list[str]:
    return list(Document.objects.filter(expediente=expediente).order_by("order").values_list("state", flat=True))


def test_what_remains_is_said_and_the_next_lot_offered(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    for _each in range(5):
        lives.classified(cast, expediente)
    lives.classified(cast, expediente, Level.RESERVED)
    client, address = browse("archivista"), f"/custodia/expedientes/{expediente.pk}/registrar/"
    first = client.get(address).content.decode()
    assert "Quedan 3 más" in first, "of the five she reads; the reserved one is not counted"
    assert 'href="?despues=2"' in first
    again = client.post(address).content.decode()
    assert "Se registraron 2 piezas." in again
    assert "Queda 1 más" in again
    assert "Registrar 2 piezas" in again
    assert "Queda" not in client.post(address).content.decode()
    assert client.post(address).status_code == 302
    assert states(expediente) == [DocumentState.REGISTERED] * 5 + [DocumentState.CLASSIFIED]


def test_incomplete_ones_at_the_head_do_not_stop_the_rest(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    demanding = factories.make_tipo("exige_anexo", requires=["annex"])
    for _each in range(2):
        lives.classified(cast, expediente, tipo=demanding)
    lives.classified(cast, expediente)
    client, address = browse("archivista"), f"/custodia/expedientes/{expediente.pk}/registrar/"
    assert "Registrar 1 pieza" not in client.get(address).content.decode()
    rest = client.get(f"{address}?despues=2").content.decode()
    assert "Registrar 1 pieza" in rest
    assert "Desde la primera" in rest
    client.post(f"{address}?despues=2")
    assert states(expediente) == [DocumentState.CLASSIFIED] * 2 + [DocumentState.REGISTERED]


def test_a_missing_annex_is_asked_for_as_such_and_leads_to_where_one_is_noted(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    made = lives.classified(cast, expediente, tipo=factories.make_tipo("exige_anexo", requires=["annex"]))
    client, address = browse("archivista"), f"/custodia/documentos/{made.pk}/registrar/"
    noting = f'<a href="/custodia/expedientes/{expediente.pk}/anexos/nuevo/">Anotar un anexo'
    page = client.get(address).content.decode()
    assert noting in page
    assert noting in client.get(f"/custodia/expedientes/{expediente.pk}/registrar/").content.decode()
    label = page.split('<label for="id_annex">')[1].split("</label>")[0]
    assert "opcional" not in label
    assert "Ninguno" not in page
    optional = lives.classified(cast, expediente)
    assert "(opcional)" in client.get(f"/custodia/documentos/{optional.pk}/registrar/").content.decode()
    assert client.post(address, {"annex": ""}).status_code == 422
    client.post(f"/custodia/expedientes/{expediente.pk}/anexos/nuevo/", {"key": "PI-1", "label": "Anexo 1"})
    assert client.post(address, {"annex": "PI-1"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.annex.key if made.annex else "") == (DocumentState.REGISTERED, "PI-1")


def test_the_annex_is_said_when_filing_what_demands_one(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    client, base = browse("archivista"), f"/custodia/expedientes/{expediente.pk}/"
    row = {"0-tipo": "exige_anexo", "0-date": "10/06/2026", "0-title": "", "0-annex": "PI-1"}
    factories.make_tipo("exige_anexo", requires=["annex"])
    assert "PI-1" not in client.get(f"{base}radicar/").content.decode(), "there is none to say"
    client.post(f"{base}anexos/nuevo/", {"key": "PI-1", "label": "Anexo 1"})
    zone = client.get(base).content.decode()
    assert "data-demands-annex" in zone
    assert '<option value="PI-1">' in zone
    sent = {**row, "0-file": SimpleUploadedFile("uno.txt", b"Anexo uno.\n")}
    assert client.post(f"{base}radicar/", sent).status_code == 302
    address = arrive(client, expediente)
    assert file(client, address, tipo="exige_anexo", annex="PI-1").status_code == 201
    assert list(Document.objects.values_list("annex__key", flat=True)) == ["PI-1", "PI-1"]


def test_the_head_leads_to_the_version_of_the_schedule(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    body = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert f'<a href="/custodia/trd/{expediente.trd_id}/">TRD v {expediente.trd_id}</a>' in body
    assert browse("archivista").get(f"/custodia/trd/{expediente.trd_id}/").status_code == 200
