"""Text read from a piece: the same rows when read again, a digest anybody can repeat, attachments too."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from records import storage
from records.models import Document, Expediente, LedgerEvent, PageText, Rendition
from records.selectors.pages import find_attached
from records.services import correction, fixity, reading
from records.services.reading import read_document
from records.vocabulary import RenditionKind, TextSource
from search import api as search
from tests import factories, specimens
from tests.unit.parsing import makers


def digest_by_hand(piece: Document) -> str:
    """The digest of a text as its form is described, put together without our own code."""
    whole = hashlib.sha256()
    for page in PageText.objects.filter(document=piece, source=TextSource.WRITTEN).exclude(text="").order_by("number"):
        words = zlib.decompress(page.words).decode() if page.words else "[]"
        whole.update(f"[{page.number},{json.dumps(page.text, ensure_ascii=False)},{words}]\n".encode())
    return whole.hexdigest()


def rows_of(piece: Document) -> list[tuple[Any, ...]]:
    return list(PageText.objects.filter(document=piece).order_by("number").values_list("number", "text", "source"))


@pytest.mark.rule("C4")
def test_the_text_of_a_piece_has_its_digest_and_what_made_it(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    assert read_document(piece.pk) == "read"
    text = Rendition.objects.get(document=piece, kind=RenditionKind.TEXT)
    assert text.digest == digest_by_hand(piece)
    assert (text.engine, bool(text.engine_version), text.blob) == ("pdfium", True, None)
    assert text.parameters == {"form": "custodia/texto/1", "pages": 2, "outcome": "read"}
    event = json.loads(LedgerEvent.objects.get(action="document.read").payload)
    assert event["facts"]["sha256"] == text.digest


@pytest.mark.rule("C4")
def test_reading_again_gives_the_same_rows_and_no_second_rendition(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    read_document(piece.pk)
    before = rows_of(piece)
    read_document(piece.pk)
    assert rows_of(piece) == before
    assert piece.renditions.count() == 1


@pytest.mark.rule("C4")
@pytest.mark.requirement("B5")
def test_text_that_is_no_longer_the_one_that_was_read_is_found_by_verifying(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    read_document(piece.pk)
    assert fixity.verify_document(actor=cast["archivista"], document=piece) == ""
    PageText.objects.filter(document=piece, number=1).update(text="Informe de otra cosa")
    assert fixity.verify_document(actor=cast["archivista"], document=piece) == fixity.RENDITION
    last = LedgerEvent.objects.filter(action="custody.verified").order_by("-index")[0]
    event = json.loads(last.payload)
    assert event["facts"]["copies"] == ["text"]


def test_an_annulled_piece_is_read_all_the_same(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    correction.annul_document(actor=cast["archivista"], document=piece, reason="Repetida")
    assert read_document(piece.pk) == "read"


@pytest.mark.requirement("J8")
def test_a_reading_that_was_given_up_says_so_and_one_that_was_done_stays(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    lost = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    reading.give_up_reading(lost.pk)
    lost.reading.refresh_from_db()
    assert (lost.reading.state, lost.reading.detail, lost.reading.unreadable_pages) == ("unreadable", "gave_up", 2)
    read_document(lost.pk)
    reading.give_up_reading(lost.pk)
    lost.reading.refresh_from_db()
    assert (lost.reading.state, lost.reading.unreadable_pages) == ("read", 0)


def test_what_follows_a_reading_is_asked_for_once(cast: dict[str, Any], expediente: Expediente) -> None:
    data = specimens.letter(("informe.pdf", specimens.report(), "application/pdf"))
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    plain = factories.file_piece(cast["archivista"], expediente)
    for one in (piece, plain):
        read_document(one.pk)
    asked = DBTaskResult.objects.filter(task_path="records.tasks.list_parts").values_list("args_kwargs", flat=True)
    assert [row["args"] for row in asked] == [[str(piece.pk)]]


# What a message brings --------------------------------------------------------------------------------------


@pytest.fixture
def found(settings: Any, tmp_path: Path) -> Any:
    """Pages on which a word is found, after the index took all that is due."""
    settings.SEARCH = {"ENGINE": {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path}}}

    def ask(person: Any, word: str) -> list[tuple[int, int | None]]:
        search.drain()
        return [(hit.page, hit.folio) for hit in search.search(person, word).hits]

    return ask


@pytest.mark.rule("C6")
@pytest.mark.requirement("J1")
def test_the_text_of_an_attachment_is_found_in_the_message_that_brings_it(
    cast: dict[str, Any], expediente: Expediente, found: Any
) -> None:
    data = specimens.letter(
        ("informe.pdf", specimens.report(), "application/pdf"), ("tabla.csv", b"equipo;valor\ntorno;3\n", "text/csv")
    )
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    read_document(piece.pk)
    from records.services.parts import list_parts

    list_parts(piece.pk)
    last = piece.folio_last
    assert found(cast["archivista"], "taller") == [(1, last)]
    assert found(cast["archivista"], "guayacán") == [(3, last)], "a page of an attachment has its message's folio"
    assert found(cast["archivista"], "torno") == [(4, last)]
    told = find_attached(piece, 3)
    assert told is not None
    assert (told.part.name, told.number) == ("informe.pdf", 2)
    assert find_attached(piece, 1) is None


@pytest.mark.rule("C6")
def test_what_may_not_be_filed_is_not_read_out_of_a_message(cast: dict[str, Any], expediente: Expediente) -> None:
    data = specimens.letter(
        ("pagina.html", b"<html><body>jacaranda</body></html>", "text/html"),
        ("macro.docm", makers.docx(makers.paragraphs("jacaranda")), "application/octet-stream"),
        ("nota.txt", b"ceiba", "text/plain"),
    )
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    read_document(piece.pk)
    texts = " ".join(text for _number, text, _source in rows_of(piece))
    assert "ceiba" in texts
    assert "jacaranda" not in texts


def test_parts_leave_no_file_behind(cast: dict[str, Any], expediente: Expediente, settings: Any) -> None:
    data = specimens.letter(("informe.pdf", specimens.report(), "application/pdf"))
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    read_document(piece.pk)
    assert list(Path(settings.RECORDS["PAGE_CACHE"]).glob("part-*")) == []
    assert storage.store().verify(piece.blob_id, piece.blob.size) == ""
