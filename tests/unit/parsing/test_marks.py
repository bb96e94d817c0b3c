"""Copies for a case: the mark is on every page and on every image, and what was filed stays as it was (rule A9)."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from records import parsing
from tests.unit.parsing import makers

pytestmark = pytest.mark.rule("A9")
MARK = "Caso 2026-31 · Ana Peña (ana) · 3/3/2026 10:15"


@pytest.fixture
def saved(tmp_path):
    return lambda name, data: makers.saved(tmp_path, name, data)


def texts(tmp_path, made):
    assert made.fault == "", made
    reading = parsing.read(makers.saved(tmp_path, "hecho", made.data), "application/pdf")
    return [page.text for page in reading.pages]


def test_every_page_of_the_copy_tells_case_reader_and_moment(tmp_path, saved):
    path = saved("a.pdf", makers.text_pdf("uno", "dos"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    found = texts(tmp_path, parsing.marked_copy(path, "application/pdf", MARK))
    assert [MARK in text and word in text for text, word in zip(found, ("uno", "dos"), strict=True)] == [True, True]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_page_that_lies_on_its_side_bears_the_mark_too(tmp_path, saved):
    with pikepdf.open(io.BytesIO(makers.text_pdf("uno"))) as pdf:
        pdf.pages[0].Rotate = 90
        out = io.BytesIO()
        pdf.save(out)
    assert MARK in texts(tmp_path, parsing.marked_copy(saved("a.pdf", out.getvalue()), "application/pdf", MARK))[0]


def test_files_inside_stay_out_of_the_copy(saved):
    with pikepdf.open(io.BytesIO(makers.text_pdf("uno"))) as pdf:
        pdf.attachments["dentro.txt"] = b"adjuntocanario"
        file = Dictionary(Type=Name.Filespec, F="otro.txt", EF=Dictionary(F=pdf.make_stream(b"otrocanario")))
        note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([9, 9, 20, 20]), FS=file)
        pdf.pages[0].Annots = Array([pdf.make_indirect(note)])
        out = io.BytesIO()
        pdf.save(out)
    made = parsing.marked_copy(saved("a.pdf", out.getvalue()), "application/pdf", MARK)
    with pikepdf.open(io.BytesIO(made.data)) as copy:
        assert not copy.attachments
        assert b"canario" not in b"".join(bytes(item.read_bytes()) for item in copy.objects if is_stream(item))


def is_stream(item):
    return isinstance(item, pikepdf.Stream) and item.get("/Filter") != Name.DCTDecode


def test_an_image_becomes_a_pdf_of_its_marked_pages(saved):
    picture = Image.new("RGB", (600, 400), "white")
    out = io.BytesIO()
    picture.save(out, "TIFF", save_all=True, append_images=[picture])
    made = parsing.marked_copy(saved("a.tiff", out.getvalue()), "image/tiff", MARK)
    assert (made.fault, made.pages) == ("", 2)
    shown = Image.open(io.BytesIO(parsing.render(saved("b.pdf", made.data), "application/pdf", 2)))
    assert shown.convert("L").getextrema()[0] < 200, "something is drawn on what was white"


def test_the_image_of_a_page_is_another_with_a_mark(received):
    asked = received("a.pdf", makers.text_pdf("uno"))
    plain, marked = (parsing.render(asked.path, "application/pdf", 1, mark=mark) for mark in ("", MARK))
    sizes = [Image.open(io.BytesIO(png)).size for png in (plain, marked)]
    assert sizes[0] == sizes[1]
    assert plain != marked


def test_what_has_no_pages_has_no_marked_copy(saved):
    assert parsing.marked_copy(saved("a.txt", b"hola"), "text/plain", MARK).fault == "no_page_images"
