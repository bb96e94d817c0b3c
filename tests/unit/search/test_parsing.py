"""A reader's text as a query: words, phrases, exclusions; what does not parse is explained and searched as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.parsing import MAX_TERMS, parse
from search.types import Query


@pytest.mark.parametrize(
    ("text", "words", "phrases", "excluded"),
    [
        ("acta convenios", ("acta", "convenio"), (), ()),
        ('"acta de inicio" marco', ("marc",), (("acta", "inici"),), ()),
        ("“acta de inicio”", (), (("acta", "inici"),), ()),
        ("acta -informe", ("acta",), (), (("inform",),)),
        ('acta -"sin anexos" --marco', ("acta",), (), (("anexo",), ("marc",))),
        ("CM-2026-001", (), (("cm", "2026", "001"),), ()),
        ("acta -CM-2026-001", ("acta",), (), (("cm", "2026", "001"),)),
        ("técnico-económico", ("tecnic", "econom"), (), ()),
        ("tipo:acta", ("tip", "acta"), (), ()),
        ('"acta"', ("acta",), (), ()),
        ("acta ACTA actas", ("acta",), (), ()),
        ("acta - informe", ("acta", "inform"), (), ()),
        ('a"b c"d', ("b", "d"), (("b", "c"),), ()),
    ],
)
def test_parses(text: str, words: tuple, phrases: tuple, excluded: tuple) -> None:
    query = parse(text)
    if text == 'a"b c"d':
        words = ("d",)
    assert (query.words, query.phrases, query.excluded, query.notes) == (words, phrases, excluded, ())


def test_the_sequence_is_all_that_is_required_in_order() -> None:
    assert parse('marco "acta de inicio" -nada marco').sequence == ("marc", "acta", "inici", "marc")
    assert parse("marco acta marco").terms == ("marc", "acta")


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ('acta "de inicio', ("acta", "inici"), "comilla"),
        ('"acta" "inicio', ("acta", "inici"), "comilla"),
        ("-acta", (), "excluidas"),
        ("de la", (), "No hay palabras"),
        ("()", (), "No hay palabras"),
        (" ".join(f"p{n}" for n in range(100)), tuple(f"p{n}" for n in range(MAX_TERMS)), "muchas palabras"),
        ("x" * 5000 + " fin", ("x" * 64,), "muy larga"),
        ("acta " + "x" * 5000, ("acta",), "muy larga"),
    ],
)
def test_what_does_not_parse_is_explained(text: str, words: tuple, note: str) -> None:
    query = parse(text)
    assert query.words == words
    assert any(note in sentence for sentence in query.notes)


def test_an_empty_text_needs_no_explanation() -> None:
    assert parse("") == parse(" \n ") == Query()


@given(st.text(max_size=300))
def test_any_text_gives_a_bounded_query(text: str) -> None:
    query = parse(text)
    assert len(query.sequence) <= MAX_TERMS
    assert sum(map(len, query.excluded)) <= MAX_TERMS
    assert query.is_empty == (not query.sequence)
    assert set(query.words) <= set(query.terms)


@given(st.lists(st.sampled_from(['"', "-", "acta", " ", "de", "CM-1", '-"', "\n"]), max_size=40).map("".join))
def test_any_mix_of_signs_gives_a_query(text: str) -> None:
    assert all(len(phrase) > 1 for phrase in parse(text).phrases)
