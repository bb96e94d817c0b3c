"""What may be filed and what may not, by extension and content (the table of accepted and refused files)."""

from __future__ import annotations

import pytest

from records.parsing import formats
from tests.unit.parsing import makers

PDF = makers.text_pdf("Custodia")
DOCX = makers.docx(makers.paragraphs("Custodia"))
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
EXE = b"MZ\x90\0\x03" + bytes(200)
HTML = b"<!-- nota -->\n<!DOCTYPE html><html><body>hola</body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
ZIP = makers.zipped({"a.txt": "a"})
GZIP = b"\x1f\x8b\x08" + bytes(30)
TAR = b"a.txt" + bytes(252) + b"ustar\x0000" + bytes(300)
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hola\r\n\r\ncuerpo\r\n"
DOCM = makers.package(
    {"word/document.xml": "<a/>", "word/vbaProject.bin": b"x"},
    {"word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"},
)


@pytest.mark.parametrize(
    ("name", "data", "media_type", "pages"),
    [
        ("acta.pdf", makers.text_pdf("uno", "dos"), "application/pdf", 2),
        ("ACTA.PDF", PDF, "application/pdf", 1),
        ("acta", PDF, "application/pdf", 1),
        ("acta.docx", DOCX, formats.DOCX, 1),
        ("tabla.xlsx", makers.xlsx({"uno": "", "dos": ""}), formats.XLSX, 2),
        ("muestra.pptx", makers.pptx("a", "b", "c"), formats.PPTX, 3),
        ("nota.txt", "año".encode(), "text/plain", 1),
        ("nota.txt", "año".encode("latin-1"), "text/plain", 1),
        ("nota.txt", "año".encode("utf-16"), "text/plain", 1),
        ("nota.txt", b"<a> b </a> es texto", "text/plain", 1),
        ("nota.md", b"<p align='center'>\n# Hola\n", "text/markdown", 1),
        ("tabla.csv", b"a;b\n1;2\n", "text/csv", 1),
        ("nota.txt", MAIL, "text/plain", 1),
        ("mensaje.eml", MAIL, "message/rfc822", 1),
        ("foto.png", makers.image("PNG"), "image/png", 1),
        ("foto.JPG", makers.image("JPEG"), "image/jpeg", 1),
        ("foto.tiff", makers.image("TIFF", frames=3), "image/tiff", 3),
    ],
)
def test_ordinary_files_are_accepted_and_inspected(received, name, data, media_type, pages):
    found = received(name, data).inspection
    assert found.refusals == ()
    assert (found.inspected, found.media_type, found.pages) == (True, media_type, pages)


@pytest.mark.criterion(18)
@pytest.mark.parametrize(
    ("name", "data", "refusals"),
    [
        ("acta.pdf", b"", {"empty"}),
        ("programa.exe", b"", {"empty", "executable"}),
        ("programa.exe", EXE, {"executable"}),
        ("acta.pdf", EXE, {"executable", "extension_mismatch"}),
        ("acta.pdf", ELF, {"executable", "extension_mismatch"}),
        ("nota.txt", b"\xfe\xed\xfa\xcf" + bytes(40), {"executable", "extension_mismatch"}),
        ("nota.txt", b"#!/bin/sh\nrm -rf /\n", {"executable", "extension_mismatch"}),
        ("tarea.sh", b"echo hola\n", {"executable"}),
        ("pagina.html", HTML, {"html"}),
        ("nota.txt", HTML, {"html", "extension_mismatch"}),
        ("acta.pdf", b"\xef\xbb\xbf  <HTML><head></head>", {"html", "extension_mismatch"}),
        ("acta.pdf", b"<html>\n%PDF-1.4\n", {"html", "extension_mismatch"}),
        ("dibujo.svg", SVG, {"svg"}),
        ("foto.png", SVG, {"svg", "extension_mismatch"}),
        ("todo.zip", ZIP, {"archive"}),
        ("acta.docx", ZIP, {"archive", "extension_mismatch"}),
        ("acta.pdf", ZIP, {"archive", "extension_mismatch"}),
        ("todo.7z", b"7z\xbc\xaf\x27\x1c" + bytes(30), {"archive"}),
        ("todo.rar", b"Rar!\x1a\x07\x01\0" + bytes(30), {"archive"}),
        ("todo.tar.gz", GZIP, {"archive"}),
        ("nota.txt", GZIP, {"archive", "extension_mismatch"}),
        ("nota.txt", TAR, {"archive", "extension_mismatch"}),
        ("acta.docm", DOCM, {"macros"}),
        ("acta.docx", DOCM, {"macros"}),
        ("acta.docx", PDF, {"extension_mismatch"}),
        ("acta.pdf", DOCX, {"extension_mismatch"}),
        ("tabla.xlsx", DOCX, {"extension_mismatch"}),
        ("foto.png", makers.image("JPEG"), {"extension_mismatch"}),
        ("foto.jpg", makers.image("PNG"), {"extension_mismatch"}),
        ("acta.pdf", b"solo texto", {"extension_mismatch"}),
        ("mensaje.eml", makers.image("PNG"), {"extension_mismatch"}),
        ("nota.txt", bytes(range(256)) * 20, {"extension_mismatch"}),
        ("acta.docx", makers.ole("EncryptedPackage"), {"encrypted"}),
        ("acta.docx", makers.ole("WordDocument"), {"extension_mismatch"}),
        ("acta.doc", makers.ole("_VBA_PROJECT"), {"macros"}),
        ("secreto.pdf", makers.encrypted_pdf("clave"), {"encrypted"}),
        ("acta.pdf\u202e", EXE, {"executable", "extension_mismatch"}),
        ("acta\u202efdp.exe", EXE, {"executable"}),
        ("acta.pdf", PDF + ZIP, {"polyglot"}),
        ("foto.png", makers.image("PNG") + ZIP, {"polyglot"}),
    ],
)
def test_refused_files_are_refused_for_all_their_reasons(received, name, data, refusals):
    found = received(name, data).inspection
    assert set(found.refusals) == refusals
    assert set(found.refusals) <= set(formats.REFUSALS)


