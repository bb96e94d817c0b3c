"""The addresses of the desk's search: what they ask for, and the way through a long list and back."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from cms.desk_search.address import PATH, TRAIL, Asked, asked_by, for_links
from search.api import parse


def read(address: str) -> Asked:
    return asked_by(QueryDict(address.removeprefix(PATH).removeprefix("?")))


def test_an_address_asks_for_what_made_it() -> None:
    chosen = {"tipo": frozenset({"Acta", "Informe & cía"}), "year": frozenset({"2026"})}
    asked = Asked('acta "de inicio"', chosen, "newest", "abc", ("x", "y"), 4)
    assert read(asked.url(after="abc", trail=("x", "y"), page=4)) == asked
    assert read(asked.url()) == Asked('acta "de inicio"', chosen, "newest"), "another question begins at its first page"
    assert read(asked.toggled("year", "2026")).narrowed == {"tipo": chosen["tipo"]}
    assert read(asked.toggled("year", "2027")).narrowed["year"] == {"2026", "2027"}
    assert ("q", asked.words) not in asked.kept()
    assert Asked().url() == PATH


def test_the_way_back_is_kept_for_some_pages_and_then_only_to_the_beginning() -> None:
    asked, seen = Asked("acta"), [Asked("acta")]
    for number in range(2, 12):
        asked = read(asked.onwards(f"c{number}"))
        seen.append(asked)
    assert (asked.page, asked.after, len(asked.trail)) == (11, "c11", TRAIL)
    for before in seen[-2 : -2 - TRAIL : -1]:
        asked = read(asked.backwards())
        assert (asked.page, asked.after) == (before.page, before.after)
    assert asked.backwards() == ""
    assert read(seen[1].backwards()) == seen[0]
    assert seen[0].backwards() == ""


@pytest.mark.parametrize("text", ["acta " * 3_000, '"acta de inicio" -motor contrat* ' * 400, "ñandú OR acta " * 500])
def test_a_long_text_asks_the_same_when_links_hold_it(text: str) -> None:
    short = for_links(Asked(text))
    assert len(short.words) < 2_000
    assert parse(short.words).asked == parse(text).asked
