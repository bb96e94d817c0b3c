"""A scanned PDF: pictures of pages, no text to extract."""

from __future__ import annotations

import datetime
import io

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from cms.demo.samples.markup import Block, Sheet
from cms.demo.samples.page import MIDNIGHT

#: Letter paper at 100 dots per inch.
SIZE = (850, 1100)
PAPER, INK = 244, 52


def make(sheet: Sheet, title: str, day: datetime.date) -> bytes:
    """One picture per page of the sheet, slightly turned as from a scanner."""
    pdf = FPDF(format="Letter")
    pdf.set_creation_date(datetime.datetime.combine(day, MIDNIGHT))
    pdf.set_title(title)
    pdf.set_producer("Custodia, demostración")
    for blocks in sheet.pages:
        pdf.add_page()
        pdf.image(picture(blocks), x=0, y=0, w=pdf.w, h=pdf.h)
    return bytes(pdf.output())


def picture(blocks: tuple[Block, ...]) -> io.BytesIO:
    image = Image.new("L", SIZE, PAPER)
    brush, top = ImageDraw.Draw(image), 110
    for block in blocks:
        size = 30 if block.kind == "title" else 20
        brush.text((100, top), "     ".join(block.cells), fill=INK, font=ImageFont.load_default(size))
        top += size * 2
    stream = io.BytesIO()
    image.rotate(0.6, fillcolor=PAPER).save(stream, "PNG")
    stream.seek(0)
    return stream
