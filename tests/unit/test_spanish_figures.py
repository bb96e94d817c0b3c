"""Numbers, money, dates and sizes as read in Colombia."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.template import engines

from cms.core import spanish

BOGOTA = datetime.timezone(datetime.timedelta(hours=-5))


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    ("value", "read"),
    [
        (Decimal(12500000), "12.500.000,00"),
        ("250000.025", "250.000,03"),
        (0, "0,00"),
        (-1234.5, "-1.234,50"),
        ("nada", ""),
        (None, ""),
        (Decimal("NaN"), ""),
    ],
)
def test_money(value, read):
    assert spanish.money(value) == read


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(("value", "read"), [(40, "40"), (100, "100"), ("32.59", "32,59"), ("93.50", "93,5"), (0, "0")])
def test_quantities_carry_only_the_decimals_they_have(value, read):
    assert spanish.quantity(value) == read


@pytest.mark.requirement("A9")
def test_dates_are_told_in_bogota():
    midnight_in_london = datetime.datetime(2027, 10, 21, 0, 30, 5, tzinfo=datetime.UTC)

    assert spanish.day(midnight_in_london) == "20\u00a0oct\u00a02027"
    assert spanish.long_day(datetime.date(2036, 6, 10)) == "10 de junio de 2036"
    assert spanish.hour(midnight_in_london) == "19:30"
    assert spanish.minute(midnight_in_london) == "20\u00a0oct\u00a02027, 19:30"
    assert spanish.moment(midnight_in_london) == "20\u00a0oct\u00a02027, 19:30:05"
    assert spanish.day(None) == spanish.hour(None) == ""


@pytest.mark.requirement("A9")
@pytest.mark.parametrize(
    ("count", "read"),
    [(0, "0\u00a0bytes"), (999, "999\u00a0bytes"), (1_400_000, "1,4\u00a0MB"), (88_000_000, "88\u00a0MB")],
)
def test_sizes(count, read):
    assert spanish.size(count) == read


@pytest.mark.parametrize(("part", "whole", "read"), [(11_690_000, 12_500_000, "93.52"), (1, 0, "0.00"), (0, 5, "0.00")])
def test_shares(part, whole, read):
    assert spanish.share(part, whole) == Decimal(read)


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("public", "Pública"),
        ("restricted", "Clasificada"),
        ("reserved", "Reservada"),
        ("unclassified", "Sin clasificar"),
        ("otro", "Sin clasificar"),
    ],
)
def test_a_level_is_told_by_word_shape_and_colour(level, word):
    drawn = engines["django"].from_string("{% load custodia %}{% level_mark level %}").render({"level": level})

    assert word in drawn
    assert "<svg" in drawn
    assert 'class="level level-' in drawn


def test_levels_differ_in_shape_and_not_only_in_colour():
    template = engines["django"].from_string("{% load custodia %}{% level_mark level %}")

    shapes = {template.render({"level": level}).partition("<svg")[2].partition("</svg>")[0] for level in
              ("public", "restricted", "reserved", "unclassified")}  # fmt: skip

    assert len(shapes) == 4
