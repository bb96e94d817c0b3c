"""The parts of a message and of a PDF with files inside: noted with their digests, taken out one by one (C6)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pikepdf
import pytest

from records import parsing
from records.errors import CellUnavailable, IntegrityFailure, NotFound, RenditionUnavailable, RuleViolation
from records.models import Document, Expediente, LedgerEvent
from records.services import parts
from records.services.parts import list_parts, open_part, served_as
from records.vocabulary import Level
from tests import factories, specimens
from tests.unit.parsing import makers

HTML = b"<html><script>alert(1)</script></html>"
PROGRAM = b"MZ" + bytes(300)
REPORT = specimens.report()


@pytest.fixture
def message(cast: dict[str, Any], expediente: Expediente) -> Document:
    data = specimens.letter(
        ("informe.pdf", REPORT, "application/pdf"),
        ("pagina.html", HTML, "text/html"),
        ("instalar.exe", PROGRAM, "application/octet-stream"),
    )
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    list_parts(piece.pk)
    return piece


def named(piece: Document, name: str) -> int:
    return int(piece.parts.get(name=name).index)


@pytest.mark.rule("C6")
def test_a_message_is_noted_as_headers_body_and_attachments_each_with_its_digest(message: Document) -> None:
    rows = list(message.parts.values_list("role", "name", "media_type", "digest"))
    assert [row[0] for row in rows] == ["headers", "body", "attachment", "attachment", "attachment"]
    assert rows[1][3] == hashlib.sha256(b"Adjunto el informe del taller.\n").hexdigest()
    assert rows[2][1:] == ("informe.pdf", "application/pdf", hashlib.sha256(REPORT).hexdigest())
    assert "html" in message.parts.get(name="pagina.html").flags
    event = json.loads(LedgerEvent.objects.get(action="document.parts_listed").payload)
    assert event["facts"] == {"fault": "", "parts": 5, "sha256": [row[3] for row in rows]}
    assert "informe" not in json.dumps(event), "the name of an attachment is content"


@pytest.mark.rule("C6")
def test_noting_them_again_adds_nothing(message: Document) -> None:
    list_parts(message.pk)
    assert message.parts.count() == 5
    assert LedgerEvent.objects.filter(action="document.parts_listed").count() == 1


@pytest.mark.rule("C6")
def test_files_inside_a_pdf_are_noted_too(cast: dict[str, Any], expediente: Expediente) -> None:
    def embed(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["datos.csv"] = b"a;b\n1;2\n"

    piece = factories.file_piece(cast["archivista"], expediente, makers.changed_pdf(embed), "anexo.pdf")
    list_parts(piece.pk)
    (part,) = piece.parts.all()
    assert (part.role, part.name, part.size) == ("attachment", "datos.csv", 8)
    assert open_part(actor=cast["archivista"], document=piece, index=part.index)[1] == b"a;b\n1;2\n"


@pytest.mark.rule("C6")
@pytest.mark.requirement("B6")
def test_taking_one_out_leaves_its_event_first(message: Document, cast: dict[str, Any]) -> None:
    index = named(message, "informe.pdf")
    part, data = open_part(actor=cast["archivista"], document=message, index=index)
    assert data == REPORT
    assert served_as(part) == "application/pdf"
    event = json.loads(LedgerEvent.objects.get(action="document.downloaded").payload)
    assert event["facts"] == {"level": Level.UNCLASSIFIED, "part": index, "sha256": part.digest}


@pytest.mark.criterion(18)
def test_a_web_page_leaves_as_bytes_of_no_type_and_a_program_does_not_leave(
    message: Document, cast: dict[str, Any]
) -> None:
    part, data = open_part(actor=cast["archivista"], document=message, index=named(message, "pagina.html"))
    assert (data, served_as(part)) == (HTML, "application/octet-stream")
    with pytest.raises(RuleViolation, match="part_refused"):
        open_part(actor=cast["archivista"], document=message, index=named(message, "instalar.exe"))


def test_a_part_that_is_not_there_and_a_piece_that_is_not_hers(message: Document, cast: dict[str, Any]) -> None:
    with pytest.raises(RenditionUnavailable):
        open_part(actor=cast["archivista"], document=message, index=99)
    with pytest.raises(NotFound):
        open_part(actor=cast["revisora"], document=message, index=0)


@pytest.mark.criterion(15)
def test_nothing_comes_out_of_bytes_that_were_altered(message: Document, cast: dict[str, Any]) -> None:
    stored = factories.storage.store().path_of(message.blob_id)
    data = bytearray(stored.read_bytes())
    data[data.index(b"Adjunto")] ^= 1
    stored.chmod(0o600)
    stored.write_bytes(data)
    with pytest.raises(IntegrityFailure):
        open_part(actor=cast["archivista"], document=message, index=1)
    with pytest.raises(IntegrityFailure):
        list_parts(message.pk)
    assert not LedgerEvent.objects.filter(action="document.downloaded").exists()


def test_a_cell_that_is_away_is_tried_again_and_in_the_end_told(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.letter(), "correo.eml")
    monkeypatch.setattr(parsing, "mail", lambda _path: parsing.Mail(fault="cell_unavailable"))
    with pytest.raises(CellUnavailable):
        list_parts(piece.pk)
    parts.give_up_parts(piece.pk)
    event = json.loads(LedgerEvent.objects.get(action="document.parts_listed").payload)
    assert event["facts"]["fault"] == "gave_up"
