"""What changes from one schedule to another, field by field, as a person reads it before loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from records import stages
from records.schedules import values
from records.schedules.layout import DEMAND, HEADER, HEADER_FIELDS, REGISTERS, SERIE, SUBSERIE, TIPO, Field
from records.schedules.shapes import Demand, Schedule

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
#: Always new in a new version; said elsewhere.
ALWAYS_NEW = ("number", "in_force_from")


@dataclass(frozen=True)
class FieldChange:
    """A column of the layout, with its value before and after as a table shows them."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """`what`: added, removed or changed; `register` as in the layout; `parent`: the serie's code of a subserie."""

    what: str
    register: str
    code: str
    name: str
    parent: str = ""
    fields: tuple[FieldChange, ...] = ()


Lines = Mapping[tuple[str, str], Mapping[str, Any]]


def compare(before: Schedule | None, after: Schedule) -> list[Change]:
    """Every difference, the encabezado first, then series, subseries and tipos by code."""
    changes = list(header_changes(before, after))
    for register, lines_of in LINES.items():
        changes += register_changes(register, lines_of(before) if before else {}, lines_of(after))
    return changes


def header_changes(before: Schedule | None, after: Schedule) -> Iterator[Change]:
    if before is None:
        return
    fields = [field for field in HEADER_FIELDS if field.name not in ALWAYS_NEW]
    found = field_changes(asdict(before.header), asdict(after.header), fields)
    if found:
        yield Change(CHANGED, HEADER, "", after.header.name, fields=found)


def register_changes(register: str, before: Lines, after: Lines) -> Iterator[Change]:
    for key in sorted({*before, *after}):
        line = after.get(key) or before[key]
        name = str(line["name"])
        if key not in before:
            yield Change(ADDED, register, key[1], name, key[0])
        elif key not in after:
            yield Change(REMOVED, register, key[1], name, key[0])
        elif found := field_changes(before[key], after[key], REGISTERS[register]):
            yield Change(CHANGED, register, key[1], name, key[0], found)


def field_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[Field]
) -> tuple[FieldChange, ...]:
    plain = [
        FieldChange(field.column, shown(field, before), shown(field, after))
        for field in fields
        if field.name in before and before[field.name] != after[field.name]
    ]
    return (*plain, *demand_changes(before.get("demands", ()), after.get("demands", ())))


def demand_changes(before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]) -> Iterator[FieldChange]:
    """Lines of the checklist have no name: one that changed is one that goes and one that comes."""
    gone, come = ([demand_text(row) for row in rows] for rows in (before, after))
    yield from (FieldChange(DEMAND, text, "") for text in gone if text not in come)
    yield from (FieldChange(DEMAND, "", text) for text in come if text not in gone)


def demand_text(row: Mapping[str, str]) -> str:
    demand = Demand(**row)
    parts = (
        values.KINDS.labels[demand.kind],
        stages.label_of(demand.kind, demand.stage),
        demand.article,
        values.DUTIES[demand.duty],
        demand.act,
        demand.note,
    )
    return " · ".join(str(part) for part in parts if part)


def shown(field: Field, row: Mapping[str, Any]) -> str:
    value = row[field.name]
    return "" if value is None or value == "" else str(field.kind.cell(value, row))


def series_of(schedule: Schedule) -> Lines:
    return {("", line.code): asdict(line) for line in schedule.series}


def subseries_of(schedule: Schedule) -> Lines:
    return {(serie.code, line.code): asdict(line) for serie in schedule.series for line in serie.subseries}


def tipos_of(schedule: Schedule) -> Lines:
    return {("", line.code): asdict(line) for line in schedule.tipos}


LINES = {SERIE: series_of, SUBSERIE: subseries_of, TIPO: tipos_of}
