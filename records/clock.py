"""All domain time comes from here (America/Bogota for dates); machine chores use the machine's clock.

The demo and tests may shift it; production refuses a shifted clock at start-up.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

FILE = "clock.json"
_fixed: ContextVar[datetime | None] = ContextVar("fixed_moment", default=None)


def now() -> datetime:
    """The present domain moment, aware, in UTC."""
    return _fixed.get() or timezone.now() + offset()


def is_fixed() -> bool:
    """Is now() a moment that was set on purpose, by `at`?"""
    return _fixed.get() is not None


def today() -> date:
    """The present date in America/Bogota."""
    return timezone.localdate(now())


@cache
def offset() -> timedelta:
    """The installation's shift, zero unless its profile allows one and one was set."""
    if not getattr(settings, "CLOCK_OFFSET_ALLOWED", False):
        return timedelta()
    return stored_offset(Path(settings.CUSTODIA_HOME))


def stored_offset(home: Path) -> timedelta:
    """The shift written in the installation's folder, whether or not the profile allows it."""
    try:
        return timedelta(seconds=float(json.loads((home / FILE).read_text())["offset_seconds"]))
    except (FileNotFoundError, ValueError, KeyError):
        return timedelta()


def shift_to(moment: datetime) -> timedelta:
    """Make now() continue from `moment`, also after a restart; returns the shift."""
    shift = moment - timezone.now()
    file = Path(settings.CUSTODIA_HOME) / FILE
    file.write_text(json.dumps({"offset_seconds": shift.total_seconds()}))
    offset.cache_clear()
    return shift


@contextlib.contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block, now() is `moment`: for playing acts on their dates and for tests."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
