"""Grounds summed up level by level: what a list filters by, and what a search may find (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeAlias

from django.db.models import Q, QuerySet

from records.models import Document
from records.permissions.ground import Ground, Keys
from records.vocabulary import Level


@dataclass(frozen=True)
class LevelReach:
    """What of one level is open: everything, some expedientes, some pieces."""

    whole: bool = False
    expedientes: Keys = frozenset()
    documents: Keys = frozenset()

    def condition(self, level: str) -> Q:
        places = Q(expediente__in=self.expedientes) | Q(pk__in=self.documents)
        return Q(level=level) if self.whole else Q(level=level) & places

    def __bool__(self) -> bool:
        return self.whole or bool(self.expedientes or self.documents)


Reach: TypeAlias = Mapping[str, LevelReach]


def reach_of(grounds: Iterable[Ground]) -> Reach:
    held = tuple(grounds)
    reaches = {level: level_reach([ground for ground in held if level in ground.levels]) for level in Level.values}
    return {level: reach for level, reach in reaches.items() if reach}


def level_reach(grounds: list[Ground]) -> LevelReach:
    return LevelReach(
        whole=any(ground.everywhere for ground in grounds),
        expedientes=union(ground.expedientes for ground in grounds),
        documents=union(ground.documents for ground in grounds),
    )


def union(sets: Iterable[Keys]) -> Keys:
    none: frozenset[uuid.UUID] = frozenset()
    return none.union(*sets)


def within(reach: Reach) -> QuerySet[Document]:
    conditions = [part.condition(level) for level, part in reach.items()]
    return Document.objects.filter(reduce(or_, conditions)) if conditions else Document.objects.none()
