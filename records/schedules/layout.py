"""The layout of a schedule's file, as tables: what each row of a spreadsheet, or object of a JSON text, says.

A spreadsheet has one table. Its column «registro» tells what a row is:

- «encabezado»: one row for each datum of the version; «código» names the datum, «nombre» holds its value;
- «serie», «subserie», «tipo»: one row for each; «pertenece a» of a subserie is its serie's code;
- «exigencia»: one row for each line of the checklist; «pertenece a» is the code of the tipo it demands.

Columns may stand in any order; those that only optional data use may be left out. A JSON text has the same data
as `{"header": {}, "series": [{…, "subseries": []}], "tipos": [{…, "demands": []}]}` under the keys of `Field.name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from records.schedules import values
from records.schedules.values import Kind

REGISTER_COLUMN = "registro"
HEADER, SERIE, SUBSERIE, TIPO, DEMAND = "encabezado", "serie", "subserie", "tipo", "exigencia"


@dataclass(frozen=True)
class Field:
    """`name` is the attribute and JSON key, `column` its Spanish name, `most` how many letters it may have."""

    name: str
    column: str
    kind: Kind = values.TEXT
    required: bool = False
    most: int = 200


#: Data of the encabezado; `column` is the word in «código».
HEADER_FIELDS: tuple[Field, ...] = (
    Field("name", "nombre", required=True),
    Field("number", "versión", values.NUMBER),
    Field("entity", "entidad", required=True),
    Field("office_code", "código de la oficina", values.CODE, required=True, most=20),
    Field("office_name", "oficina productora", required=True),
    Field("approval_act", "acto de aprobación"),
    Field("convalidation", "convalidación"),
    Field("rusd", "RUSD", most=60),
    Field("in_force_from", "vigente desde", values.DAY, required=True),
)
PARENT = "pertenece a"
REGISTERS: Mapping[str, tuple[Field, ...]] = {
    SERIE: (
        Field("code", "código", values.CODE, required=True, most=20),
        Field("name", "nombre", required=True),
    ),
    SUBSERIE: (
        Field("parent", PARENT, values.CODE, required=True, most=20),
        Field("code", "código", values.CODE, required=True, most=30),
        Field("name", "nombre", required=True),
        Field("kind", "expediente", values.choice(values.KINDS), required=True),
        Field("support", "soporte", values.choice(values.SUPPORTS), required=True, most=20),
        Field("years_management", "años gestión", values.YEARS, required=True),
        Field("years_central", "años central", values.YEARS, required=True),
        Field("disposition", "disposición final", values.choice(values.DISPOSITIONS), required=True),
        Field("digitise", "medio técnico", values.FLAG),
        Field("procedure", "procedimiento", required=True, most=4000),
    ),
    TIPO: (
        Field("code", "código", values.SLUG, most=120),
        Field("name", "nombre", required=True),
        Field("kinds", "expediente", values.choices(values.KINDS), required=True),
        Field("mandatory", "obligatorio", values.FLAG, required=True),
        Field("stage", "cuándo", required=True),
        Field("source", "artículo"),
        Field("producer", "productor", required=True),
        Field("default_level", "clase usual", values.choice(values.LEVELS), required=True),
        Field("default_reasons", "razones", values.choices(values.REASONS)),
        Field("level_note", "nota de clase", most=300),
        Field("template", "modelo", most=60),
        Field("formats", "formatos", values.FORMAT_LIST, required=True, most=100),
        Field("requires", "exige al registrar", values.choices(values.REQUIRED)),
    ),
    DEMAND: (
        Field("parent", PARENT, values.SLUG, required=True, most=120),
        Field("kind", "expediente", values.choice(values.KINDS), required=True),
        Field("stage", "etapa", values.STAGE, required=True),
        Field("article", "artículo", required=True),
        Field("duty", "deber", values.choice(values.DUTY), required=True),
        Field("act", "acto que lo aporta", most=300),
        Field("note", "nota", most=300),
    ),
}
#: Rows of the encabezado have these two cells.
HEADER_COLUMNS = ("código", "nombre")


def columns() -> tuple[str, ...]:
    """Every column of the table, in the order in which an archivist reads them."""
    fields = [field.column for fields in REGISTERS.values() for field in fields]
    lead = (REGISTER_COLUMN, PARENT, "código", "nombre", "expediente")
    return tuple(dict.fromkeys((*lead, *fields)))


def demanded_columns() -> frozenset[str]:
    """Columns without which no complete table can be written."""
    needed = {field.column for fields in REGISTERS.values() for field in fields if field.required}
    return frozenset({REGISTER_COLUMN, *needed})
