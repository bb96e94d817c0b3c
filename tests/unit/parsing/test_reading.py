"""Text page by page: nothing left out, nothing twice, and *no text* never confused with *failed*."""

from __future__ import annotations

import io
import random

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array
from PIL import Image

from records import parsing
from records.parsing import formats
from tests.unit.parsing import makers
from tests.unit.parsing.makers import paragraphs

# -- PDF -----------------------------------------------------------------------------------------------------------


def test_a_pdf_is_read_page_by_page_with_a_box_per_word(received):
    reading = received("a.pdf", makers.text_pdf("Convenio de cooperación", "Anexo técnico")).read()
    assert reading.outcome == "read"
    assert [(page.number, page.text.strip()) for page in reading.pages] == [
        (1, "Convenio de cooperación"),
        (2, "Anexo técnico"),
    ]
    assert [word for word, *_ in reading.pages[0].words] == ["Convenio", "de", "cooperación"]
    assert reading.engine == "pdfium"
    assert reading.engine_version
    assert reading.chars == sum(len(page.text) for page in reading.pages)


def dark(png, box, margin=0.002):
    """Whether the image has ink inside ``box`` and where its ink is, as fractions."""
    image = Image.open(io.BytesIO(png)).convert("L")
    _, x0, y0, x1, y1 = box
    corners = (
        int((x0 - margin) * image.width),
        int((y0 - margin) * image.height),
        int((x1 + margin) * image.width) + 1,
        int((y1 + margin) * image.height) + 1,
    )
    return image.crop(corners).getextrema()[0] < 128


def blanked(png, boxes):
    image = Image.open(io.BytesIO(png)).convert("L")
    for _, x0, y0, x1, y1 in boxes:
        left, top = int(x0 * image.width) - 3, int(y0 * image.height) - 3
        width, height = int((x1 - x0) * image.width) + 6, int((y1 - y0) * image.height) + 6
        image.paste(255, (left, top, left + width, top + height))
    return image.getextrema()[0]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, [20, 300, 500, 842]])
def test_boxes_lie_on_the_words_of_the_page_image(received, rotation, crop):
    source = pikepdf.open(io.BytesIO(makers.text_pdf("Convenio\nmarco")))
    source.pages[0].Rotate = rotation
    if crop:
        source.pages[0].CropBox = Array(crop)
    out = io.BytesIO()
    source.save(out)
    asked = received("a.pdf", out.getvalue())
    words, png = asked.read().pages[0].words, asked.render(dpi=110)
    assert {word for word, *_ in words} == {"Convenio", "marco"}
    assert all(dark(png, box) for box in words)
    assert blanked(png, words) > 128, "ink outside all the boxes"
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for _, x0, y0, x1, y1 in words)


def test_a_pdf_without_text_is_no_text(received):
    reading = received("a.pdf", makers.changed_pdf(lambda pdf: None, pages=2)).read()
    assert (reading.outcome, len(reading.pages), reading.chars) == ("no_text", 2, 0)


