"""Scanned pages: recognised where a recogniser is installed, counted and told where they stay without text (J8)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from records import parsing
from records.errors import AccessDenied, CellUnavailable, NotFound
from records.models import Document, Expediente, LedgerEvent, PageText, Rendition
from records.services import recognition
from records.services.reading import read_document
from records.services.recognition import read_again, read_all_again, recognise_document
from records.services.words import unpacked
from records.vocabulary import RenditionKind, TextSource
from tests import factories, specimens

needs_tesseract = pytest.mark.skipif(
    not parsing.ocr_engine(), reason="tesseract with its Spanish model is not installed"
)
WORDS = "Planilla de asistencia del taller de reparación de compuestos, firmada por los aprendices"


@pytest.fixture
def without_engine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine on which nothing recognises text."""
    monkeypatch.setattr(parsing, "ocr_engine", lambda: "")
    return monkeypatch


def scanned(cast: dict[str, Any], expediente: Expediente, *pages: str) -> Document:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.scan(*pages), "escaneo.pdf")
    read_document(piece.pk)
    return piece


def waiting(piece: Document) -> int:
    rows = DBTaskResult.objects.filter(task_path="records.tasks.recognise_document")
    return sum(row.args_kwargs["args"] == [str(piece.pk)] for row in rows)


def told(piece: Document) -> tuple[str, int, int, str]:
    piece.reading.refresh_from_db()
    return (piece.reading.state, piece.reading.ocr_pages, piece.reading.unreadable_pages, piece.reading.detail)


