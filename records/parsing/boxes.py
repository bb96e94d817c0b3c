"""From the corners a child collects to word boxes as fractions of the page image. Runs in the caller."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from .answers import Word

SCALE = 10_000
_FRACTIONS = [step / SCALE for step in range(SCALE + 1)]
_CORNERS = 8


def words_with_boxes(words: Sequence[str], corners: bytes, matrix: Sequence[float]) -> list[Word]:
    """Words and boxes; ``corners`` = two boxes (left, top, right, bottom) of floats per word, in page units.

    Fractions are rounded to 1/10000. Words without corners are left out.
    """
    values = array("f", corners[: len(corners) - len(corners) % (4 * _CORNERS)])
    straight = matrix[1] == 0 == matrix[2]
    place = _straight if straight else _turned
    rows = zip(*(iter(values),) * _CORNERS, strict=True)
    return list(place(words, rows, matrix))


def _straight(words: Sequence[str], rows: Iterable[tuple[float, ...]], matrix: Sequence[float]) -> Iterable[Word]:
    across, down, left, top = matrix[0] * SCALE, matrix[3] * SCALE, matrix[4] * SCALE, matrix[5] * SCALE
    for word, (l0, t0, r0, b0, l1, t1, r1, b1) in zip(words, rows, strict=False):
        yield _word(
            word,
            (l0 if l0 < l1 else l1) * across + left,
            (t0 if t0 > t1 else t1) * down + top,
            (r0 if r0 > r1 else r1) * across + left,
            (b0 if b0 < b1 else b1) * down + top,
        )


def _turned(words: Sequence[str], rows: Iterable[tuple[float, ...]], matrix: Sequence[float]) -> Iterable[Word]:
    a, b, c, d, e, f = (value * SCALE for value in matrix)
    for word, row in zip(words, rows, strict=False):
        points = [(x, y) for x in (row[0], row[2], row[4], row[6]) for y in (row[1], row[3], row[5], row[7])]
        across = [a * x + c * y + e for x, y in points]
        down = [b * x + d * y + f for x, y in points]
        yield _word(word, min(across), min(down), max(across), max(down))


def _word(word: str, x0: float, y0: float, x1: float, y1: float) -> Word:
    return (word, _fraction(x0), _fraction(y0), _fraction(x1), _fraction(y1))


def _fraction(value: float) -> float:
    if 0 <= value <= SCALE:
        return _FRACTIONS[int(value + 0.5)]
    return 1.0 if value > SCALE else 0.0
