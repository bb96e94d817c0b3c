"""What the room offers a reader beside answers: words that complete his, what there is to browse, a question for more
like a document that he reads. Each raises EngineUnavailable as a search does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from search import likeness, suggesting
from search.service import look_of
from search.sources import Viewer
from search.types import Facets, Query


def complete(viewer: Viewer, text: str) -> tuple[str, ...]:
    """The text with its last word completed, each one as a whole text that finds something; the likeliest first."""
    return suggesting.completed(look_of(viewer), text)


def survey(viewer: Viewer, facet: str, values: Iterable[str]) -> Facets:
    """Facets of all that the viewer may find that has one of these values of one facet: where browsing begins."""
    return replace(look_of(viewer), narrowed={facet: frozenset(values)}).facets(Query())


def question_like(viewer: Viewer, title: str, pages: Sequence[str]) -> likeness.Question:
    """The question for documents like one whose title and pages the viewer reads: the caller has asked his right."""
    return likeness.question_of(look_of(viewer), title, pages)
