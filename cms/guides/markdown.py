"""A small Markdown for our own guides: headings, paragraphs, lists, links, strong, code. It gives structure, never
HTML: the template writes the tags and escapes every text, so nothing a guide says can become markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LIST = re.compile(r"^(?P<mark>[-*]|\d+\.)\s+(?P<text>.+)$")
HEADING = re.compile(r"^(?P<level>#{1,3})\s+(?P<text>.+)$")
INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)")


@dataclass(frozen=True)
class Span:
    """A stretch of text: `kind` is text, strong, code or link (then with `url`)."""

    kind: str
    text: str
    url: str = ""


@dataclass
class Block:
    """`kind` is h1, h2, h3, p, ul or ol; `items` holds one line of spans, or one per item of a list."""

    kind: str
    items: list[list[Span]] = field(default_factory=list)


def blocks_of(text: str) -> list[Block]:
    """The blocks of a guide, in order."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        blocks.extend(block_lines(paragraph.splitlines()))
    return blocks


def block_lines(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for line in filter(None, map(str.strip, lines)):
        if heading := HEADING.match(line):
            found.append(Block(f"h{len(heading['level'])}", [spans_of(heading["text"])]))
        elif item := LIST.match(line):
            kind = "ul" if item["mark"] in "-*" else "ol"
            if not found or found[-1].kind != kind:
                found.append(Block(kind))
            found[-1].items.append(spans_of(item["text"]))
        elif found and found[-1].kind in ("p", "ul", "ol"):
            found[-1].items[-1] += [Span("text", " "), *spans_of(line)]
        else:
            found.append(Block("p", [spans_of(line)]))
    return found


def spans_of(text: str) -> list[Span]:
    spans, done = [], 0
    for match in INLINE.finditer(text):
        spans.append(Span("text", text[done : match.start()]))
        spans.append(span_of(match))
        done = match.end()
    return [span for span in [*spans, Span("text", text[done:])] if span.text]


def span_of(match: re.Match[str]) -> Span:
    if match["strong"]:
        return Span("strong", match["strong"])
    if match["code"]:
        return Span("code", match["code"])
    # Only addresses of this house and of the web lead anywhere; any other scheme is plain text.
    safe = match["url"].startswith("/") or urlsplit(match["url"]).scheme in ("http", "https")
    return Span("link", match["label"], match["url"]) if safe else Span("text", match["label"])
