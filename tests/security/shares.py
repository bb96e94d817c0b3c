"""How much of the long proofs is done: a share in every build, everything with `WHOLE=1`."""

from __future__ import annotations

import os

from django.db import connection

from tests.security.matrix import ROWS, Row


def is_whole() -> bool:
    return os.environ.get("WHOLE") == "1"


def rows_for(place: int) -> tuple[Row, ...]:
    """The addresses that somebody asks: all on SQLite; on PostgreSQL, where decisions are made by the same code, a
    fourth, another for each person."""
    return ROWS if is_whole() or connection.vendor != "postgresql" else ROWS[place % 4 :: 4]
