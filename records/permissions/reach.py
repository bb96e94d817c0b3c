"""Grounds summed up level by level: what a list filters by, and what a search may find (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet, Transform

from records.models import Document
from records.permissions.ground import Ground, Keys
from records.permissions.recusals import NONE, Barred
from records.vocabulary import Level


class Unindexed(Transform):
    """The column as it is, but no reason for SQLite to go by an index on it.

    Without this it gathers every piece of each level that is open, a quarter of all custody, and sorts them to show
    twenty; the order that was asked for, the expediente or the ids are always the better way in. PostgreSQL knows how
    little a level narrows down.
    """

    lookup_name = "unindexed"

    def as_sql(self, compiler: Any, connection: Any, *_template: Any, **_context: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.lhs)
        return f"+{sql}" if connection.vendor == "sqlite" else sql, params


Document._meta.get_field("level").register_lookup(Unindexed)


@dataclass(frozen=True)
class LevelReach:
    """What of one level is open: everything, some expedientes, some pieces; and what of that is shut all the same."""

    whole: bool = False
    expedientes: Keys = frozenset()
    documents: Keys = frozenset()
    shut_expedientes: Keys = frozenset()
    shut_documents: Keys = frozenset()

    def condition(self, level: str, prefix: str = "") -> Q:
        """The pieces of this level that are open, as a condition on pieces or, with a prefix, on a relation to them."""

        def among(column: str, keys: Keys) -> Q:
            return Q(**{f"{prefix}{column}__in": keys})

        opened = Q(**{f"{prefix}level__unindexed": level})
        if not self.whole:
            opened &= among("expediente", self.expedientes) | among("pk", self.documents)
        if self.shut_expedientes:
            opened &= ~among("expediente", self.shut_expedientes)
        return opened & ~among("pk", self.shut_documents) if self.shut_documents else opened

    def opens(self, expediente: uuid.UUID) -> bool:
        """Is the level open in the whole of this expediente?"""
        return (self.whole or expediente in self.expedientes) and expediente not in self.shut_expedientes

    def covers(self, document: Document) -> bool:
        """Is a piece of the level open?"""
        if document.pk in self.shut_documents or document.expediente_id in self.shut_expedientes:
            return False
        return self.whole or document.expediente_id in self.expedientes or document.pk in self.documents

    def __bool__(self) -> bool:
        return self.whole or bool(self.expedientes or self.documents)


Reach: TypeAlias = Mapping[str, LevelReach]


def reach_of(grounds: Iterable[Ground], barred: Barred = NONE) -> Reach:
    held = tuple(grounds)
    reaches = {
        level: level_reach([ground for ground in held if level in ground.levels], barred) for level in Level.values
    }
    return {level: reach for level, reach in reaches.items() if reach}


def level_reach(grounds: list[Ground], barred: Barred) -> LevelReach:
    return LevelReach(
        whole=any(ground.everywhere for ground in grounds),
        expedientes=union(ground.expedientes for ground in grounds) - barred.expedientes,
        documents=union(ground.documents for ground in grounds) - barred.documents,
        shut_expedientes=barred.expedientes,
        shut_documents=barred.documents,
    )


def union(sets: Iterable[Keys]) -> Keys:
    none: frozenset[uuid.UUID] = frozenset()
    return none.union(*sets)


def within(reach: Reach) -> QuerySet[Document]:
    conditions = [part.condition(level) for level, part in reach.items()]
    return Document.objects.filter(reduce(or_, conditions)) if conditions else Document.objects.none()
