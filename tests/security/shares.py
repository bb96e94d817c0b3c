"""How much of the long proofs is done: a share in every build, everything with `WHOLE=1`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from django.db import connection

from tests.security.matrix import ROWS, Row

T = TypeVar("T")


def is_whole() -> bool:
    return os.environ.get("WHOLE") == "1"


def share(asked: Sequence[T], place: int) -> Sequence[T]:
    """What somebody asks: all on SQLite; on PostgreSQL, where decisions are made by the same code, a fourth, another
    for each person."""
    return asked if is_whole() or connection.vendor != "postgresql" else asked[place % 4 :: 4]


def rows_for(place: int) -> Sequence[Row]:
    """The addresses that somebody asks, of those in the table of `matrix`."""
    return share(ROWS, place)
