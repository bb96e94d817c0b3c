"""A mark drawn over a page's pixels: for whom and for which case the image was made. Runs inside the cell only."""

from __future__ import annotations

import unicodedata

from PIL import Image, ImageDraw, ImageFont

#: Degrees that the repeated mark leans, and how dark it is over what is written, of 255.
LEAN, SHADE = 30, 70
INK = (120, 20, 20)
#: Characters of a mark beyond which it is cut, and pixels of the longer side on which it is laid out.
MOST, LAID_ON = 200, 1600


def drawn_on(image: Image.Image, mark: str) -> Image.Image:
    """The picture with the mark across it, again and again, and once along its foot. Letters without accents: the
    one font that is always at hand has none."""
    text, paper = plain(mark), image.convert("RGB")
    paper.paste(INK, mask=_across(paper.size, text))
    return _with_foot(paper, text)


def plain(mark: str) -> str:
    return unicodedata.normalize("NFKD", mark.replace("·", "-"))[:MOST].encode("ascii", "ignore").decode()


def _across(size: tuple[int, int], text: str) -> Image.Image:
    """How dark the mark is at each pixel. It is laid out small and leaning, and then made as large as the page."""
    scale = min(1.0, LAID_ON / max(size))
    width, height = (max(1, round(side * scale)) for side in size)
    letter = max(8.0, width / 46)
    font = ImageFont.load_default(letter)
    layer = Image.new("L", (2 * max(width, height),) * 2, 0)
    pen, step, room = ImageDraw.Draw(layer), letter * 7, font.getlength(text) + 4 * letter
    for row in range(int(layer.height / step) + 1):
        for column in range(int(layer.width / room) + 2):
            pen.text((column * room - (row % 2) * room / 2, row * step), text, fill=SHADE, font=font)
    leaning = layer.rotate(LEAN, Image.Resampling.BILINEAR)
    left, top = (leaning.width - width) // 2, (leaning.height - height) // 2
    return leaning.crop((left, top, left + width, top + height)).resize(size)


def _with_foot(paper: Image.Image, text: str) -> Image.Image:
    letter = max(7.0, paper.width / 74)
    font, pen = ImageFont.load_default(letter), ImageDraw.Draw(paper)
    left, top, right, bottom = pen.textbbox((letter, paper.height - 2.2 * letter), text, font=font)
    pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), fill="white")
    pen.text((letter, paper.height - 2.2 * letter), text, fill=INK, font=font)
    return paper
