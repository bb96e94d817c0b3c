"""Grounds summed up level by level: what a list filters by, and what a search may find (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import BooleanField, Func, Q, QuerySet, Transform

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


class Open(Func):
    """Whether a piece is open by a reach; over its level, its expediente and its id.

    One node of a query, because Django takes longer to put a disjunction together than either database takes to find
    the twenty pieces of a list by it. Levels that are open alike are told together.
    """

    output_field = BooleanField()

    def __init__(self, *columns: Any, reach: tuple[tuple[str, LevelReach], ...]) -> None:
        super().__init__(*columns)
        self.alike: dict[LevelReach, list[str]] = {}
        for level, part in reach:
            self.alike.setdefault(part, []).append(level)

    def as_sql(self, compiler: Any, connection: Any, *_template: Any, **_context: Any) -> tuple[str, Any]:
        level, place, piece = (compiler.compile(column)[0] for column in self.get_source_expressions())
        # SQLite must not go by an index on the level: see Unindexed.
        level = f"+{level}" if connection.vendor == "sqlite" else level
        kept: list[Any] = []

        def among(column: str, values: Iterable[Any]) -> str:
            before = len(kept)
            kept.extend(values)
            return f"{column} IN ({', '.join(['%s'] * (len(kept) - before))})"

        def ids(column: str, keys: Keys) -> str:
            return among(column, keys if connection.features.has_native_uuid_field else (key.hex for key in keys))

        def told(part: LevelReach, levels: list[str]) -> str:
            clauses = [among(level, levels)]
            if not part.whole:
                named = ((place, part.expedientes), (piece, part.documents))
                clauses.append(f"({' OR '.join(ids(column, keys) for column, keys in named if keys)})")
            shut = ((place, part.shut_expedientes), (piece, part.shut_documents))
            return " AND ".join([*clauses, *(f"NOT ({ids(column, keys)})" for column, keys in shut if keys)])

        return f"({' OR '.join(f'({told(part, levels)})' for part, levels in self.alike.items())})", kept


def condition_of(reach: Reach, prefix: str = "") -> Open | Q:
    """What the reach opens, as a condition on pieces or, with a prefix, on a relation to them."""
    columns = (f"{prefix}{column}" for column in ("level", "expediente", "pk"))
    return Open(*columns, reach=tuple(reach.items())) if reach else Q(pk__in=[])


def within(reach: Reach) -> QuerySet[Document]:
    return Document.objects.filter(condition_of(reach)) if reach else Document.objects.none()
