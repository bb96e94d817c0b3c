"""Page images: always a PNG made here, bounded in pixels, never the received bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from records import parsing
from records.parsing import formats
from tests.unit.parsing import makers


def opened(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image


def test_a_pdf_page_is_drawn_at_the_asked_resolution(received):
    asked = received("a.pdf", makers.text_pdf("uno", "dos"))
    small, large = opened(asked.render(2, dpi=36)), opened(asked.render(2, dpi=72))
    assert small.size == (298, 421)
    assert large.size == (596, 842)
    assert large.convert("L").getextrema()[0] < 128


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_page_that_does_not_exist_is_unavailable(received, number):
    with pytest.raises(parsing.PageUnavailable) as refusal:
        received("a.pdf", makers.text_pdf("uno", "dos")).render(number)
    assert refusal.value.code == "no_such_page"


@pytest.mark.parametrize("media_type", [formats.DOCX, "text/plain", "message/rfc822", "application/x-nada"])
def test_formats_without_page_images_say_so(tmp_path, media_type):
    with pytest.raises(parsing.PageUnavailable) as refusal:
        parsing.render(makers.saved(tmp_path, "a", b"x"), media_type, 1)
    assert refusal.value.code == "no_page_images"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (makers.encrypted_pdf("clave"), "encrypted"),
        (b"%PDF-1.7\nbasura", "damaged"),
        (makers.flate_bomb_pdf(), "limits"),
    ],
)
def test_a_pdf_that_cannot_be_drawn_is_unavailable(tmp_path, data, code):
    with pytest.raises(parsing.PageUnavailable) as refusal:
        parsing.render(makers.saved(tmp_path, "a", data), "application/pdf", 1)
    assert refusal.value.code == code


def test_a_huge_page_is_drawn_smaller(received):
    data = makers.plain_pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]>>")
    image = opened(received("a.pdf", data).render(dpi=400))
    assert image.width * image.height <= parsing.CellLimits().render_pixels * 1.01


@pytest.mark.parametrize(
    ("name", "kind", "mode"),
    [
        ("a.png", "PNG", "RGBA"),
        ("a.png", "PNG", "P"),
        ("a.png", "PNG", "I;16"),
        ("a.jpg", "JPEG", "CMYK"),
        ("a.tif", "TIFF", "1"),
        ("a.tif", "TIFF", "F"),
    ],
)
def test_images_of_every_mode_are_made_anew(received, name, kind, mode):
    asked = received(name, makers.image(kind, mode=mode))
    assert asked.inspection.inspected
    assert opened(asked.render()).size == (60, 40)


def test_each_frame_of_a_tiff_is_a_page(received):
    asked = received("a.tif", makers.image("TIFF", frames=3))
    assert opened(asked.render(3)).size == (60, 40)
    with pytest.raises(parsing.PageUnavailable):
        asked.render(4)


def test_what_an_image_carries_besides_pixels_is_left_behind(received):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secreto"
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)
    png = received("a.jpg", out.getvalue()).render()
    assert b"secreto" not in png
    assert opened(png).size == (40, 60), "turned as its orientation says"


@pytest.mark.criterion(16)
def test_a_flood_of_pixels_is_unavailable(tmp_path):
    with pytest.raises(parsing.PageUnavailable) as refusal:
        parsing.render(makers.saved(tmp_path, "a", makers.flood_png()), "image/png", 1)
    assert refusal.value.code == "limits"
