"""The walls of a template: nothing that the content security policy would refuse, nothing that skips escaping.

djlint reads the form of templates; this reads what it cannot know: inline script and style, event attributes, other
hosts, nonces, unescaped output. A template that needs one of these needs another design.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("templates", "cms", "records", "search")
#: Django's own tags become a word, so that attributes around them still parse; line breaks keep their number.
DJANGO = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
COMMENT = re.compile(r"{% comment.*?%}.*?{% endcomment %}", re.DOTALL)
UNESCAPED = re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off|\|\s*safeseq\b")
LOADING = {"src", "srcset", "href", "action", "formaction", "poster", "data", "xlink:href"}
FOREIGN = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
SCRIPTED = re.compile(r"^\s*(javascript|data|vbscript):", re.IGNORECASE)
#: A link may lead elsewhere; everything else would fetch.
MAY_LEAD_AWAY = {"a"}


class Walls(HTMLParser):
    """Collects (line, sentence) for every wall that a template breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []

    def say(self, sentence: str) -> None:
        self.found.append((self.getpos()[0], sentence))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _value in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.say(f"inline <{tag}>")
        for name, value in attrs:
            self.attribute(tag, name, value or "")

    def attribute(self, tag: str, name: str, value: str) -> None:
        if name in {"style", "nonce"} or name.startswith(("on", "hx-on")):
            self.say(f"{name}= on <{tag}>")
        if name in LOADING and SCRIPTED.match(value):
            self.say(f"{name}= with a script or data address on <{tag}>")
        if name in LOADING and tag not in MAY_LEAD_AWAY and FOREIGN.match(value):
            self.say(f"{name}= fetches from another host on <{tag}>")


def keep_lines(match: re.Match[str]) -> str:
    return "x" + "\n" * match[0].count("\n")


def broken_walls(text: str) -> Iterator[tuple[int, str]]:
    """(line, sentence) for each broken wall of a template's source."""
    for number, line in enumerate(text.splitlines(), 1):
        if UNESCAPED.search(line):
            yield number, "output without escaping"
    walls = Walls()
    walls.feed(DJANGO.sub(keep_lines, COMMENT.sub(keep_lines, text)))
    walls.close()
    yield from walls.found


def templates() -> Iterator[Path]:
    for place in PLACES:
        yield from sorted(
            file for file in (ROOT / place).rglob("*.html") if place == "templates" or "templates" in file.parts
        )


def main() -> int:
    files = list(templates())
    found = [
        f"{file.relative_to(ROOT)}:{line}: {what}" for file in files for line, what in broken_walls(file.read_text())
    ]
    if not files:
        found.append("no template was found: the gate looks in the wrong place")
    print("\n".join(found) or f"{len(files)} templates keep their walls")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
