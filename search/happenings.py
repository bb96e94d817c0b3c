"""Happenings that a reader may be told of as of a search: who knows of them registers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from search.sources import Viewer
from search.types import Card


class Happening(Protocol):
    """One kind of happening. Both verbs ask the database as it is now, for what this viewer may know."""

    name: str

    def find(self, viewer: Viewer) -> set[str]:
        """Keys of what is so now."""

    def present(self, keys: Iterable[str], viewer: Viewer) -> Mapping[str, Card]:
        """What to show of these keys; those that the viewer may not know are left out."""


_happenings: dict[str, Happening] = {}


def register_happening(happening: Happening) -> None:
    """Adds it, or replaces the one of that name."""
    _happenings[happening.name] = happening


def find_happening(name: str) -> Happening | None:
    """The one of that name, or None: what was saved of it finds nothing."""
    return _happenings.get(name)
