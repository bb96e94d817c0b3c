"""How a word looks to a bad eye: one spelling for all that recognition of scanned pages confuses.

Two words of one shape may be one word badly read ("convenlo", "c0nvenio", "contorrne"), or two words that look
alike ("año", "ano"). The shape is therefore a stream beside the main one: it widens what is found, never what
counts as written.
"""

from __future__ import annotations

from functools import lru_cache

LEAST = 4
"""Letters of the shortest word that has a shape: shorter ones look like too many others."""

# Signs read for letters, and letters read for digits.
_AS_LETTERS = str.maketrans("01589", "olsbg")
_AS_DIGITS = str.maketrans("oqdlijtzsbg", "00011117589")
_SINGLES = str.maketrans("lñ", "in")
# Pairs that are read as one letter; after the single letters, so that "cl", "ci" and "d" all meet.
_PAIRS = (("rn", "m"), ("ci", "d"), ("vv", "w"))


@lru_cache(maxsize=50_000)
def shape(word: str) -> str:
    """The shape of a folded word; "" where it has none. What is made of digits is its own shape."""
    if len(word) < LEAST:
        return ""
    digits = sum(c.isdigit() for c in word)
    return word.translate(_AS_DIGITS) if 2 * digits > len(word) else _of_letters(word)


def _of_letters(word: str) -> str:
    looked = word.translate(_AS_LETTERS).translate(_SINGLES)
    for pair, letter in _PAIRS:
        looked = looked.replace(pair, letter)
    # Plurals meet.
    while len(looked) > LEAST and looked[-1] in "se":
        looked = looked[:-1]
    return looked
