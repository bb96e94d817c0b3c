"""PDF/A copies: of PDFs by pikepdf, of Word documents by LibreOffice; kept only if they say what the original says."""

from __future__ import annotations

import hashlib
import io

import docx
import pikepdf
import pytest

from records import parsing
from records.parsing import formats, front_copies, office, pdfa_fonts
from tests.unit.parsing import makers, scans, signing
from tests.unit.parsing.typeset import with_its_font

PDF = "application/pdf"
needs_office = pytest.mark.skipif(not office.engine_version(), reason="LibreOffice Writer is not installed here")
needs_fonts = pytest.mark.skipif(
    not (pdfa_fonts.FOLDER / "liberation").is_dir(), reason="the Liberation fonts are not installed here"
)


@pytest.fixture
def copied(tmp_path):
    """The copy of some bytes: ``copied(data)``."""

    def give(data, media_type=PDF):
        return parsing.to_pdfa(makers.saved(tmp_path, "original", data), media_type)

    return give


def declares_pdfa(data):
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_metadata() as meta:
        return meta.pdfa_status == "2B"


@pytest.mark.rule("C4")
def test_a_pdf_has_a_copy_that_says_the_same_and_declares_what_it_is(tmp_path, copied):
    data = with_its_font("Acta de liquidacion", "Segunda pagina: 1.234.567")
    copy = copied(data)
    assert (copy.fault, copy.same_text, copy.engine, copy.profile) == ("", True, "pikepdf", "2b")
    assert declares_pdfa(copy.data)
    texts = [
        [page.text for page in parsing.read(makers.saved(tmp_path, name, each), PDF).pages]
        for name, each in (("uno", data), ("dos", copy.data))
    ]
    assert texts[0] == texts[1]
    assert "1.234.567" in texts[0][1]


@needs_fonts
@pytest.mark.rule("C4")
def test_a_pdf_that_names_its_fonts_without_carrying_them_gets_fonts_of_the_same_widths(tmp_path, copied):
    data = makers.text_pdf("Artículo 17: año, liquidación «entre comillas» Ñ")
    copy = copied(data)
    assert (copy.fault, copy.same_text) == ("", True)
    before, after = (
        parsing.read(makers.saved(tmp_path, name, each), PDF).pages[0].words
        for name, each in (("a", data), ("b", copy.data))
    )
    assert [word for word, *_ in before] == [word for word, *_ in after]
    assert max(abs(one[1] - other[1]) for one, other in zip(before, after, strict=True)) < 0.01


@pytest.mark.rule("C4")
def test_a_scanned_page_has_a_copy(copied):
    copy = copied(scans.scanned("Acta", dpi=72))
    assert (copy.fault, copy.same_text, declares_pdfa(copy.data)) == ("", True, True)


@pytest.mark.rule("C4")
def test_a_copy_that_says_anything_else_is_thrown_away(copied, monkeypatch):
    """A converter that loses a letter: its copy is valid PDF/A and is not kept all the same."""

    def lossy(path):
        return parsing.Converted(with_its_font("Acta de liquidcion"), "pikepdf", "0", "2b")

    monkeypatch.setitem(front_copies._MAKERS, PDF, front_copies._Maker(lossy, front_copies.same_pages))
    copy = copied(with_its_font("Acta de liquidacion"))
    assert (copy.fault, copy.data, copy.same_text) == ("text_differs", b"", False)


@pytest.mark.rule("C4")
def test_the_original_is_only_read(tmp_path):
    data = with_its_font("Acta")
    path = makers.saved(tmp_path, "original", data)
    path.chmod(0o400)
    assert parsing.to_pdfa(path, PDF).fault == ""
    assert path.read_bytes() == data


@pytest.mark.rule("C4")
@pytest.mark.criterion(20)
def test_the_copy_of_a_signed_pdf_carries_no_signature_and_the_original_keeps_its_own(tmp_path, copied):
    data = signing.sign(with_its_font("Acta de liquidacion"))
    path = makers.saved(tmp_path, "firmado", data)
    copy = parsing.to_pdfa(path, PDF)
    assert (copy.fault, copy.same_text) == ("", True)
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert parsing.signatures(path, signing.authority().pem, signing.NOW).signatures[0].valid
    of_copy = parsing.signatures(makers.saved(tmp_path, "copia", copy.data))
    assert (of_copy.fault, of_copy.signatures) == ("", ())


