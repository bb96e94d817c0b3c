"""A schedule written as a file that can be loaded again, in each format, and the blank one to begin from."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from records.rendering import tables
from records.schedules import layout
from records.schedules.layout import DEMAND, HEADER, HEADER_FIELDS, REGISTERS, SERIE, SUBSERIE, TIPO, Field
from records.schedules.shapes import Demand, Header, Schedule, SerieLine, SubserieLine, TipoLine

Row = Mapping[str, Any]


def write(schedule: Schedule, ending: str) -> bytes:
    """The schedule as "csv", "xlsx" or "json"; what is read from it is the same schedule."""
    return FORMATS[ending][1](schedule)


def blank(ending: str) -> bytes:
    """A file to begin from: one row of each kind, to be written over."""
    return write(SAMPLE, ending)


# -- tables --------------------------------------------------------------------------------------------------------


def rows_of(schedule: Schedule) -> Iterator[list[Any]]:
    columns = layout.columns()
    yield list(columns)
    header = asdict(schedule.header)
    for field in HEADER_FIELDS:
        value = header[field.name]
        name, value_column = layout.HEADER_COLUMNS
        row = {name: field.column, value_column: "" if value is None else field.kind.cell(value, {})}
        yield [{**row, layout.REGISTER_COLUMN: HEADER}.get(column, "") for column in columns]
    for register, values in lines_of(schedule):
        cells = {field.column: cell_of(field, values) for field in REGISTERS[register]}
        yield [{**cells, layout.REGISTER_COLUMN: register}.get(column, "") for column in columns]


def lines_of(schedule: Schedule) -> Iterator[tuple[str, Row]]:
    for serie in schedule.series:
        yield SERIE, asdict(serie)
        for subserie in serie.subseries:
            yield SUBSERIE, {**asdict(subserie), "parent": serie.code}
    for tipo in schedule.tipos:
        yield TIPO, asdict(tipo)
    for tipo in schedule.tipos:
        for demand in tipo.demands:
            yield DEMAND, {**asdict(demand), "parent": tipo.code}


def cell_of(field: Field, values: Row) -> Any:
    value = values[field.name]
    return "" if value is None or value == "" else field.kind.cell(value, values)


# -- JSON ----------------------------------------------------------------------------------------------------------


def as_json(schedule: Schedule) -> bytes:
    content = {
        "header": plain(schedule.header, HEADER_FIELDS),
        "series": [
            {**plain(serie, REGISTERS[SERIE]), "subseries": [plain(s, REGISTERS[SUBSERIE]) for s in serie.subseries]}
            for serie in schedule.series
        ],
        "tipos": [
            {**plain(tipo, REGISTERS[TIPO]), "demands": [plain(demand, REGISTERS[DEMAND]) for demand in tipo.demands]}
            for tipo in schedule.tipos
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def plain(line: Header | SerieLine | SubserieLine | TipoLine | Demand, fields: Sequence[Field]) -> dict[str, Any]:
    values = {field.name: (getattr(line, field.name), field) for field in fields if field.name != "parent"}
    return {name: None if value is None else field.kind.plain(value) for name, (value, field) in values.items()}


def as_csv(schedule: Schedule) -> bytes:
    return tables.as_csv(list(rows_of(schedule)))


def as_xlsx(schedule: Schedule) -> bytes:
    return tables.as_xlsx(list(rows_of(schedule)), _("Tabla de retención"))


#: Ending of the file → its media type and what writes it.
FORMATS: Mapping[str, tuple[str, Callable[[Schedule], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}
SAMPLE = Schedule(
    Header(
        name="Tabla de retención documental",
        entity="Nombre de la entidad",
        office_code="GC",
        office_name="Nombre de la oficina productora",
        in_force_from=datetime.date(2030, 1, 1),
    ),
    (
        SerieLine(
            "130",
            "Convenios derivados",
            (
                SubserieLine(
                    "130.1",
                    "Convenios derivados Offset",
                    "derived",
                    "electrónico",
                    5,
                    15,
                    "CT",
                    digitise=False,
                    procedure="Por qué se valora así, desde cuándo se cuenta y con qué norma.",
                ),
            ),
        ),
    ),
    (
        TipoLine(
            "estudios_previos_del_convenio_derivado",
            "Estudios previos del convenio derivado",
            ("derived",),
            mandatory=True,
            stage="Antes de la firma",
            source="art. 18.a",
            producer="Dependencia técnica",
            default_level="restricted",
            default_reasons=("contract_confidentiality",),
            template="i",
            formats="docx, pdf",
            requires=("template_version",),
            demands=(Demand("derived", "drafting", "art. 18.a", "always", act="La dependencia técnica los aprueba"),),
        ),
    ),
)
