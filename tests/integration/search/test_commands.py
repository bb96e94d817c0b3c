"""The commands `search` and `search_index`: arguments, JSON and exit status as the table of commands fixes them."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands, load_command_class

from search import api
from search.types import Scope
from tests.integration.search.shelf import Shelf
from tests.unit.search.entries import EVERYTHING

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> tuple[int, object]:
    """(exit status, JSON printed) of a command called as from a shell."""
    out, status = StringIO(), 0
    command = load_command_class(get_commands()[name], name)
    try:
        call_command(command, *args, stdout=out, skip_checks=True)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(out.getvalue()) if out.getvalue() else None


@pytest.fixture
def filed(shelf: Shelf) -> Shelf:
    """One public and one reserved document, and a person who sees both."""
    person = get_user_model().objects.create_user(username="revisora.prueba", password="x")
    shelf.rights = {str(person): EVERYTHING, "None": Scope()}
    shelf.file("p1", "Acta", "La póliza del acta", facets={"tipo": "Acta"})
    shelf.file("r1", "Acta reservada", partition="reserved")
    api.drain()
    return shelf


def test_search_prints_the_answer(filed: Shelf) -> None:
    status, printed = run("search", "poliza", "--as", "revisora.prueba", "--json", "--facets")
    assert (status, printed) == (
        0,
        {
            "total": 1,
            "hits": [
                {
                    "document": "p1",
                    "url": "/d/p1/",
                    "page": 1,
                    "title": "Acta",
                    "snippet": "La <mark>póliza</mark> del acta",
                    "level": "public",
                }
            ],
            "facets": {"tipo": {"Acta": 1}},
            "suggestions": [],
            "next": None,
        },
    )


def test_search_pages_with_next(filed: Shelf) -> None:
    _status, first = run("search", "acta", "--as", "revisora.prueba", "--page-size", "1")
    _status, second = run("search", "acta", "--as", "revisora.prueba", "--after", first["next"])
    assert {first["hits"][0]["document"], second["hits"][0]["document"]} == {"p1", "r1"}
    assert (second["total"], second["next"]) == (2, None)


@pytest.mark.parametrize(
    "text",
    ["", "-acta", "--acta", "-v", '"acta', "--as", "acta -poliza", "--facets no", "é" * 50_000, "-5", "a\nb", "=", "-"],
    ids=range(13),
)
def test_any_text_prints_json_and_ends_well(filed: Shelf, text: str) -> None:
    # A text that is spelled exactly like an option is told apart by "--", as everywhere.
    args = ["--", text] if text in {"--as", "-v"} else [text]
    status, printed = run("search", "--as", "revisora.prueba", *args)
    assert status == 0
    assert set(printed) == {"total", "hits", "facets", "suggestions", "next"}


def test_anonymous_finds_nothing_of_custody(filed: Shelf) -> None:
    assert run("search", "acta", "--anonymous") == run("search", "guayacan", "--anonymous")


def test_an_unknown_login_is_refused(filed: Shelf) -> None:
    status, printed = run("search", "acta", "--as", "nadie")
    assert (status, printed["ok"], printed["error"]["code"]) == (1, False, "unknown_person")


@pytest.mark.parametrize("args", [["acta"], ["acta", "--as", "x", "--anonymous"], ["a", "b", "--anonymous"],
                                  ["a", "--anonymous", "--page-size", "0"], ["--anonymous"]])  # fmt: skip
def test_wrong_usage_ends_with_2(filed: Shelf, args: list[str]) -> None:
    command = load_command_class(get_commands()["search"], "search")
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", "search", *args])
    assert ended.value.code == 2


def test_an_engine_that_is_down_is_a_refusal(filed: Shelf, settings, tmp_path) -> None:
    settings.SEARCH = {"ENGINE": {"BACKEND": "search.engines.embedded.EmbeddedEngine",
                                  "OPTIONS": {"path": tmp_path / "elsewhere"}}}  # fmt: skip
    status, printed = run("search", "acta", "--as", "revisora.prueba")
    assert (status, printed["error"]["code"]) == (1, "index_missing")


def test_search_index_actions(filed: Shelf) -> None:
    nothing: dict[str, object] = {"missing": [], "extra": [], "differs": []}
    filed.file("p2", "Acta")
    assert run("search_index", "drain", "--json") == (0, {"done": 1, **nothing})
    assert run("search_index", "audit") == (0, {"done": 3, **nothing})
    assert run("search_index", "rebuild", "--engine", "embedded") == (0, {"done": 3, **nothing})
    del filed.held["p2"]
    found = {"done": 2, **nothing, "extra": ["p2"]}
    assert run("search_index", "audit", "--repair") == (1, found)
    assert run("search_index", "audit") == (0, {"done": 2, **nothing})


def test_drain_with_rows_put_off_ends_with_1(filed: Shelf) -> None:
    filed.file("p2", "Acta")
    filed.unreadable = {"p2"}
    status, printed = run("search_index", "drain")
    assert (status, printed["done"]) == (1, 0)


def test_an_engine_of_another_name_can_be_built_beside(filed: Shelf, settings, tmp_path) -> None:
    other = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path / "beside"}}
    settings.SEARCH = {**settings.SEARCH, "ENGINES": {"beside": other}}
    assert run("search_index", "rebuild", "--engine", "beside")[1]["done"] == 2
    assert run("search_index", "audit", "--engine", "beside")[0] == 0
    assert run("search_index", "audit", "--engine", "nowhere")[0] == 2
