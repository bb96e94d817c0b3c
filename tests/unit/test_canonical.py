"""Canonical JSON is what the RFC's own writer gives, whichever of the two writes it."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from records import canonical

WHOLE = st.integers(-canonical.MOST, canonical.MOST)
SCALARS = st.none() | st.booleans() | WHOLE | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


class Kind(enum.StrEnum):
    """Text of another type than text."""

    ACT = "acta"


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_any_value_is_written_as_the_rfc_says(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        {"\ue000": 1, "\U00010000": 2, "z": 3, "ñ": 4},
        {"control": "".join(map(chr, range(0x30))) + '"\\/\x7f\u2028\u2029 acción 🗎'},
        {"b": {"b": 1, "a": [True, False, None, -0.0, 1e21, 0.5]}, "a": ()},
        {"kind": Kind.ACT},
        [],
        {},
        canonical.MOST,
    ],
)
def test_what_is_easily_written_otherwise_is_written_as_the_rfc_says(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [canonical.MOST + 1, float("nan"), "\ud800", {"a": "\udfff"}, {1: "a"}, {"a": b"a"}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.dumps(value)
