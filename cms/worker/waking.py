"""How an idle thread of the worker learns that there may be something to do: any commit wakes it.

SQLite tells each connection, by a number that costs nothing to read, whether another one has committed; so what is
filed is taken up within a hundredth of a second, and what is due is asked for only when something changed. Where the
database has no such number, what is due is asked for ten times a second.
"""

from __future__ import annotations

import threading
import time

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

#: Seconds between two looks at the number, and between two questions where there is none.
TICK, REST = 0.02, 0.1
#: What becomes due by the clock alone is not told by a commit.
LONGEST = 1.0


class Watch:
    """Of one thread, on its own connection."""

    def __init__(self, database: BaseDatabaseWrapper | None = None) -> None:
        self._database = database or connection
        self._seen: int | None = None

    def look(self) -> None:
        """Before asking what is due: whatever is committed from now on ends the next rest."""
        self._seen = self._commits_seen()

    def rest(self, stop: threading.Event, news: threading.Event | None = None) -> None:
        """Until something is committed, `news` or `stop` is set, or for long enough."""
        waited = news or stop
        if self._database.vendor != "sqlite":
            waited.wait(REST)
            return
        until = time.monotonic() + LONGEST
        while not waited.wait(TICK) and not stop.is_set() and time.monotonic() < until:
            if self._commits_seen() != self._seen:
                return

    def _commits_seen(self) -> int | None:
        """Another number after each commit of another connection; nothing where the database cannot tell."""
        if self._database.vendor != "sqlite":
            return None
        try:
            with self._database.cursor() as cursor:
                return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        except DatabaseError:
            return None
