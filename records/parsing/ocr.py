"""Text on the image of a page, by Debian's tesseract through its C interface: no program is started, no file written.

Loaded by the workroom's parent before its first file, so that a page does not pay for the model. One thread only:
on few cores tesseract's own threads make it many times slower, and the cell gives none.
"""

from __future__ import annotations

import csv
import ctypes
import io
import os
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from PIL import Image

from . import page_images
from .contents import Contents, Damaged, Sink

LANGUAGE = b"spa"
LIBRARY = "libtesseract.so.5"
#: Pages with layout analysis and, where its model is installed, the direction of the page first.
AUTOMATIC, AUTOMATIC_TURNED = 3, 1
#: An image whose longer side has fewer pixels is enlarged: letters of a few pixels are not read.
LONG_SIDE = 2_000
#: Mean confidence below which a page may lie on its side or head.
SENSE = 60.0
_WORD_LEVEL = "5"
_handle = ctypes.c_void_p


def prepare() -> None:
    """Load the library and its model once; raises OSError where either is missing."""
    _engine()


def version() -> str:
    """``tesseract 5.3.0``; raises OSError."""
    return f"tesseract {_engine()[0].TessVersion().decode('ascii', 'replace')}"


def read(contents: Contents, sink: Sink) -> None:
    """Send what is written on the image of page ``order["number"]``; only the engine's name for number 0.

    Facts: ``engine``, ``text``, ``words`` (word, x0, y0, x1, y1 in fractions) and ``confidence`` (0..100).
    """
    try:
        sink.say(engine=version())
    except OSError as fault:
        raise Damaged("no_ocr") from fault
    if contents.order["number"]:
        image = _legible(page_images.image_of(contents).convert("L"))
        sink.say(**_recognised(image, int(contents.order["dpi"])))


@cache
def _engine() -> tuple[ctypes.CDLL, int]:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    library = ctypes.CDLL(LIBRARY)
    for name, result in (("TessVersion", ctypes.c_char_p), ("TessBaseAPICreate", _handle)):
        getattr(library, name).restype = result
    library.TessBaseAPIInit3.argtypes = [_handle, ctypes.c_char_p, ctypes.c_char_p]
    library.TessBaseAPISetPageSegMode.argtypes = [_handle, ctypes.c_int]
    library.TessBaseAPISetImage.argtypes = [_handle, ctypes.c_char_p, *[ctypes.c_int] * 4]
    library.TessBaseAPISetSourceResolution.argtypes = [_handle, ctypes.c_int]
    library.TessBaseAPIGetTsvText.argtypes = [_handle, ctypes.c_int]
    library.TessBaseAPIGetTsvText.restype = _handle
    api = library.TessBaseAPICreate()
    if library.TessBaseAPIInit3(api, None, LANGUAGE) != 0:
        raise OSError("tesseract has no Spanish model here")
    return library, api


def _legible(image: Image.Image) -> Image.Image:
    longer = max(image.size)
    if longer >= LONG_SIDE or longer < 200:
        return image
    scale = LONG_SIDE / longer
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def _recognised(image: Image.Image, dpi: int) -> dict[str, Any]:
    """The page as it stands; where that makes no sense, as it stands once its direction was looked for."""
    first = _attempt(image, dpi, AUTOMATIC)
    if first["confidence"] >= SENSE or not first["words"]:
        return first
    second = _attempt(image, dpi, AUTOMATIC_TURNED)
    return max(first, second, key=lambda answer: float(answer["confidence"]))


def _attempt(image: Image.Image, dpi: int, mode: int) -> dict[str, Any]:
    library, api = _engine()
    pixels = image.tobytes()
    library.TessBaseAPISetPageSegMode(api, mode)
    library.TessBaseAPISetImage(api, pixels, image.width, image.height, 1, image.width)
    library.TessBaseAPISetSourceResolution(api, dpi)
    table = library.TessBaseAPIGetTsvText(api, 0)
    if not table:
        raise Damaged
    return _understood(ctypes.string_at(table).decode("utf-8", "replace"), *image.size)


def _understood(table: str, width: int, height: int) -> dict[str, Any]:
    """Text by lines and paragraphs, words with boxes, mean confidence, of tesseract's table of words."""
    rows = [row for row in csv.reader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE) if _is_word(row)]
    words = [(row[11].strip(), *_box(row, width, height)) for row in rows]
    confidence = sum(float(row[10]) for row in rows) / len(rows) if rows else 0.0
    return {"text": "\n\n".join(_paragraphs(rows)), "words": words, "confidence": round(confidence, 1)}


def _is_word(row: list[str]) -> bool:
    return len(row) == 12 and row[0] == _WORD_LEVEL and bool(row[11].strip())


def _paragraphs(rows: list[list[str]]) -> Iterator[str]:
    for _, paragraph in groupby(rows, key=lambda row: row[1:4]):
        yield "\n".join(
            " ".join(row[11].strip() for row in line) for _, line in groupby(paragraph, key=lambda row: row[4])
        )


def _box(row: list[str], width: int, height: int) -> tuple[float, float, float, float]:
    left, top, wide, high = (int(value) for value in row[6:10])
    return (
        round(left / width, 4),
        round(top / height, 4),
        round((left + wide) / width, 4),
        round((top + high) / height, 4),
    )
