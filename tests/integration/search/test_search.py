"""search(): what a viewer gets, and what never reaches them."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import api
from search.conf import get_engine
from search.models import OutboxEntry
from search.types import PartitionScope, Scope
from tests.integration.search.shelf import ALL, NOBODY, PUBLIC, DownEngine, Shelf
from tests.unit.search.entries import corpora, queries, scopes

pytestmark = pytest.mark.django_db


def test_an_archive_that_waits_is_asked_of_its_source_in_parts(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database takes only so many values in one question: with more, nobody could search until all was indexed."""
    asked: list[int] = []
    confirm = shelf.confirm

    def limited(keys, viewer):
        asked.append(len(kept := list(keys)))
        return confirm(kept, viewer)

    monkeypatch.setattr(shelf, "confirm", limited)
    shelf.file("seen")
    with transaction.atomic():
        api.enqueue(shelf.name, [f"hidden{number}" for number in range(25_000)])

    assert api.search(ALL, "acta").pending == 1
    assert sum(asked) == 25_001
    assert max(asked) <= 10_000


def as_bytes(answer: api.Answer) -> str:
    return json.dumps(asdict(answer), default=str, sort_keys=False)


def found(viewer: str, text: str, **more) -> list[str]:
    return [hit.key for hit in api.search(viewer, text, **more).hits]


@pytest.fixture
def filed(shelf: Shelf) -> Shelf:
    """Four documents, all in the index."""
    shelf.file(
        "p1", "Acta de inicio", "El acta", "La póliza <b>1</b> del acta", facets={"tipo": "Acta"}, first_folio=10
    )
    shelf.file("p2", "Informe", "No hay acta aquí", facets={"tipo": "Informe"})
    shelf.file("r1", "Informe reservado", "el acta zarzaluna", partition="reserved", facets={"tipo": "Secreto"})
    shelf.file("r2", "Acta restringida", "zarzaluna", partition="restricted", container="e9")
    api.drain()
    return shelf


# What an answer holds -------------------------------------------------------------------------------------


def test_an_answer(filed: Shelf) -> None:
    answer = api.search(PUBLIC, "poliza", facets=True)
    (hit,) = answer.hits
    assert (answer.total, answer.facets, answer.next, answer.pending) == (1, {"tipo": {"Acta": 1}}, None, 0)
    assert (hit.document, hit.url, hit.page, hit.folio, hit.level) == ("p1", "/d/p1/", 2, 11, "public")
    assert hit.snippet == "La <mark>póliza</mark> &lt;b&gt;1&lt;/b&gt; del acta"


