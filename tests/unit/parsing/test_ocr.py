"""Text recognised on images of pages. Needs Debian's tesseract with its Spanish model; the rest holds without it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from records import parsing
from records.parsing import front_ocr
from tests.unit.parsing import makers, scans

PDF = "application/pdf"
needs_tesseract = pytest.mark.skipif(
    not parsing.ocr_engine(), reason="tesseract with its Spanish model is not installed"
)


def words(text):
    return Counter(re.findall(r"\w+", text))


def share_found(page, text=scans.TEXT):
    wanted = words(text)
    return sum((wanted & words(page.text)).values()) / sum(wanted.values())


@pytest.fixture
def recognised(tmp_path):
    """What is read on page 1 of some bytes: ``recognised(data)``."""

    def give(data, media_type=PDF, number=1, **more):
        return parsing.ocr(makers.saved(tmp_path, "escaneado", data), media_type, number, **more)

    return give


@needs_tesseract
@pytest.mark.requirement("J8")
def test_a_scanned_page_has_no_text_until_it_is_recognised(tmp_path, recognised):
    data = scans.scanned()
    assert parsing.read(makers.saved(tmp_path, "escaneado", data), PDF).outcome == "no_text"
    page = recognised(data)
    assert (page.fault, page.number, page.engine) == ("", 1, parsing.ocr_engine())
    assert share_found(page) > 0.97
    assert page.confidence > 85


@needs_tesseract
@pytest.mark.requirement("J8")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_an_image_is_recognised_like_a_page(recognised, kind):
    page = recognised(scans.saved_as(kind, scans.picture(dpi=150)), f"image/{kind.lower()}")
    assert share_found(page) > 0.95


@needs_tesseract
@pytest.mark.requirement("J8")
@pytest.mark.parametrize("turned", [90, 180, 270, 2])
def test_a_page_that_lies_on_its_side_is_recognised_with_boxes_on_the_image_as_it_lies(recognised, turned):
    page = recognised(scans.scanned(turned=turned))
    assert share_found(page) > 0.95
    across = {90: "x", 270: "x", 180: "y", 2: "y"}[turned]
    first, last = page.words[0], page.words[-1]
    low, high = (first[1], last[1]) if across == "x" else (first[2], last[2])
    assert (low < high) == (turned in (90, 2)), "the first line stands where it stands on the image"


@needs_tesseract
@pytest.mark.requirement("J8")
def test_words_have_boxes_within_the_page_in_reading_order(recognised):
    page = recognised(scans.scanned())
    assert [word for word, *_ in page.words] == page.text.split()
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for _, x0, y0, x1, y1 in page.words)
    first = next(box for word, *box in page.words if word == "CONVENIO")
    assert first[0] < 0.2
    assert first[1] < 0.1


@needs_tesseract
@pytest.mark.requirement("J8")
def test_a_blank_page_and_a_page_of_noise_are_not_taken_for_text(recognised):
    import random

    from PIL import Image

    blank = recognised(scans.scanned(" "))
    assert (blank.fault, blank.text, blank.words, blank.confidence) == ("", "", [], 0.0)
    noise = Image.frombytes("L", (800, 800), random.Random(1).randbytes(640_000))
    assert recognised(scans.saved_as("PNG", noise), "image/png").confidence < 60


@needs_tesseract
def test_the_page_that_was_asked_for_is_the_one_recognised(recognised):
    import io

    out = io.BytesIO()
    pages = [scans.picture(f"pagina numero {number}") for number in ("uno", "dos", "tres")]
    pages[0].save(out, "PDF", resolution=300, save_all=True, append_images=pages[1:])
    assert "dos" in recognised(out.getvalue(), number=2).text
    assert recognised(out.getvalue(), number=4).fault == "no_such_page"


@needs_tesseract
@pytest.mark.parametrize("number", [0, -1, 10**9])
def test_a_page_that_cannot_be_is_said_so(recognised, number):
    assert recognised(scans.scanned("x"), number=number).fault == "no_such_page"


@needs_tesseract
@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    ("data", "media_type", "fault"),
    [
        (b"", PDF, "damaged"),
        (b"hola", PDF, "damaged"),
        (makers.encrypted_pdf("clave"), PDF, "encrypted"),
        (makers.flood_png(), "image/png", "limits"),
        (scans.scanned("x")[:2_000], PDF, "damaged"),
    ],
)
def test_a_file_that_cannot_be_shown_is_not_recognised(recognised, data, media_type, fault):
    page = recognised(data, media_type)
    assert (page.fault, page.text, page.words) == (fault, "", [])


def test_a_format_without_images_is_not_recognised(recognised):
    assert recognised(b"hola", "text/plain").fault == "no_page_images"
    assert recognised(b"hola", "application/x-nada").fault == "no_page_images"


@pytest.mark.requirement("J8")
def test_where_no_recogniser_is_installed_it_is_said_so_and_nothing_else_changes(recognised, monkeypatch):
    from records.parsing import cell, front, launch, workroom

    absent = "lambda name, *a, **k: real('nada.so' if name and 'tess' in name else name, *a, **k)"
    without = f"import ctypes;real=ctypes.CDLL;ctypes.CDLL={absent};from records"
    monkeypatch.setattr(launch, "_START", launch._START.replace("from records", without, 1))
    monkeypatch.setattr(workroom, "_room", workroom.Workroom())
    monkeypatch.setattr(front, "_cell", cell.Cell())
    front_ocr._known_engine.cache_clear()
    try:
        assert parsing.ocr_engine() == ""
        assert recognised(scans.scanned("x")).fault == "no_ocr"
        assert front.read(__file__, "text/plain").outcome == "read"
    finally:
        front_ocr._known_engine.cache_clear()
        workroom._room.close()
        front._cell.close()
