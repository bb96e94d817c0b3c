"""What a finder of grounds is asked: of whom, with which roles, and of what moment."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from records.permissions.ground import Ground


@dataclass(frozen=True)
class Asked:
    """Of whom the grounds are asked, with their roles then, and of what moment; `past`: not of the present."""

    roles: Mapping[Any, frozenset[str]]
    moment: datetime.datetime
    past: bool = False

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.moment)

    @property
    def people(self) -> list[Any]:
        return list(self.roles)

    def with_any(self, roles: Collection[str]) -> list[Any]:
        """Those of the people who hold one of these roles."""
        return [person for person, held in self.roles.items() if not held.isdisjoint(roles)]


Held = tuple[Any, Ground]
Finder = Callable[[Asked], Iterator[Held]]
