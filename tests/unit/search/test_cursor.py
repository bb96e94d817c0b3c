"""The cursor: opaque, bound to its query, harmless when it is garbage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search import cursor
from search.parsing import parse
from search.types import Order, Place, Request, Scope

texts = st.text(st.characters(codec="utf-8"), max_size=60)
places = st.builds(Place, st.integers(0, 2**10), st.integers(0, 2**63 - 1), texts, texts)


def asking(text: str, order: Order = "relevance", **narrowed: str) -> Request:
    return Request(parse(text), Scope(), order=order, narrowed={name: frozenset({v}) for name, v in narrowed.items()})


@given(places)
def test_what_is_written_is_read(place: Place) -> None:
    assert cursor.read(cursor.write(place, asking("acta")), asking("actas")) == place


@given(places, st.sampled_from([asking("acta -marco"), asking("acta", "newest"), asking("acta", tipo="Oficio")]))
def test_another_query_order_or_narrowing_does_not_read_it(place: Place, other: Request) -> None:
    assert cursor.read(cursor.write(place, asking("acta", tipo="Acta")), other) is None


@given(st.text(max_size=200) | st.binary(max_size=80).map(lambda raw: raw.hex()))
def test_garbage_is_none(text: str) -> None:
    assert cursor.read(text, asking("acta")) is None


def test_a_place_that_no_text_can_name_is_garbage() -> None:
    written = cursor.write(Place(0, 0, "k1", "\ud800"), asking("acta"))
    assert cursor.read(written, asking("acta")) is None
