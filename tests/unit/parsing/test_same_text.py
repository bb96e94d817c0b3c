"""When a copy says what its original says: the judgement on which a copy is kept or thrown away."""

from __future__ import annotations

import pytest

from records.parsing import PageContent, Reading
from records.parsing.same_text import same_pages, same_words


def reading(*pages, outcome="read"):
    return Reading(outcome, "", "", [PageContent(number, text) for number, text in enumerate(pages, 1)])


@pytest.mark.rule("C4")
@pytest.mark.parametrize(
    ("original", "copy", "same"),
    [
        (reading("uno dos"), reading("uno  dos\n"), True),
        (reading("", outcome="no_text"), reading("", outcome="no_text"), True),
        (reading("uno", "dos"), reading("uno dos"), False),
        (reading("uno", "dos"), reading("uno"), False),
        (reading("Artículo"), reading("Ar\u7400culo"), False),
        (reading("debe 100"), reading("debe 1OO"), False),
        (reading("uno"), reading("uno", outcome="partial"), False),
        (reading("uno", outcome="partial"), reading("uno", outcome="partial"), False),
        (reading("", outcome="unreadable"), reading("", outcome="unreadable"), False),
    ],
)
def test_pages_are_the_same_when_blanks_alone_differ(original, copy, same):
    assert same_pages(original, copy) is same


@pytest.mark.rule("C4")
@pytest.mark.parametrize(
    ("original", "printed", "same"),
    [
        ("uno dos", "dos uno", True),
        ("Título texto", "Título texto Título 1 texto" * 1, True),
        ("primero segundo", "1 primero a segundo 2", True),
        ("6 9", "69", True),
        ("artículo", "artí culo", True),
        ("uno dos tres", "uno dos", False),
        ("uno", "uno otro", False),
        ("debe 100", "debe 200", False),
        ("no se debe", "se debe", False),
        ("uno uno", "uno", False),
        ("artículo", "ar\u7400culo", False),
    ],
)
def test_a_printed_document_may_repeat_and_number_but_not_lose_or_add(original, printed, same):
    assert same_words(reading(original), reading(printed)) is same


def test_hostile_words_do_not_take_long():
    assert not same_words(reading("a" * 100_000 + " " + "a " * 5_000), reading("b" * 100_000 + " " + "ab" * 5_000))
