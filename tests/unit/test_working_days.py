"""Colombian working days: known calendars, and terms of years that end where the law says."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest

from records import working_days
from records.working_days import easter, holidays, is_working, roll_forward, years_later

#: The eighteen of two years, as published.
KNOWN = {
    2024: "01-01 01-08 03-25 03-28 03-29 05-01 05-13 06-03 06-10 07-01 07-20 08-07 08-19 10-14 11-04 11-11 12-08 12-25",
    2026: "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25",
}


@pytest.mark.rule("R4")
@pytest.mark.parametrize("year", KNOWN)
def test_the_holidays_of_a_year_are_those_of_the_law(year: int) -> None:
    assert sorted(f"{day:%m-%d}" for day in holidays(year)) == KNOWN[year].split()


def test_easter_is_where_the_tables_put_it() -> None:
    known = {1961: (4, 2), 2000: (4, 23), 2008: (3, 23), 2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2038: (4, 25)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known
    assert all(easter(year).weekday() == 6 for year in range(1900, 2300))


@pytest.mark.rule("R4")
def test_a_last_day_that_nobody_works_moves_to_the_next_that_somebody_does() -> None:
    assert roll_forward(datetime.date(2026, 4, 2)) == datetime.date(2026, 4, 6), "Thursday and Friday before Easter"
    assert roll_forward(datetime.date(2026, 3, 21)) == datetime.date(2026, 3, 24), "Saturday, Sunday, a moved Monday"
    assert roll_forward(datetime.date(2026, 3, 24)) == datetime.date(2026, 3, 24)
    every = [datetime.date(2020, 1, 1) + number * working_days.DAY for number in range(20 * 365)]
    rolled = [roll_forward(day) for day in every]
    assert all(is_working(end) and 0 <= (end - day).days <= 4 for day, end in zip(every, rolled, strict=True))
    assert all(before <= after for before, after in pairwise(rolled))


@pytest.mark.rule("R4", "R3")
def test_years_run_by_the_calendar() -> None:
    assert years_later(datetime.date(2012, 2, 29), 10) == datetime.date(2022, 2, 28), "Código Civil, artículo 67"
    assert years_later(datetime.date(2012, 2, 29), 12) == datetime.date(2024, 2, 29)
    assert years_later(datetime.date(2021, 6, 10), 5) == datetime.date(2026, 6, 10)
    assert years_later(datetime.date(2024, 12, 25), 1) == datetime.date(2025, 12, 26), "a holiday"
    assert years_later(datetime.date(2021, 6, 13), 5) == datetime.date(2026, 6, 16), "Saturday, Sunday, Sacred Heart"
