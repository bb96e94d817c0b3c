"""An order of the list: every row once over all its pages, also while rows come, go and change."""

from __future__ import annotations

import random

import pytest

from cms.publication.ordering import ORDERS, Mark, Order, order_named, read_mark

RISING, FALLING = (Order("uno", "", ("x",), str, greatest_first=falling) for falling in (False, True))
CODES = ORDERS[0]


def rows_of(seeded: random.Random) -> list[tuple[str, tuple[str]]]:
    return [(f"P-{code:03d}", (seeded.choice("abc"),)) for code in seeded.sample(range(999), seeded.randrange(40))]


@pytest.mark.requirement("L1")
@pytest.mark.parametrize("order", [RISING, FALLING], ids=["rising", "falling"])
@pytest.mark.parametrize("seed", range(10))
def test_pages_show_each_row_once_and_equals_by_their_code(order: Order, seed: int) -> None:
    seeded = random.Random(seed)
    rows = rows_of(seeded)
    sign = -1 if order.greatest_first else 1
    expected = [code for _value, code in sorted((sign * ord(value), code) for code, (value,) in rows)]

    marks = order.ranked(rows)
    paged, page = [], marks[:3]
    while page:
        paged += page
        page = list(order.behind(marks, read_mark(str(page[-1]))))[:3]

    assert [mark.code for mark in marks] == expected
    assert paged == marks


def test_what_follows_a_row_follows_it_also_when_it_has_gone_or_moved() -> None:
    before = RISING.ranked([("P-1", ("a",)), ("P-2", ("b",)), ("P-3", ("c",))])
    moved = RISING.ranked([("P-1", ("a",)), ("P-2", ("z",)), ("P-3", ("c",))])

    behind = {
        name: [mark.code for mark in RISING.behind(marks, before[1])]
        for name, marks in (("moved", moved), ("gone", [moved[0], moved[1]]), ("alone", []))
    }

    assert behind == {"moved": ["P-3", "P-2"], "gone": ["P-3"], "alone": []}


def test_a_mark_of_another_order_begins_anew() -> None:
    by_value, by_code = RISING.ranked([("P-1", ("a",))]), CODES.ranked([("P-1", ())])

    assert list(RISING.behind(by_value, read_mark("P-1"))) == by_value
    assert list(CODES.behind(by_code, read_mark("a~P-0"))) == by_code
    assert list(CODES.behind(by_code, read_mark("P-1"))) == []


def test_names_are_compared_without_accents_and_a_short_one_comes_first() -> None:
    names = ("zorro", "Ábaco útil", "abaco", "Ñame", "¡¿?!")
    order = order_named("nombre")

    marks = order.ranked((f"P-{at}", (name,)) for at, name in enumerate(names))

    assert [names[int(mark.code[2:])] for mark in marks] == ["¡¿?!", "abaco", "Ábaco útil", "Ñame", "zorro"]
    assert all(mark == read_mark(str(mark)) and isinstance(mark, Mark) for mark in marks)


def test_nonsense_is_the_first_order() -> None:
    assert [order_named(name) for name in ("", "nada", "\x00", "codigo")] == [CODES] * 4