def test_a_truncated_pdf_is_partial_after_repair(received):
    whole = makers.text_pdf(*[f"pagina{n} " + "relleno " * 300 for n in range(12)])
    asked = received("a.pdf", whole[: len(whole) * 7 // 10])
    assert asked.inspection.refusals == ()
    reading = asked.read()
    assert (reading.outcome, reading.engine) == ("partial", "qpdf+pdfium")
    assert "pagina0" in reading.pages[0].text


@pytest.mark.parametrize("damage", ["startxref", "xref", "prefix"])
def test_a_pdf_with_a_lost_table_is_read_whole(received, damage):
    whole = makers.text_pdf("Convenio", "marco")
    broken = {
        "startxref": whole.replace(b"startxref\n", b"startxref\n9"),
        "xref": whole.replace(b"\nxref\n", b"\nxxxx\n"),
        "prefix": b"\n\n  \n" + whole,
    }[damage]
    reading = received("a.pdf", broken).read()
    assert [page.text.strip() for page in reading.pages] == ["Convenio", "marco"]


@pytest.mark.parametrize(
    ("data", "detail"),
    [(b"%PDF-1.7\nbasura", "damaged"), (makers.encrypted_pdf("clave"), "encrypted"), (b"", "damaged")],
)
def test_what_cannot_be_read_is_unreadable_and_says_why(tmp_path, data, detail):
    reading = parsing.read(makers.saved(tmp_path, "a", data), "application/pdf")
    assert (reading.outcome, reading.detail, reading.pages) == ("unreadable", detail, [])


def test_an_owner_password_does_not_hide_the_text(received):
    source = pikepdf.open(io.BytesIO(makers.text_pdf("Convenio")))
    out = io.BytesIO()
    source.save(out, encryption=pikepdf.Encryption(user="", owner="x"))
    assert received("a.pdf", out.getvalue()).read().outcome == "read"


@pytest.mark.criterion(16)
def test_one_page_that_kills_its_child_does_not_cost_the_others(received):
    bomb = pikepdf.open(io.BytesIO(makers.flate_bomb_pdf()))
    source = pikepdf.open(io.BytesIO(makers.text_pdf("antes", "en medio", "despues")))
    source.pages[1] = bomb.pages[0]
    out = io.BytesIO()
    source.save(out)
    asked = received("a.pdf", out.getvalue())
    assert not asked.inspection.inspected
    reading = asked.read()
    assert (reading.outcome, reading.detail) == ("partial", "pages")
    assert [page.text.strip() for page in reading.pages] == ["antes", "", "despues"]


# -- DOCX ----------------------------------------------------------------------------------------------------------


def everything_docx():
    """A DOCX with one word in each place where text can stand."""
    box = "<w:txbxContent><w:p><w:r><w:t>cuadro</w:t></w:r></w:p></w:txbxContent>"
    cell = "<w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>anidada</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc>"
    body = (
        paragraphs("cuerpo")
        + f"<w:tbl><w:tr><w:tc>{paragraphs('celda')}</w:tc>{cell}</w:tr></w:tbl>"
        + f"<w:sdt><w:sdtContent>{paragraphs('control')}</w:sdtContent></w:sdt>"
        + "<w:p><w:ins><w:r><w:t>insertado </w:t></w:r></w:ins><w:del><w:r><w:delText>borrado</w:delText></w:r></w:del>"
        + "<w:moveFrom><w:r><w:t>mudado </w:t></w:r></w:moveFrom>"
        + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>oculto </w:t></w:r>"
        + "<w:r><w:instrText>CAMPO</w:instrText></w:r><w:hyperlink><w:r><w:t>enlace</w:t></w:r></w:hyperlink></w:p>"
        + "<w:p><w:r><mc:AlternateContent>"
        + f'<mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
        + f"<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + '<w:p><w:r><w:t>nota </w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        + '<w:r><w:endnoteReference w:id="3"/></w:r><w:r><w:commentReference w:id="4"/></w:r>'
        + "<m:oMath><m:r><m:t> ecuacion</m:t></m:r></m:oMath></w:p>"
    )
    notes = {"footnote": "alpie", "endnote": "alfinal", "comment": "comentario"}
    more = {
        f"word/{kind}s.xml": (
            f"wordprocessingml.{kind}s+xml",
            f'<w:{kind}s {makers.NAMESPACES}><w:{kind} w:id="{n}">{paragraphs(text)}</w:{kind}></w:{kind}s>',
        )
        for n, (kind, text) in enumerate(notes.items(), 2)
    }
    for kind, tag, text in (("header", "hdr", "encabezado"), ("footer", "ftr", "pie")):
        xml = f"<w:{tag} {makers.NAMESPACES}>{paragraphs(text)}</w:{tag}>"
        more[f"word/{kind}1.xml"] = (f"wordprocessingml.{kind}+xml", xml)
    return makers.docx(body, more)


EVERYWHERE = (
    "cuerpo celda anidada control insertado oculto enlace cuadro nota ecuacion alpie alfinal comentario encabezado pie"
).split()


@pytest.mark.parametrize("word", EVERYWHERE)
def test_a_docx_gives_all_its_text_once(received, word):
    reading = received("a.docx", everything_docx()).read()
    assert "\n".join(page.text for page in reading.pages).split().count(word) == 1
    assert (reading.outcome, len(reading.pages)) == ("read", 1)


@pytest.mark.parametrize("word", ["borrado", "mudado", "CAMPO"])
def test_a_docx_leaves_out_what_was_deleted_and_field_codes(received, word):
    assert word not in received("a.docx", everything_docx()).read().pages[0].text


BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
LAST = '<w:sectPr><w:type w:val="{}"/></w:sectPr>'


def section(text, kind="nextPage"):
    """A paragraph with which a section of this kind ends."""
    properties = f'<w:pPr><w:sectPr><w:type w:val="{kind}"/></w:sectPr></w:pPr>'
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


RENDERED = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (paragraphs("uno") + BREAK + paragraphs("dos"), ["uno", "dos"]),
        (paragraphs("uno") + RENDERED.format("dos") + RENDERED.format("tres"), ["uno", "dos", "tres"]),
        (paragraphs("uno") + BREAK + RENDERED.format("dos"), ["uno", "dos"]),
        (RENDERED.format("uno"), ["uno"]),
        (
            paragraphs("uno") + "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>dos</w:t></w:r></w:p>",
            ["uno", "dos"],
        ),
        (paragraphs("uno") + '<w:p><w:pPr><w:pageBreakBefore w:val="0"/></w:pPr></w:p>', ["uno"]),
        (section("uno") + paragraphs("dos") + LAST.format(""), ["uno", "dos"]),
        (section("uno") + paragraphs("dos") + LAST.format("oddPage"), ["uno", "dos"]),
        (section("uno") + paragraphs("dos") + LAST.format("continuous"), ["uno\ndos"]),
        (
            section("uno") + paragraphs("dos") + BREAK + paragraphs("tres") + LAST.format("continuous"),
            ["uno\ndos", "tres"],
        ),
        (section("uno") + section("dos", "continuous") + paragraphs("tres") + LAST.format(""), ["uno\ndos", "tres"]),
        (section("uno") + BREAK + paragraphs("dos") + LAST.format("nextPage"), ["uno", "dos"]),
        (paragraphs("uno") + LAST.format(""), ["uno"]),
        (paragraphs("uno") + BREAK + section("") + paragraphs("dos") + LAST.format("continuous"), ["uno", "dos"]),
        (section("uno") + RENDERED.format("dos") + LAST.format("nextPage"), ["uno", "dos"]),
    ],
)
def test_pages_of_a_docx_end_where_word_ended_them(received, body, pages):
    asked = received("a.docx", makers.docx(body))
    assert [page.text for page in asked.read().pages] == pages
    assert asked.inspection.pages == len(pages)


