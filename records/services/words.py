"""How the words of a page and their boxes are kept: compressed JSON, the same bytes for the same words."""

from __future__ import annotations

import json
import zlib

#: (word, x0, y0, x1, y1), fractions of the page's width and height from its top-left corner.
Word = tuple[str, float, float, float, float]


def packed(words: list[Word]) -> bytes:
    """Word boxes as stored; empty for none."""
    return zlib.compress(json.dumps(words, ensure_ascii=False).encode(), 3) if words else b""


def unpacked(stored: bytes) -> list[Word]:
    return [tuple(word) for word in json.loads(zlib.decompress(stored))] if stored else []


def words_json(stored: bytes) -> str:
    """The JSON of stored boxes as it was written, for digests: nothing is rounded on the way."""
    return zlib.decompress(stored).decode() if stored else "[]"