def test_published_things_are_no_documents(filed: Shelf) -> None:
    filed.documents = False
    assert api.search(PUBLIC, "poliza").hits[0].document is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", '"', '"""', "de la", "-acta", "*", "()", "title:x AND [", "\x00\u202e", "😀", "<script>", "ñ" * 9000,
     "acta " * 2000, "x" * 100_000, "\ud800", "-" * 500, '"' * 501, "a.b." * 3000],
    ids=range(20),
)  # fmt: skip
def test_any_text_gets_an_answer(filed: Shelf, text: str) -> None:
    answer = api.search(ALL, text)
    assert answer.total == len(answer.hits)
    assert answer.total <= 4


# Narrowing and order --------------------------------------------------------------------------------------


@pytest.mark.requirement("J3")
def test_narrowed_by_a_facet_and_by_nothing_else(filed: Shelf) -> None:
    answer = api.search(ALL, "acta", narrowed={"tipo": {"Acta", "Secreto"}}, facets=True)
    assert ({hit.key for hit in answer.hits}, answer.total) == ({"p1", "r1"}, 2)
    assert answer.facets == {"tipo": {"Acta": 1, "Secreto": 1}}
    listed = api.search(PUBLIC, " ", narrowed={"tipo": {"Acta", "Secreto"}})
    assert ([hit.key for hit in listed.hits], listed.total, listed.asked, listed.notes) == (["p1"], 1, True, ())


@pytest.mark.requirement("J3")
@pytest.mark.criterion(9)
@pytest.mark.parametrize(
    "narrowed",
    [{"tipo": ["Secreto"]}, {"tipo": ["none"]}, {"none": ["Acta"]}, {"tipo": []}, {"tipo": ["\ud800"]},
     {"\ud800": ["x"]}, {"tipo": [str(n) for n in range(5000)]}, {"tipo\x1fActa": [""]}, {"": [""]}],
)  # fmt: skip
def test_what_nobody_has_and_what_is_hidden_narrow_to_the_same_nothing(
    filed: Shelf, narrowed: dict[str, list[str]]
) -> None:
    for text in ("acta", ""):
        answer = api.search(PUBLIC, text, narrowed=narrowed, facets=True)
        nowhere = api.search(PUBLIC, text, narrowed={"tipo": {"nowhere"}}, facets=True)
        told = nowhere.beside if set(narrowed) == {"tipo"} else {}
        assert as_bytes(answer) == as_bytes(replace(nowhere, beside=told))
        assert (answer.total, answer.notes) == (0, ("Con los filtros elegidos no hay resultados.",))


def test_a_list_goes_on_only_in_its_own_order_and_narrowing(filed: Shelf) -> None:
    first = api.search(ALL, "acta", page_size=1, order="folio")
    rest = api.search(ALL, "acta", page_size=9, order="folio", after=first.next)
    assert len({hit.key for hit in (*first.hits, *rest.hits)}) == 4
    for other in ({"order": "newest"}, {"order": "folio", "narrowed": {"tipo": {"Acta"}}}):
        again = api.search(ALL, "acta", after=first.next, **other)
        assert again.notes == ("La continuación de la lista no es válida: se muestra desde el principio.",)
        assert [hit.key for hit in again.hits] == found(ALL, "acta", **other)


# Rights ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("J2")
@pytest.mark.rule("P1")
def test_each_viewer_finds_what_they_may(filed: Shelf) -> None:
    filed.rights["one"] = Scope({"reserved": PartitionScope(items=frozenset({"r1"}))})
    filed.rights["file"] = Scope({"restricted": PartitionScope(containers=frozenset({"e9"}))})
    seen = {viewer: set(found(viewer, "acta")) for viewer in (ALL, PUBLIC, "one", "file", NOBODY)}
    assert seen == {ALL: {"p1", "p2", "r1", "r2"}, PUBLIC: {"p1", "p2"}, "one": {"r1"}, "file": {"r2"}, NOBODY: set()}


@pytest.mark.rule("P1")
@pytest.mark.requirement("J3")
def test_a_hidden_word_answers_as_one_that_exists_nowhere(filed: Shelf) -> None:
    assert found(ALL, "zarzaluna") == ["r2", "r1"] or found(ALL, "zarzaluna") == ["r1", "r2"]
    for viewer in (PUBLIC, NOBODY):
        hidden = api.search(viewer, "zarzaluna", facets=True)
        assert as_bytes(hidden) == as_bytes(api.search(viewer, "guayacan", facets=True))


def test_a_stranger_never_reaches_the_engine(filed: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.service.get_engine", DownEngine)
    assert api.search(NOBODY, "acta").total == 0
    with pytest.raises(api.EngineUnavailable):
        api.search(PUBLIC, "acta")


@pytest.mark.requirement("J4")
@pytest.mark.rule("P3")
@pytest.mark.beyond(3)
def test_a_revoked_grant_empties_the_next_answer_without_the_indexer(filed: Shelf) -> None:
    filed.rights["one"] = Scope({"reserved": PartitionScope(items=frozenset({"r1"}))})
    assert found("one", "zarzaluna") == ["r1"]
    filed.rights["one"] = Scope()
    answer = api.search("one", "zarzaluna", facets=True)
    assert as_bytes(answer) == as_bytes(api.search("one", "guayacan", facets=True))


def test_a_source_cannot_open_a_partition_of_another(filed: Shelf) -> None:
    other = Shelf(name="published", partitions=("published",))
    other.rights = {PUBLIC: Scope({"reserved": PartitionScope(whole=True)})}
    api.register_source(other)
    with pytest.raises(api.UnknownSource):
        api.search(PUBLIC, "zarzaluna")
    with pytest.raises(api.UnknownSource):
        api.register_source(Shelf(name="third", partitions=("reserved",)))


# Stale facts hide, never show -----------------------------------------------------------------------------


@pytest.mark.criterion(24)
def test_a_raised_level_hides_at_once_with_the_indexer_stopped(filed: Shelf) -> None:
    filed.change(replace(filed.held["p1"], partition="reserved"))
    answer = api.search(PUBLIC, "acta", facets=True)
    assert [hit.key for hit in answer.hits] == ["p2"]
    assert (answer.total, answer.facets, answer.pending) == (1, {"tipo": {"Informe": 1}}, 0)
    assert api.search(ALL, "acta").pending == 1


def test_withdrawn_words_are_not_found_while_they_wait(filed: Shelf) -> None:
    filed.change(replace(filed.held["p1"], pages=("otra cosa",)))
    assert api.search(PUBLIC, "poliza").total == 0
    api.drain()
    assert found(PUBLIC, "otra cosa") == ["p1"]


@pytest.mark.requirement("J3")
def test_pending_counts_only_what_the_viewer_may_know(filed: Shelf) -> None:
    before = as_bytes(api.search(PUBLIC, "acta"))
    for number in range(5):
        filed.file(f"new{number}", "Acta", partition="reserved")
    assert as_bytes(api.search(PUBLIC, "acta")) == before
    assert api.search(ALL, "acta").pending == 5
    filed.file("mine", "Acta")
    assert api.search(PUBLIC, "acta").pending == 1


@pytest.mark.criterion(25)
def test_a_hit_that_the_database_refuses_leaves_no_trace_and_is_reported(filed: Shelf) -> None:
    """Drift: the index holds a public copy of what is reserved now, and no change waits."""
    expected = as_bytes(_without_r(filed, lambda: api.search(PUBLIC, "acta", facets=True)))
    filed.held["p1"] = replace(filed.held["p1"], partition="reserved")
    reported: list[frozenset[str]] = []
    api.observe(on_mismatch=reported.append)
    assert as_bytes(api.search(PUBLIC, "acta", facets=True)) == expected
    assert reported == [frozenset({"p1"})]
    assert list(OutboxEntry.objects.values_list("key", flat=True)) == ["p1"]
    api.drain()
    assert not api.audit()


def _without_r(shelf: Shelf, ask) -> api.Answer:
    """The answer in a world without p1."""
    kept = shelf.held["p1"]
    shelf.withdraw("p1")
    api.drain()
    answer = ask()
    shelf.change(kept)
    api.drain()
    return answer


@pytest.mark.criterion(25)
def test_many_refused_hits_do_not_shorten_the_page(shelf: Shelf) -> None:
    for number in range(60):
        shelf.file(f"k{number}", "Acta")
    api.drain()
    gone = [f"k{number}" for number in range(0, 60, 2)]
    for key in gone:
        del shelf.held[key]
    answer = api.search(PUBLIC, "acta", page_size=20)
    assert (answer.total, len(answer.hits)) == (30, 20)
    assert not {hit.key for hit in answer.hits} & set(gone)


def test_a_change_that_began_to_wait_meanwhile_is_no_incident(filed: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[frozenset[str]] = []
    api.observe(on_mismatch=reported.append)
    engine = get_engine()

    def search_while_it_changes(request):
        answer = type(engine).search(engine, request)
        if filed.held["p1"].partition == "public":
            filed.change(replace(filed.held["p1"], partition="reserved"))
        return answer

    monkeypatch.setattr(engine, "search", search_while_it_changes)
    assert found(PUBLIC, "acta") == ["p2"]
    assert reported == []


def test_titles_and_texts_come_from_the_source_when_shown(filed: Shelf) -> None:
    filed.held["p1"] = replace(filed.held["p1"], title="Título nuevo", pages=("", "póliza nueva"))
    (hit,) = api.search(PUBLIC, "poliza").hits
    assert (hit.title, hit.snippet) == ("Título nuevo", "<mark>póliza</mark> nueva")


# Paging ---------------------------------------------------------------------------------------------------


def test_next_walks_the_whole_list(shelf: Shelf) -> None:
    for number in range(25):
        shelf.file(f"k{number}", "Acta", partition=shelf.partitions[number % 3])
    api.drain()
    listed, after = [], None
    for _page in itertools.count():
        answer = api.search(ALL, "acta", page_size=10, after=after)
        listed += [hit.key for hit in answer.hits]
        assert answer.total == 25
        after = answer.next
        if after is None:
            break
    assert sorted(listed) == sorted(shelf.held)


@pytest.mark.parametrize("cursor", ["x", "%%", "e30", "WzEsMiwzXQ", "ñ", "A" * 5000, "W1tbW1tbW1tb"])
def test_a_garbage_cursor_counts_as_none_with_a_note(filed: Shelf, cursor: str) -> None:
    answer = api.search(ALL, "acta", after=cursor)
    assert answer.hits == api.search(ALL, "acta").hits
    assert len(answer.notes) == 1


def test_the_cursor_of_another_query_counts_as_none(filed: Shelf) -> None:
    cursor = api.search(ALL, "acta", page_size=1).next
    assert cursor
    assert len(api.search(ALL, "informe", after=cursor).notes) == 1
    assert api.search(ALL, "acta", after=cursor).notes == ()


@pytest.mark.parametrize(("asked", "shown"), [(-5, 1), (0, 1), (2, 2), (10**9, 4)])
def test_page_size_is_held_in_bounds(filed: Shelf, asked: int, shown: int) -> None:
    assert len(api.search(ALL, "acta", page_size=asked).hits) == shown


# Observers ------------------------------------------------------------------------------------------------


@pytest.mark.requirement("J3")
def test_observers_hear_of_every_answer_before_it_leaves(filed: Shelf) -> None:
    heard: list[tuple] = []
    api.observe(on_answer=lambda viewer, text, shown: heard.append((viewer, text, [hit.key for hit in shown])))
    api.search(PUBLIC, "poliza")
    api.search(NOBODY, "poliza")
    assert heard == [(PUBLIC, "poliza", ["p1"]), (NOBODY, "poliza", [])]


def test_what_cannot_be_recorded_is_not_answered(filed: Shelf) -> None:
    def full_ledger(*_answer: object) -> None:
        raise OSError("ledger")

    api.observe(on_answer=full_ledger)
    with pytest.raises(OSError, match="ledger"):
        api.search(PUBLIC, "poliza")


# Cost -----------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow(shelf: Shelf) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.search(ALL, "acta", page_size=50, facets=True)
        return len(queries)

    shelf.file("k0", "Acta")
    api.drain()
    one = count()
    for number in range(1, 60):
        shelf.file(f"k{number}", "Acta", "acta " * 30)
    api.drain()
    assert count() == one == 1


# Two worlds -----------------------------------------------------------------------------------------------


@pytest.mark.criterion(2)
@pytest.mark.beyond(5)
@pytest.mark.requirement("J3")
@given(corpora(), corpora(), scopes, st.lists(queries(), min_size=3, max_size=6), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_worlds_that_differ_in_hidden_documents_answer_the_same_bytes(
    shelf: Shelf, seen: list, others: list, scope: Scope, asked: list[str], indexed: bool
) -> None:
    """Also while the hidden ones still wait in the outbox, page by page, with facets, cursors and notes."""
    hidden = [replace(other, key=f"hidden-{other.key}") for other in others]
    shelf.rights["reader"] = scope
    shelf.held = {one.key: one for one in seen}
    api.rebuild()
    without = [world_as_seen(text) for text in asked]
    for one in hidden:
        if not shelf._allows(one, "reader"):
            shelf.change(one)
    if indexed:
        api.drain()
    assert [world_as_seen(text) for text in asked] == without
    OutboxEntry.objects.all().delete()


def world_as_seen(text: str) -> list[str]:
    """Every page of the reader's list, as bytes."""
    pages, after = [], None
    while True:
        answer = api.search("reader", text, page_size=2, after=after, facets=True)
        pages.append(as_bytes(answer))
        if answer.next is None:
            return pages
        after = answer.next
