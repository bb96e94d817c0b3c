"""Recognised text, for the rest of the house: it stands beside the page's image, with how sure each reading is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from . import formats, front, workroom
from .answers import OcrPage
from .words import Word, fit

MAX_DPI = 400


def ocr_engine() -> str:
    """Name and version of the recogniser, empty where none is installed; asked of the cell once per process."""
    try:
        return _known_engine()
    except LookupError:
        return ""


@cache
def _known_engine() -> str:
    """As `ocr_engine`; raises LookupError, and so is not remembered, when the cell could not say."""
    answer = front.asked("/dev/null", {"op": "ocr", "kind": "", "number": 0})
    if answer.fault not in ("", "no_ocr"):
        raise LookupError
    return str(answer.facts.get("engine", ""))


def ocr(path: Path | str, media_type: str, number: int, dpi: int = 300) -> OcrPage:
    """What is written on the image of page ``number`` (from 1), seen at ``dpi``; its ``fault`` says why not."""
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None or not row.page_images:
        return OcrPage(number, fault="no_page_images")
    order = {"op": "ocr", "kind": row.kind, "number": max(number, -1) or -1, "dpi": max(72, min(dpi, MAX_DPI))}
    answer = workroom.asked(path, order)
    engine = str(answer.facts.get("engine", ""))
    if answer.fault:
        return OcrPage(number, engine=engine, fault=answer.fault)
    try:
        return _page(number, engine, answer.facts)
    except (KeyError, TypeError, ValueError):
        return OcrPage(number, engine=engine, fault="damaged")


def _page(number: int, engine: str, facts: dict[str, Any]) -> OcrPage:
    words = [_word(*raw) for raw in facts["words"]]
    confidence = min(max(float(facts["confidence"]), 0.0), 100.0)
    return OcrPage(number, fit(str(facts["text"])), words, confidence, engine)


def _word(text: str, *box: float) -> Word:
    x0, y0, x1, y1 = (min(max(float(value), 0.0), 1.0) for value in box)
    return (fit(str(text)), x0, y0, x1, y1)
