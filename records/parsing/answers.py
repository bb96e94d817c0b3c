"""What the cell answers: plain, frozen values that carry no open file and no user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["read", "no_text", "partial", "unreadable"]

#: A word and its box: (word, x0, y0, x1, y1), fractions 0..1 of the page image from its top-left corner.
Word = tuple[str, float, float, float, float]


class PageUnavailable(Exception):
    """A page image cannot be given; ``code`` says why.

    Codes: ``no_page_images`` (the format has none), ``no_such_page``, ``encrypted``, ``damaged``, ``limits``
    (time, memory or size), ``cell_unavailable``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Inspection:
    """What a received file is.

    ``refusals`` holds *all* reasons (codes of `formats.REFUSALS`) why it must not be filed; empty means it may be.
    ``inspected`` is False when the cell could not look inside: damaged, or beyond its limits.
    ``pages`` is 0 when the cell could not count them. ``flags`` are codes of `formats.FLAGS`.
    """

    media_type: str
    extension: str
    pages: int
    inspected: bool
    flags: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageContent:
    """Text of one page (numbered from 1) and its words with their boxes (empty where the format has no image)."""

    number: int
    text: str
    words: list[Word] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """The text of a file. ``no_text`` (nothing written in it) is never confused with ``unreadable`` (failed)."""

    outcome: Outcome
    engine: str
    engine_version: str
    pages: list[PageContent] = field(default_factory=list)
    detail: str = ""

    @property
    def chars(self) -> int:
        """Number of characters of all pages."""
        return sum(len(page.text) for page in self.pages)


@dataclass(frozen=True)
class CellStatus:
    """Whether uploaded files are opened in full isolation, and by which layers (proved by probes, not by belief)."""

    isolated: bool
    layers: tuple[str, ...]
    detail: str
