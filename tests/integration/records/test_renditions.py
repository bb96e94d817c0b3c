"""Page images and archival copies: with digest and provenance, for who reads the piece, the original untouched (C4)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from records import parsing, storage
from records.errors import CellUnavailable, IntegrityFailure, NotFound, PageImageUnavailable, RenditionUnavailable
from records.models import Document, Expediente, LedgerEvent, Rendition
from records.services import fixity, renditions, viewing
from records.services.renditions import ask_pdfa, find_pdfa, make_pdfa, open_pdfa, pdfa_state
from records.vocabulary import RenditionKind
from tests import factories, specimens


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")


# Page images ------------------------------------------------------------------------------------------------


@pytest.mark.rule("C4")
def test_the_image_of_a_page_is_noted_once_with_its_digest(piece: Document, cast: dict[str, Any]) -> None:
    image = viewing.page_image(actor=cast["archivista"], document=piece, number=2)
    assert viewing.page_image(actor=cast["archivista"], document=piece, number=2) == image
    noted = Rendition.objects.get(document=piece, kind=RenditionKind.PAGE_IMAGE)
    assert (noted.page, noted.digest, noted.size) == (2, hashlib.sha256(image).hexdigest(), len(image))
    assert (noted.engine, noted.parameters["dpi"]) == ("pypdfium2", 110)
    width, height = noted.parameters["width"], noted.parameters["height"]
    assert image[16:24] == width.to_bytes(4, "big") + height.to_bytes(4, "big")


@pytest.mark.rule("C4")
def test_an_image_that_somebody_put_in_its_place_is_made_again(piece: Document, cast: dict[str, Any]) -> None:
    image = viewing.page_image(actor=cast["archivista"], document=piece, number=1)
    viewing.page_file(piece.pk, 1).write_bytes(b"\x89PNG otra cosa")
    assert viewing.page_image(actor=cast["archivista"], document=piece, number=1) == image


def test_a_thumbnail_is_small_and_an_enlarged_page_is_sharp(piece: Document, cast: dict[str, Any]) -> None:
    def width(image: bytes) -> int:
        return int.from_bytes(image[16:20], "big")

    plain = viewing.page_image(actor=cast["archivista"], document=piece, number=1)
    sharp = viewing.page_image(actor=cast["archivista"], document=piece, number=1, sharp=True)
    small = viewing.thumbnail(actor=cast["archivista"], document=piece, number=1)
    assert width(small) < 200 < width(plain) < width(sharp)
    assert len(small) < 30_000
    with pytest.raises(PageImageUnavailable):
        viewing.thumbnail(actor=cast["archivista"], document=piece, number=3)


@pytest.mark.criterion(15)
def test_no_image_is_given_of_altered_bytes_although_the_piece_was_just_seen(
    piece: Document, cast: dict[str, Any]
) -> None:
    viewing.page_image(actor=cast["archivista"], document=piece, number=1)
    stored = storage.store().path_of(piece.blob_id)
    data = bytearray(stored.read_bytes())
    data[-20] ^= 1
    stored.chmod(0o600)
    stored.write_bytes(data)
    with pytest.raises(IntegrityFailure):
        viewing.page_image(actor=cast["archivista"], document=piece, number=2)
    assert not LedgerEvent.objects.filter(action="document.page_viewed", payload__contains='"page":2').exists()


# Archival copies --------------------------------------------------------------------------------------------


@pytest.mark.rule("C4")
def test_an_archival_copy_is_asked_for_made_kept_and_given(piece: Document, cast: dict[str, Any]) -> None:
    ask_pdfa(actor=cast["archivista"], document=piece)
    ask_pdfa(actor=cast["custodia"], document=piece)
    (row,) = DBTaskResult.objects.filter(task_path="records.tasks.make_pdfa")
    assert row.args_kwargs["args"] == [str(piece.pk)], "asked once, however many ask"
    assert pdfa_state(piece).asked
    if make_pdfa(piece.pk) != "made":
        pytest.skip("the fonts that an archival copy needs are not installed")
    copy = find_pdfa(piece)
    assert copy is not None
    given, stream = open_pdfa(actor=cast["archivista"], document=piece)
    with stream:
        data = stream.read()
    assert (given.digest, data[:5]) == (hashlib.sha256(data).hexdigest(), b"%PDF-")
    assert (copy.engine, copy.parameters) == ("pikepdf", {"profile": "2b", "same_text": True})
    made = json.loads(LedgerEvent.objects.get(action="document.rendered").payload)
    assert made["facts"] == {"kind": "pdfa", "sha256": copy.digest}
    left = json.loads(LedgerEvent.objects.get(action="document.downloaded").payload)
    assert left["facts"]["kind"] == "pdfa"
    assert make_pdfa(piece.pk) == "made"
    assert piece.renditions.filter(kind=RenditionKind.PDFA).count() == 1


@pytest.mark.rule("C4")
def test_a_copy_that_does_not_say_the_same_is_not_kept_and_the_piece_says_why(
    piece: Document, cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    unlike = parsing.Converted(b"%PDF-1.7 otra", "pikepdf", "10", "2b", "", same_text=False)
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: unlike)
    ask_pdfa(actor=cast["archivista"], document=piece)
    assert make_pdfa(piece.pk) == "text_differs"
    state = pdfa_state(piece)
    assert (state.copy, state.asked, state.fault) == (None, False, "text_differs")
    with pytest.raises(RenditionUnavailable):
        open_pdfa(actor=cast["archivista"], document=piece)
    ask_pdfa(actor=cast["archivista"], document=piece)
    assert pdfa_state(piece).asked, "it may be asked for again"


def test_only_what_can_be_converted_is_and_for_who_reads_it(cast: dict[str, Any], expediente: Expediente) -> None:
    note = factories.file_piece(cast["archivista"], expediente)
    hidden = factories.insert_piece(cast["archivista"], expediente, "reserved")
    with pytest.raises(RenditionUnavailable):
        ask_pdfa(actor=cast["archivista"], document=note)
    with pytest.raises(NotFound):
        ask_pdfa(actor=cast["archivista"], document=hidden)
    with pytest.raises(NotFound):
        open_pdfa(actor=cast["archivista"], document=hidden)


@pytest.mark.criterion(15)
@pytest.mark.requirement("B5")
def test_a_copy_that_changed_is_not_given_and_verifying_names_its_piece(
    piece: Document, cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = parsing.Converted(f"%PDF-1.7 {piece.pk}".encode(), "pikepdf", "10", "2b", "", same_text=True)
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: converted)
    make_pdfa(piece.pk)
    copy = find_pdfa(piece)
    assert copy is not None
    stored = storage.store().path_of(copy.digest)
    stored.chmod(0o600)
    stored.write_bytes(b"%PDF-1.7 coplA")
    with pytest.raises(IntegrityFailure):
        open_pdfa(actor=cast["archivista"], document=piece)
    assert fixity.verify_custody().findings == [{"document": str(piece.pk), "problem": fixity.RENDITION}]
    with viewing.open_original(actor=cast["archivista"], document=piece) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == piece.blob_id


def test_a_conversion_that_cannot_be_done_now_is_tried_again_and_in_the_end_told(
    piece: Document, cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: parsing.Converted(fault="cell_unavailable"))
    ask_pdfa(actor=cast["archivista"], document=piece)
    with pytest.raises(CellUnavailable):
        make_pdfa(piece.pk)
    renditions.give_up_pdfa(piece.pk)
    assert pdfa_state(piece).fault == "gave_up"
