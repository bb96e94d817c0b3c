"""Whether a copy says what its original says. Runs in the caller, on texts that other children read from each."""

from __future__ import annotations

import re
from collections import Counter

from .answers import Reading

_BLANKS = re.compile(r"\s+")
_TOKEN = re.compile(r"\w+")
#: Longer words, and more of them, are not taken apart.
MAX_WORD, MAX_JOINED = 100, 1_000


def same_pages(original: Reading, copy: Reading) -> bool:
    """Whether both have the same pages with the same text, blanks apart; what was not read whole is not the same."""
    if {original.outcome, copy.outcome} - {"read", "no_text"}:
        return False
    return _pages(original) == _pages(copy)


def same_words(original: Reading, printed: Reading) -> bool:
    """Whether a printed document says all that its text holds, in whatever places, and adds nothing of its own.

    A printer sets headers on every page, numbers lists and pages, puts notes at the foot, and sets words of cells so
    close that a reader joins them: so words are compared by how often they stand. Each must be there, whole or in
    pieces that make it up; what is more may only be numbers, single letters, or words that the document holds.
    """
    if {original.outcome, printed.outcome} - {"read", "no_text"}:
        return False
    wanted, found = _words(original), _words(printed)
    lost, more = wanted - found, found - wanted
    _take_out_joined(lost, more)
    _take_out_joined(more, lost)
    if lost:
        return False
    return all(word in wanted or word.isnumeric() or len(word) == 1 for word in more)


def _take_out_joined(pieces: Counter[str], joined: Counter[str]) -> None:
    """Strike words of ``joined`` that words of ``pieces`` make up, and those words, each as often as it stands."""
    for word in list(joined)[:MAX_JOINED]:
        parts = _made_of(word, pieces)
        while joined[word] > 0 and parts and not Counter(parts) - pieces:
            pieces.subtract(parts)
            joined[word] -= 1
    for counter in (pieces, joined):
        for word in [word for word, count in counter.items() if count <= 0]:
            del counter[word]


def _made_of(word: str, pieces: Counter[str]) -> list[str]:
    """Some pieces, in order, that make up the word; none where no two or more do."""
    ways: list[list[str] | None] = [[]]
    for end in range(1, min(len(word), MAX_WORD) + 1):
        starts = (start for start in range(end) if ways[start] is not None and word[start:end] in pieces)
        start = next(starts, -1)
        ways.append([*(ways[start] or []), word[start:end]] if start >= 0 else None)
    found = ways[-1] if len(word) <= MAX_WORD else None
    return found if found and len(found) > 1 else []


def _pages(reading: Reading) -> list[str]:
    return [_BLANKS.sub(" ", page.text).strip() for page in reading.pages]


def _words(reading: Reading) -> Counter[str]:
    return Counter(word for page in reading.pages for word in _TOKEN.findall(page.text))
