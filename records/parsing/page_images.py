"""A page as a PNG: of a PDF by PDFium, of an image by Pillow. Bounded in pixels, never the original's own bytes."""

from __future__ import annotations

import io
import math
from typing import Any

import PIL
import pypdfium2 as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

from .contents import Contents, Damaged, Sink
from .marks import drawn_on
from .pdf_document import open_pdf

ENGINE = ("pillow", str(PIL.__version__))
FORMATS = {"png": "PNG", "jpeg": "JPEG", "tiff": "TIFF"}
POINTS_PER_INCH = 72
_SHOWN_MODES = ("1", "L", "RGB")

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked from the header, before a pixel is decoded


def render(contents: Contents, sink: Sink) -> None:
    """Send the PNG of page ``order["number"]`` at ``order["dpi"]``, with ``order["mark"]`` across it where there is
    one; raises Damaged (``no_such_page``, ``limits``…)."""
    image = image_of(contents)
    if mark := contents.order.get("mark"):
        image = drawn_on(image, str(mark))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    if out.tell() > contents.limits.image_bytes:
        raise Damaged("limits")
    sink.blob(out.getvalue())


def image_of(contents: Contents) -> Image.Image:
    """Pixels of page ``order["number"]`` at ``order["dpi"]``, bounded; raises Damaged."""
    return _pdf_page(contents) if contents.kind == "pdf" else _image_page(contents)


def read_nothing(contents: Contents, sink: Sink) -> None:
    """An image has no text of its own: its pages, empty, so that the outcome is *no text* and not a failure."""
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    sink.pages([""] * count_pages(contents))


def count_pages(contents: Contents) -> int:
    """Pages of an image (a TIFF may have many); raises Damaged, ``limits`` for a flood of pixels."""
    with opened(contents) as image:
        return int(getattr(image, "n_frames", 1))


def check_whole(contents: Contents) -> None:
    """Decode the image; raises Damaged when it ends early or is broken."""
    with opened(contents) as image:
        image.draft(None, (64, 64)) if contents.kind == "jpeg" else None
        try:
            image.load()
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            raise Damaged from fault


def opened(contents: Contents) -> Any:
    """The image with only its header read, its pixels within the limit; raises Damaged."""
    try:
        image = Image.open(contents.stream(), formats=(FORMATS[contents.kind],))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise Damaged from fault
    if image.width * image.height > contents.limits.image_pixels:
        raise Damaged("limits")
    return image


def _pdf_page(contents: Contents) -> Image.Image:
    document, _ = open_pdf(contents)
    number = _checked_number(contents, len(document))
    if document.get_formtype():
        document.init_forms()
    page = document[number - 1]
    scale = _scale(page.get_size(), contents)
    try:
        image: Image.Image = page.render(scale=scale).to_pil()
    except pdfium.PdfiumError as fault:
        raise Damaged from fault
    return image


def _scale(size: tuple[float, float], contents: Contents) -> float:
    width, height = size
    wanted = contents.order["dpi"] / POINTS_PER_INCH
    area = max(width, 1.0) * max(height, 1.0)
    return float(min(wanted, math.sqrt(contents.limits.render_pixels / area)))


def _image_page(contents: Contents) -> Image.Image:
    with opened(contents) as image:
        number = _checked_number(contents, int(getattr(image, "n_frames", 1)))
        try:
            image.seek(number - 1)
            return _shown(image, contents)
        except (OSError, ValueError, SyntaxError, EOFError) as fault:
            raise Damaged from fault


def _shown(image: Any, contents: Contents) -> Image.Image:
    if image.width * image.height > contents.limits.image_pixels:
        raise Damaged("limits")
    side = int(math.sqrt(contents.limits.render_pixels))
    if image.format == "JPEG":
        image.draft(None, (side, side))
    upright = ImageOps.exif_transpose(image)
    plain = upright if upright.mode in _SHOWN_MODES else _flattened(upright)
    plain.thumbnail((side, side))
    return Image.frombytes(plain.mode, plain.size, plain.tobytes())


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return image.convert("L")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")


def _checked_number(contents: Contents, total: int) -> int:
    number = int(contents.order["number"])
    if not 1 <= number <= total:
        raise Damaged("no_such_page")
    return number
