"""The cursor: opaque, bound to its query, harmless when it is garbage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search import cursor
from search.parsing import parse
from search.types import Place

places = st.builds(
    Place, st.integers(0, 2), st.integers(0, 2**63 - 1), st.text(st.characters(codec="utf-8"), max_size=60)
)


@given(places)
def test_what_is_written_is_read(place: Place) -> None:
    assert cursor.read(cursor.write(place, parse("acta")), parse("actas")) == place


@given(places)
def test_another_query_does_not_read_it(place: Place) -> None:
    assert cursor.read(cursor.write(place, parse("acta")), parse("acta -marco")) is None


@given(st.text(max_size=200) | st.binary(max_size=80).map(lambda raw: raw.hex()))
def test_garbage_is_none(text: str) -> None:
    assert cursor.read(text, parse("acta")) is None
