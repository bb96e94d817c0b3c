"""A page as a reader without eyes meets it: headings, labels, links, the words in order."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "mark", "small", "span", "strong"}
WITHOUT_LABEL = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """Collects what the tests ask for; the text has its spaces collapsed and non-breaking ones made plain."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.headings: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._labelled: set[str] = set()
        self._fields: list[dict[str, str]] = []
        self._text: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.attributes.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append((int(tag[1:]), ""))
        if tag == "a":
            self.links.append((values.get("href", ""), ""))
        if tag == "label":
            self._labelled.add(values.get("for", ""))
        if tag in {"input", "select", "textarea"} and values.get("type") not in WITHOUT_LABEL:
            inside = any(name == "label" for name, _values in self._open)
            self._fields.append({**values, "inside": "yes" if inside else ""})
        if tag not in VOID:
            self._open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        self._text.append("" if tag in INLINE else " ")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        names = [name for name, _values in self._open]
        if self.headings and any(name[0] == "h" and name[1:].isdigit() for name in names):
            level, words = self.headings[-1]
            self.headings[-1] = (level, words + data)
        if self.links and "a" in names:
            address, words = self.links[-1]
            self.links[-1] = (address, words + data)

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).replace("\u00a0", " ").split())

    @property
    def unlabelled(self) -> list[dict[str, str]]:
        return [
            field
            for field in self._fields
            if not (field["inside"] or field.get("aria-label") or field.get("id") in self._labelled)
        ]


def read(response) -> Page:
    return Page(response.content.decode())
