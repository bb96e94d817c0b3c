"""The whole of a records system in one walk through its screens: nothing here is done but by pages (A3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records.models import Document, Expediente
from records.services.reading import read_document
from tests import factories
from tests.integration.desk.conftest import Browse

RESTRICTED = {
    "level": "restricted", "norm": "Ley 1712 de 2014", "article": "18", "literal": "c", "harm_present": "a",
    "harm_probable": "b", "harm_specific": "c", "balance": "d", "extent": "total", "generated": "10/06/2026",
    "until": "10/06/2036", "responsible": "custodia", "safe_title": "Anexo técnico",
}  # fmt: skip


@pytest.mark.requirement("A3", "B9", "B10", "P3")
def test_an_expediente_is_made_filed_classified_moved_shared_corrected_and_closed(  # noqa: PLR0915 - one walk
    browse: Browse, cast: dict[str, Any]
) -> None:
    factories.make_tipo()
    archivist, custodian, head, reviewer = (browse(who) for who in ("archivista", "custodia", "jefatura", "revisora"))

    # Make an expediente, with its custodian
    opening = {
        "kind": "derived", "code": "GC-130-CD-2026-009", "title": "Banco de pruebas", "opened_on": "10/06/2026",
        "office": "contracts_group", "format": "electronic", "custodian": str(cast["custodia"].pk),
        "custodian_act": "Resolución 12", "custodian_until": "31/12/2099",
    }  # fmt: skip
    made = archivist.post("/custodia/expedientes/nuevo/", opening)
    place = Expediente.objects.get()
    base = f"/custodia/expedientes/{place.pk}/"
    assert made.headers["Location"] == base

    # File into it: typed content, with its receipt
    row = {"0-tipo": "anexo_del_convenio", "0-date": "10/06/2026", "0-title": "Anexo de ensayos"}
    sent = archivist.post(f"{base}radicar/", {**row, "0-file": text("Ensayos del banco de potencia")})
    assert sent.status_code == 302
    piece = Document.objects.get()
    receipt = archivist.get(sent.headers["Location"]).content.decode()
    assert piece.radicado in receipt
    assert piece.blob_id in receipt
    address = f"/custodia/documentos/{piece.pk}/"
    read_document(piece.pk)
    assert "Anexo de ensayos" in archivist.get(base).content.decode()

    # Classify: one proposes, another approves; nobody registers before
    assert archivist.post(f"{address}registrar/").status_code == 422
    assert custodian.post(f"{address}nivel/", RESTRICTED).status_code == 302
    act = piece.classification_acts.get()
    assert head.post(f"/custodia/aprobaciones/{act.pk}/", {"decision": "approve"}).status_code == 302
    assert archivist.post(f"{address}registrar/", {}).status_code == 302
    piece.refresh_from_db()
    assert (piece.level, piece.state) == ("restricted", "registered")

    # Move its state along the course
    moved = archivist.post(f"{base}etapa/", {"stage": "clearance", "reason": "Minuta lista", "evidence": str(piece.pk)})
    assert moved.status_code == 302

    # Give a local role over the one object
    assert reviewer.get(address).status_code == 404
    grant = {"person": str(cast["revisora"].pk), "until": f"{factories.FAR:%d/%m/%Y}", "reason": "Caso 117"}
    assert custodian.post(f"{address}accesos/", grant).status_code == 302
    assert reviewer.get(address).status_code == 200

    # A version, a correction, and the listing that tells both
    second = {"tipo": "anexo_del_convenio", "date": "11/06/2026", "title": "Anexo de ensayos", "file": text("Segunda")}
    assert archivist.post(f"{address}version/", second).status_code == 302
    later = Document.objects.get(previous=piece)
    assert archivist.post(f"/custodia/documentos/{later.pk}/anular/", {"reason": "Incompleta"}).status_code == 302
    listing = archivist.get(base).content.decode()
    assert listing.count('class="row-title"') == 2
    assert listing.count("is-annulled") == 1

    # Close, and see the history of all of it
    assert custodian.post(f"{base}cerrar/", {"reason": "Terminó"}).status_code == 302
    assert archivist.post(f"{base}radicar/", {**row, "0-file": text("Tarde")}).status_code != 302
    told = custodian.get(f"{base}historia/").content.decode()
    for words in (
        "Abrió el expediente", "Designó a una persona", "Radicó el documento", "Propuso un nivel", "Aprobó el nivel",
        "El documento quedó clasificado", "Registró el documento", "Cambió la etapa del expediente", "Minuta lista",
        "Concedió acceso", "Anuló el documento", "Incompleta", "Cerró el expediente", "Terminó", "quedó sellado",
        "Anexo de ensayos",
    ):  # fmt: skip
        assert words in told, words
    assert "Concedió acceso" not in browse("archivista").get(f"{base}historia/").content.decode()


def text(words: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("anexo.txt", f"{words}.\n".encode(), "text/plain")
