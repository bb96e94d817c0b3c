"""Judging what a file says: every value by its field, then one thing against another; all faults at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from records.schedules import layout, values
from records.schedules.faults import Fault, Place
from records.schedules.layout import DEMAND, HEADER, REGISTERS, SERIE, SUBSERIE, TIPO, Field
from records.schedules.records import Cell, Gathered, Record
from records.schedules.shapes import Demand, Header, Schedule, SerieLine, SubserieLine, TipoLine, slug_of
from records.schedules.values import KINDS, LEVELS, REASONS, Misread
from records.vocabulary import ExpedienteKind, Level

NOWHERE = Place("el encabezado")
#: What UTF-8 read as Windows-1252 looks like, and letters that could not be read at all.
BROKEN_LETTERS = re.compile(r"\u00c3[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|\ufffd")


@dataclass(frozen=True)
class Parsed:
    """A schedule, or its faults; notices are only told.

    `header` holds the data of the encabezado that could be read, also beside faults, and `places` where each stands.
    """

    schedule: Schedule | None = None
    faults: tuple[Fault, ...] = ()
    notices: tuple[Fault, ...] = ()
    header: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A record whose values were read; a field with a fault holds what an empty one would."""

    values: Mapping[str, Any]
    record: Record

    def place(self, name: str) -> Place:
        cell = self.record.cells.get(name)
        return cell.place if cell else self.record.place


Rows = Mapping[str, Sequence[Row]]


def checked(gathered: Gathered) -> Parsed:
    """The schedule, when nothing is wrong; else every fault, in the order of the file's rows."""
    faults, notices = list(gathered.faults), list(gathered.notices)
    if faults and not gathered.records and not gathered.header:
        return Parsed(None, tuple(faults), tuple(notices))
    header = read_fields(Record(HEADER, gathered.header, NOWHERE), layout.HEADER_FIELDS, faults)
    rows: dict[str, list[Row]] = {register: [] for register in REGISTERS}
    for record in gathered.records:
        rows[record.register].append(read_fields(record, REGISTERS[record.register], faults))
    faults += [fault for check in CHECKS for fault in check(rows)]
    places = {each.name: header.place(each.name) for each in layout.HEADER_FIELDS}
    if faults:
        ordered = tuple(sorted(faults, key=lambda fault: fault.place.line))
        return Parsed(None, ordered, tuple(notices), header.values, places)
    schedule = built(header, rows)
    return Parsed(schedule, (), (*notices, *told_of(schedule, places)), header.values, places)


# -- one value -----------------------------------------------------------------------------------------------------


def read_fields(record: Record, fields: Sequence[Field], faults: list[Fault]) -> Row:
    found: dict[str, Any] = {}
    for each in fields:
        cell = record.cells.get(each.name)
        try:
            found[each.name] = read_value(each, cell)
        except Misread as misread:
            found[each.name] = each.kind.empty
            # A column that is not there was told once, not in each row.
            if cell is not None or record.register == HEADER:
                place = cell.place if cell else record.place
                faults.append(Fault(misread.code, place, {"column": each.column, **misread.facts}))
    return Row(found, record)


def read_value(each: Field, cell: Cell | None) -> Any:
    raw = cell.value if cell else ""
    if raw in ("", []):
        if each.required:
            raise Misread("missing")
        return each.kind.empty
    broken = BROKEN_LETTERS.search(raw) if isinstance(raw, str) else None
    if broken:
        raise Misread("wrong_encoding", word=word_at(str(raw), broken.start()))
    value = each.kind.read(raw)
    if isinstance(value, str) and len(value) > each.most:
        raise Misread("too_long", length=len(value), most=each.most)
    return value


def word_at(text: str, place: int) -> str:
    """The word of a text in which a place lies."""
    start, end = text.rfind(" ", 0, place) + 1, text.find(" ", place)
    return text[start : end if end >= 0 else len(text)]


# -- one thing against another -------------------------------------------------------------------------------------


def registers_present(rows: Rows) -> Iterator[Fault]:
    for register in (SERIE, SUBSERIE, TIPO):
        if not rows[register]:
            yield Fault("no_rows", Place("el archivo"), {"register": register})


def codes_once(rows: Rows) -> Iterator[Fault]:
    for register, names in ((SERIE, ("code",)), (SUBSERIE, ("parent", "code")), (TIPO, ("code",))):
        first: dict[tuple[str, ...], Row] = {}
        for row in rows[register]:
            key = tuple(code_in(row, name) for name in names)
            if key[-1] and key in first:
                facts = {"code": key[-1], "first": first[key].place("code").where}
                yield Fault("repeated_code", row.place("code"), facts)
            first.setdefault(key, row)


