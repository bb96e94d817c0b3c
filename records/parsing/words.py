"""From what a child collects to the text and the words of a page. Runs in the caller, on plain values only."""

from __future__ import annotations

import operator
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: A word and its box: (word, x0, y0, x1, y1), fractions 0..1 of the page image from its top-left corner.
Word = tuple[str, float, float, float, float]

SCALE = 10_000
_FRACTIONS = [step / SCALE for step in range(SCALE + 1)]
_CORNERS, _MATRIX = 8, 6
BYTES_PER_WORD = 4 * _CORNERS

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


@dataclass(frozen=True)
class Boxes:
    """Where the pieces of a page's words stand, as the child tells it, small until words are asked for.

    ``corners`` = two boxes (left, top, right, bottom) of floats per piece, its first character's and its last's, in
    page units. ``matrix`` = six numbers that make fractions of the page image, from its top-left corner, of them.
    ``raw``: the text before `fit` where that joins pieces, else empty.
    """

    corners: bytes
    matrix: tuple[float, ...]
    raw: str = ""

    @classmethod
    def of(cls, raw: str, corners: bytes, matrix: Sequence[float]) -> Boxes:
        """Boxes of a page's text; raises ValueError or TypeError for a matrix that is none."""
        numbers = tuple(map(float, matrix))
        if len(numbers) != _MATRIX:
            raise ValueError("a matrix has six numbers")
        return cls(corners[: len(corners) - len(corners) % BYTES_PER_WORD], numbers, raw if BREAK in raw else "")

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` with their boxes, in fractions rounded to 1/10000. Never raises."""
        words = pieces(self.raw) if self.raw else text.split()
        values = array("f", self.corners)
        try:
            found = _straight(words, values, self.matrix) if self.matrix[1] == 0 == self.matrix[2] else None
        except (ValueError, OverflowError):  # a box that is no number
            found = None
        return list(_turned(words, values, self.matrix)) if found is None else found


def _straight(words: Sequence[str], values: array[float], matrix: Sequence[float]) -> list[Word] | None:
    """Words written from left to right on a page that is not turned; None when some are not, or leave the page.

    Column by column and each height once, because words of a line share theirs.
    """
    across, down = matrix[0] * SCALE, matrix[3] * SCALE
    left, top = matrix[4] * SCALE + 0.5, matrix[5] * SCALE + 0.5
    x0 = [int(x * across + left) for x in values[0::8]]
    x1 = [int(x * across + left) for x in values[6::8]]
    tops, bottoms = values[1::8], values[3::8]
    if tops != values[5::8] or bottoms != values[7::8]:
        tops, bottoms = (array("f", map(max, tops, values[5::8])), array("f", map(min, bottoms, values[7::8])))
    heights = {y: int(y * down + top) for y in {*tops, *bottoms}}
    if not x0 or not _within(x0, x1, heights.values()) or not all(map(operator.ge, tops, bottoms)):
        return None
    fractions = {y: _FRACTIONS[step] for y, step in heights.items()}
    return list(
        zip(
            words,
            map(_FRACTIONS.__getitem__, x0),
            map(fractions.__getitem__, tops),
            map(_FRACTIONS.__getitem__, x1),
            map(fractions.__getitem__, bottoms),
            strict=False,
        )
    )


def _within(x0: Sequence[int], x1: Sequence[int], heights: Iterable[int]) -> bool:
    ends = (min(x0), max(x1), *heights)
    return min(ends) >= 0 and max(ends) <= SCALE and all(map(operator.le, x0, x1))


def _turned(words: Sequence[str], values: array[float], matrix: Sequence[float]) -> Iterator[Word]:
    a, b, c, d, e, f = (value * SCALE for value in matrix)
    for word, row in zip(words, zip(*(iter(values),) * _CORNERS, strict=True), strict=False):
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
