"""Small parts of the desk that need no database: guides, marks, paging cursors, dates of names."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django import forms

from cms.guides.markdown import blocks_of
from cms.guides.views import FOLDER, GUIDES
from records.desk import pages, paging
from records.desk.fields import DeskForm
from records.services import suggestions
from records.services.suggestions import date_in

TODAY = datetime.date(2027, 10, 20)


@pytest.mark.parametrize("name", GUIDES)
def test_each_guide_is_short_spanish_and_fully_understood(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    said = " ".join(span.text for block in blocks_of(text) for item in block.items for span in item)
    assert len(text.split()) < 600
    assert "!" not in said
    assert "¡" not in said
    assert not {"**", "](", "##"} & set(said.split())


def test_a_guide_gives_structure_and_never_markup() -> None:
    blocks = blocks_of("# T\n\n- uno **dos**\n- [x](/a/) y `c`\n\ntexto\nsigue [mal](javascript:alert) <b>")
    assert [block.kind for block in blocks] == ["h1", "ul", "p"]
    assert [span.kind for span in blocks[1].items[1]] == ["link", "text", "code"]
    assert blocks[2].items[0][-1].text == " <b>"
    assert all(span.kind != "link" for span in blocks[2].items[0])


def test_neighbouring_marks_are_one_match() -> None:
    assert pages.grouped({7, 2, 1, 9, 8}) == [[1, 2], [7, 8, 9]]
    assert pages.grouped(set()) == []


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [(1, 1, [1]), (1, 3, [1, 2, 3]), (1, 1000, list(range(1, 10))), (500, 1000, list(range(496, 505)))],
)
def test_the_strip_is_a_window_around_the_page(page: int, last: int, shown: list[int]) -> None:
    assert pages.window(page, last) == shown


def test_the_strip_keeps_its_length_at_the_end() -> None:
    assert pages.window(1000, 1000) == list(range(992, 1001))


@pytest.mark.parametrize("cursor", [None, "", "%%%", "bm8", "W10", "WyJ4Il0", "eyJhIjoxfQ", "á", "A" * 5000])
def test_a_cursor_that_is_garbage_counts_as_none(cursor: str | None) -> None:
    assert paging.read(cursor, ("a", "b")) is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("acta 2027-05-14.pdf", datetime.date(2027, 5, 14)),
        ("acta_20270514.pdf", datetime.date(2027, 5, 14)),
        ("acta 14.05.2027", datetime.date(2027, 5, 14)),
        ("acta 3 de Marzo de 2026", datetime.date(2026, 3, 3)),
        ("acta 2027-13-40", None),
        ("radicado 123456789", None),
        ("acta 2027-12-31", None),
    ],
)
def test_a_date_of_a_name_is_real_and_not_in_the_future(name: str, day: datetime.date | None) -> None:
    assert date_in(name, TODAY) == day


@pytest.mark.criterion(16)
def test_a_page_full_of_dates_is_folded_once_and_few_of_them_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    letters: list[Any] = []
    looked: list[Any] = []
    fold, own = suggestions.plain_letter, suggestions.gives_itself

    def counted(seen: list[Any], act: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*given: Any) -> Any:
            seen.append(given)
            return act(*given)

        return counting

    monkeypatch.setattr(suggestions, "plain_letter", counted(letters, fold))
    monkeypatch.setattr(suggestions, "gives_itself", counted(looked, own))
    text = "1/1/2020 ñ" * 2_000
    assert suggestions.suggest("a.txt", [], TODAY, text).date == "01/01/2020"
    assert len(letters) <= 4 * len(text)
    assert len(looked) <= suggestions.MOST_DATES


def test_a_form_of_the_desk_names_what_it_lacks() -> None:
    class Asked(DeskForm):
        reason = forms.CharField()
        until = forms.DateField(error_messages={"required": "Propio."})
        other = forms.CharField(label="Otra cosa")

    assert Asked({}).errors == {
        "reason": ["Escriba el motivo."], "until": ["Propio."], "other": ["Falta «Otra cosa»."],
    }  # fmt: skip
