"""Plain text: its encoding, and its pages. Form feeds end pages; without them a page is about 3,000 characters."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from .contents import Contents, Sink
from .sniff import wide_encoding

ENGINE = ("custodia", "text-1")
PAGE_CHARS = 3_000
LONGEST_LINE = 6_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(contents: Contents, sink: Sink) -> None:
    """Send the pages of a plain text; raises Damaged("limits") beyond the limit of bytes read whole."""
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    sink.pages(pages_of(decode(contents.small_bytes())))


def decode(data: bytes) -> str:
    """Text of bytes: by its mark, else UTF-8, UTF-16 by its zeros, Windows-1252 and last Latin-1, which takes all."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if wide := wide_encoding(data[:8192]):
        return data.decode(wide, "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def pages_of(text: str) -> list[str]:
    """Pages of a text, at least one (which may be empty)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\f" in text:
        return [page.strip("\n") for page in text.removesuffix("\f").split("\f")]
    return list(_by_size(text)) or [""]


def _by_size(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _page_end(text, start)
        yield text[start:end].strip("\n")
        start = end


def _page_end(text: str, start: int) -> int:
    """Where the page that starts at ``start`` ends: at a line end, else at a blank, else in the middle of a word."""
    if len(text) - start <= PAGE_CHARS:
        return len(text)
    line = text.find("\n", start + PAGE_CHARS, start + LONGEST_LINE)
    if line < 0:
        line = text.rfind(" ", start + PAGE_CHARS, start + LONGEST_LINE)
    return (line if line >= 0 else min(start + LONGEST_LINE, len(text)) - 1) + 1
