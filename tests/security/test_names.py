"""Names as attackers and old computers write them, through every door (criterion 19)."""

from __future__ import annotations

import io
import json
import re
import uuid
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import RejectedUpload
from records.models import Document, Expediente, Quarantined
from records.rendering.receipt_pdf import is_printable, printable
from records.services import filing
from records.services.receiving import Upload
from tests import factories
from tests.people import make_cast

pytestmark = pytest.mark.criterion(19)
HOSTILE = (
    "acta\u202efdp.exe.txt", "\u2066acta\u2069 \u200bfinal.txt", "acta\x00.txt",
    "../../etc/passwd.txt", "..\\..\\acta.txt",
    "a" * 400 + ".txt", "ñ" * 255 + ".txt", "e\u0301ste.txt", "éste.txt", 'acta"; filename="otro.exe.txt',
    "acta\r\nSet-Cookie: a=1\r\n\r\n<script>alert(1)</script>.txt", "=cmd|' /C calc'!A0.txt", "A\udcf1o 2026.txt",
    "\ud83d.txt", "acta;\u2028x.txt", "%2e%2e%2f.txt", "CON.txt", " . .txt", "\ufeffacta.txt", "a\u0441\u0442a.txt",
)  # fmt: skip
#: What may reorder, hide or end a line where a name is shown.
TURNING = re.compile("[\x00\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
SERVED = re.compile(r'(attachment|inline); filename="[A-Za-z0-9._-]+"')


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    return factories.make_expediente(cast["archivista"])


@pytest.fixture
def client(cast: dict[str, Any]) -> Client:
    client = Client()
    client.force_login(cast["archivista"])
    return client


def check_head(answer: HttpResponseBase) -> None:
    """Every header is one printable line, and a name in it is ours."""
    for name, value in answer.items():
        assert value.isascii(), (name, value)
        assert value.isprintable(), (name, value)
    if disposition := answer.headers.get("Content-Disposition"):
        assert SERVED.fullmatch(disposition), disposition


def check_page(answer: Any) -> str:
    check_head(answer)
    assert answer.status_code == 200
    body: str = answer.content.decode()
    assert not TURNING.search(body), TURNING.search(body)
    assert "<script>alert" not in body
    return body


def file_each(cast: dict[str, Any], expediente: Expediente, batch: uuid.UUID) -> list[Document]:
    receipts = [
        filing.file_document(
            actor=cast["archivista"], expediente=expediente, metadata=factories.metadata(), batch=batch,
            upload=Upload(name, io.BytesIO(f"Contenido {number}\n".encode())),
        )
        for number, name in enumerate(HOSTILE)
    ]  # fmt: skip
    return [Document.objects.get(pk=receipt.document) for receipt in receipts]


@pytest.mark.rule("C2")
def test_every_name_is_filed_and_no_door_is_turned_by_it(
    cast: dict[str, Any], expediente: Expediente, client: Client
) -> None:
    batch = uuid.uuid4()
    pieces = file_each(cast, expediente, batch)
    for name, piece in zip(HOSTILE, pieces, strict=True):
        assert piece.original_name == re.sub("[\x00\ud800-\udfff]", "\ufffd", name)  # kept as it was written
        assert not TURNING.search(piece.title)
        base = f"/custodia/documentos/{piece.pk}/"
        for page in ("", "recibo/", "nivel/"):
            check_page(client.get(base + page))
        original = client.get(base + "original")
        check_head(original)
        assert original["Content-Disposition"] == f'attachment; filename="{piece.radicado}.txt"'
        proof = client.get(base + "recibo.json")
        check_head(proof)
        assert json.loads(proof.content)["receipt"]["name"] == piece.original_name
        paper = client.get(base + "recibo.pdf")
        check_head(paper)
        assert not TURNING.search(words_of(paper.content))
    for place in (f"expedientes/{expediente.pk}/", f"lotes/{batch}/recibo/", "", "expedientes/"):
        check_page(client.get("/custodia/" + place))
    whole = client.get(f"/custodia/lotes/{batch}/recibo.pdf")
    check_head(whole)
    assert len(pypdfium2.PdfDocument(whole.content)) == len(HOSTILE)


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    return text.replace("\r", "").replace("\ufffe", "")


def test_names_that_look_alike_are_two(cast: dict[str, Any], expediente: Expediente, client: Client) -> None:
    """The same letters composed and decomposed: two pieces, each with the name it came with."""
    names = ("e\u0301ste.txt", "éste.txt")
    pieces = [factories.file_piece(cast["archivista"], expediente, name=name) for name in names]
    assert tuple(piece.original_name for piece in pieces) == names
    assert pieces[0].blob_id != pieces[1].blob_id


@pytest.mark.rule("C5")
def test_refused_names_turn_nothing_either(cast: dict[str, Any], expediente: Expediente, client: Client) -> None:
    for name in HOSTILE:
        with pytest.raises(RejectedUpload):
            factories.file_piece(cast["archivista"], expediente, b"MZ\x90\x00" + b"\0" * 80, name)
    assert Quarantined.objects.count() == len(HOSTILE)
    check_page(client.get("/custodia/cuarentena/"))
    check_page(client.get("/custodia/"))
    for row in Quarantined.objects.all():
        check_page(client.get(f"/custodia/cuarentena/{row.pk}/atender/"))


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@settings(max_examples=300, deadline=None)
def test_what_a_paper_prints_is_what_its_letters_can_write(text: str) -> None:
    shown = printable(text)
    assert all(is_printable(character) for character in shown)
    assert not TURNING.search(shown)
    assert printable(shown) == shown
    if all(map(is_printable, text)):
        assert shown == text


def test_the_database_holds_what_was_kept(cast: dict[str, Any], expediente: Expediente) -> None:
    """Read back past the product: a name that no database or signature could hold was told by its sign."""
    piece = factories.file_piece(cast["archivista"], expediente, name="A\udcf1o\x00 2026.txt")
    with connection.cursor() as cursor:
        cursor.execute("SELECT original_name FROM records_document WHERE radicado = %s", [piece.radicado])
        assert cursor.fetchone() == ("A\ufffdo\ufffd 2026.txt",)
    assert piece.receipt_signature
