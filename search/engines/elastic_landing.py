"""The best page of each hit: for every step, best first, the first page that takes it, all steps in one search.

See `base` for what makes a page the best.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch_dsl.query import Bool

from search.engines.base import landing_phrases, landing_points
from search.engines.elastic_query import Body, page_asks, page_has
from search.types import Query

NOWHERE = (1 << 63) - 1
"""The page of a step that no page of the entry takes: what the servers put at the end."""

_MOST_STEPS = 12
"""Steps asked at once; a question of more points is asked further for those hits that have no page yet."""


def landing_bodies(query: Query) -> list[list[Body]]:
    """What tells the first page of each step, some steps at a time."""
    steps = [_first_page(step) for step in _steps(query)]
    return [steps[at : at + _MOST_STEPS] for at in range(0, len(steps), _MOST_STEPS)]


def landing_body(uids: Sequence[str], firsts: Sequence[Body]) -> Body:
    """A search for the pages of these entries."""
    return {
        "query": {"bool": {"filter": [{"terms": {"uid": list(uids)}}]}},
        "size": len(uids),
        "track_total_hits": False,
        "stored_fields": "_none_",
        "sort": [*firsts, {"uid": "asc"}],
    }


def landed(hits: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """(uid, page) of each hit on whose pages something asked stands."""
    for hit in hits:
        *firsts, uid = hit["sort"]
        page = next((int(first) for first in firsts if first is not None and int(first) < NOWHERE), 0)
        if page:
            yield str(uid), page


def _steps(query: Query) -> Iterator[Body]:
    """Queries over pages, best first: as many distinct points as can be, with a phrase before without."""
    points = [page_asks(point).to_dict() for point in landing_points(query)]
    phrases = [page_has(run) for run in landing_phrases(query)]
    phrased = Bool(should=phrases, minimum_should_match=1).to_dict() if phrases else None
    for at_least in range(len(points), 0, -1):
        enough: Body = {"bool": {"should": points, "minimum_should_match": at_least}}
        if phrased:
            yield {"bool": {"filter": [enough, phrased]}}
        yield enough


def _first_page(step: Body) -> Body:
    nested = {"path": "pages", "filter": step}
    return {"pages.number": {"order": "asc", "mode": "min", "missing": "_last", "nested": nested}}
