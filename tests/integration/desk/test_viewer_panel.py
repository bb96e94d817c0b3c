"""What the viewer offers and tells: size, side, folio, tables, recognised text, flags, parts, signatures, copies."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import parsing
from records.desk import pages
from records.models import Document, Expediente, LedgerEvent, PageText, Part, Rendition, SignatureReport
from records.services import correction, renditions
from records.services.parts import list_parts
from records.services.reading import read_document
from records.services.words import packed
from records.vocabulary import Level, RenditionKind, TextSource
from tests import factories, specimens
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_filing import pdf
from tests.unit.parsing import makers
from tests.unit.test_telling import SIGNATURE

pytestmark = pytest.mark.usefixtures("equal_words")


def page(browse: Browse, piece: Document, query: str = "", login: str = "archivista") -> str:
    body = browse(login).get(f"/custodia/documentos/{piece.pk}/{query}").content.decode()
    return html.unescape(" ".join(body.split()))


def act(browse: Browse, piece: Document, name: str, login: str = "archivista") -> Any:
    return browse(login).post(f"/custodia/documentos/{piece.pk}/{name}/", follow=True)


@pytest.fixture
def report(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.file_piece(cast["archivista"], expediente, pdf(12), "informe.pdf")


# Size, side and place ---------------------------------------------------------------------------------------


@pytest.mark.requirement("A6")
def test_size_and_side_are_links_that_keep_the_place(browse: Browse, report: Document) -> None:
    body = page(browse, report, "?pagina=3&q=taller&zoom=150&giro=90")
    assert 'href="?pagina=3&q=taller&zoom=200&giro=90"' in body, "nearer"
    assert 'href="?pagina=3&q=taller&giro=90"' in body, "farther"
    assert 'href="?pagina=3&q=taller&zoom=ancho&giro=90"' in body
    assert 'href="?pagina=3&q=taller&zoom=150&giro=180"' in body
    assert 'class="sheetturn sheetturn-90"' in body
    assert f"/custodia/documentos/{report.pk}/pagina/3.png?nitida=1" in body
    assert f'data-ahead="/custodia/documentos/{report.pk}/pagina/4.png?nitida=1"' in body
    plain = page(browse, report, "?pagina=12&giro=45&zoom=33")
    assert "sheetturn" not in plain
    assert "data-ahead" not in plain, "nothing comes after the last page"


@pytest.mark.requirement("A6")
def test_a_folio_is_gone_to_by_its_number_in_the_expediente(browse: Browse, report: Document) -> None:
    first = report.folio_first
    assert f'name="folio" value="{first + 4}"' in page(browse, report, f"?folio={first + 4}&pagina=1")
    assert f'name="folio" value="{first}"' in page(browse, report, "?folio=0")
    assert f'name="folio" value="{report.folio_last}"' in page(browse, report, "?folio=99999")


@pytest.mark.requirement("A6")
def test_the_strip_is_of_small_images(browse: Browse, report: Document) -> None:
    body = page(browse, report, "?pagina=6")
    assert body.count(f'src="/custodia/documentos/{report.pk}/miniatura/') == 9
    assert body.count(f'src="/custodia/documentos/{report.pk}/pagina/') == 1
    small = browse("archivista").get(f"/custodia/documentos/{report.pk}/miniatura/1.png")
    assert (small.status_code, small["Content-Type"], small["Cache-Control"]) == (200, "image/png", "no-store")
    assert small["Content-Security-Policy"] == "sandbox; default-src 'none'"


# What a page shows ------------------------------------------------------------------------------------------


@pytest.mark.requirement("J8")
def test_a_recognised_page_says_so_with_how_sure_and_is_marked_with_boxes(browse: Browse, report: Document) -> None:
    words = [("acta", 0.1, 0.2, 0.2, 0.25), ("taller", 0.3, 0.2, 0.4, 0.25)]
    PageText.objects.create(
        document=report, number=1, text="acta taller", words=packed(words), source=TextSource.OCR, confidence=93.4
    )
    PageText.objects.create(document=report, number=2, text="", source=TextSource.OCR, confidence=21.0)
    body = page(browse, report, "?q=taller")
    assert "Texto reconocido, confianza 93 %" in body
    assert re.findall(r"<rect x=\"0\.3\" y=\"0\.2\"", body)
    assert "no se pudo reconocer" in page(browse, report, "?pagina=2")


def test_a_spreadsheet_is_a_table_with_its_matches(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    data = b"equipo;cantidad\ntorno;3\nfresadora;taller dos\n"
    piece = factories.file_piece(cast["archivista"], expediente, data, "tabla.csv")
    read_document(piece.pk)
    body = page(browse, piece, "?q=taller")
    assert "<td>equipo</td><td>cantidad</td>" in body
    assert '<td><mark class="is-current" id="coincidencia">taller</mark> dos</td>' in body
    assert "coincidencia 1 de 1" in body


def test_a_very_long_table_is_shown_in_part_and_says_so(browse: Browse, piece: Document) -> None:
    sheet = sheet_of(piece, "\n".join(f"{number};x" for number in range(1500)))
    assert (len(sheet.rows), sheet.left_out, sheet.left_columns) == (1000, 500, 0)
    assert "Se muestran las primeras 1.000 filas; otras 500 están en el original." in page(browse, piece)


def sheet_of(piece: Document, text: str, media_type: str = "text/csv") -> pages.Sheet:
    """The page of a table with this text."""
    with factories.behind_the_product():
        Document.objects.filter(pk=piece.pk).update(media_type=media_type, pages=1)
    piece.refresh_from_db()
    PageText.objects.filter(document=piece).delete()
    PageText.objects.create(document=piece, number=1, text=text)
    return pages.sheet_of(piece, pages.Place())


WIDE = "\t" * 2_999


@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    ("media_type", "text", "shown"),
    [
        ("text/csv", ";" * 2_000 + "\n" + "a\n" * 2_000, (1_000, 200)),
        ("text/csv", ";" * 30_000 + "\n" + "a\n" * 30_000, (1_000, 200)),
        (pages.WORKBOOK, "Hoja1\n" + f"{WIDE}\n" * 300, (199, 200)),
    ],
)
def test_a_wide_row_never_makes_the_others_wide_and_no_table_is_made_beyond_what_is_shown(
    browse: Browse, piece: Document, media_type: str, text: str, shown: tuple[int, int]
) -> None:
    sheet = sheet_of(piece, text, media_type)
    assert (len(sheet.rows), sheet.columns) == shown
    assert sum(map(len, sheet.rows)) <= pages.MOST_CELLS
    assert sheet.left_out == text.count("\n") + 1 - len(sheet.rows) - (media_type == pages.WORKBOOK)
    body = page(browse, piece)
    assert f"Se muestran las primeras {shown[0]:,} filas y 200 columnas".replace(",", ".") in body
    assert body.count("<td>") <= pages.MOST_CELLS


def test_matches_in_what_a_table_leaves_out_still_count(browse: Browse, piece: Document) -> None:
    sheet_of(piece, "torno;3\n" + "x;1\n" * 1_200 + "torno;4\n")
    assert "coincidencia 1 de 2" in page(browse, piece, "?q=torno")


@pytest.mark.requirement("J8")
def test_a_piece_that_was_not_read_says_what_to_do(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    damaged = factories.file_piece(cast["archivista"], expediente, b"%PDF-1.7\n" + b"x" * 300, "roto.pdf")
    read_document(damaged.pk)
    body = page(browse, damaged)
    assert "pida una copia sana a quien lo entregó" in body
    assert "Leer de nuevo" in body
    assert "Descargar el original" in body


# What is told beside it -------------------------------------------------------------------------------------


def test_what_was_noticed_is_told_in_words_and_never_as_a_code(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    name = "..\\carpeta\\acta\u202e«firmada».pdf"
    piece = factories.file_piece(cast["archivista"], expediente, makers.encrypted_pdf(user="", owner="x"), name)
    assert {"path_in_name", "bidi_in_name", "owner_password"} <= set(piece.flags)
    body = page(browse, piece)
    assert "contraseña de propietario" in body
    assert "traía una ruta de carpetas" in body
    assert not any(code in body for code in piece.flags)


@pytest.mark.rule("C6")
def test_parts_are_listed_with_digest_and_given_one_by_one(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    data = specimens.letter(
        ("informe.pdf", specimens.report(), "application/pdf"),
        ("pagina.html", b"<html><script>1</script></html>", "text/html"),
        ("instalar.exe", b"MZ" + bytes(300), "application/octet-stream"),
    )
    piece = factories.file_piece(cast["archivista"], expediente, data, "correo.eml")
    read_document(piece.pk)
    list_parts(piece.pk)
    body, address = page(browse, piece), f"/custodia/documentos/{piece.pk}/partes/"
    by_name = {part.name: part for part in piece.parts.all()}
    assert by_name["informe.pdf"].digest in body
    assert f'href="{address}{by_name["informe.pdf"].index}"' in body
    assert f'href="{address}{by_name["instalar.exe"].index}"' not in body
    assert "Es un programa: se conserva dentro" in body
    client = browse("archivista")
    asked = headers_alone(client, f"{address}{by_name['pagina.html'].index}")
    given = client.get(f"{address}{by_name['pagina.html'].index}")
    assert dict(asked.headers) == dict(given.headers)
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Disposition"].startswith("attachment; filename=")
    assert given["X-Content-Type-Options"] == "nosniff"
    for ask in (client.get, client.head):
        assert ask(f"{address}{by_name['instalar.exe'].index}").status_code == 409
    assert "adjunto «informe.pdf», página 2" in page(browse, piece, "?pagina=3")


def headers_alone(client: Client, address: str) -> HttpResponse:
    """What HEAD is answered, which is the reading of nothing."""
    before = LedgerEvent.objects.filter(action="document.downloaded").count()
    answer = client.head(address)
    assert (answer.status_code, answer.content) == (200, b"")
    assert LedgerEvent.objects.filter(action="document.downloaded").count() == before
    return answer


@pytest.mark.rule("C7")
def test_signatures_are_told_in_words(browse: Browse, report: Document) -> None:
    added = {**SIGNATURE, "coverage": "part", "changed_after": True, "valid": False}
    SignatureReport.objects.create(document=report, engine="pyHanko", signatures=[added], validated_at=report.filed_at)
    body = page(browse, report)
    assert "Ana Peña Gómez" in body
    assert "La firma cubre 10.240 de 12.300 bytes: se añadió algo después." in body
    assert "No vale" in body


@pytest.mark.rule("C4")
def test_a_copy_is_asked_for_waited_for_and_downloaded(
    browse: Browse, report: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Hacer copia PDF/A" in page(browse, report)
    assert "se pidió la copia" in act(browse, report, "copias/pdfa").content.decode().lower()
    assert "La copia PDF/A se está haciendo" in page(browse, report)
    made = parsing.Converted(f"%PDF-1.7 {report.pk}".encode(), "pikepdf", "10", "2b", "", same_text=True)
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: made)
    renditions.make_pdfa(report.pk)
    address = f"/custodia/documentos/{report.pk}/copias/pdfa.pdf"
    assert address in page(browse, report)
    asked = headers_alone(browse("archivista"), address)
    given = browse("archivista").get(address)
    assert dict(asked.headers) == dict(given.headers)
    assert b"".join(given.streaming_content) == made.data
    assert given["Content-Disposition"] == f'attachment; filename="{report.radicado}-pdfa.pdf"'
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_why_there_is_no_copy_is_told(browse: Browse, report: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: parsing.Converted(fault="not_conformant"))
    act(browse, report, "copias/pdfa")
    renditions.make_pdfa(report.pk)
    assert "usa algo que PDF/A no admite" in page(browse, report)


@pytest.mark.requirement("B10")
def test_an_annulled_piece_is_read_as_before_and_marked(browse: Browse, cast: dict[str, Any], report: Document) -> None:
    correction.annul_document(actor=cast["archivista"], document=report, reason="Repetida")
    body = page(browse, report)
    assert "Anulado" in body
    assert "Repetida" in body
    assert browse("archivista").get(f"/custodia/documentos/{report.pk}/pagina/1.png").status_code == 200


@pytest.mark.requirement("A6")
def test_the_printed_sheet_has_it_all_with_whole_digests(browse: Browse, report: Document) -> None:
    read_document(report.pk)
    browse("archivista").get(f"/custodia/documentos/{report.pk}/pagina/1.png")
    body = browse("archivista").get(f"/custodia/documentos/{report.pk}/ficha/").content.decode()
    for row in Rendition.objects.filter(document=report):
        assert row.digest in body
    assert report.blob_id in body
    assert report.radicado in body
    assert " style=" not in body
    assert "Imagen de página 1" in " ".join(body.split())


# Reading again, and how much cannot be read -------------------------------------------------------------------


@pytest.mark.requirement("J8")
def test_pages_without_text_are_counted_where_one_looks_for_them(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, report: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "ocr_engine", lambda: "")
    read_document(report.pk)
    client = browse("archivista")
    assert "12 páginas no tienen texto" in page(browse, report)
    assert "no hay reconocimiento óptico" in page(browse, report)
    here = client.get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert "12 páginas de este expediente no tienen texto" in here
    assert "Sin texto: 12 páginas" in client.get("/custodia/").content.decode()
    assert "Hay 12 páginas sin texto legible" in client.get("/custodia/salud/").content.decode()
    others = browse("ajeno").get("/custodia/salud/").content.decode()
    assert "sin texto legible" not in others, "nothing is counted that its reader does not read"
    assert "Leer de nuevo lo que no tiene texto" not in others
    answer = client.post("/custodia/salud/leer-de-nuevo/", follow=True).content.decode()
    assert "Se pidió leer de nuevo 1 documento." in answer
    assert browse("ajeno").post("/custodia/salud/leer-de-nuevo/").status_code == 403


def test_looking_at_the_health_writes_nothing_and_trying_does(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged: list[int] = []
    real = type(factories.storage.store()).stage

    def counted(store: Any, stream: Any, *, limit: int) -> Any:
        staged.append(limit)
        return real(store, stream, limit=limit)

    monkeypatch.setattr(type(factories.storage.store()), "stage", counted)
    client = browse("archivista")
    assert "Recibe y entrega" in client.get("/custodia/salud/").content.decode()
    assert staged == []
    assert "se le entregó un byte" in client.post("/custodia/salud/").content.decode()
    assert len(staged) == 1


def test_the_viewer_costs_the_same_however_much_a_piece_has(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    def belonging(count: int) -> Document:
        piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
        for number in range(count):
            digest = f"{number:064d}"
            Part.objects.create(
                document=piece, index=number, role="attachment", name="a", media_type="text/plain", size=1,
                digest=digest,
            )  # fmt: skip
            Rendition.objects.create(
                document=piece, kind=RenditionKind.PAGE_IMAGE, page=number + 1, digest=digest, size=1,
                media_type="image/png", engine="x", made_at=piece.filed_at,
            )  # fmt: skip
            SignatureReport.objects.create(
                document=piece, engine="x", signatures=[SIGNATURE], validated_at=piece.filed_at
            )
            PageText.objects.create(document=piece, number=number + 1, text="taller")
        return piece

    few, many = belonging(2), belonging(40)
    client = browse("archivista")
    assert queries(client, few, "?q=taller") == queries(client, many, "?q=taller")
    assert queries(client, few, "ficha/") == queries(client, many, "ficha/")


def queries(client: Any, piece: Document, what: str) -> int:
    address = f"/custodia/documentos/{piece.pk}/{what}"
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.requirement("A6")
@pytest.mark.parametrize("folio", ["abc", "0", "99999"])
def test_a_folio_that_the_piece_does_not_have_is_told(browse: Browse, report: Document, folio: str) -> None:
    told = "Ese folio no es de esta pieza"
    assert told in page(browse, report, f"?folio={folio}")
    assert told not in page(browse, report, f"?folio={report.folio_last}")


def test_a_piece_that_could_not_be_read_says_so_in_its_history_too_and_names_people(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    broken = factories.file_piece(cast["archivista"], expediente, b"%PDF-1.7 roto", "danado.pdf")
    read_document(broken.pk)
    assert LedgerEvent.objects.get(action="document.read").result == "failed"
    history = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/historia/").content.decode()
    assert "No se pudo leer el texto del documento" in history
    assert "Se leyó el texto del documento" not in history
    assert f"· {cast['archivista'].get_full_name()}" in history
    assert "· archivista" not in history


def test_tools_are_named_to_who_answers_for_the_piece_and_to_nobody_else(browse: Browse, report: Document) -> None:
    read_document(report.pk)
    assert "pdfium" in page(browse, report, login="custodia")
    assert "pdfium" not in page(browse, report, login="archivista")
