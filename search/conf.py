"""Settings of the room: `SEARCH = {"ENGINE": {"BACKEND", "OPTIONS"}, "ENGINES": {name: the same}}`.

`ENGINE` serves searches; `ENGINES`, optional, names others that `search_index --engine NAME` may build.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from search.engines.base import SearchEngine
from search.errors import UnknownEngine


def get_engine(name: str | None = None) -> SearchEngine:
    """The engine that serves searches, or the one of that name; one object per process.

    Raises UnknownEngine when the settings know no such name.
    """
    serving = _serving()
    return serving if name is None or name == serving.name else _other(name)


@lru_cache(maxsize=1)
def _serving() -> SearchEngine:
    return _made(settings.SEARCH["ENGINE"])


@lru_cache(maxsize=8)
def _other(name: str) -> SearchEngine:
    others: dict[str, Any] = settings.SEARCH.get("ENGINES", {})
    if name not in others:
        raise UnknownEngine("unknown_engine")
    return _made(others[name])


def _made(engine: dict[str, Any]) -> SearchEngine:
    made: SearchEngine = import_string(engine["BACKEND"])(**engine.get("OPTIONS", {}))
    return made


def forget_engines() -> None:
    """Makes the next `get_engine` read the settings anew."""
    _serving.cache_clear()
    _other.cache_clear()


def _forget(*, setting: str, **_others: object) -> None:
    if setting == "SEARCH":
        forget_engines()


setting_changed.connect(_forget)
