"""Text of a PPTX: one page per slide in the order of the presentation, with its speaker's notes."""

from __future__ import annotations

from .contents import Contents, Damaged, Sink
from .ooxml import Package, events, parsed

ENGINE = ("lxml", "pptx-1")

_DRAWING = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
_SLIDES = (
    "http://schemas.openxmlformats.org/presentationml/2006/main",
    "http://purl.oclc.org/ooxml/presentationml/main",
)
_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_PARAGRAPHS = tuple(f"{{{uri}}}p" for uri in _DRAWING)
_RUNS = tuple(f"{{{uri}}}t" for uri in _DRAWING)


def read(contents: Contents, sink: Sink) -> None:
    """Send one page per slide; a slide that cannot be read makes the answer *partial*."""
    package = Package(contents)
    package.check_names()
    package.check_sizes()
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    for number, part in enumerate(slides(package), 1):
        notes = [target for target in package.relations(part).values() if "notesSlides/" in target]
        try:
            text = "\n".join(_part_text(package, name) for name in (part, *notes))
        except Damaged:
            sink.say(partial="damaged")
            text = ""
        sink.page(number, text.strip())


def slides(package: Package) -> list[str]:
    """Parts of the slides in order; raises Damaged when there is no presentation."""
    shows = [
        *package.parts_of_type("presentationml.presentation.main+xml"),
        *package.parts_of_type("presentationml.slideshow.main+xml"),
    ]
    if not shows:
        raise Damaged
    targets = package.relations(shows[0])
    nodes = parsed(package.small(shows[0])).iter(*(f"{{{uri}}}sldId" for uri in _SLIDES))
    relations = (next((node.get(key) for key in _RELATION if node.get(key)), "") for node in nodes)
    return [targets.get(relation, "") for relation in relations]


def _part_text(package: Package, part: str) -> str:
    lines = []
    for _, node in events(package.open(part), ("end",), _PARAGRAPHS):
        lines.append("".join(run.text or "" for run in node.iter(*_RUNS)))
        node.clear()
    return "\n".join(filter(None, lines))
