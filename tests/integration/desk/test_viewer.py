"""The viewer: the right page with its marks, bytes behind walls, and what is told beside them."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pikepdf
import pytest

from records.models import Document, Expediente, LedgerEvent, PageText
from records.services.reading import read_document
from records.services.words import packed
from records.vocabulary import Level
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_filing import pdf

pytestmark = pytest.mark.usefixtures("equal_words")


def with_pages(piece: Document, *texts: str, boxes: bool = False) -> Document:
    for number, text in enumerate(texts, 1):
        words = [(word, 0.1 * i, 0.2, 0.1 * i + 0.05, 0.25) for i, word in enumerate(text.split())] if boxes else []
        PageText.objects.create(document=piece, number=number, text=text, words=packed(words))
    return piece


def page(browse: Browse, piece: Document, query: str = "", login: str = "archivista") -> str:
    return browse(login).get(f"/custodia/documentos/{piece.pk}/{query}").content.decode()


@pytest.mark.requirement("A6", "J1")
def test_a_format_without_images_shows_its_text_with_the_words_marked(browse: Browse, piece: Document) -> None:
    with_pages(piece, "la primera <página>", "el taller y el taller grande")
    body = page(browse, piece, "?pagina=2&q=taller")
    assert body.count("<mark") == 2
    assert 'class="is-current" id="coincidencia">taller' in body
    assert "coincidencia 1 de 2" in " ".join(body.split())
    assert "página 2 del texto" in body, "the piece has one folio: a page beyond it is none"
    assert f"<b>folio {piece.folio_first}</b>" in page(browse, piece)
    assert "&lt;página&gt;" in page(browse, piece)


@pytest.mark.requirement("A6")
def test_marks_over_a_page_image_are_boxes_in_a_drawing_and_need_no_style(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, pdf(1), "acta.pdf")
    with_pages(piece, "acta de recibo", boxes=True)
    body = page(browse, piece, "?q=de+recibo")
    rectangles = re.findall(r"<rect x=\"0[.\d]*\" y=\"0\.2\"[^>]*>", body)
    assert len(rectangles) == 2
    assert all("is-current" in rectangle for rectangle in rectangles), "words in a row are one match"
    assert " style=" not in body
    assert f"/custodia/documentos/{piece.pk}/pagina/1.png" in body


@pytest.mark.requirement("A6")
def test_next_and_previous_match_go_round_the_pages(browse: Browse, piece: Document) -> None:
    with_pages(piece, "uno taller", "nada", "taller y taller")
    client, jump = browse("archivista"), f"/custodia/documentos/{piece.pk}/coincidencia/"
    address = f"/custodia/documentos/{piece.pk}/"
    assert client.get(f"{jump}?pagina=1&q=taller&hacia=adelante").url == f"{address}?pagina=3&q=taller"
    assert client.get(f"{jump}?pagina=3&q=taller&hacia=adelante").url == f"{address}?pagina=1&q=taller"
    assert client.get(f"{jump}?pagina=1&q=taller&hacia=atras").url == f"{address}?pagina=3&q=taller&c=2"
    assert client.get(f"{jump}?pagina=2&q=ausente").url == f"{address}?pagina=2&q=ausente"


@pytest.mark.requirement("A6", "J6")
def test_the_list_one_came_from_is_kept_through_pages_matches_and_further_searches(
    browse: Browse, piece: Document
) -> None:
    with_pages(piece, "el taller", "otro taller")
    came = "?pagina=1&q=taller&desde=tipo%3DActa%26orden%3Drecientes%26despues%3Dabc"
    back = f'href="/custodia/buscar/?q=taller&amp;tipo=Acta&amp;orden=recientes&amp;despues=abc#d-{piece.pk}"'
    body = page(browse, piece, came)
    assert back in body
    onwards = re.search(r'href="([^"]+)" data-key="j"', body)
    assert onwards
    there = browse("archivista").get(html.unescape(onwards[1]), follow=True)
    assert "coincidencia 2 de 2" in " ".join(there.content.decode().split())
    assert back in there.content.decode()
    state = "q=taller&amp;tipo=Acta&amp;orden=recientes&amp;despues=abc"
    assert f'name="desde" value="{state}"' in body, "a search inside the piece still leads back to the first list"
    further = page(browse, piece, "?q=otro&desde=q%3Dtaller%26tipo%3DActa")
    assert f'href="/custodia/buscar/?q=taller&amp;tipo=Acta#d-{piece.pk}"' in further


@pytest.mark.parametrize(
    "back", ["//evil.example", "%00=%00", "=" * 5000, "a=b&" * 200, "javascript:alert(1)", "%ff=1"]
)
def test_a_state_of_a_list_that_cannot_be_read_leads_to_the_words(browse: Browse, piece: Document, back: str) -> None:
    response = browse("archivista").get(f"/custodia/documentos/{piece.pk}/", {"q": "taller", "desde": back})
    (address,) = re.findall(r'href="([^"]+)" data-back', response.content.decode())
    assert address.startswith("/custodia/buscar/?q=taller")


@pytest.mark.requirement("A6", "J6")
def test_the_matches_of_a_long_piece_are_counted_over_all_its_pages_and_only_for_its_readers(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    texts = ["nada"] * 70
    texts[3], texts[64], texts[69] = "taller", "un taller y otro taller", "taller"
    long = with_pages(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), *texts)
    body = page(browse, long, "?pagina=65&q=taller&c=2")
    counted = re.search(r'data-count="([^"]+)"', body)
    assert counted
    address = html.unescape(counted[1])
    assert browse("archivista").get(address).json() == {"number": 3, "total": 4}
    assert (
        browse("ajeno").get(address).content == browse("ajeno").get(address.replace(str(long.pk)[:8], "0" * 8)).content
    )
    assert LedgerEvent.objects.filter(action="document.viewed", actor="archivista").count() == 2


def test_a_thousand_pages_open_with_the_queries_of_three(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, django_assert_max_num_queries: Any
) -> None:
    long = with_pages(
        factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), *(["taller y " * 50] * 1000)
    )
    client = browse("archivista")
    with django_assert_max_num_queries(120) as asked:
        body = client.get(f"/custodia/documentos/{long.pk}/?pagina=500&q=taller").content.decode()
    assert body.count('<li><a href="?pagina=') == 9
    assert "de 50 en la página" in " ".join(body.split())
    short = with_pages(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), *(["taller"] * 3))
    with django_assert_max_num_queries(len(asked)):
        client.get(f"/custodia/documentos/{short.pk}/?q=taller")


@pytest.mark.parametrize(
    "query",
    [
        "?pagina=0",
        "?pagina=-1",
        "?pagina=%D9%A1",
        "?pagina=999999999999",
        "?pagina=x&c=y&zoom=z",
        "?q=%00%ff",
        "?q=" + "a" * 5000,
    ],
)
def test_any_address_shows_some_page_of_the_piece(browse: Browse, piece: Document, query: str) -> None:
    response = browse("archivista").get(f"/custodia/documentos/{piece.pk}/{query}")
    assert response.status_code == 200


def test_words_of_the_address_are_shown_as_text(browse: Browse, piece: Document) -> None:
    body = page(browse, piece, "?q=%22%3E%3Cscript%3E1%3C/script%3E&desde=%22%3E%3Cb%3E")
    assert "<script>1" not in body
    assert "<b>" not in body.split("toolbar")[1].split("</form>")[0].replace("<b>folio", "")


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1")
def test_opening_a_piece_leaves_its_event_and_a_public_one_none(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    public = factories.insert_piece(cast["archivista"], expediente, Level.PUBLIC)
    page(browse, piece)
    page(browse, public)
    events = LedgerEvent.objects.filter(action="document.viewed")
    assert [event.object_id for event in events] == [str(piece.pk)]


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_the_panel_says_why_one_may_read_it_and_until_when(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="Caso 117"
    )
    body = html.unescape(page(browse, piece, login="revisora"))
    assert "Concesión a su nombre sobre este documento" in body
    assert "Caso 117" in body
    assert f"31 de diciembre de {factories.FAR.year}" in body
    assert "Verificar ahora" not in body


def test_readings_of_others_are_told_to_the_custodian_alone(browse: Browse, piece: Document) -> None:
    page(browse, piece, login="jefatura")
    page(browse, piece, login="archivista")
    assert "Jefatura" not in page(browse, piece, login="archivista")
    assert "Leído por usted" in page(browse, piece, login="archivista")
    assert "Jefatura" in page(browse, piece, login="custodia")


@pytest.mark.criterion(18)
def test_the_original_leaves_as_an_attachment_that_nothing_opens_in_place(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b"tal como llego", 'a"\r\nX: y\u202e.txt')
    response = browse("archivista").get(f"/custodia/documentos/{piece.pk}/original")
    assert b"".join(response.streaming_content) == b"tal como llego"
    assert response["Content-Disposition"] == f'attachment; filename="{piece.radicado}.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"
    assert "X" not in response.headers
    assert LedgerEvent.objects.filter(action="document.downloaded").count() == 1


@pytest.mark.criterion(18)
def test_who_asks_only_for_the_headers_of_the_original_gets_no_byte_and_leaves_no_reading(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b"tal como llego", "informe final.txt")
    address = f"/custodia/documentos/{piece.pk}/original"
    asked = browse("archivista").head(address)
    assert (asked.status_code, asked.content) == (200, b"")
    assert not LedgerEvent.objects.filter(action="document.downloaded").exists()
    got = browse("archivista").get(address)
    assert b"".join(got.streaming_content) == b"tal como llego"
    assert dict(asked.headers) == dict(got.headers)
    assert browse("ajeno").head(address).status_code == 404


@pytest.mark.criterion(15)
@pytest.mark.requirement("B5")
def test_altered_bytes_are_not_served_and_verifying_says_so(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    client, address = browse("archivista"), f"/custodia/documentos/{piece.pk}/"
    good = client.post(f"{address}verificar/", follow=True).content.decode()
    assert "son los que se radicaron" in good
    stored = factories.storage.store().path_of(piece.blob_id)
    stored.chmod(0o600)
    stored.write_bytes(b"otra cosa")
    refused = client.get(f"{address}original")
    assert refused.status_code == 500
    assert b"otra cosa" not in refused.content
    assert "no coinciden" in client.post(f"{address}verificar/", follow=True).content.decode()
    assert LedgerEvent.objects.filter(action="custody.verified").count() == 2


def test_verifying_is_for_who_may(browse: Browse, piece: Document) -> None:
    assert browse("jefatura").post(f"/custodia/documentos/{piece.pk}/verificar/").status_code == 403


@pytest.mark.requirement("J8")
def test_a_scan_without_text_and_a_damaged_file_are_told_apart(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    scan = factories.file_piece(cast["archivista"], expediente, pdf(2), "escaneo.pdf")
    damaged = factories.file_piece(cast["archivista"], expediente, b"%PDF-1.7\n" + b"x" * 300, "roto.pdf")
    for document in (scan, damaged):
        read_document(document.pk)
    assert "Sin texto: 2 páginas" in page_of_expediente(browse, expediente)
    assert "no inspeccionado" in page_of_expediente(browse, expediente)
    assert "no se pudo inspeccionar" in page(browse, damaged)
    image = browse("archivista").get(f"/custodia/documentos/{scan.pk}/pagina/2.png")
    assert (image.status_code, image["Content-Type"]) == (200, "image/png")
    assert image.content.startswith(b"\x89PNG")


def page_of_expediente(browse: Browse, expediente: Expediente) -> str:
    return " ".join(browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/").content.decode().split())


def test_a_pdf_made_here_really_has_its_pages() -> None:
    assert len(pikepdf.open(io.BytesIO(pdf(2))).pages) == 2