def test_a_table_row_over_two_pages_breaks_once(received):
    cell = "<w:tc><w:p><w:r><w:t>a</w:t><w:lastRenderedPageBreak/><w:t>b</w:t></w:r></w:p></w:tc>"
    data = makers.docx(paragraphs("uno") + f"<w:tbl><w:tr>{cell}{cell}{cell}</w:tr></w:tbl>")
    assert len(received("a.docx", data).read().pages) == 2


def test_a_docx_that_breaks_off_gives_what_it_had(received):
    broken = makers.docx(paragraphs("entero") + "<w:p><w:r><w:t>roto</w:r>")
    assert received("a.docx", broken).read().outcome == "partial"


def test_entities_are_never_expanded(tmp_path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<!DOCTYPE w:document [<!ENTITY l0 "jaja">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    data = makers.docx(paragraphs("&l9;", "&f;", "fin"), prolog=prolog)
    reading = parsing.read(makers.saved(tmp_path, "a", data), formats.DOCX)
    text = "".join(page.text for page in reading.pages)
    assert "jaja" not in text
    assert "root:" not in text
    assert len(text) < 1_000


# -- the other formats ---------------------------------------------------------------------------------------------


def test_a_workbook_is_a_page_per_sheet(received):
    rows = (
        '<row><c t="s"><v>1</v></c><c><v>12.5</v></c><c t="inlineStr"><is><t>suelto</t></is></c></row>'
        '<row><c t="str"><f>A1</f><v>formula</v></c><c t="s"><v>99</v></c></row>'
    )
    reading = received("a.xlsx", makers.xlsx({"Créditos": rows, "Vacía": ""}, ["cero", "uno"])).read()
    assert [page.text for page in reading.pages] == ["Créditos\nuno\t12.5\tsuelto\nformula", "Vacía"]


def test_the_cells_of_a_workbook_keep_their_columns(received):
    rows = (
        '<row r="1"><c r="A1" t="str"><v>equipo</v></c><c r="C1" t="str"><v>valor</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>torno\nnuevo</t></is></c><c r="B3"/><c r="C3"><v>7</v></c></row>'
        '<row r="4"><c r="B4"><v>1</v></c><c r="XFD4"><v>2</v></c></row>'
    )
    reading = received("a.xlsx", makers.xlsx({"Hoja": rows})).read()
    assert reading.pages[0].text.split("\n") == ["Hoja", "equipo\t\tvalor", "torno nuevo\t\t7", "\t1\t2"]


def test_a_presentation_is_a_page_per_slide(received):
    reading = received("a.pptx", makers.pptx("uno", "dos")).read()
    assert [page.text for page in reading.pages] == ["uno", "dos"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_plain_text_is_read_in_its_encoding(received, encoding):
    text = "Señor supervisor: el año próximo habrá más créditos.\r\nAdiós."
    reading = received("a.txt", text.encode(encoding)).read()
    assert [page.text for page in reading.pages] == [text.replace("\r\n", "\n")]


def test_plain_text_pages_end_at_form_feeds_or_at_line_ends(received):
    assert [page.text for page in received("a.txt", b"uno\fdos\f").read().pages] == ["uno", "dos"]
    lines = "".join(f"renglon {n} " + "x" * 60 + "\n" for n in range(200)).encode()
    pages = received("b.txt", lines).read().pages
    assert len(pages) == received("b.txt", lines).inspection.pages > 3
    assert "".join(page.text + "\n" for page in pages).encode() == lines
    assert len(received("c.txt", b"x" * 50_000).read().pages) == 9


def test_controls_never_reach_the_text(received):
    reading = received("a.txt", b"uno\x0bdos\x1ftres " + b"relleno " * 50).read()
    assert reading.pages[0].text.startswith("uno dos tres")


def test_an_empty_text_is_no_text(tmp_path):
    assert parsing.read(makers.saved(tmp_path, "a", b" \n "), "text/plain").outcome == "no_text"


MESSAGE = """From: =?utf-8?q?Jos=C3=A9?= <jose@example.org>
To: b@example.org
Subject: =?utf-8?q?Cr=C3=A9ditos?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: multipart/alternative; boundary=y

--y
Content-Type: text/plain; charset=utf-8

Cuerpo señalado
--y
Content-Type: text/html

<p>Cuerpo en <b>HTML</b></p>
--y--
--x
Content-Type: application/pdf; name="anexo.pdf"
Content-Disposition: attachment; filename="anexo.pdf"

%PDF
--x--
"""


def test_a_message_gives_headers_text_and_names_of_attachments(received):
    text = received("a.eml", MESSAGE.encode()).read().pages[0].text
    for expected in ("De: José <jose@example.org>", "Asunto: Créditos", "Cuerpo señalado", "Adjunto: anexo.pdf"):
        assert expected in text
    assert "HTML" not in text


def test_a_message_with_only_html_gives_its_text_without_script(received):
    data = b"From: a@b.co\nSubject: x\nContent-Type: text/html\n\n<p>Hola <b>mundo</b></p><script>no()</script>"
    text = received("a.eml", data).read().pages[0].text
    assert "Hola mundo" in text
    assert "no()" not in text


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.tif", "TIFF")])
def test_an_image_has_no_text(received, name, kind):
    reading = received(name, makers.image(kind)).read()
    assert (reading.outcome, len(reading.pages)) == ("no_text", 1)


def test_a_format_without_reader_is_unreadable(tmp_path):
    reading = parsing.read(makers.saved(tmp_path, "a", b"x"), "application/x-nada")
    assert (reading.outcome, reading.detail) == ("unreadable", "no_reader")


def test_a_word_parted_at_a_line_end_is_found_whole_and_marked_on_both_lines(received):
    page = received("a.pdf", makers.text_pdf("una coope-\nración y el CD-\n2026 fin")).read().pages[0]
    assert "cooperación" in page.text.split()
    assert "CD-2026" in page.text.split()
    lines = [y0 for word, _, y0, _, _ in page.words if word == "cooperación"]
    assert len(lines) == 2
    assert lines[0] < lines[1]


RAW = st.text(st.sampled_from("aé1-. \r\n\x00\x1f\x7f\ufffe\uffff\ufb01\u00a0\u2003"), max_size=60)


@given(RAW)
def test_the_caller_counts_the_pieces_of_words_as_the_child_does(raw):
    from records.parsing import text_pdf, words

    assert len(words.pieces(raw)) == len(text_pdf.WORD.findall(raw))
    assert not set(words.fit(raw)) & set("\x00\x1f\x7f\r\ufffe\uffff\ufb01")


def long_pdf(pages, bombs=()):
    """A PDF long and heavy enough to be read by two children; ``bombs``: numbers of pages that kill theirs."""
    source = pikepdf.open(io.BytesIO(makers.text_pdf(*[f"pagina{n}" for n in range(1, pages + 1)])))
    bomb = pikepdf.open(io.BytesIO(makers.flate_bomb_pdf()))
    for number in bombs:
        source.pages[number - 1] = bomb.pages[0]
    source.Root.Relleno = source.make_stream(random.Random(1).randbytes(150_000))
    out = io.BytesIO()
    source.save(out)
    return out.getvalue()


@pytest.mark.parametrize("pages", [1, 2, 29, 30, 41])
def test_a_long_pdf_is_read_by_two_children_in_the_right_order(tmp_path, pages):
    reading = parsing.read(makers.saved(tmp_path, "a", long_pdf(pages)), "application/pdf")
    assert reading.outcome == "read"
    expected = [(n, f"pagina{n}") for n in range(1, pages + 1)]
    assert [(page.number, page.text.strip()) for page in reading.pages] == expected


@pytest.mark.criterion(16)
def test_pages_that_kill_their_children_cost_nothing_but_themselves(tmp_path):
    reading = parsing.read(makers.saved(tmp_path, "a", long_pdf(30, bombs=(15, 30))), "application/pdf")
    assert (reading.outcome, reading.detail) == ("partial", "pages")
    assert [page.number for page in reading.pages] == list(range(1, 31))
    assert [page.number for page in reading.pages if not page.text.strip()] == [15, 30]