@needs_tesseract
@pytest.mark.requirement("J8")
@pytest.mark.rule("C4")
def test_a_scan_is_recognised_with_boxes_confidence_and_provenance(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = scanned(cast, expediente, WORDS)
    assert told(piece) == ("no_text", 0, 1, "ocr_waiting")
    assert waiting(piece) == 1
    assert recognise_document(piece.pk) == "recognised"
    page = PageText.objects.get(document=piece)
    assert "reparación de compuestos" in " ".join(page.text.split())
    assert (page.source, page.confidence > 80) == (TextSource.OCR, True)
    boxes = {word: box for word, *box in unpacked(bytes(page.words))}
    assert 0 < boxes["Planilla"][0] < boxes["Planilla"][2] < 1
    assert told(piece) == ("read", 1, 0, "")
    made = Rendition.objects.get(document=piece, kind=RenditionKind.OCR)
    assert made.engine == "tesseract"
    assert made.parameters["dpi"] == recognition.DPI
    event = json.loads(LedgerEvent.objects.get(action="document.rendered").payload)
    assert event["facts"] == {"kind": "ocr", "recognised": 1, "sha256": made.digest}


@needs_tesseract
@pytest.mark.requirement("J8")
def test_a_page_that_gives_no_sure_text_counts_as_unreadable_and_its_noise_is_not_kept(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "FLOOR", 100.0)
    piece = scanned(cast, expediente, WORDS)
    recognise_document(piece.pk)
    page = PageText.objects.get(document=piece)
    assert (page.text, page.source, 0 < page.confidence < 100) == ("", TextSource.OCR, True)
    assert told(piece) == ("no_text", 0, 1, "")
    assert not piece.renditions.filter(kind=RenditionKind.OCR).exists()


@needs_tesseract
@pytest.mark.requirement("J8")
def test_blank_pages_stay_without_text_beside_those_that_were_recognised(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = scanned(cast, expediente, WORDS, "")
    recognise_document(piece.pk)
    assert told(piece) == ("partial", 1, 1, "")


@needs_tesseract
def test_long_scans_are_done_a_few_pages_at_a_time_and_a_cut_repeats_no_page(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "AT_ONCE", 1)
    piece = scanned(cast, expediente, WORDS, WORDS)
    asked: list[int] = []
    real = parsing.ocr

    def counted(path: Any, media_type: str, number: int, dpi: int) -> parsing.OcrPage:
        asked.append(number)
        return real(path, media_type, number, dpi=dpi)

    monkeypatch.setattr(parsing, "ocr", counted)
    assert (recognise_document(piece.pk), recognise_document(piece.pk)) == ("more", "recognised")
    assert asked == [1, 2]
    assert waiting(piece) == 2, "the first page asked for the second"
    assert recognise_document(piece.pk) == "recognised"
    assert asked == [1, 2]


@needs_tesseract
def test_reading_anew_keeps_what_was_recognised(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = scanned(cast, expediente, WORDS)
    recognise_document(piece.pk)
    before = PageText.objects.get(document=piece).text
    assert read_document(piece.pk) == "no_text"
    assert PageText.objects.get(document=piece).text == before
    assert told(piece) == ("read", 1, 0, "")


@pytest.mark.requirement("J8")
def test_without_a_recogniser_pages_are_counted_and_the_piece_says_why(
    cast: dict[str, Any], expediente: Expediente, without_engine: pytest.MonkeyPatch
) -> None:
    piece = scanned(cast, expediente, WORDS, WORDS)
    assert told(piece) == ("no_text", 0, 2, "no_ocr")
    assert waiting(piece) == 0
    assert recognise_document(piece.pk) == "no_ocr", "a row of work from before it was taken away"
    assert told(piece) == ("no_text", 0, 2, "no_ocr")


@needs_tesseract
@pytest.mark.requirement("J8")
def test_what_was_filed_before_a_recogniser_was_installed_is_read_again_on_request(
    cast: dict[str, Any], expediente: Expediente, without_engine: pytest.MonkeyPatch
) -> None:
    piece, fine = scanned(cast, expediente, WORDS), factories.file_piece(cast["archivista"], expediente)
    read_document(fine.pk)
    DBTaskResult.objects.all().delete()
    assert read_all_again(actor=cast["archivista"]) == 1
    (row,) = DBTaskResult.objects.all()
    assert (row.task_path, row.args_kwargs["args"]) == ("records.tasks.read_document", [str(piece.pk)])
    assert LedgerEvent.objects.get(action="reading.asked").object_id == str(piece.pk)
    without_engine.undo()
    read_document(piece.pk)
    recognise_document(piece.pk)
    assert told(piece)[:3] == ("read", 1, 0)
    assert read_all_again(actor=cast["archivista"]) == 0


def test_reading_again_is_for_who_files_and_of_what_she_reads(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, "restricted")
    hidden = factories.insert_piece(cast["archivista"], expediente, "reserved")
    with pytest.raises(AccessDenied):
        read_again(actor=cast["jefatura"], document=piece)
    with pytest.raises(AccessDenied):
        read_all_again(actor=cast["jefatura"])
    with pytest.raises(NotFound):
        read_again(actor=cast["archivista"], document=hidden)


def test_a_cell_that_is_away_is_tried_again_later(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "ocr_engine", lambda: "tesseract 5")
    piece = scanned(cast, expediente, WORDS)
    away = parsing.OcrPage(1, fault="cell_unavailable")
    monkeypatch.setattr(parsing, "ocr", lambda *_given, **_more: away)
    with pytest.raises(CellUnavailable):
        recognise_document(piece.pk)
    assert told(piece)[3] == "ocr_waiting"
    recognition.give_up_recognition(piece.pk)
    assert told(piece) == ("no_text", 0, 1, "ocr_gave_up")


@pytest.mark.requirement("J8")
def test_a_text_file_without_text_has_no_pages_to_recognise(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b" \n", "vacia.txt")
    read_document(piece.pk)
    assert told(piece) == ("no_text", 0, 0, "")


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Exit code and JSON of the operator's command."""
    try:
        call_command("read_again", *words, "--json")
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.requirement("J8")
def test_an_operator_asks_for_one_expediente_by_command(
    cast: dict[str, Any],
    expediente: Expediente,
    without_engine: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scanned(cast, expediente, WORDS)
    other = factories.make_expediente(cast["archivista"])
    assert ran(capsys, "--as", "archivista", "--expediente", other.code) == (0, {"ok": True, "asked": 0})
    assert ran(capsys, "--as", "archivista", "--expediente", expediente.code) == (0, {"ok": True, "asked": 1})
    code, refused = ran(capsys, "--as", "jefatura")
    assert (code, refused["error"]["code"]) == (1, "access_denied")
    code, refused = ran(capsys, "--as", "archivista", "--expediente", "GC-NADA")
    assert (code, refused["error"]["code"]) == (1, "not_found")
