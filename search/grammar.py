"""The signs of the search box: a text → its pieces, each with its place. What they mean together is `parsing`.

acta convenio         both words                 "acta de inicio"    these words side by side
-informe              without this word          acta OR informe     one or the other (also: acta | informe)
(a OR b) -(c d)       groups                     contrat*            words that begin so
tipo:acta             a fact (`fields`)          Convenio 123 de 2021, art. 17.6, 15/05/2018   citations
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from search.references import DAY, MONTH, Cited, references

Kind = Literal["minus", "phrase", "open", "close", "or", "idle", "field", "word", "cited"]

IDLE = frozenset({"AND", "NOT"})
"""Operators of other engines: they are explained and left out."""

_DASH = r"\-−–"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_SPACES = re.compile(r"[\s\x00\x01\x03-\x1f\x7f-\x9f]")
_UNSEEN = "\x02\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe"
# What nobody sees must not decide what a sign means: at the edge of a word it counts as a space.
# Accents that combine are of the word before them.
_ACCENTS = "\u0300-\u036f"
# A run is taken whole and looked at once, from its first sign on: tried from each of its signs, ten thousand of them
# would hold a process for hours.
_HIDDEN = re.compile(
    rf"(?<![^\W_]|[{_UNSEEN}{_ACCENTS}])[{_UNSEEN}]++|(?<![{_UNSEEN}])[{_UNSEEN}]++(?![{_UNSEEN}{_ACCENTS}]*+[^\W_])"
)
_PIECE = re.compile(
    rf"""
      (?P<minus>(?<![^\s(|])[{_DASH}]+(?=[^\s{_DASH}]))
    | "(?P<phrase>[^"]*)"
    | (?P<open>\()
    | (?P<close>\))
    | (?P<or>\|+|(?<![^\s()|])OR(?![^\s()|]))
    | (?P<idle>(?<![^\s()|])(?:{"|".join(sorted(IDLE))})(?![^\s()|]))
    | (?P<field>(?<![^\s(|{_DASH}])[^\W\d_]{{2,20}}:)
    | (?P<word>[^\s"()|]+)
    """,
    re.VERBOSE,
)
_OPENS = re.compile(rf"(?<![^\s(|{_DASH}])\(")
_SPANISH_OR = re.compile(r"(?<![^\s()|])O(?![^\s()|])")
_SIGNS = re.compile(r'["()|*]|(?<![^\s(|])[-−–]')


@dataclass(frozen=True, slots=True)
class Piece:
    """One sign or word of the text. `text` is what counts of it: a phrase without its quotes, a field without its
    colon; `cited` holds what a citation cites."""

    kind: Kind
    text: str
    start: int
    end: int
    cited: tuple[Cited, ...] = ()


def plain(text: str) -> str:
    """The text, as long as before: one kind of quote, spaces for what nobody sees, and a lone O, in a text that is
    not all capitals, as what it means."""
    spaced = _SPACES.sub(" ", text.translate(_QUOTES))
    return _HIDDEN.sub(lambda found: " " * len(found.group()), spaced)


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a plain text in order. A citation is one piece, with all that stands inside it."""
    cited = _citations(text)
    or_signs = {m.start() for m in _SPANISH_OR.finditer(text)} if text.upper() != text else set()
    at = idle = 0
    while match := _PIECE.search(text, at):
        piece = _piece(match, cited, or_signs)
        at = piece.end
        # A bracket inside a word opens nothing, and its pair closes nothing: "17(6)".
        if piece.kind == "open" and not _OPENS.match(text, piece.start):
            idle += 1
        elif piece.kind == "close" and idle:
            idle -= 1
        else:
            yield piece


def _piece(match: re.Match[str], cited: dict[int, tuple[Cited, ...]], or_signs: set[int]) -> Piece:
    start, end = match.span()
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if found := cited.get(start):
        end = max(one.end for one in found)
        return Piece("cited", match.string[start:end], start, end, found)
    if kind == "word":
        # "(N.º)123/2021": a citation may begin inside what is written in one piece.
        end = next((at for at in range(start + 1, end) if at in cited), end)
        text = match.string[start:end]
    if start in or_signs and text == "O":
        kind = "or"
    return Piece(kind, text.removesuffix(":") if kind == "field" else text, start, end)  # type: ignore[arg-type]


def _citations(text: str) -> dict[int, tuple[Cited, ...]]:
    """Where a citation that holds no sign begins → what it cites; the longest where several begin or overlap. Inside
    quotes nothing is a citation: it is asked as written."""
    quoted = [match.span() for match in re.finditer(r'"[^"]*"', text)]
    found: dict[int, tuple[Cited, ...]] = {}
    end = 0
    for cited in references(text):
        free = not any(start < cited.end and cited.start < stop for start, stop in quoted)
        # The brackets of "quince (15) de mayo" are no signs.
        plain_text = cited.kind in {DAY, MONTH} or not _SIGNS.search(text, cited.start, cited.end)
        if free and cited.start >= end and plain_text:
            found[cited.start], end = (cited,), cited.end
        elif cited.start in found and cited.end == end:
            found[cited.start] = (*found[cited.start], cited)
    return found
