"""Working days in Colombia, by which legal terms end (R4).

Holidays are those of Ley 51 de 1983, some of them moved to the Monday that follows; offices do not work on Saturdays.
A term of months or years runs by the calendar, and where its last day is not a working one it ends on the next that is
(Ley 4 de 1913, artículo 62; the last day of a shorter month, Código Civil, artículo 67).
"""

from __future__ import annotations

import calendar
import datetime
from functools import lru_cache

DAY = datetime.timedelta(days=1)
#: (month, day) of the holidays that stay where they fall, and of those that move to Monday.
FIXED = ((1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25))
MOVED = ((1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11))
#: Days from Easter Sunday: Thursday and Friday before it; Ascension, Corpus Christi and Sacred Heart on their Mondays.
FROM_EASTER = (-3, -2, 43, 64, 71)
SATURDAY = 5


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The last day of a term of so many years that runs from `day`, as the law ends it."""
    return roll_forward(same_day(day, day.year + years))


def same_day(day: datetime.date, year: int) -> datetime.date:
    """The same day of another year; the last of its month where that year has no such day."""
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def roll_forward(day: datetime.date) -> datetime.date:
    """The day itself, or the first working day after it."""
    while not is_working(day):  # ends: Easter's four days are the longest run
        day += DAY
    return day


def is_working(day: datetime.date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


@lru_cache(maxsize=256)
def holidays(year: int) -> frozenset[datetime.date]:
    """The eighteen holidays of a year."""
    fixed = (datetime.date(year, month, day) for month, day in FIXED)
    moved = (monday_from(datetime.date(year, month, day)) for month, day in MOVED)
    sunday = easter(year)
    return frozenset((*fixed, *moved, *(sunday + days * DAY for days in FROM_EASTER)))


def monday_from(day: datetime.date) -> datetime.date:
    return day + (-day.weekday() % 7) * DAY


def easter(year: int) -> datetime.date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus of Meeus and Jones)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    moon = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + moon + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * week) // 451
    month, day = divmod(epact + week - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)
