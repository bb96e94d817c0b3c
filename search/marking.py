"""Marks: which words of a text a query means, as a snippet of safe HTML or as indexes of a page's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from search.analysis import Token, is_wanted, wanted_tokens
from search.asking import FORM, REFERENCE, SHAPE, Key, Run, Start, leaves_of
from search.parsing import parse
from search.references import references
from search.types import Query
from search.vocabulary import Wanted
from search.widening import widen

SNIPPET_CHARACTERS = 240
"""Length of a snippet, about; it is widened to whole words."""

_LEAD = 60
_SPACES = re.compile(r"\s+")
_UNSAFE = re.compile(r"[&<>\"']")

Span = tuple[int, int]


def spans(text: str, query: Query) -> list[Span]:
    """Where what the query asks stands in the text: (start, end) offsets, in order, disjoint. A term that was asked
    only inside a phrase counts only inside that phrase; guesses, beginnings and citations are marked where they are
    what was found."""
    asked = asked_of(query)
    found = wanted_tokens(text, asked.wanted, ordinals=bool(asked.phrases))
    marked = [(token.start, token.end) for _position, token in found if is_wanted(token, asked.alone)]
    for phrase in asked.phrases:
        marked.extend(_phrase_spans(found, phrase))
    if asked.cited:
        marked.extend((c.start, c.end) for c in references(text) if c.term in asked.cited)
    return _joined(marked)


@dataclass(frozen=True)
class Asked:
    """What a query marks, put together once for all the texts it is looked for in: what is looked for, what of it
    counts by itself, the phrases, and the references."""

    wanted: Wanted
    alone: Wanted
    phrases: tuple[tuple[str, ...], ...]
    cited: frozenset[str]


def asked_of(query: Query) -> Asked:
    """What a query marks."""
    # The snippets of an answer ask for one query in a row, and to hash it is as much work as to mark a line.
    kept = _latest.pair
    if kept is None or kept[0] is not query:
        kept = _latest.pair = (query, _asked_of(query))
    return kept[1]


class _Latest:
    """The query asked last, with what it marks: one pair, so that threads may share it."""

    pair: tuple[Query, Asked] | None = None


_latest = _Latest()


@lru_cache(maxsize=64)
def _asked_of(query: Query) -> Asked:
    leaves = tuple(leaves_of(query.asked))
    runs = dict.fromkeys(leaf.terms for leaf in leaves if isinstance(leaf, Run))
    keys: dict[str, set[str]] = {}
    for leaf in leaves:
        if isinstance(leaf, Key):
            keys.setdefault(leaf.kind, set()).add(leaf.term)
    wanted = Wanted(
        frozenset(query.terms),
        frozenset(keys.get(FORM, ())),
        frozenset(keys.get(SHAPE, ())),
        tuple(leaf.letters for leaf in leaves if isinstance(leaf, Start)),
    )
    alone = replace(wanted, terms=frozenset(run[0] for run in runs if len(run) == 1))
    return Asked(wanted, alone, tuple(run for run in runs if len(run) > 1), frozenset(keys.get(REFERENCE, ())))


def _phrase_spans(found: Sequence[tuple[int, Token]], phrase: tuple[str, ...]) -> Iterable[Span]:
    by_position = dict(found)
    for position, token in found:
        run = [by_position.get(position + step) for step in range(len(phrase))]
        if [t.term if t else None for t in run] == list(phrase):
            last = run[-1] or token
            yield token.start, last.end


def _joined(marked: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(marked):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def snippet(text: str, query: Query) -> SafeString:
    """Safe HTML of the part of the text where most of the query's words meet, those marked with `<mark>`. Without
    any of them, the beginning of the text."""
    marks = spans(text, query)
    start, end = _window(text, marks)
    inside = [(a, b) for a, b in marks if a >= start and b <= end]
    pieces, at = [], start
    for a, b in inside:
        pieces += [_clean(text[at:a]), "<mark>", _clean(text[a:b]), "</mark>"]
        at = b
    html = "".join([*pieces, _clean(text[at:end])]).strip()
    before, after = "… " if start > 0 else "", " …" if end < len(text.rstrip()) else ""
    return mark_safe(f"{before}{html}{after}" if html else "")  # noqa: S308 every piece of text was escaped


def _window(text: str, marks: Sequence[Span]) -> Span:
    start = max(0, _densest(marks) - _LEAD) if marks else 0
    start = start if start == 0 else _next_space(text, start)
    if marks and start > marks[0][0] and start - marks[0][0] < _LEAD:
        start = min(start, marks[0][0])
    end = min(len(text), start + SNIPPET_CHARACTERS)
    first_end = next((b for a, b in marks if a >= start), 0)
    return start, max(_previous_space(text, start, end), min(first_end, start + 2 * SNIPPET_CHARACTERS))


def _densest(marks: Sequence[Span]) -> int:
    """Start of the mark from which most marks fit in one snippet; the first of equals."""
    room = SNIPPET_CHARACTERS - _LEAD
    best, best_count, last = marks[0][0], 0, 0
    for first, (start, _end) in enumerate(marks):
        while last < len(marks) and marks[last][1] <= start + room:
            last += 1
        if last - first > best_count:
            best, best_count = start, last - first
    return best


def _next_space(text: str, at: int) -> int:
    match = _SPACES.search(text, at, at + _LEAD)
    return match.end() if match else at


def _previous_space(text: str, start: int, end: int) -> int:
    if end >= len(text):
        return len(text)
    cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return cut if cut > start + SNIPPET_CHARACTERS // 2 else end


def _clean(text: str) -> str:
    """Escaped, white space collapsed, control and bidi marks gone: a text cannot reorder the page around it."""
    visible = text.replace("\n", " ")
    if not visible.isprintable():
        visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_visible(c))
    visible = _SPACES.sub(" ", visible) if "  " in visible else visible
    return escape(visible) if _UNSAFE.search(visible) else visible


def _is_visible(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def mark_words(words: Sequence[str] | str, query: Query | str) -> list[int]:
    """Indexes (from 0) of the words of a page that the query means, ascending: the viewer's marks.

    `words` are the page's words in order (or its text, split at white space); a word broken over two lines
    ("liqui-", "dación") marks both halves.
    """
    listed = words.split() if isinstance(words, str) else list(words)
    asked = widen(parse(query)) if isinstance(query, str) else query
    starts, at = [], 0
    for word in listed:
        starts.append(at)
        at += len(word) + 1
    marked = spans("\n".join(listed), asked)
    return _overlapping(starts, listed, marked)


def _overlapping(starts: Sequence[int], words: Sequence[str], marked: Sequence[Span]) -> list[int]:
    found, mark = [], 0
    for index, (start, word) in enumerate(zip(starts, words, strict=True)):
        while mark < len(marked) and marked[mark][1] <= start:
            mark += 1
        if mark < len(marked) and marked[mark][0] < start + len(word):
            found.append(index)
    return found
