"""A child that its file has taken over may say anything: the house hears only what it knows, and never raises."""

from __future__ import annotations

import contextlib
import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import parsing
from records.parsing import answers, formats, front
from records.parsing.cell import CellLimits

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    "page text matrix part fault detail end pages flags refusals media_type inspected engine version partial start stop"
    " line column allowed tried number".split()
)
CODES = st.sampled_from([*formats.FLAGS, *formats.REFUSALS, "desconocido", "<b>", "ended", "timeout"])
FRAME = (
    st.tuples(st.just(b"J"), st.dictionaries(KEYS, JSON | st.lists(CODES) | CODES, max_size=5).map(json.dumps))
    | st.tuples(st.just(b"J"), st.binary(max_size=20))
    | st.tuples(st.just(b"B"), st.binary(max_size=200))
)


class Taken:
    """A cell whose children say what they were told to."""

    limits = CellLimits(concurrent=1)

    def __init__(self, frames):
        self.frames = [(letter, data if isinstance(data, bytes) else data.encode()) for letter, data in frames]

    def ask(self, order, file):
        yield from self.frames


@contextlib.contextmanager
def taken(frames):
    whole = front._cell
    front._cell = Taken(frames)  # type: ignore[assignment]  # it answers as a cell does
    try:
        yield
    finally:
        front._cell = whole


@given(st.lists(FRAME, max_size=6))
@settings(max_examples=300, deadline=None)
@pytest.mark.criterion(16)
def test_whatever_a_child_says_the_answer_is_one_of_ours(frames):
    with taken(frames):
        found = parsing.inspect("/dev/null", "a.pdf")
        reading = parsing.read("/dev/null", "application/pdf")
        table, value = parsing.read_table("/dev/null", "a.csv"), parsing.read_json("/dev/null")
        with contextlib.suppress(parsing.PageUnavailable):
            assert isinstance(parsing.render("/dev/null", "application/pdf", 1), bytes)
    assert found.media_type in formats.MEDIA_TYPES
    assert set(found.flags) <= set(formats.FLAGS)
    assert set(found.refusals) <= set(formats.REFUSALS)
    assert found.inspected in (True, False)
    assert found.pages >= 0
    assert reading.outcome in get_args(answers.Outcome)
    assert {(type(page.text), type(page.number)) for page in reading.pages} <= {(str, int)}
    assert {type(part) for part in (reading.engine, reading.engine_version, reading.detail)} == {str}
    assert all(isinstance(cell, str) for row in table.rows for cell in row)
    assert min(value.line, value.column) >= 0


def frame(**facts):
    return (b"J", json.dumps(facts))


@pytest.mark.criterion(16)
def test_a_child_cannot_make_its_caller_hold_more_than_a_limit_of_words(monkeypatch):
    monkeypatch.setattr(front, "MAX_WORDS", 100)
    boxes = (b"B", bytes(32 * 60))
    page = {"text": "a " * 60, "matrix": [0.001, 0, 0, -0.001, 0, 1]}
    frames = [part for n in (1, 2, 3) for part in (frame(page=n, **page), boxes)]
    with taken([*frames, frame(end=True)]):
        reading = parsing.read("/dev/null", "application/pdf")
    assert reading.outcome == "read"
    assert len(reading.pages) == 3
    assert [len(page.words) for page in reading.pages] == [60, 0, 0]


@pytest.mark.criterion(16)
def test_a_child_cannot_make_its_caller_hold_more_than_a_limit_of_text(monkeypatch):
    monkeypatch.setattr(front, "MAX_CHARS", 1000)
    with taken([*(frame(page=n, text="a" * 400) for n in (1, 2, 3)), frame(end=True)]):
        reading = parsing.read("/dev/null", "application/pdf")
    assert (reading.outcome, reading.detail, len(reading.pages)) == ("partial", "limits", 2)


@pytest.mark.criterion(16)
def test_a_child_cannot_make_its_caller_hold_more_than_a_limit_of_messages(monkeypatch):
    monkeypatch.setattr(front, "MAX_FRAMES", 50)
    with taken(frame(page=n, text="") for n in range(1000)):
        reading = parsing.read("/dev/null", "application/pdf")
    assert (reading.outcome, reading.detail) == ("unreadable", "limits")
    assert len(reading.pages) <= 51


def test_boxes_that_are_no_numbers_leave_the_words(monkeypatch):
    from array import array

    odd = array("f", [float("nan"), float("inf"), -1.0, 1e30] * 2 + [0.0, 9.0, 5.0, 1.0] * 2)
    page = frame(page=1, text="uno dos", matrix=[0.01, 0, 0, -0.01, 0, 1])
    with taken([page, (b"B", odd.tobytes()), frame(end=True)]):
        words = parsing.read("/dev/null", "application/pdf").pages[0].words
    assert [word for word, *_ in words] == ["uno", "dos"]
    assert all(0 <= side <= 1 for _, *box in words for side in box)
