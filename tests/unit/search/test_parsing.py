"""A reader's text as a query: words, phrases, exclusions, alternatives, groups, beginnings, facts and citations;
what does not parse is explained where it stands and searched as words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.asking import All, Days, Either, Folios, Key, Node, Not, Run, Start, Wide, leaves_of, parts_of
from search.parsing import MAX_CHARACTERS, MAX_DEPTH, MAX_REMARKS, MAX_TERMS, parse, render
from search.types import Query


def run(*terms: str) -> Run:
    return Run(terms)


@pytest.mark.parametrize(
    ("text", "words", "phrases", "excluded"),
    [
        ("acta convenios", ("acta", "convenio"), (), ()),
        ('"acta de inicio" marco', ("marc",), (("acta", "inici"),), ()),
        ("“acta de inicio”", (), (("acta", "inici"),), ()),
        ("acta -informe", ("acta",), (), (("informe",),)),
        ("acta –informe", ("acta",), (), (("informe",),)),
        ('acta -"sin anexos" --marco', ("acta",), (), (("anexo",), ("marc",))),
        ("CM-2026-001", (), (("cm", "2026", "001"),), ()),
        ("acta -CM-2026-001", ("acta",), (), (("cm", "2026", "001"),)),
        ("técnico-económico", ("tecnic", "econom"), (), ()),
        ('"acta"', ("acta",), (), ()),
        ("acta ACTA actas", ("acta",), (), ()),
        ("acta - informe", ("acta", "informe"), (), ()),
        ('a"b c"d', ("d",), (("b", "c"),), ()),
        ("10:30", ("10", "30"), (), ()),
        ("17(6)", ("17", "6"), (), ()),
        ("ACTA O CONVENIO", ("acta", "convenio"), (), ()),
        ("\u202e-acta informe", ("informe",), (), (("acta",),)),
        ("😀 acta 👩‍⚖️", ("acta",), (), ()),
        ("NIT 900.123.456-7", ("nit",), (("900123456", "7"),), ()),
    ],
)
def test_parses(text: str, words: tuple, phrases: tuple, excluded: tuple) -> None:
    query = parse(text)
    assert (query.words, query.phrases, query.excluded, query.notes) == (words, phrases, excluded, ())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("acta convenio OR contrato", (run("acta"), Either((run("convenio"), run("contrat"))))),
        ("acta | oficio|anexo", (Either((run("acta"), run("oficio"), run("anexo"))),)),
        ("acta O oficio", (Either((run("acta"), run("oficio"))),)),
        ("(acta marco) OR oficio", (Either((All((run("acta"), run("marc"))), run("oficio"))),)),
        ("(acta (marco))", (run("acta"), run("marc"))),
        ("(acta -marco) OR oficio", (Either((All((run("acta"), Not(run("marc")))), run("oficio"))),)),
        ("acta -(marco oficio)", (run("acta"), Not(All((run("marc"), run("oficio")))))),
        ("acta -(marco OR oficio)", (run("acta"), Not(Either((run("marc"), run("oficio")))))),
        ("acta -contrat*", (run("acta"), Not(Start("contrat")))),
        ("CONTRATÓ*", (Start("contrato"),)),
        ("tipo:acta", (Key("tipo", "acta"),)),
        ('Tipo:"Acta de recibo"', (All((Key("tipo", "acta"), Key("tipo", "recib"))),)),
        ("convenio:CM-2026-001", (All((Key("convenio", "cm"), Key("convenio", "2026"), Key("convenio", "1"))),)),
        ("nivel:Pública -nivel:reservado", (Key("level", "public"), Not(Key("level", "reserved")))),
        ("desde:2026-05 antes:31/12/2026", (Days(since=date(2026, 5, 1)), Days(before=date(2026, 12, 31)))),
        ("antes:2026 desde:05/2025", (Days(before=date(2026, 1, 1)), Days(since=date(2025, 5, 1)))),
        ("folio:12 folio:12-20", (Folios(12, 12), Folios(12, 20))),
        ("proveedor:boreal", (Key("proveedor", "boreal"),)),
        ("123/2021", (Wide(run("123", "2021"), (Key("reference", "123/2021"),)),)),
        (
            "art. 17.6",
            (Wide(All((run("articulo"), run("17", "6"))), (Key("reference", "articulo:17.6"),)),),
        ),
        ('"Convenio 123 de 2021"', (run("convenio", "123", "2021"),)),
        ("acta -123/2021", (run("acta"), Not(run("123", "2021")))),
    ],
)
def test_parses_into(text: str, asked: tuple[Node, ...]) -> None:
    query = parse(text)
    assert (query.asked, query.remarks) == (asked, ())


def test_the_sequence_is_all_that_is_required_in_order() -> None:
    assert parse('marco "acta de inicio" -nada marco').sequence == ("marc", "acta", "inici", "marc")
    assert parse("marco acta marco").terms == ("marc", "acta")
    assert parse("marco (acta OR oficio)").sequence == ("marc",)
    assert parse("marco (acta OR oficio)").terms == ("marc", "acta", "oficio")


@pytest.mark.parametrize(
    ("text", "words", "place", "note"),
    [
        ('acta "de inicio', ("acta", "inici"), '"', "comilla"),
        ('"acta" "inicio', ("acta", "inici"), '"', "comilla"),
        ("-acta", (), "-acta", "excluidas"),
        ("de la", (), "de la", "No hay palabras"),
        ("()", (), "()", "No hay palabras"),
        ("*", (), "*", "asterisco"),
        ("* acta", ("acta",), "*", "asterisco"),
        ("co*sa", ("co", "sa"), "co*sa", "asterisco"),
        ("fo*", ("fo",), "fo*", "asterisco"),
        ("CM-2026-*", (), "CM-2026-*", "asterisco"),
        ('"contrat* firmado"', (), '"contrat* firmado"', "asterisco"),
        ("(acta", ("acta",), "(", "sin cerrar"),
        ("acta)", ("acta",), ")", "no cierra"),
        ("OR acta", ("acta",), "OR", "OR va entre"),
        ("acta OR", ("acta",), "OR", "OR va entre"),
        ("acta OR -informe", ("acta",), "OR", "no une"),
        ("acta AND informe", ("acta", "informe"), "AND", "no hace falta"),
        ("acta NOT informe", ("acta", "informe"), "NOT", "guion"),
        ("autor:perez", ("autor", "perec"), "autor:", "No existe el campo"),
        ("title:acta^2", ("titl", "acta", "2"), "title:", "No existe el campo"),
        ("tipo: acta", ("tip", "acta"), "tipo:", "tipo:acta"),
        ("nivel:secreto", ("nivel", "secret"), "nivel:secreto", "nivel:pública"),
        ("antes:2026-02-30", (), "antes:2026-02-30", "antes:2026"),
        ("folio:9-3", ("folio",), "folio:9-3", "folio:12"),
        (" ".join(f"p{n}" for n in range(1000)), tuple(f"p{n}" for n in range(MAX_TERMS)), "p64", "muchas palabras"),
        ("x" * 11_000 + " fin", ("x" * 64,), None, "muy larga"),
        ("acta " + "x" * 11_000, ("acta",), None, "muy larga"),
        ("(" * 30 + "acta", ("acta",), "(", "demasiados"),
    ],
)
def test_what_does_not_parse_is_explained_where_it_stands(text: str, words: tuple, place: str, note: str) -> None:
    query = parse(text)
    assert query.words == words
    told = [text[remark.start : remark.end] for remark in query.remarks if note in remark.text]
    assert told
    assert place in {None, told[0]}
    assert len(query.remarks) <= MAX_REMARKS


def test_a_remark_is_told_once_at_the_first_place_it_is_so() -> None:
    text = "acta AND informe AND " + "palabra " * 100
    told = [(remark.start, remark.text.split()[0]) for remark in parse(text).remarks]
    assert [first for _start, first in told].count("AND") == 1
    assert (told[0], len(told)) == ((5, "AND"), 2)


def test_nothing_of_another_engine_or_of_markup_is_a_sign() -> None:
    assert parse("<b>acta</b> {!x} [a TO b] acta~2 ^3 &&").excluded == ()
    assert set(parse("<script>acta</script>").words) == {"script", "acta"}


def test_an_empty_text_needs_no_explanation() -> None:
    assert parse("") == parse(" \n ") == Query()


SIGNS = ['"', "-", "acta", " ", " ", "de", "CM-1", '-"', "\n", "(", ")", " OR ", "|", "*", "contrat*", "tipo:",
         "folio:3",
         "123/2021", "Convenio 12 de 2021", "O", "AND", "art. 17.6", "1.234.567", "té", "\u202e", "y/o", "desde:2026",
         "técnico-económico", "5,1.234.567", "-(", "nivel:", "2021", "/", "15/05/2018",
         "mayo de 2018", "quince (15) de mayo de 2018", "05/2018", "mayo 15 "]  # fmt: skip
mixed = st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)
any_text = st.text(max_size=300) | mixed


@settings(deadline=None)
@given(any_text)
@example("\x00" * 20)
@example("(" * 10_000)
@example("-" * 10_000)
@example('"' * 9_999)
@example("OR " * 3_000)
@example("a:" * 5_000)
def test_any_text_gives_a_bounded_query(text: str) -> None:
    query = parse(text)
    spellings = {"reference", "fecha", "mes"}
    leaves = [leaf for leaf in leaves_of(query.asked) if not (isinstance(leaf, Key) and leaf.kind in spellings)]
    assert sum(len(leaf.terms) if isinstance(leaf, Run) else 1 for leaf in leaves) <= MAX_TERMS
    assert sum(map(len, query.excluded)) <= MAX_TERMS
    assert set(query.words) <= set(query.terms)
    assert all(len(phrase) > 1 for phrase in query.phrases)
    assert max(map(_depth, query.asked), default=0) <= 3 * MAX_DEPTH


def _depth(node: Node) -> int:
    inner = (node.part,) if isinstance(node, Not) else parts_of(node)
    return 1 + max(map(_depth, inner), default=0)


@settings(deadline=None)
@given(any_text)
def test_remarks_point_inside_the_text(text: str) -> None:
    remarks = parse(text).remarks
    assert all(0 <= remark.start < remark.end <= len(text) for remark in remarks)
    assert [remark.start for remark in remarks] == sorted(remark.start for remark in remarks)


@settings(deadline=None)
@given(any_text)
def test_groups_and_alternatives_ask_for_something(text: str) -> None:
    def holds(node: Node) -> bool:
        match node:
            case Not(part):
                return not isinstance(part, Not) and holds(part)
            case All(parts):
                return len(parts) > 1 and any(not isinstance(p, Not) for p in parts) and all(map(holds, parts))
            case Either(parts):
                return len(parts) > 1 and not any(isinstance(p, Not) for p in parts) and all(map(holds, parts))
            case _:
                return True

    assert all(map(holds, parse(text).asked))


@settings(deadline=None)
@given(any_text)
def test_a_query_rendered_asks_the_same(text: str) -> None:
    query = parse(text)
    assert parse(render(query)).asked == query.asked
    assert len(render(query)) <= 4 * MAX_CHARACTERS


@pytest.mark.parametrize("broken", ["contra-\ntación", "contra\u00ad\ntación", "contra\x02\r\ntación"])
def test_a_word_pasted_from_a_page_that_breaks_it_is_that_word(broken: str) -> None:
    assert parse(broken).asked == parse("contratación").asked
    assert parse(f'"{broken}"').asked == parse("contratación").asked


@pytest.mark.parametrize("run", ["\u200b", "\u00ad", "\u200b\u0301", "\u202e"])
def test_signs_that_nobody_sees_cannot_hold_a_process(run: str) -> None:
    """Tried from each of its signs, such a run took cubic time: hours for this text, on a page that asks no login."""
    inside = "a" + run * (MAX_CHARACTERS // len(run) - 2) + "b"

    assert len(parse(inside[:MAX_CHARACTERS]).terms) == 1
