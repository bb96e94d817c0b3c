"""How far one word is from another, in strokes of a keyboard: letters added, left out or changed, or two swapped."""

from __future__ import annotations

SHORT = 6
"""Letters from which a word may be two strokes away; shorter ones are near to too many others."""


def strokes_allowed(word: str) -> int:
    """The strokes within which a word may have been meant by another."""
    return 2 if len(word) >= SHORT else 1


def is_near(one: str, other: str) -> bool:
    """Whether the second may be what the first was meant to be. A word is not near to itself."""
    return one != other and strokes(one, other, strokes_allowed(one)) <= strokes_allowed(one)


def strokes(one: str, other: str, most: int) -> int:
    """The strokes between two words; some number above `most` where they are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        two_before, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            least = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                least = min(least, two_before[to - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]
