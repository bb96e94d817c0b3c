"""What every engine must do, the same for all: matching, scope, order, totals, facets, landing, writing, rebuilding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.base import SearchEngine, fingerprint_of
from search.engines.embedded import EmbeddedEngine
from search.engines.memory import MemoryEngine
from search.types import IndexEntry, PartitionScope, Request, Scope
from tests.unit.search.entries import (
    EVERYTHING,
    PARTITIONS,
    ask,
    corpora,
    entry,
    everything_of,
    keys,
    parse,
    put,
    queries,
    remove,
    scopes,
)

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {
    "embedded": lambda path: EmbeddedEngine(path / "index"),
    "memory": lambda _path: MemoryEngine(),
}


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    """An empty engine, ready."""
    made = ENGINES[request.param](tmp_path)
    made.rebuild([])
    return made


def only(**parts: PartitionScope) -> Scope:
    return Scope(parts)


# Matching -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("J1", "J6")
@pytest.mark.parametrize(
    "text",
    ["liquidacion", "convenios", "actas", "ACTA", '"acta de liquidación"', '"acta liquidación"', "cm-2026-001",
     "2026", "A1.1", "a1", "123/2021", "123 de 2021", "convenio -memorando", 'acta -"liquidación acta"', "bogota"],
)  # fmt: skip
def test_finds_a_document_by(engine: SearchEngine, text: str) -> None:
    put(engine, entry("k1", "Convenio 123 de 2021", "Acta de liquidación", "anexo A1.1 del CM-2026-001 en Bogotá"))
    assert keys(ask(engine, text)) == ["k1"]


@pytest.mark.parametrize(
    "text",
    ["zarzaluna", "acta zarzaluna", '"liquidación acta"', "acta -liquidación", "-zarzaluna", "de", "", '"de la"',
     'acta -"acta de liquidación"', '"2021 acta"', "A1.2", "CM-2026-002", "ano"],
)  # fmt: skip
def test_does_not_find_it_by(engine: SearchEngine, text: str) -> None:
    put(engine, entry("k1", "Convenio 123 de 2021", "Acta de liquidación del año", "anexo A1.1 del CM-2026-001"))
    assert ask(engine, text).total == 0


@pytest.mark.rule("P3")
def test_words_may_stand_on_different_pages_and_in_the_title(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Convenio", "acta", "anexo"), entry("k2", "Convenio", "acta"))
    assert keys(ask(engine, "anexo acta convenio")) == ["k1"]


def test_an_excluded_word_anywhere_excludes_the_document(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Convenio", "acta", "anexo"), entry("k2", "Anexo del convenio"), entry("k3", "Convenio"))
    assert keys(ask(engine, "convenio -anexo")) == ["k3"]


def test_a_document_without_text_is_found_by_its_title(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta escaneada"))
    found = ask(engine, "acta")
    assert [(hit.key, hit.page) for hit in found.hits] == [("k1", 1)]


# Landing --------------------------------------------------------------------------------------------------


@pytest.mark.rule("P2")
@pytest.mark.parametrize(
    ("text", "page"),
    [("acta", 1), ("marco", 2), ("acta inicio", 3), ('"inicio del acta"', 4), ("inicio acta", 4), ("acta convenio", 1),
     ("titulado", 1)],
)  # fmt: skip
def test_lands_on_the_best_page(engine: SearchEngine, text: str, page: int) -> None:
    pages = ("acta", "marco", "acta y después inicio", "inicio del acta", "acta, inicio y otro inicio")
    put(engine, entry("k1", "Titulado convenio", *pages))
    assert [hit.page for hit in ask(engine, text).hits] == [page]


def test_landing_is_per_document(engine: SearchEngine) -> None:
    put(engine, entry("k1", "", "nada", "acta"), entry("k2", "", "acta"), entry("k3", "", "a", "b", "acta"))
    assert {hit.key: hit.page for hit in ask(engine, "acta").hits} == {"k1": 2, "k2": 1, "k3": 3}


# Scope ----------------------------------------------------------------------------------------------------


@pytest.fixture
def shelved(engine: SearchEngine) -> SearchEngine:
    """Nine documents: three partitions, three containers."""
    put(engine, *(entry(f"{p[:4]}-{c}", "Acta", partition=p, container=c) for p in PARTITIONS for c in ("a", "b", "c")))
    return engine


@pytest.mark.requirement("J2")
@pytest.mark.criterion(8)
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (only(), set()),
        (only(public=PartitionScope()), set()),
        (only(public=PartitionScope(whole=True)), {"publ-a", "publ-b", "publ-c"}),
        (only(reserved=PartitionScope(containers=frozenset({"a", "zz"}))), {"rese-a"}),
        (only(restricted=PartitionScope(items=frozenset({"rest-b", "rese-b", "publ-a"}))), {"rest-b"}),
        (only(reserved=PartitionScope(False, frozenset({"a"}), frozenset({"rese-c"}))), {"rese-a", "rese-c"}),
        (only(unknown=PartitionScope(whole=True)), set()),
    ],
)
def test_scope_is_inside_the_question(shelved: SearchEngine, scope: Scope, expected: set[str]) -> None:
    found = ask(shelved, "acta", scope, facets=True)
    assert set(keys(found)) == expected
    assert found.total == len(expected)


def test_hidden_keys_count_as_absent(shelved: SearchEngine) -> None:
    found = ask(shelved, "acta", hidden={"public": frozenset({"publ-a", "publ-b"})})
    assert found.total == 7
    assert not {"publ-a", "publ-b"} & set(keys(found))


def test_thousands_of_single_documents_in_a_scope(engine: SearchEngine) -> None:
    put(engine, *(entry(f"k{n}", "Acta", facets={"tipo": str(n % 2)}) for n in range(5_200)))
    granted = frozenset(f"k{n}" for n in range(5_000)) | {f"none{n}" for n in range(500)}
    found = ask(engine, "acta", only(public=PartitionScope(items=granted)), facets=True)
    assert (found.total, found.facets) == (5_000, {"tipo": {"0": 2_500, "1": 2_500}})


# Order ----------------------------------------------------------------------------------------------------


def test_title_before_side_by_side_before_anywhere_then_newest(engine: SearchEngine) -> None:
    old, new = date(2020, 1, 1), date(2026, 1, 1)
    put(
        engine,
        entry("apart", "", "acta y luego inicio", day=new),
        entry("beside-old", "", "acta de inicio", day=old),
        entry("beside-new", "", "acta de inicio", day=new, partition="reserved"),
        entry("title", "Inicio y acta", day=old),
        entry("undated", "", "acta y luego inicio", day=None),
    )
    assert keys(ask(engine, "acta inicio")) == ["title", "beside-new", "beside-old", "apart", "undated"]


@pytest.mark.beyond(5)
def test_order_does_not_depend_on_how_it_was_written(tmp_path: Path) -> None:
    entries = [entry(f"k{n}", "Acta", partition=PARTITIONS[n % 3]) for n in range(24)]
    one = EmbeddedEngine(tmp_path / "one")
    one.rebuild(entries)
    many = EmbeddedEngine(tmp_path / "many")
    many.rebuild([])
    for item in reversed(entries):
        put(many, replace(item, partition="public"))
        put(many, item)
    assert keys(ask(one, "acta", limit=24)) == keys(ask(many, "acta", limit=24))


@pytest.mark.parametrize("page_size", [1, 7, 20])
def test_paging_gives_each_document_once(engine: SearchEngine, page_size: int) -> None:
    put(engine, *(entry(f"k{n}", "", "acta inicio", partition=PARTITIONS[n % 3]) for n in range(25)))
    put(engine, *(entry(f"t{n}", "Inicio del acta") for n in range(5)))
    put(engine, *(entry(f"z{n}", "inicio", "acta", day=date(2020, 1, 1) + timedelta(n)) for n in range(10)))
    listed = list(everything_of(engine, "acta inicio", page_size))
    assert listed == keys(ask(engine, "acta inicio", limit=100))
    assert len(listed) == len(set(listed)) == 40


def test_paging_holds_while_documents_arrive_and_leave(engine: SearchEngine) -> None:
    put(engine, *(entry(f"k{n}", "Acta") for n in range(12)))
    first = ask(engine, "acta", limit=6)
    put(engine, *(entry(f"new{n}", "Acta", day=date(2026, 9, 1)) for n in range(5)))
    remove(engine, first.hits[2].key)
    second = ask(engine, "acta", limit=20, after=first.hits[-1].place)
    assert keys(first) + keys(second) == [k for k in keys(first) + keys(second) if k.startswith("k")]
    assert len({*keys(first), *keys(second)}) == 12
    assert second.total == 16


# Facets ---------------------------------------------------------------------------------------------------


def test_facets_count_documents_of_the_answer(engine: SearchEngine) -> None:
    put(
        engine,
        entry("k1", "Acta", "acta", "acta", facets={"tipo": "Acta", "convenio": "CM-1"}),
        entry("k2", "Acta", facets={"tipo": "Acta"}, partition="reserved"),
        entry("k3", "Acta", facets={"tipo": "Informe"}, partition="restricted"),
        entry("k4", "Otro", facets={"tipo": "Acta"}),
    )
    scope = only(public=PartitionScope(whole=True), reserved=PartitionScope(whole=True))
    found = ask(engine, "acta", scope, facets=True)
    assert found.facets == {"convenio": {"CM-1": 1}, "tipo": {"Acta": 2}}
    assert ask(engine, "acta", scope).facets == {}


@pytest.mark.parametrize("per_document", [13, 14, 27])
def test_facets_are_exact_beyond_the_engines_buckets(engine: SearchEngine, per_document: int) -> None:
    # 65,000 values are what tantivy counts at once; some more it leaves out in silence, many more it refuses.
    names = [f"f{n:02}" for n in range(per_document)]
    put(engine, *(entry(f"k{n}", "Acta", facets={name: f"{name}-{n}" for name in names}) for n in range(5_000)))
    found = ask(engine, "acta", facets=True)
    assert sorted(found.facets) == names
    assert all(len(found.facets[name]) == 5_000 and set(found.facets[name].values()) == {1} for name in names)


# Writing --------------------------------------------------------------------------------------------------


def test_writing_an_entry_again_replaces_it(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta", "uno", "dos"))
    put(engine, entry("k1", "Acta", "tres"))
    assert (ask(engine, "acta").total, ask(engine, "uno").total, ask(engine, "tres").total) == (1, 0, 1)
    assert [hit.page for hit in ask(engine, "tres").hits] == [1]


def test_removing_leaves_nothing_behind(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta", "uno", facets={"tipo": "x"}), entry("k2", "Acta", "dos"))
    remove(engine, "k1", "absent")
    found = ask(engine, "acta", facets=True)
    assert (found.total, keys(found), found.facets) == (1, ["k2"], {})
    assert [held.key for held in engine.indexed()] == ["k2"]


def test_same_key_of_two_sources_are_two_things(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta"), replace(entry("k1", "Acta", partition="reserved"), source="other"))
    assert ask(engine, "acta").total == 2
    remove(engine, "k1")
    assert [hit.source for hit in ask(engine, "acta").hits] == ["other"]


@pytest.mark.criterion(24)
def test_moving_to_another_partition_leaves_the_first(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta"), entry("k2", "Acta"))
    put(engine, entry("k1", "Acta", partition="reserved"), entry("k3", "Acta"))
    assert set(keys(ask(engine, "acta", only(public=PartitionScope(whole=True))))) == {"k2", "k3"}
    assert keys(ask(engine, "acta", only(reserved=PartitionScope(whole=True)))) == ["k1"]


def test_one_entry_given_twice_at_once_counts_once(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta"), entry("k1", "Acta", partition="reserved"))
    assert [(hit.key, hit.partition) for hit in ask(engine, "acta").hits] == [("k1", "reserved")]


def test_several_changes_of_one_entry_before_one_commit(engine: SearchEngine) -> None:
    with engine.writer() as writer:
        writer.put([entry("k1", "Acta")])
        writer.put([entry("k1", "Acta", partition="reserved")])
        writer.put([entry("k2", "Acta")])
        writer.remove([("custody", "k2")])
        writer.put([entry("k1", "Acta final", partition="restricted")])
        writer.commit()
    assert [(h.key, h.partition) for h in ask(engine, "acta").hits] == [("k1", "restricted")]


def test_rebuild_holds_exactly_what_it_is_given(engine: SearchEngine) -> None:
    put(engine, entry("k1", "Acta"), entry("k2", "Acta", partition="reserved"))
    given_entries = [entry("k2", "Acta"), entry("k3", "Acta")]
    assert engine.rebuild(given_entries) == 2
    assert set(keys(ask(engine, "acta"))) == {"k2", "k3"}
    held = {(h.source, h.key, h.partition, h.fingerprint) for h in engine.indexed()}
    assert held == {(e.source, e.key, e.partition, fingerprint_of(e)) for e in given_entries}


def test_an_index_without_entries_answers(engine: SearchEngine) -> None:
    found = ask(engine, "acta", facets=True)
    assert (found.total, found.hits, found.facets, found.more) == (0, (), {}, False)
    assert list(engine.indexed()) == []


# The naive engine is the model of the others --------------------------------------------------------------

EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@given(corpora(), st.lists(st.tuples(queries(), scopes), min_size=4, max_size=12))
@EXAMPLES
def test_embedded_answers_as_the_naive_engine(entries: list[IndexEntry], asked: list[tuple[str, Scope]]) -> None:
    for embedded in _filled(entries):
        naive = MemoryEngine()
        naive.rebuild(entries)
        for text, scope in asked:
            for request in _pages_of(naive, text, scope):
                assert embedded.search(request) == naive.search(request), (text, scope)


def _pages_of(naive: SearchEngine, text: str, scope: Scope) -> Iterator[Request]:
    request = Request(parse(text), scope, {"public": frozenset({"k3"})}, limit=2, facets=True)
    while True:
        yield request
        found = naive.search(request)
        if not found.more:
            return
        request = replace(request, after=found.hits[-1].place)


def _filled(entries: list[IndexEntry]) -> Iterator[SearchEngine]:
    with TemporaryDirectory() as folder:
        embedded = EmbeddedEngine(folder)
        embedded.rebuild(entries)
        yield embedded


@pytest.mark.criterion(2)
@pytest.mark.beyond(5)
@pytest.mark.requirement("J3")
@given(corpora(), corpora(), scopes, st.lists(queries(), min_size=4, max_size=12))
@EXAMPLES
def test_hidden_documents_change_nothing(
    entries: list[IndexEntry], others: list[IndexEntry], scope: Scope, asked: list[str]
) -> None:
    strangers = [replace(other, key=f"hidden-{other.key}") for other in others]
    hidden = [stranger for stranger in strangers if not _may_find(scope, stranger)]
    for one in _filled(entries):
        for other in _filled([*hidden, *entries]):
            for text in asked:
                request = Request(parse(text), scope, limit=3, facets=True)
                assert repr(one.search(request)) == repr(other.search(request))


def _may_find(scope: Scope, candidate: IndexEntry) -> bool:
    part = scope.partitions.get(candidate.partition, PartitionScope())
    return part.whole or candidate.container in part.containers or candidate.key in part.items


def test_everything_is_a_scope_of_all_partitions() -> None:
    assert set(EVERYTHING.partitions) == set(PARTITIONS)
