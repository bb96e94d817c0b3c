"""Lines of a history that say the same of the same are told once, with how many they were."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records.desk.ledger_lines import DENIED, EXPORTED, Line, gathered

AT = datetime.datetime(2027, 10, 20, tzinfo=datetime.UTC)


def line(action: str, object_id: str, who: str = "ana", **facts: Any) -> Line:
    return Line(1, "…", AT, who, action, object_id, title=f"Pieza {object_id}", document=object_id, **facts)


def times(*lines: Line) -> list[tuple[str, int]]:
    return [(one.action, one.times) for one in gathered(lines)]


@pytest.mark.rule("U4")
def test_the_pieces_of_one_certificate_are_one_line_that_names_none() -> None:
    left = [line(EXPORTED, key, certificate="uno") for key in "abc"]
    (told,) = gathered(left)
    assert (told.times, told.title, told.document) == (3, "", "")
    assert times(*left, line(EXPORTED, "a", certificate="dos")) == [(EXPORTED, 3), (EXPORTED, 1)]
    assert gathered(left[:1])[0].title == "Pieza a"


@pytest.mark.rule("U4")
def test_what_one_person_was_denied_in_a_row_is_one_line_and_what_others_were_is_not() -> None:
    assert times(line(DENIED, "a"), line(DENIED, "a"), line(DENIED, "b"), line(DENIED, "b", "luz")) == [
        (DENIED, 2),
        (DENIED, 1),
        (DENIED, 1),
    ]


@pytest.mark.rule("U4")
def test_readings_of_one_piece_join_and_acts_never() -> None:
    read = [line("document.viewed", "a"), line("document.downloaded", "a")]
    assert times(*read, line("document.viewed", "b")) == [("document.viewed", 2), ("document.viewed", 1)]
    assert times(line("document.registered", "a"), line("document.registered", "a")) == [
        ("document.registered", 1),
        ("document.registered", 1),
    ]
    assert times(line("document.viewed", "a"), line(DENIED, "a")) == [("document.viewed", 1), (DENIED, 1)]