@pytest.mark.parametrize(
    ("name", "data"), [("plano.dwg", b"AC1032" + bytes(60)), ("oficio.doc", makers.ole("WordDocument"))]
)
def test_formats_nobody_looks_into_are_kept_as_not_inspected(received, name, data):
    found = received(name, data).inspection
    assert (found.refusals, found.inspected, found.flags) == ((), False, ("unknown_format",))


@pytest.mark.parametrize("what", makers.REFUSED_PDFS)
def test_a_pdf_that_acts_is_refused(received, what):
    change, refusal = makers.REFUSED_PDFS[what]
    assert received("a.pdf", makers.changed_pdf(change)).inspection.refusals == (refusal,)


def test_a_pdf_is_refused_for_all_its_reasons_at_once(received):
    def change(pdf):
        for one, _ in makers.REFUSED_PDFS.values():
            one(pdf)

    refusals = received("a.pdf", makers.changed_pdf(change)).inspection.refusals
    assert {"pdf_javascript", "pdf_launch", "pdf_xfa", "pdf_richmedia"} <= set(refusals)


@pytest.mark.parametrize("what", makers.ACCEPTED_PDFS)
def test_a_pdf_that_only_points_is_accepted_and_flagged(received, what):
    change, flag = makers.ACCEPTED_PDFS[what]
    found = received("a.pdf", makers.changed_pdf(change)).inspection
    assert (found.refusals, found.inspected) == ((), True)
    assert not flag or flag in found.flags


@pytest.mark.parametrize(
    ("name", "data", "flag"),
    [
        ("a.pdf", makers.encrypted_pdf(""), "owner_password"),
        ("a.pdf", PDF + b"% sello de recibido 123\n", "trailing_comment"),
        ("a.pdf", PDF + b"% " + b"sello " * 2_000 + b"\n", "trailing_comment"),
        ("a.pdf", PDF + b"sobra", "trailing_data"),
        ("a.pdf", b"\r\n\r\n" + PDF, "leading_bytes"),
        ('el "acta" d\'hoy.pdf', PDF, "quotes_in_name"),
        ("acta \u202egpj.pdf", PDF, "bidi_in_name"),
        ("a" * 300 + ".pdf", PDF, "long_name"),
        ("../../etc/acta.pdf", PDF, "path_in_name"),
        ("C:\\actas\\acta.pdf", PDF, "path_in_name"),
        ("acta\r\nX: y.pdf", PDF, "control_in_name"),
        ("re\u0301gimen.pdf", PDF, "name_not_nfc"),
    ],
)
def test_oddities_are_flagged_and_not_refused(received, name, data, flag):
    found = received(name, data).inspection
    assert (found.refusals, found.inspected) == ((), True)
    assert flag in found.flags