def code_in(row: Row, name: str) -> str:
    """A code as written; of a tipo that leaves it out, the one that its name gives."""
    written = str(row.values[name])
    return written or (slug_of(row.values["name"]) if name == "code" and row.record.register == TIPO else "")


def parents_there(rows: Rows) -> Iterator[Fault]:
    for register, of in ((SUBSERIE, SERIE), (DEMAND, TIPO)):
        known = {code_in(row, "code") for row in rows[of]}
        for row in rows[register]:
            wanted = row.values["parent"]
            if wanted and wanted not in known:
                yield Fault("unknown_parent", row.place("parent"), {"register": of, "word": wanted})


def codes_are_slugs(rows: Rows) -> Iterator[Fault]:
    for row in rows[TIPO]:
        name, slug = row.values["name"], slug_of(row.values["name"])
        if name and not slug:
            yield Fault("no_slug", row.place("name"), {"name": name})
        elif name and row.values["code"] and row.values["code"] != slug:
            yield Fault("slug_mismatch", row.place("code"), {"name": name, "slug": slug})


def reasons_follow_levels(rows: Rows) -> Iterator[Fault]:
    for row in rows[TIPO]:
        level, reasons = row.values["default_level"], row.values["default_reasons"]
        if level == Level.PUBLIC and reasons:
            yield Fault("reasons_of_public", row.place("default_reasons"))
        elif level and level != Level.PUBLIC and not said(row, "default_reasons"):
            facts = {"level": str(LEVELS.labels[level]).lower(), "known": REASONS.told()}
            yield Fault("reasons_missing", row.place("default_reasons"), facts)


def said(row: Row, name: str) -> bool:
    """Does the file say anything there, rightly or not?"""
    cell = row.record.cells.get(name)
    return cell is not None and cell.value != ""


def stages_of_kinds(rows: Rows) -> Iterator[Fault]:
    for row in rows[DEMAND]:
        if not row.values["kind"] or not row.values["stage"]:
            continue
        try:
            values.as_stage(row.values["kind"], row.values["stage"])
        except Misread as misread:
            yield Fault(misread.code, row.place("stage"), misread.facts)


Check = Callable[[Rows], Iterator[Fault]]
CHECKS: tuple[Check, ...] = (
    registers_present,
    codes_once,
    parents_there,
    codes_are_slugs,
    reasons_follow_levels,
    stages_of_kinds,
)


# -- the whole -----------------------------------------------------------------------------------------------------


def built(header: Row, rows: Rows) -> Schedule:
    subseries, demands = by_parent(rows[SUBSERIE]), by_parent(rows[DEMAND])
    series = [serie_of(row, subseries[row.values["code"]]) for row in rows[SERIE]]
    tipos = [tipo_of(row, demands[code_in(row, "code")]) for row in rows[TIPO]]
    return Schedule(
        Header(**header.values),
        tuple(sorted(series, key=lambda line: line.code)),
        tuple(sorted(tipos, key=lambda line: line.code)),
    )


def by_parent(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.values["parent"]].append(row)
    return found


def serie_of(row: Row, inner: Sequence[Row]) -> SerieLine:
    lines = [SubserieLine(**without_parent(each)) for each in inner]
    return SerieLine(**row.values, subseries=tuple(sorted(lines, key=lambda line: line.code)))


def tipo_of(row: Row, inner: Sequence[Row]) -> TipoLine:
    demands = [Demand(**without_parent(each)) for each in inner]
    placed = tuple(replace(each, stage=values.as_stage(each.kind, each.stage)) for each in demands)
    return TipoLine(**{**row.values, "code": code_in(row, "code")}, demands=placed)


def without_parent(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.values.items() if name != "parent"}


def told_of(schedule: Schedule, places: Mapping[str, Place]) -> Iterator[Fault]:
    """What is right, and better known before it is loaded."""
    if not schedule.header.convalidation:
        yield Fault("not_convalidated", places["convalidation"])
    held = Counter(line.kind for line in schedule.subseries)
    labels = {kind: str(KINDS.labels[kind]).lower() for kind in ExpedienteKind.values}
    if without := [label for kind, label in labels.items() if not held[kind]]:
        yield Fault("kinds_without_subserie", Place("el archivo"), {"kinds": ", ".join(without)})
    for kind in [kind for kind in labels if held[kind] > 1]:
        code = min(line.code for line in schedule.subseries if line.kind == kind)
        facts = {"kind": labels[kind], "count": held[kind], "code": code}
        yield Fault("kind_with_several", Place("el archivo"), facts)
