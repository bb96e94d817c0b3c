"""Why a document is a hit: which words, where, and which of them are guesses."""

from __future__ import annotations

from datetime import date

import pytest

from search.nearness import is_near, strokes
from search.why import why

PAGES = ((1, "Acta de inicio del hangar"), (2, "el convenlo y su otrosí"), (3, "los hangares del NIT 830.040.256-0"))


def told(text: str, title: str = "Pieza") -> list[tuple[str, str, tuple[str, ...], bool, tuple[int, ...]]]:
    return [(one.asked, one.kind, one.words, one.title, one.pages) for one in why(text, title, PAGES)]


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hangar", [("hangar", "typed", ("hangar", "hangares"), False, (1, 3))]),
        ("convenio", [("convenio", "misread", ("convenlo",), False, (2,))]),
        ("hang*", [("hang*", "begins", ("hangar", "hangares"), False, (1, 3))]),
        ("hangar OR motor", [("hangar", "typed", ("hangar", "hangares"), False, (1, 3))]),
        ('hangar -motor', [("hangar", "typed", ("hangar", "hangares"), False, (1, 3)),
                           ("motor", "absent", (), False, ())]),
        ("nivel:pública hangar", [('nivel:"pública"', "fact", (), False, ()),
                                  ("hangar", "typed", ("hangar", "hangares"), False, (1, 3))]),
        ("inicio hangar", [("inicio hangar", "beside", ("inicio del hangar",), False, (1,)),
                           ("inicio", "typed", ("inicio",), False, (1,)),
                           ("hangar", "typed", ("hangar", "hangares"), False, (1, 3))]),
        ("zarzaluna", []),
        ("", []),
    ],
)  # fmt: skip
def test_tells_the_words_and_where_they_stand(text: str, expected: list[object]) -> None:
    assert told(text) == expected


@pytest.mark.requirement("J6")
def test_tells_a_date_in_another_spelling_and_that_it_is_the_documents_own() -> None:
    pages = ((1, "Bogotá, 15 de mayo de 2018"), (2, "el 15/05/2018"))
    told = [(one.asked, one.kind, one.words, one.pages) for one in why("15/05/2018", "Acta", pages, date(2018, 5, 15))]
    assert told == [
        ("15/05/2018", "typed", ("15/05/2018",), (2,)),
        ("15/05/2018", "date", ("15 de mayo de 2018",), (1,)),
        ("15/05/2018", "dated", (), ()),
    ]
    assert [one.kind for one in why("mayo de 2018", "Acta", pages, date(2018, 6, 1))] == ["typed", "date"]
    assert why("2019-01-01", "Acta", pages, date(2018, 6, 1)) == ()


def test_tells_the_title_and_what_says_the_same() -> None:
    ((asked, kind, words, in_title, pages),) = [one for one in told("hangar", "Hangar mayor") if one[1] == "typed"]
    assert (asked, kind, words, in_title, pages) == ("hangar", "typed", ("Hangar", "hangar", "hangares"), True, (1, 3))
    kinds = {kind for _asked, kind, *_rest in told("modificación del convenio")}
    assert "same" in kinds
    assert "same" not in {kind for _asked, kind, *_rest in told('"modificación del convenio"')}


@pytest.mark.parametrize("text", ["(" * 200, "a" * 10_000, "-", "*", "\x00\u202e", "tipo:", " OR ".join(["x1"] * 500)])
def test_any_text_has_reasons_or_none(text: str) -> None:
    assert isinstance(why(text, "Título", PAGES), tuple)


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [("convenio", "convenio", 0), ("conveino", "convenio", 1), ("covenio", "convenio", 1), ("konbenio", "convenio", 2),
     ("hangar", "hangares", 2), ("acta", "motor", 3)],
)  # fmt: skip
def test_strokes_are_counted_with_swaps(one: str, other: str, away: int) -> None:
    assert strokes(one, other, 2) == min(away, 3)
    assert is_near(one, other) == (0 < away <= 2)
