"""What is offered beside an answer: spelling, completion, what stands alone, what to browse, more like this. All of it
from what the reader may read, and the same whatever else exists."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import api
from search.service import search
from tests.integration.search.shelf import ALL, NOBODY, PUBLIC, Shelf

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("backend", ["embedded", "memory"], indirect=True)]


def filled(shelf: Shelf) -> None:
    shelf.file("k1", "Convenio marco", "el hangar regional", "carenado del motor")
    shelf.file("k2", "Convenio derivado", "hangares y controlador")
    shelf.file("k3", "Informe", "el convento cerró")
    api.drain()


def hide(shelf: Shelf) -> None:
    """Documents that a reader of the public partition may not see, full of better candidates."""
    for number in range(12):
        shelf.file(f"s{number}", "Convexidad hangarote", "convenia hanger controladora " * 5, partition="reserved")
    api.drain()


def offered(viewer: str) -> list[object]:
    typed = ("conveino", "hanger", "contrladro hangar", "convemo", "zarzaluna")
    answers = [search(viewer, text) for text in typed]
    parts = [(answer.suggestions, answer.absent, answer.total) for answer in answers]
    completed = [api.complete(viewer, text) for text in ("conv", "han", "informe conv", "marco han", "contr")]
    alike = api.question_like(viewer, "Convenio marco", ["el hangar regional", "carenado del motor"])
    return [parts, completed, alike, api.survey(viewer, "level", ["public", "reserved"])]


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("typed", "better"),
    [("conveino", "convenio"), ("el contrlador", "el controlador"), ("hengar conveno", "hangar convenio"),
     ("Convenjo -motor", "convenio -motor"), ("informe convento", None), ("zarzaluna", None), ('"conveino"', None),
     ("conveino carenado zarzaluna", None), ("", None), ("2027", None)],
)  # fmt: skip
def test_a_word_that_stands_nowhere_is_spelt_as_the_nearest_that_does(
    shelf: Shelf, typed: str, better: str | None
) -> None:
    filled(shelf)
    assert search(ALL, typed).suggestions == ((better,) if better else ())
    if better:
        assert search(ALL, better).total


@pytest.mark.requirement("J6")
def test_the_last_word_is_completed_within_what_stands_before_it(shelf: Shelf) -> None:
    filled(shelf)
    assert api.complete(ALL, "conv") == ("convenio", "convento")
    assert api.complete(ALL, "carenado conv") == ("carenado convenio",)
    assert api.complete(ALL, "CONVEN") == ("convenio", "convento")
    for nothing in ("co", "conv ", "zarz", "", "tipo:conv", '"conv', "123", "\x00\u202e", "(" * 500):
        assert api.complete(ALL, nothing) == ()


@pytest.mark.requirement("J2", "J3")
@pytest.mark.beyond(5)
@pytest.mark.rule("P1")
def test_what_is_offered_is_the_same_whatever_hidden_documents_exist(shelf: Shelf) -> None:
    filled(shelf)
    before = offered(PUBLIC)
    assert before[0][0][0] == ("convenio",)
    hide(shelf)
    assert offered(PUBLIC) == before
    assert offered(ALL) != before
    assert offered(NOBODY)[1] == [()] * 5


@pytest.mark.rule("U1")
def test_words_of_a_partition_that_is_kept_out_are_offered_to_nobody(shelf: Shelf) -> None:
    shelf.file("s1", "Pieza", "canario secreto", partition="reserved")
    api.drain()
    assert search(ALL, "canario").total == 1
    assert api.complete(ALL, "canar") == ()
    assert search(ALL, "canarjo secreto").suggestions == ()


@pytest.mark.requirement("J6")
def test_an_empty_answer_tells_which_word_alone_is_absent(shelf: Shelf) -> None:
    filled(shelf)
    assert search(ALL, "hangar zarzaluna").absent == ("zarzaluna",)
    assert search(ALL, "carenado controlador").absent == ()
    assert search(ALL, "zarzaluna").absent == ()


def test_more_like_this_asks_the_words_that_tell_the_document(shelf: Shelf) -> None:
    filled(shelf)
    shelf.file("k4", "Otra", "hangar regional con carenado del motor")
    api.drain()
    question = api.question_like(ALL, "Convenio marco", ["el hangar regional", "carenado del motor"])
    assert set(question.words) <= {"convenio", "hangar", "regional", "carenado", "motor", "marco"}
    found = [hit.document for hit in search(ALL, question.text).hits]
    assert set(found[:2]) == {"k1", "k4"}
    assert "k3" not in found
    assert api.question_like(ALL, "a", []).text == ""
    assert api.question_like(NOBODY, "Convenio marco", ["hangar regional"]).text == ""


@pytest.mark.requirement("J5")
def test_help_costs_queries_of_the_database_by_words_and_not_by_documents(shelf: Shelf) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            search(ALL, "conveino marco")
        return len(asked)

    filled(shelf)
    few = cost()
    for number in range(40):
        shelf.file(f"n{number}", "Convenio", "convenios marcos")
    api.drain()
    assert cost() == few
