"""From what a child collects to the text and the words of a page. Runs in the caller, on plain values only."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence

from .answers import Word

SCALE = 10_000
_FRACTIONS = [step / SCALE for step in range(SCALE + 1)]
_CORNERS = 8

#: PDFium's mark of a hyphen at a line end; the next line's word follows it at once.
BREAK = "\ufffe"
_SOFT_BREAK = re.compile(r"(?<=[^\W\d_])\ufffe(?=[^\W\d_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\r\ud800-\udfff\ufb00-\ufb06\ufffe\uffff]")
_SPELLED = dict(zip(map(chr, range(0xFB00, 0xFB07)), "ff fi fl ffi ffl st st".split(), strict=True))


def fit(raw: str) -> str:
    """Text as it may be stored and shown.

    No controls; half surrogates and non-characters replaced; ``\\n`` line ends; ligatures spelled out; words that a
    line end parts joined, without the hyphen between letters, with it beside digits and signs.
    """
    if _UNFIT.search(raw) is None:
        return raw
    text = _CONTROLS.sub(" ", raw).replace("\r\n", "\n").replace("\r", "\n")
    text = _SOFT_BREAK.sub("", text).replace(BREAK, "-") if BREAK in text else text
    return _UNFIT.sub(lambda match: _SPELLED.get(match[0], "\ufffd"), text)


def pieces(raw: str) -> list[str]:
    """One word per piece that has a box: a word parted by line ends appears whole, once for each of its pieces."""
    if BREAK not in raw:
        return fit(raw).split()
    found: list[str] = []
    for token in _CONTROLS.sub(" ", raw).split():
        parts = sum(1 for part in token.split(BREAK) if part)
        found += [fit(token)] * parts
    return found


def words_with_boxes(raw: str, corners: bytes, matrix: Sequence[float]) -> list[Word]:
    """Words and boxes; ``corners`` = two boxes (left, top, right, bottom) of floats per piece, in page units.

    Fractions are of the page image from its top-left corner, rounded to 1/10000.
    """
    values = array("f", corners[: len(corners) - len(corners) % (4 * _CORNERS)])
    place = _straight if matrix[1] == 0 == matrix[2] else _turned
    return list(place(pieces(raw), zip(*(iter(values),) * _CORNERS, strict=True), matrix))


def _straight(words: Sequence[str], rows: Iterable[tuple[float, ...]], matrix: Sequence[float]) -> Iterator[Word]:
    across, down = matrix[0] * SCALE, matrix[3] * SCALE
    left, top = matrix[4] * SCALE + 0.5, matrix[5] * SCALE + 0.5
    for word, (l0, t0, r0, b0, l1, t1, r1, b1) in zip(words, rows, strict=False):
        x0 = int((min(l1, l0)) * across + left)
        y0 = int((max(t1, t0)) * down + top)
        x1 = int((max(r1, r0)) * across + left)
        y1 = int((min(b1, b0)) * down + top)
        if 0 <= x0 <= x1 <= SCALE and 0 <= y0 <= y1 <= SCALE:
            yield (word, _FRACTIONS[x0], _FRACTIONS[y0], _FRACTIONS[x1], _FRACTIONS[y1])
        else:
            yield _clipped(word, (x0, x1), (y0, y1))


def _turned(words: Sequence[str], rows: Iterable[tuple[float, ...]], matrix: Sequence[float]) -> Iterator[Word]:
    a, b, c, d, e, f = (value * SCALE for value in matrix)
    for word, row in zip(words, rows, strict=False):
        points = [(x, y) for x in (row[0], row[2], row[4], row[6]) for y in (row[1], row[3], row[5], row[7])]
        across = [a * x + c * y + e for x, y in points]
        down = [b * x + d * y + f for x, y in points]
        yield _clipped(word, across, down)


def _clipped(word: str, across: Sequence[float], down: Sequence[float]) -> Word:
    return (word, _fraction(min(across)), _fraction(min(down)), _fraction(max(across)), _fraction(max(down)))


def _fraction(value: float) -> float:
    if 0 <= value <= SCALE:
        return _FRACTIONS[int(value)]
    return 1.0 if value > SCALE else 0.0
