"""What text recognition makes of a page: letters taken for others, accents lost, words cut and joined."""

from __future__ import annotations

import random
from collections.abc import Sequence

WORDS_HURT = 0.14
"""Share of the words in which something is misread: a poor but readable scan."""

MISREAD: Sequence[tuple[str, str]] = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("o", "0"), ("0", "O"), ("l", "1"), ("1", "l"), ("i", "l"), ("e", "c"),
    ("5", "S"), ("8", "B"), ("ó", "o"), ("í", "i"), ("á", "a"), ("ñ", "n"), ("h", "b"), ("u", "ii"), ("vi", "w"),
)  # fmt: skip


def scanned(page: str, chance: random.Random) -> str:
    """The page as recognised."""
    return "\n".join(" ".join(_word(word, chance) for word in line.split()) for line in page.splitlines())


def _word(word: str, chance: random.Random) -> str:
    if chance.random() >= WORDS_HURT:
        return word
    possible = [pair for pair in MISREAD if pair[0] in word]
    if not possible or chance.random() < 0.15:
        return _cut(word, chance)
    there, read = chance.choice(possible)
    return word.replace(there, read, 1)


def _cut(word: str, chance: random.Random) -> str:
    """A space inside the word, or its end broken over two lines."""
    if len(word) < 6:
        return word
    at = chance.randrange(2, len(word) - 2)
    return f"{word[:at]}{chance.choice([' ', '-' + chr(10)])}{word[at:]}"
