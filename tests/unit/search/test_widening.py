"""What a question is held to mean besides: synonyms, a NIT with and without its digit, words badly read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings

from search import synonyms
from search.analysis import keys, terms
from search.asking import FORM, SHAPE, Key, Node, Not, Run, Wide, as_typed
from search.parsing import parse, render
from search.types import Query
from search.widening import nit_digit, widen
from tests.unit.search.entries import queries


def guesses(text: str) -> set[Node]:
    return {guess for node in widen(parse(text)).asked if isinstance(node, Wide) for guess in node.also}


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "also"),
    [
        ("MinCIT", "Ministerio de Comercio, Industria y Turismo"),
        ("el ministerio de comercio industria y turismo", "MinCIT"),
        ("tabla de retención documental", "TRD"),
        ("vobo", "visto bueno"),
        ("pymes", "mipymes"),
        ("actas de recibo", "acta de recibo a satisfacción"),
    ],
)
def test_a_saying_is_asked_in_its_other_words(text: str, also: str) -> None:
    assert Run(tuple(terms(also))) in guesses(text)


@pytest.mark.parametrize("text", ["contrato", "supervisor", "prórroga", "convenio", "acta"])
def test_what_only_looks_alike_in_law_is_no_synonym(text: str) -> None:
    assert not [guess for guess in guesses(text) if isinstance(guess, Run)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("900.373.913-4", {("900373913",), ("9003739134",)}),
        ("900373913", {("9003739134",)}),
        ("9003739134", {("900373913",)}),
        ("900373913-5", set()),
        ("1020304050", set()),
        ("1.234.567", set()),
    ],
)
def test_a_nit_is_asked_with_and_without_its_digit(text: str, numbers: set[tuple[str, ...]]) -> None:
    assert {guess.terms for guess in guesses(text) if isinstance(guess, Run)} == numbers


def test_the_digit_of_a_nit() -> None:
    assert [nit_digit(number) for number in ("860002964", "899999063", "800197268")] == ["4", "3", "4"]


@pytest.mark.parametrize("text", ['"convenio"', "-convenio", "2026", "tipo:acta", "con*", "art. 17.6", "té"])
def test_what_is_meant_to_the_letter_is_not_guessed_at(text: str) -> None:
    assert widen(parse(text)).asked == parse(text).asked


@pytest.mark.parametrize("read", ["c0nvenlo", "convenío", "Convenlos", "CONVEN1O"])
def test_a_word_badly_read_holds_a_guess_of_the_word_meant(read: str) -> None:
    held = {(kind, term) for kind, found in keys(read).items() for term in found}
    asked = {(guess.kind, guess.term) for guess in guesses("convenio") if isinstance(guess, Key)}
    assert terms(read) == terms("convenio") or held & asked
    assert {kind for kind, _term in asked} <= {FORM, SHAPE}


@settings(deadline=None)
@given(queries())
def test_guesses_only_widen(text: str) -> None:
    query = parse(text)
    wide = widen(query)
    assert _flat(map(as_typed, wide.asked)) == _flat(map(as_typed, query.asked))
    assert [node for node in wide.asked if isinstance(node, Not)] == [n for n in query.asked if isinstance(n, Not)]
    assert (wide.words, wide.phrases, wide.sequence, wide.remarks) == (
        query.words, query.phrases, query.sequence, query.remarks,
    )  # fmt: skip
    assert parse(render(wide)).sequence == query.sequence


def _flat(nodes: Iterable[Node]) -> tuple[Run, ...]:
    return tuple(run for node in nodes for run in node.written())


@pytest.mark.parametrize("saying", [saying for group in synonyms.GROUPS for saying in group])
def test_every_saying_has_words_and_stands_in_one_group(saying: str) -> None:
    said = terms(saying)
    assert said
    assert sum(said in [terms(other) for other in group] for group in synonyms.GROUPS) == 1


def test_the_data_says_its_version_and_day() -> None:
    assert synonyms.VERSION
    assert date.fromisoformat(synonyms.DATED).year >= 2026
    assert widen(Query()) == Query()
