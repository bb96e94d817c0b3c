"""What every engine must do, the same for all: matching, scope, order, totals, facets, landing, writing, rebuilding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines import embedded, embedded_landing
from search.engines.base import SearchEngine, fingerprint_of, sort_of
from search.engines.embedded import EmbeddedEngine
from search.engines.memory import MemoryEngine
from search.types import IndexEntry, Order, PartitionScope, Request, Scope
from search.widening import widen
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
    shapes,
)

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {
    "embedded": lambda path: EmbeddedEngine(path / "index"),
    "memory": lambda _path: MemoryEngine(),
}


@pytest.fixture(params=[*sorted(ENGINES), pytest.param("elastic", marks=pytest.mark.elastic)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> SearchEngine:
    """An empty engine, ready."""
    if request.param == "elastic":
        given: SearchEngine = request.getfixturevalue("elastic")
        return given
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


def _written(engine: SearchEngine) -> None:
    texts = ("Convenio derivado 7 de 2021", "contrato, art. 17, numeral 6, por $1.234.567,00")
    facts = {"tipo": "Acta de recibo", "convenio": "CM-2026-001", "level": "public"}
    facts |= {"phase": "Ejecución", "office": "Oficina Jurídica"}
    first = entry("k1", "Acta de recibo", *texts, day=date(2026, 5, 4), facets=facts)
    others = {"tipo": "Informe", "level": "reserved"}
    put(engine, replace(first, first_folio=10), entry("k2", "Informe", "otra cosa", day=None, facets=others))


@pytest.mark.requirement("J5", "J6")
@pytest.mark.parametrize(
    "text",
    ["contrat*", "RECIB*", "CD-2021-007", "CD-2021-7", "convenio 7 de 2021", "7/2021", "art. 17.6", "1234567",
     "1,234,567.00", "zarzaluna OR recibo", "(zarzaluna OR acta) contrato", "acta -(contrato zarzaluna)", "acta -cosa*",
     "tipo:acta", 'tipo:"recibo acta"', "convenio:CM-2026-1", "convenio:cm-2026-001 acta", "nivel:pública",
     "-tipo:informe acta", "desde:2026-05-04", "antes:2026-05-05", "desde:2026 antes:2027 acta", "folio:10",
     "fase:ejecucion", "dependencia:juridica", 'oficina:"Oficina Jurídica" acta', "desde:\"4 de mayo de 2026\"",
     "folio:11-99", "folio:1-10", "(tipo:acta OR tipo:oficio) recibo"],
)  # fmt: skip
def test_finds_one_of_two_by(engine: SearchEngine, text: str) -> None:
    _written(engine)
    assert keys(ask(engine, text)) == ["k1"]


@pytest.mark.parametrize(
    "text",
    ["contratis*", "CM-2021-007", "resolución 7 de 2021 -derivado", "art. 17.7", "acta tipo:informe", "acta -contrat*",
     "acta -(contrato OR zarzaluna)", "desde:2026-05-05", "antes:2026-05-04", "folio:12", "folio:1-9", "folio:0",
     "fase:liquidación", "dependencia:archivo", "acta nivel:reservada", "convenio:CM-2026-2", "-tipo:acta", "123456",
     "zarzaluna OR quimbaya"],
)  # fmt: skip
def test_finds_neither_by(engine: SearchEngine, text: str) -> None:
    _written(engine)
    assert ask(engine, text).total == 0


@pytest.mark.rule("P2")
@pytest.mark.parametrize(
    ("text", "page"),
    [("contrat*", 2), ("CD-2021-007", 1), ("art. 17.6", 2), ("zarzaluna OR contrato", 2), ("tipo:acta", 1)],
)
def test_lands_where_that_is_what_stands_there(engine: SearchEngine, text: str, page: int) -> None:
    _written(engine)
    assert [hit.page for hit in ask(engine, text).hits] == [page]


DAY_IN_WORDS = "a los quince (15) días del mes de mayo de 2018"


@pytest.mark.requirement("J6")
@pytest.mark.parametrize("text", ["15/05/2018", "2018-05-15", "15 de mayo de 2018", "quince (15) de mayo de 2018",
                                  "mayo 15 de 2018", "15 may. 2018", "acta 15-05-2018"])  # fmt: skip
def test_a_day_is_found_in_every_spelling_and_what_is_of_that_day_after_it(engine: SearchEngine, text: str) -> None:
    put(
        engine,
        entry("slashes", "Acta", "del 15/05/2018", day=date(2020, 1, 4)),
        entry("words", "Acta", DAY_IN_WORDS, day=date(2020, 1, 3)),
        entry("title", "Acta de mayo 15 de 2018", day=date(2020, 1, 2)),
        entry("own", "Acta", "sin fecha", day=date(2018, 5, 15)),
        entry("other", "Acta", "del 16 de mayo de 2018, 15 folios", day=date(2018, 5, 16)),
        entry("month", "Acta", "de mayo de 2018", day=None),
        entry("number", "Acta", "convenio 5 de 2018, 15-5-2019", day=date(2020, 1, 1)),
    )
    found = engine.search(Request(widen(parse(text)), EVERYTHING))
    assert (set(keys(found)[:3]), keys(found)[3:]) == ({"slashes", "words", "title"}, ["own"])
    assert found.total == 4


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mayo de 2018", {"day", "month", "own", "bare"}),
        ("05/2018", {"day", "month", "number", "bare"}),
        ("convenio 05/2018", {"number"}),
        ('"mayo de 2018"', {"month"}),
        ("acta -15/05/2018", {"month", "own", "number", "bare", "amount"}),
        ("123/2021", set()),
    ],
)  # fmt: skip
def test_a_month_is_found_in_its_days_and_takes_nothing_from_numbers(
    engine: SearchEngine, text: str, expected: set[str]
) -> None:
    put(
        engine,
        entry("day", "Acta", "del 15/05/2018", day=None),
        entry("month", "Acta", "mayo de 2018", day=None),
        entry("own", "Acta", "sin fecha", day=date(2018, 5, 31)),
        entry("number", "Acta", "convenio 5 de 2018", day=None),
        entry("bare", "Acta", "periodo 05-2018", day=None),
        entry("amount", "Acta", "$ 123.202.100 y 12.052.018", day=None),
    )
    assert set(keys(engine.search(Request(widen(parse(text)), EVERYTHING)))) == expected


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("convenio", ["typed", "read"]),
        ("mincit", ["short", "name"]),
        ("ministerio de comercio industria y turismo", ["name", "short"]),
        ("900373913", ["nit"]),
        ("900.373.913-4", ["nit"]),
        ('"convenio"', ["typed"]),
        ("acta -convenio", ["read"]),
    ],
)
def test_a_guess_is_found_after_what_was_typed(engine: SearchEngine, text: str, order: list[str]) -> None:
    put(
        engine,
        entry("typed", "", "acta del convenio", day=date(2020, 1, 1)),
        entry("read", "", "acta del c0nvenlo", day=date(2026, 1, 1)),
        entry("name", "", "el Ministerio de Comercio, Industria y Turismo", day=date(2020, 1, 1)),
        entry("short", "", "el MinCIT"),
        entry("nit", "", "NIT 9003739134"),
    )
    found = engine.search(Request(widen(parse(text)), EVERYTHING))
    assert (keys(found), found.total) == (order, len(order))


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


FILL = "grano vereda lote puente " * 100


@pytest.mark.requirement("J3")
@pytest.mark.beyond(17)
def test_what_speaks_of_it_more_comes_first_and_of_equals_the_newest(engine: SearchEngine) -> None:
    old, new = date(2020, 1, 1), date(2026, 1, 1)
    put(
        engine,
        entry("apart", "", FILL, "acta y luego inicio", day=new),
        entry("undated", "", FILL, "acta y luego inicio", day=None),
        entry("guess", "", "acta y luego in1cio. Acta, acta y acta.", day=new),
        entry("beside-old", "", FILL, "acta de inicio", day=old),
        entry("beside-new", "", FILL, "acta de inicio", day=new, partition="reserved"),
        entry("often", "", FILL, "acta y luego inicio, acta y luego inicio, acta y luego inicio", day=old),
        entry("title", "Inicio y acta", FILL, day=old),
    )
    found = engine.search(Request(widen(parse("acta inicio")), EVERYTHING))
    assert keys(found) == ["title", "often", "beside-new", "beside-old", "apart", "undated", "guess"]
    assert [hit.place.tier for hit in found.hits] == sorted((hit.place.tier for hit in found.hits), reverse=True)


@pytest.mark.requirement("J3")
def test_of_very_many_equals_each_page_is_right(engine: SearchEngine) -> None:
    """More of equal points than are fetched at once, for one term, for two, and for guesses."""
    days = [date(2020, 1, 1) + timedelta(n * 7919 % 400) for n in range(400)]
    rows = [entry(f"k{n}", "Acta de inicio" if n % 2 else "Acta 1nicio", day=day) for n, day in enumerate(days)]
    put(engine, *rows)
    typed = sorted((row for row in rows if row.title == "Acta de inicio"), key=sort_of, reverse=True)
    read = sorted((row for row in rows if row.title != "Acta de inicio"), key=sort_of, reverse=True)
    for text, expected in (("acta", sorted(rows, key=sort_of, reverse=True)), ("inicio acta", [*typed, *read])):
        request = Request(widen(parse(text)), EVERYTHING, limit=90)
        listed: list[str] = []
        more = True
        while more:
            found = engine.search(request)
            listed, more = [*listed, *keys(found)], found.more
            request = replace(request, after=found.hits[-1].place)
        assert listed == [row.key for row in expected]
        assert found.total == 400


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


@pytest.mark.requirement("J3")
@pytest.mark.criterion(9)
def test_page_ten_thousand_stays_where_it_is_while_documents_arrive(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index")
    rows = [entry(f"k{n}", "Acta de inicio", day=date(2000, 1, 1) + timedelta(n * 7919 % 9000)) for n in range(10_010)]
    engine.rebuild(rows)
    expected = [row.key for row in sorted(rows, key=sort_of, reverse=True)]
    for text in ("acta", "acta inicio", "tipo:none OR acta"):
        first = ask(engine, text, limit=1)
        at = next(row for row in rows if row.key == expected[9_999])
        place = replace(first.hits[0].place, sort=sort_of(at), uid=f"custody:{at.key}")
        before = ask(engine, text, limit=5, after=place)
        assert keys(before) == expected[10_000:10_005]
        put(engine, *(entry(f"new-{len(text)}-{n}", "Acta de inicio", day=date(2030, 1, 1)) for n in range(20)))
        assert ask(engine, text, limit=5, after=place).hits == before.hits


# Narrowing and other orders ------------------------------------------------------------------------------


def _filed() -> list[IndexEntry]:
    """Pieces of two expedientes, some without date or folio."""
    rows = [
        ("a1", "CM-1", "Acta", date(2026, 1, 3), 1),
        ("a2", "CM-1", "Informe", date(2026, 1, 1), 12),
        ("a3", "CM-1", "Acta", None, 3),
        ("b1", "CM-2", "Acta", date(2026, 1, 2), 2),
        ("b2", "CM-2", "Oficio", date(2026, 1, 4), 0),
    ]
    return [
        replace(entry(key, "Papel", "texto", day=day, facets={"expediente": place, "tipo": tipo}), first_folio=folio)
        for key, place, tipo, day, folio in rows
    ]


@pytest.mark.requirement("J3")
@pytest.mark.parametrize("text", ["papel", ""])
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["b2", "a1", "b1", "a2", "a3"]),
        ("oldest", ["a2", "b1", "a1", "b2", "a3"]),
        ("folio", ["a1", "a3", "a2", "b1", "b2"]),
        ("relevance", ["b2", "a1", "b1", "a2", "a3"]),
    ],
)
def test_orders_by_facts_page_by_page(engine: SearchEngine, text: str, order: Order, expected: list[str]) -> None:
    put(engine, *_filed())
    narrowed = {} if text else {"tipo": frozenset({"Acta", "Informe", "Oficio"})}
    for size in (1, 2, 5):
        listed = list(everything_of(engine, text, size, order=order, narrowed=narrowed))
        assert listed == expected


@pytest.mark.requirement("J3")
@pytest.mark.parametrize(
    ("text", "narrowed", "expected"),
    [
        ("papel", {"tipo": {"Acta"}}, {"a1", "a3", "b1"}),
        ("papel", {"tipo": {"Acta", "Oficio"}, "expediente": {"CM-2"}}, {"b1", "b2"}),
        ("papel", {"tipo": {"Acta", "none"}}, {"a1", "a3", "b1"}),
        ("-texto", {"tipo": {"Acta"}}, set()),
        ("", {"tipo": {"Informe"}}, {"a2"}),
        ("tipo:acta", {"expediente": {"CM-1"}}, {"a1", "a3"}),
        ("papel", {"tipo": set()}, set()),
        ("papel", {"none": {"Acta"}}, set()),
        ("papel", {"tipo": {"acta"}}, set()),
        ("papel", {"tipo": {'"; \x00 ¶'}}, set()),
    ],
)  # fmt: skip
def test_narrows_to_values_of_facets(
    engine: SearchEngine, text: str, narrowed: dict[str, set[str]], expected: set[str]
) -> None:
    put(engine, *_filed())
    found = ask(engine, text, facets=True, narrowed={name: frozenset(values) for name, values in narrowed.items()})
    assert (set(keys(found)), found.total) == (expected, len(expected))
    assert sum(found.facets.get("expediente", {}).values()) == len(expected)


@pytest.mark.requirement("J2")
def test_narrowing_never_leaves_the_scope(engine: SearchEngine) -> None:
    put(engine, *_filed(), replace(_filed()[0], key="shut", partition="reserved"))
    mine = only(public=PartitionScope(whole=True))
    assert set(keys(ask(engine, "", mine, narrowed={"tipo": frozenset({"Acta"})}))) == {"a1", "a3", "b1"}
    assert ask(engine, "", only(), narrowed={"tipo": frozenset({"Acta"})}).total == 0
    assert ask(engine, "").total == 0


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


@given(corpora(), st.lists(st.tuples(queries(), scopes, shapes), min_size=4, max_size=12))
@EXAMPLES
def test_embedded_answers_as_the_naive_engine(
    entries: list[IndexEntry], asked: list[tuple[str, Scope, Mapping[str, object]]]
) -> None:
    for engine in _filled(entries):
        naive = MemoryEngine()
        naive.rebuild(entries)
        for text, scope, shaped in asked:
            for request in _pages_of(naive, text, scope, shaped):
                assert engine.search(request) == naive.search(request), (text, scope)


@given(corpora(), st.lists(st.tuples(queries(), scopes, shapes), min_size=4, max_size=8))
@EXAMPLES
def test_embedded_answers_so_however_little_is_fetched_at_once(
    entries: list[IndexEntry], asked: list[tuple[str, Scope, Mapping[str, object]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for bound, size in (("_SLACK", 2), ("_TIES", 1), ("_TIES_ALONE", 1), ("_GROWTH", 2)):
            patch.setattr(embedded, bound, size)
        patch.setattr(embedded_landing, "_AT_ONCE", 3)
        for engine in _filled(entries):
            naive = MemoryEngine()
            naive.rebuild(entries)
            for text, scope, shaped in asked:
                for request in _pages_of(naive, text, scope, shaped):
                    assert engine.search(request) == naive.search(request), (text, scope)


def test_a_word_asked_again_inside_a_phrase_is_listed_once_each(engine: SearchEngine) -> None:
    put(engine, entry("k0", "acta acta acta"), entry("k1", "acta acta"), entry("k7", "acta acta acta"))
    naive = MemoryEngine()
    naive.rebuild([entry("k0", "acta acta acta"), entry("k1", "acta acta"), entry("k7", "acta acta acta")])
    for request in _pages_of(naive, 'acta "acta acta"', EVERYTHING, {"limit": 1}):
        assert engine.search(request) == naive.search(request)


def _pages_of(naive: SearchEngine, text: str, scope: Scope, shaped: Mapping[str, object]) -> Iterator[Request]:
    request = Request(widen(parse(text)), scope, {"public": frozenset({"k3"})}, limit=2, facets=True)
    request = replace(request, **shaped)  # type: ignore[arg-type]
    while True:
        yield request
        found = naive.search(request)
        if not found.more:
            return
        request = replace(request, after=found.hits[-1].place)


def _filled(entries: list[IndexEntry]) -> Iterator[SearchEngine]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # the engine may still be merging in it
        engine = EmbeddedEngine(folder)
        engine.rebuild(entries)
        yield engine


@pytest.mark.criterion(2)
@pytest.mark.beyond(5)
@pytest.mark.requirement("J3")
@given(corpora(), corpora(), scopes, st.lists(st.tuples(queries(), shapes), min_size=4, max_size=12))
@EXAMPLES
def test_hidden_documents_change_nothing(
    entries: list[IndexEntry], others: list[IndexEntry], scope: Scope, asked: list[tuple[str, Mapping[str, object]]]
) -> None:
    strangers = [replace(other, key=f"hidden-{other.key}") for other in others]
    hidden = [stranger for stranger in strangers if not _may_find(scope, stranger)]
    for one in _filled(entries):
        for other in _filled([*hidden, *entries]):
            for text, shaped in asked:
                request = Request(widen(parse(text)), scope, limit=3, facets=True, **shaped)  # type: ignore[arg-type]
                assert repr(one.search(request)) == repr(other.search(request))


def _may_find(scope: Scope, candidate: IndexEntry) -> bool:
    part = scope.partitions.get(candidate.partition, PartitionScope())
    return part.whole or candidate.container in part.containers or candidate.key in part.items


def test_everything_is_a_scope_of_all_partitions() -> None:
    assert set(EVERYTHING.partitions) == set(PARTITIONS)
