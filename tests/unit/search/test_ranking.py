"""Points are earned by a document's own text: what moves them, what cannot, and how equal ones are put in order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import ranking
from search.analysis import terms
from search.asking import Run
from search.ranking import LEVELS, Text, levels, levels_of, most_points, points
from search.types import Query
from search.widening import widen
from tests.unit.search.entries import parse

pytestmark = [pytest.mark.beyond(17)]

OTHERS = ["marco", "anexo", "zafra", "2021"]
ASKED = ["acta", "convenio", "telemedicina"]
pages = st.lists(st.lists(st.sampled_from(OTHERS + ASKED), max_size=12), max_size=4)
written = st.builds(Text, st.lists(st.sampled_from(OTHERS + ASKED), max_size=6), pages)
asked = st.lists(st.sampled_from(ASKED), min_size=1, max_size=4, unique=True).map(tuple)


def query(*sequence: str) -> Query:
    return Query(tuple(Run((term,)) for term in sequence))


def text(title: str, *bodies: str) -> Text:
    return Text(terms(title), [terms(body) for body in bodies])


FILL = "anexo marco zafra lote vereda grano río puente cable torno " * 3


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (text("", FILL + "radar radar"), text("", FILL + "radar grano")),
        (text("Radar", FILL + "grano"), text("Grano", FILL + "radar")),
        (text("", "radar", FILL), text("", "grano", FILL + "radar")),
        (text("", "radar " + FILL), text("", "radar " + FILL * 8)),
        (
            text("Informe del radar", FILL),
            text("Informe del radar y otras muchas cosas de la planta y su taller", FILL),
        ),
    ],
    ids=["more often", "in the title", "on the first page", "in a shorter text", "in a shorter title"],
)
def test_a_document_speaks_of_it_more(better: Text, worse: Text) -> None:
    assert points(parse("radar"), better) > points(parse("radar"), worse)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("taller de radar " + FILL, "taller del grano, radar " + FILL),
        ("taller de radar " + FILL, "radar, taller " + FILL),
        ("taller de radar " + FILL, "taller de un buen radar " + FILL),
    ],
    ids=["side by side", "in the order asked", "nothing between"],
)
def test_words_that_stand_together_earn_more(better: str, worse: str) -> None:
    assert points(parse("taller de radar"), text("", better)) > points(parse("taller de radar"), text("", worse))


def test_three_side_by_side_earn_more_than_two_and_a_phrase_earns_nothing_for_what_it_is() -> None:
    whole = text("", "banco radar taller " + FILL)
    assert ranking.beside_points(parse("banco radar taller"), whole) == LEVELS // 2
    assert 0 < ranking.beside_points(parse("banco radar"), whole) < LEVELS // 2
    assert ranking.beside_points(parse("banco taller"), whole) == 0
    assert ranking.beside_points(parse('"banco radar taller"'), whole) == 0


def test_nothing_stands_side_by_side_out_of_the_title() -> None:
    assert ranking.beside_points(parse("taller radar"), text("Taller", "radar taller", "grano radar")) == 0
    assert ranking.beside_points(parse("taller radar"), text("Taller de radar", "grano")) > 0


def test_alternatives_earn_points_and_guesses_none() -> None:
    asked_for = widen(parse("zafra OR mincit"))
    assert ranking.scored(asked_for) == ("zafr", "mincit")
    told = text("", "el Ministerio de Comercio, Industria y Turismo")
    assert points(asked_for, told) == 0
    assert ranking.tier(asked_for, told, typed=False) < ranking.tier(asked_for, Text(), typed=True)


@given(asked, written, st.data())
def test_one_more_occurrence_in_the_place_of_another_word_never_takes_points(
    sequence: tuple[str, ...], document: Text, data: st.DataObject
) -> None:
    places = [(p, w) for p, page in enumerate(document.pages) for w, word in enumerate(page) if word in OTHERS]
    if not places:
        return
    at, word = data.draw(st.sampled_from(places))
    changed = [list(page) for page in document.pages]
    changed[at][word] = data.draw(st.sampled_from(sequence))
    assert points(query(*sequence), replace(document, pages=changed)) >= points(query(*sequence), document)


@given(st.sampled_from(ASKED), written, st.integers(1, 6))
def test_one_more_occurrence_at_the_end_never_takes_points(term: str, document: Text, times: int) -> None:
    longer = replace(document, pages=[*document.pages[:-1], [*(document.pages or [[]])[-1], *[term] * times]])
    assert points(query(term), longer) >= points(query(term), document)


@given(asked, written)
def test_points_lie_between_none_and_the_most(sequence: tuple[str, ...], document: Text) -> None:
    held = {*document.title, *(word for page in document.pages for word in page)}
    earned = points(query(*sequence), document)
    assert 0 <= earned <= most_points(query(*sequence))
    assert (earned == 0) == held.isdisjoint(sequence)


@given(written)
def test_levels_for_the_index_are_those_that_points_use(document: Text) -> None:
    held = levels(document)
    assert held == levels_of(OTHERS + ASKED, document)
    assert set(held) == {*document.title, *(word for page in document.pages for word in page)}
    assert all(1 <= level <= LEVELS for level in held.values())


@given(asked, written)
def test_asking_twice_is_asking_once(sequence: tuple[str, ...], document: Text) -> None:
    assert levels_of([*sequence, *sequence], document) == levels_of(sequence, document)
    assert points(query(*sequence), document) == points(query(*sequence), replace(document))


def test_metadata_weighs_more_than_the_body_and_less_than_the_title() -> None:
    plain = Text(title=("grano",), metadata=("grano",), pages=[["grano"], ["zafra"] * 80])
    title, told = replace(plain, title=("acta",)), replace(plain, metadata=("acta",))
    body = replace(plain, pages=[["grano"], ["acta", *["zafra"] * 79]])
    earned = [points(query("acta"), text) for text in (title, told, body)]
    assert earned == sorted(set(earned), reverse=True)


@pytest.mark.parametrize("held", [Text(), Text(("zafra",), [[], ["anexo"]])])
def test_nothing_asked_or_held_earns_nothing(held: Text) -> None:
    assert points(Query(), held) == most_points(Query()) == 0
    assert points(parse("radar taller"), held) == 0
