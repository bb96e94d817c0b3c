"""The engine on Elasticsearch answers as the embedded one and the naive one: hits, order, totals, facets, pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines import elastic as elastic_module
from search.engines import elastic_landing, elastic_query
from search.engines.base import SearchEngine, sort_of
from search.engines.elastic import ElasticEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.memory import MemoryEngine
from search.parsing import parse
from search.types import IndexEntry, PartitionScope, Request, Scope
from search.widening import widen
from tests.contracts.conftest import emptied
from tests.quality.corpus import archive
from tests.quality.judged import questions
from tests.quality.measuring import measure, table
from tests.quality.rankers import Engine
from tests.unit.search.entries import EVERYTHING, ask, corpora, entry, keys, put, queries, scopes, shapes

pytestmark = pytest.mark.elastic

NEAR_ENOUGH = 0.01
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def refilled(engine: SearchEngine, entries: list[IndexEntry]) -> None:
    emptied(engine)
    put(engine, *entries)


def pages_of(naive: SearchEngine, text: str, scope: Scope, shaped: Mapping[str, object]) -> Iterator[Request]:
    request = Request(widen(parse(text)), scope, {"public": frozenset({"k3"})}, limit=2, facets=True)
    request = replace(request, **shaped)  # type: ignore[arg-type]
    while True:
        yield request
        found = naive.search(request)
        if not found.more:
            return
        request = replace(request, after=found.hits[-1].place)


@pytest.mark.requirement("J2", "J3", "J4")
@given(corpora(), st.lists(st.tuples(queries(), scopes, shapes), min_size=4, max_size=12))
@EXAMPLES
def test_answers_as_the_embedded_and_the_naive_engine(
    kept_elastic: ElasticEngine, entries: list[IndexEntry], asked: list[tuple[str, Scope, Mapping[str, object]]]
) -> None:
    refilled(kept_elastic, entries)
    naive = MemoryEngine()
    naive.rebuild(entries)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # the engine may still be merging in it
        embedded = EmbeddedEngine(folder)
        embedded.rebuild(entries)
        for text, scope, shaped in asked:
            for request in pages_of(naive, text, scope, shaped):
                expected = naive.search(request)
                assert kept_elastic.search(request) == expected, (text, scope)
                assert embedded.search(request) == expected, (text, scope)


@given(corpora(), st.lists(st.tuples(queries(), scopes, shapes), min_size=4, max_size=6))
@settings(EXAMPLES, max_examples=8)
def test_answers_so_however_little_is_asked_at_once(
    kept_elastic: ElasticEngine, entries: list[IndexEntry], asked: list[tuple[str, Scope, Mapping[str, object]]]
) -> None:
    refilled(kept_elastic, entries)
    naive = MemoryEngine()
    naive.rebuild(entries)
    few = {"FACETS_AT_ONCE": 1, "_MOST_TERMS": 1}
    with (
        patch.multiple(elastic_query, **few),
        patch.object(elastic_landing, "_MOST_STEPS", 1),
        patch.object(elastic_module, "_AT_ONCE", 2),
    ):
        for text, scope, shaped in asked:
            for request in pages_of(naive, text, scope, shaped):
                assert kept_elastic.search(request) == naive.search(request), (text, scope)
        assert {held.key for held in kept_elastic.indexed()} == {one.key for one in entries}


@pytest.mark.criterion(2, 39)
@pytest.mark.beyond(5)
@pytest.mark.requirement("J3")
@given(corpora(), corpora(), scopes, st.lists(st.tuples(queries(), shapes), min_size=4, max_size=12))
@settings(EXAMPLES, max_examples=12)
def test_hidden_documents_change_nothing(
    kept_elastic: ElasticEngine,
    entries: list[IndexEntry],
    others: list[IndexEntry],
    scope: Scope,
    asked: list[tuple[str, Mapping[str, object]]],
) -> None:
    strangers = [replace(other, key=f"hidden-{other.key}") for other in others]
    hidden = [stranger for stranger in strangers if not may_find(scope, stranger)]
    requests = [
        Request(widen(parse(text)), scope, limit=3, facets=True, **shaped)  # type: ignore[arg-type]
        for text, shaped in asked
    ]
    refilled(kept_elastic, entries)
    without = [repr(kept_elastic.search(request)) for request in requests]
    refilled(kept_elastic, [*hidden, *entries])
    assert [repr(kept_elastic.search(request)) for request in requests] == without


def may_find(scope: Scope, candidate: IndexEntry) -> bool:
    part = scope.partitions.get(candidate.partition, PartitionScope())
    return part.whole or candidate.container in part.containers or candidate.key in part.items


@pytest.mark.requirement("J3")
@pytest.mark.criterion(9)
def test_page_ten_thousand_stays_where_it_is_while_documents_arrive(elastic: ElasticEngine) -> None:
    rows = [entry(f"k{n}", "Acta de inicio", day=date(2000, 1, 1) + timedelta(n * 7919 % 9000)) for n in range(10_010)]
    put(elastic, *rows)
    expected = [row.key for row in sorted(rows, key=sort_of, reverse=True)]
    at = next(row for row in rows if row.key == expected[9_999])
    for text in ("acta", "acta inicio", "tipo:none OR acta"):
        first = ask(elastic, text, limit=1)
        place = replace(first.hits[0].place, sort=sort_of(at), uid=f"custody:{at.key}")
        before = ask(elastic, text, limit=5, after=place)
        assert keys(before) == expected[10_000:10_005]
        put(elastic, *(entry(f"new-{len(text)}-{n}", "Acta de inicio", day=date(2030, 1, 1)) for n in range(20)))
        assert ask(elastic, text, limit=5, after=place).hits == before.hits


@pytest.mark.requirement("J2")
def test_ten_thousand_expedientes_and_ten_thousand_documents_in_a_scope(elastic: ElasticEngine) -> None:
    put(elastic, *(entry(f"k{n}", "Acta", container=f"e{n % 200}", facets={"tipo": str(n % 2)}) for n in range(4_000)))
    shelves = frozenset({f"e{n}" for n in range(100)} | {f"none{n}" for n in range(10_000)})
    single = frozenset({f"k{n}" for n in range(100, 4_000, 200)} | {f"none{n}" for n in range(10_000)})
    scope = Scope({"public": PartitionScope(False, shelves, single)})
    found = ask(elastic, "acta", scope, facets=True)
    assert (found.total, sum(found.facets["tipo"].values())) == (2_020, 2_020)
    waiting = {"public": frozenset({f"k{n}" for n in range(2_000)} | {f"none{n}" for n in range(140_000)})}
    assert ask(elastic, "acta", EVERYTHING, hidden=waiting).total == 2_000


@given(queries(), scopes, shapes)
@settings(max_examples=100, deadline=None, database=None)
def test_nothing_that_reads_beyond_the_scope_is_ever_asked(
    text: str, scope: Scope, shaped: Mapping[str, object]
) -> None:
    request = Request(widen(parse(text)), scope, facets=True, **shaped)  # type: ignore[arg-type]
    indexes = {name: f"x-{name}" for name in scope.partitions}
    bodies = [elastic_query.AskedQuery(request, indexes).body()]
    bodies += [elastic_landing.landing_body(["u"], firsts) for firsts in elastic_landing.landing_bodies(request.query)]
    assert [name for body in bodies for name in elastic_query.banned_in(body)] == []


@pytest.mark.parametrize(
    "body",
    [
        {"aggs": {"x": {"global": {}}}},
        {"aggs": {"x": {"terms": {"field": "facets", "min_doc_count": 0}}}},
        {"query": {"terms": {"key": {"index": "x", "id": "1", "path": "y"}}}},
        {"post_filter": {"term": {"key": "x"}}},
        {"query": {"bool": {"must": [{"query_string": {"query": "x"}}]}}},
    ],
)
def test_the_linter_of_queries_sees_what_is_banned(body: dict[str, object]) -> None:
    assert list(elastic_query.banned_in(body))


@pytest.mark.beyond(17)
def test_the_judged_questions_earn_the_embedded_engines_figures(kept_elastic: ElasticEngine, tmp_path: Path) -> None:
    """The gate of the issue is 0.01 of nDCG@10, over all questions and in each class of them."""
    ours, theirs = (measure(Engine(engine)) for engine in (kept_elastic, EmbeddedEngine(tmp_path / "index")))
    apart = {kind: abs(ours[kind]["ndcg@10"] - theirs[kind]["ndcg@10"]) for kind in theirs}
    assert ours.keys() == theirs.keys()
    assert max(apart.values()) <= NEAR_ENOUGH, table({"Elasticsearch": ours, "embedded": theirs}, "ndcg@10")


@pytest.mark.requirement("J3")
def test_the_judged_questions_are_answered_as_the_embedded_engine_does(elastic: ElasticEngine) -> None:
    """All of the judged archive: the same figures, because the same documents in the same order."""
    rows = [made.entry() for made in archive()]
    put(elastic, *rows)
    naive = MemoryEngine()
    naive.rebuild(rows)
    whole = Scope({"public": PartitionScope(whole=True)})
    for question in questions():
        query = widen(parse(question.text))
        if not query.is_empty:
            request = Request(query, whole, limit=100, facets=True)
            assert elastic.search(request) == naive.search(request), question.text
