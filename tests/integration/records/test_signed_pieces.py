"""Signatures inside a piece: judged as of its filing, kept as a report, and never broken by anything done here (C7)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from records import clock, parsing, storage, telling_signatures
from records.errors import AccessDenied, CellUnavailable
from records.models import Document, Expediente, LedgerEvent, SignatureReport
from records.services import correction, fixity, placements, recognition, renditions, signatures, viewing
from records.services.filing import Upload
from records.services.parts import list_parts
from records.services.reading import read_document
from records.services.signatures import check_signatures
from tests import factories
from tests.unit.parsing import signing

FILED = datetime(2026, 11, 20, 15, tzinfo=UTC)
PDF = "application/pdf"


def signed(**how: Any) -> bytes:
    return signing.sign(signing.plain_pdf(), **how)


def filed(cast: dict[str, Any], expediente: Expediente, data: bytes) -> Document:
    with clock.at(FILED):
        return factories.file_piece(cast["archivista"], expediente, data, "acta firmada.pdf")


@pytest.fixture
def roots(tmp_path: Path, settings: Any) -> Path:
    """The authority of the tests, named by the installation."""
    file = tmp_path / "raices.pem"
    file.write_bytes(signing.authority().pem)
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": file}
    return file


@pytest.mark.rule("C7")
def test_a_signed_piece_is_judged_by_a_worker_and_its_report_kept(
    cast: dict[str, Any], expediente: Expediente, roots: Path
) -> None:
    piece = filed(cast, expediente, signed(stamped=True))
    assert "signed" in piece.flags
    read_document(piece.pk)
    (row,) = DBTaskResult.objects.filter(task_path="records.tasks.check_signatures")
    assert row.args_kwargs["args"] == [str(piece.pk)]
    assert check_signatures(piece.pk) == "checked"
    report = SignatureReport.objects.get(document=piece)
    (one,) = report.signatures
    assert (one["signer"], one["intact"], one["valid"], one["trusted"]) == ("Ana Peña Gómez", True, True, True)
    assert (one["time_source"], one["coverage"], one["level"]) == ("timestamp", "whole", "B-T")
    event = json.loads(LedgerEvent.objects.get(action="document.signatures_checked").payload)
    assert event["facts"] == {"fault": "", "intact": 1, "signatures": 1, "trusted": 1, "valid": 1}
    assert "Peña" not in json.dumps(event, ensure_ascii=False), "who signed is content"


@pytest.mark.rule("C7")
def test_without_roots_trust_is_unknown_and_later_roots_make_another_report(
    cast: dict[str, Any], expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    piece = filed(cast, expediente, signed(stamped=True))
    check_signatures(piece.pk)
    check_signatures(piece.pk)
    assert [one["trusted"] for one in SignatureReport.objects.get().signatures] == [False], "told once"
    file = tmp_path / "raices.pem"
    file.write_bytes(signing.authority().pem)
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": file}
    check_signatures(piece.pk)
    newest, first = SignatureReport.objects.order_by("-validated_at")
    assert newest.signatures[0]["trusted"] is True
    assert first.signatures[0]["trusted"] is False


@pytest.mark.rule("C7")
def test_what_was_added_after_signing_is_told_in_bytes(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = filed(cast, expediente, signing.changed_later(signed()))
    check_signatures(piece.pk)
    (told,) = telling_signatures.told_signatures(SignatureReport.objects.get())
    assert (told.mark, told.who) == ("bad", "Ana Peña Gómez")
    said = " ".join(told.sentences)
    total = f"{piece.blob.size:,}".replace(",", ".")
    assert f" de {total} bytes: se añadió algo después." in said
    assert "esta instalación no nombra autoridades" in said


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_every_operation_leaves_the_signed_bytes_as_they_came(
    cast: dict[str, Any], expediente: Expediente, roots: Path
) -> None:
    """The file is signed, filed, and then put through everything the system does to a piece."""
    data, custodian = signed(stamped=True), cast["custodia"]
    piece = filed(cast, expediente, data)
    read_document(piece.pk)
    list_parts(piece.pk)
    check_signatures(piece.pk)
    recognition.recognise_document(piece.pk)
    renditions.ask_pdfa(actor=custodian, document=piece)
    renditions.make_pdfa(piece.pk)
    viewing.page_image(actor=custodian, document=piece, number=1)
    viewing.page_image(actor=custodian, document=piece, number=1, sharp=True)
    viewing.thumbnail(actor=custodian, document=piece, number=1)
    factories.give_level(piece, "restricted", custodian, cast["jefatura"])
    other = factories.make_expediente(cast["archivista"])
    placements.place_document(actor=cast["archivista"], document=piece, expediente=other, reason="También es suya")
    recognition.read_again(actor=cast["archivista"], document=piece)
    read_document(piece.pk)
    correction.file_version(
        actor=cast["archivista"],
        document=piece,
        upload=Upload("acta firmada 2.pdf", factories.io.BytesIO(signed())),
        metadata=factories.metadata(),
    )
    correction.annul_document(actor=cast["archivista"], document=piece, reason="Hay una versión nueva")
    assert fixity.verify_document(actor=custodian, document=piece) == ""
    with viewing.open_original(actor=custodian, document=piece) as stream:
        kept = stream.read()
    assert kept == data
    path = storage.store().path_of(piece.blob_id)
    (after,) = parsing.signatures(path, roots.read_bytes(), at=FILED).signatures
    assert (after.intact, after.valid, after.trusted, after.coverage) == (True, True, True, "whole")


def test_an_altered_signature_and_a_field_without_signature(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = filed(cast, expediente, signing.flipped(signed(), b"/MediaBox"))
    check_signatures(piece.pk)
    (told,) = telling_signatures.told_signatures(SignatureReport.objects.get(document=piece))
    assert told.word == "No vale"
    assert "Lo firmado fue alterado" in told.sentences[0]


def test_a_validation_that_cannot_be_done_is_tried_again_and_then_told(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = filed(cast, expediente, signed())
    away = parsing.SignatureReport(fault="cell_unavailable")
    monkeypatch.setattr(parsing, "signatures", lambda *_given, **_more: away)
    with pytest.raises(CellUnavailable):
        check_signatures(piece.pk)
    signatures.give_up_signatures(piece.pk)
    assert "varias veces" in telling_signatures.told_fault(SignatureReport.objects.get())


def test_validating_again_is_for_who_verifies_custody(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, "restricted")
    with pytest.raises(AccessDenied):
        signatures.ask_check(actor=cast["jefatura"], document=piece)