@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", PDF[:200]),
        ("a.pdf", makers.text_pdf("x" * 9_000)[:1_200]),
        ("a.pdf", PDF.replace(b"startxref\n", b"startxref\n9")),
        ("a.pdf", makers.deep_pdf()),
        ("a.pdf", b"%PDF-1.7\nbasura"),
        ("a.pdf", makers.looping_pages_pdf()),
        ("a.docx", DOCX[: len(DOCX) * 2 // 3]),
        ("a.docx", makers.docx("<w:p><w:r>")),
        ("a.docx", makers.lying_docx()),
        ("a.docx", makers.zip_bomb_docx(100_000_000)),
        ("a.docx", makers.zipped({"[Content_Types].xml": "", **{f"word/{n}.xml": "" for n in range(2_500)}})),
        ("a.png", makers.image("PNG", (400, 400))[:300]),
        ("a.jpg", makers.image("JPEG", (900, 900))[:700]),
        ("a.png", makers.flood_png()),
        ("a.pdf", makers.nested_flate_pdf()),
    ],
)
def test_damaged_and_excessive_files_are_not_inspected_and_not_refused(received, name, data):
    found = received(name, data).inspection
    assert (found.refusals, found.inspected) == ((), False)
    assert {"damaged", "limits"} & set(found.flags)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE w:document [<!ENTITY a "aaaa">]>',
        '<?xml version="1.0"?>\n<!-- ' + "x" * 20_000 + " -->\n<!DOCTYPE x SYSTEM 'http://example.org/x.dtd'>",
    ],
)
def test_a_doctype_in_any_part_is_refused(received, prolog):
    data = makers.docx(makers.paragraphs("x"), prolog=prolog)
    assert received("a.docx", data).inspection.refusals == ("doctype",)


def test_a_doctype_in_utf_16_is_refused_and_an_unknown_encoding_not_inspected(received):
    part = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16")
    wide = makers.package(
        {"word/document.xml": makers.paragraphs(), "word/x.xml": part}, {"word/document.xml": makers.DOCX_MAIN}
    )
    assert received("a.docx", wide).inspection.refusals == ("doctype",)
    strange = makers.docx(prolog='<?xml version="1.0" encoding="UTF-7"?>')
    assert not received("b.docx", strange).inspection.inspected


def test_the_word_doctype_as_text_is_no_doctype(received):
    data = makers.docx(makers.paragraphs("escriba &lt;!DOCTYPE html&gt; al comienzo"))
    assert received("a.docx", data).inspection.refusals == ()


@pytest.mark.parametrize("name", ["word/../../x.xml", "/abs.xml", "word\\x.xml", "C:x.xml"])
def test_parts_with_climbing_names_are_not_inspected(received, name):
    data = makers.package({"word/document.xml": "<a/>", name: "x"}, {"word/document.xml": makers.DOCX_MAIN})
    assert not received("a.docx", data).inspection.inspected


def test_outside_references_and_embedded_objects_are_flagged(received):
    relations = (
        f'<Relationships xmlns="{makers.PACKAGE_RELATIONS}">'
        '<Relationship Id="a" Type="x/attachedTemplate" Target="http://example.org/t.dotm" TargetMode="External"/>'
        '<Relationship Id="b" Type="x/hyperlink" Target="http://example.org/" TargetMode="External"/></Relationships>'
    )
    data = makers.package(
        {
            "word/document.xml": f"<w:document {makers.NAMESPACES}/>",
            "word/_rels/document.xml.rels": relations,
            "word/embeddings/a.bin": "x",
        },
        {"word/document.xml": makers.DOCX_MAIN},
    )
    found = received("a.docx", data).inspection
    assert {"external_links", "links", "embedded_objects"} <= set(found.flags)
    assert found.refusals == ()


def test_a_message_with_attachments_says_so(received):
    data = b'From: a@b.co\nSubject: x\nContent-Type: application/pdf; name="a.pdf"\n\n%PDF'
    assert "attachments" in received("a.eml", data).inspection.flags


def test_a_file_that_is_not_there_is_not_inspected(tmp_path):
    from records import parsing

    found = parsing.inspect(tmp_path / "no.pdf", "no.pdf")
    assert (found.inspected, found.refusals) == (False, ())