@pytest.mark.rule("C4")
def test_the_fields_of_a_form_are_seen_on_the_copy_as_they_were(tmp_path, copied):
    def change(pdf):
        look = pdf.make_stream(b"1 0 0 rg 0 0 100 50 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look.BBox = pikepdf.Array([0, 0, 100, 50])
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("valor"),
            F=4,
            V=pikepdf.String("12"),
            Rect=pikepdf.Array([100, 100, 200, 150]),
            AP=pikepdf.Dictionary(N=look),
        )
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pdf.pages[0].Annots)

    data = makers.changed_pdf(change)
    copy = copied(data)
    assert copy.fault == ""
    before, after = (
        parsing.render(makers.saved(tmp_path, name, each), PDF, 1, 36) for name, each in (("a", data), ("b", copy.data))
    )
    from PIL import Image

    images = [Image.open(io.BytesIO(png)).convert("RGB") for png in (before, after)]
    assert (255, 0, 0) in {colour for _, colour in images[0].getcolors(1 << 16) or ()}
    assert images[0].tobytes() == images[1].tobytes()
    with pikepdf.open(io.BytesIO(copy.data)) as pdf:
        assert "/AcroForm" not in pdf.Root


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "damaged"),
        (b"hola", "damaged"),
        (makers.encrypted_pdf("clave"), "encrypted"),
        (makers.flate_bomb_pdf(), "limits"),
        (makers.changed_pdf(lambda pdf: pdf.attachments.__setitem__("a.txt", b"hola")), "not_conformant"),
    ],
)
def test_what_cannot_be_copied_says_why(copied, data, fault):
    copy = copied(data)
    assert (copy.fault, copy.data, copy.same_text) == (fault, b"", False)


def test_a_format_without_a_converter_says_so(tmp_path, copied):
    assert copied(b"a;b", "text/csv").fault == "no_converter"
    assert parsing.to_pdfa(tmp_path / "nada", PDF).fault == "unreachable"


# -- Word ----------------------------------------------------------------------------------------------------------


def document(*paragraphs):
    """A DOCX as a word processor leaves it, with a header, a list and a table."""
    made = docx.Document()
    made.add_heading("Acta de liquidación", 1)
    for text in paragraphs:
        made.add_paragraph(text)
    made.add_paragraph("primero", style="List Number")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "cuantía", "1.234.567"
    made.sections[0].header.paragraphs[0].text = "MINISTERIO"
    return made


def bytes_of(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


DOCUMENT = bytes_of(document("Artículo 17. La oficina de financiación efectuó el pago.", "Año 2026"))


@needs_office
@pytest.mark.rule("C4")
def test_a_word_document_has_a_copy_that_says_the_same(tmp_path, copied):
    copy = copied(DOCUMENT, formats.DOCX)
    assert (copy.fault, copy.same_text, copy.engine, copy.profile) == ("", True, "LibreOffice", "2b")
    assert copy.engine_version.startswith(office.engine_version())
    assert declares_pdfa(copy.data)
    text = parsing.read(makers.saved(tmp_path, "copia", copy.data), PDF).pages[0].text
    assert "Artículo 17. La oficina de financiación efectuó el pago." in text


@needs_office
@pytest.mark.rule("C4")
def test_hidden_text_that_a_print_would_lose_has_no_copy(copied):
    made = document("visible")
    made.add_paragraph().add_run("secreto").font.hidden = True
    assert copied(bytes_of(made), formats.DOCX).fault == "text_differs"


@needs_office
@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04" + b"x" * 500, "damaged"),
        (makers.text_pdf("x"), "damaged"),
        (makers.docx(more={"word/vbaProject.bin": ("vbaProject", "x")}), "damaged"),
        (makers.zip_bomb_docx(), "limits"),
        (makers.ole("EncryptedPackage"), "encrypted"),
    ],
)
def test_what_is_no_sound_document_never_reaches_the_printer(copied, monkeypatch, data, fault):
    monkeypatch.setattr(office, "printed", lambda *_: pytest.fail("it was printed"))
    assert copied(data, formats.DOCX).fault == fault


@pytest.mark.rule("C4")
def test_without_the_printer_a_word_document_has_no_copy_and_it_is_said(copied, monkeypatch):
    monkeypatch.setattr(office, "engine_version", lambda: "")
    assert copied(DOCUMENT, formats.DOCX) == parsing.Converted(fault="no_converter")
