"""PDFs that carry the font they are written in, made without any font of the machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fpdf import FPDF
from PIL import ImageFont


def with_its_font(*pages: str) -> bytes:
    """A PDF with one page per text (ASCII: the font has no more)."""
    pdf = FPDF()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "propia.ttf"
        path.write_bytes(_program())
        pdf.add_font("Propia", fname=path)
    for text in pages:
        pdf.add_page()
        pdf.set_font("Propia", size=12)
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def _program() -> bytes:
    """The font that Pillow brings."""
    font = ImageFont.load_default(12)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return bytes(font.font_bytes)
