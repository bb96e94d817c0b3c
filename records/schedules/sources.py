"""A file as records: what each row of a table, or object of a JSON text, gives for each field, and where.

The contents are opened in the parsing cell; only plain rows and values come here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from records import parsing
from records.schedules import layout
from records.schedules.checking import Parsed, checked
from records.schedules.faults import Fault, Place
from records.schedules.layout import DEMAND, HEADER, REGISTERS, SERIE, SUBSERIE, TIPO, Field
from records.schedules.records import Cell, Gathered, Record
from records.schedules.shapes import plain_text

#: Faults of the cell that are told by another name: the rest have a sentence of their own.
CELL_FAULTS: Mapping[str, str] = {"unreachable": "cell_unavailable"}
FILE = Place("el archivo")
#: Key of a JSON object → the register of the objects in it.
NESTED: Mapping[str, Mapping[str, str]] = {
    SERIE: {"subseries": SUBSERIE},
    TIPO: {"demands": DEMAND},
}
TOP: Mapping[str, str] = {"series": SERIE, "tipos": TIPO}


def parse(path: Path, name: str) -> Parsed:
    """The schedule that a file holds, or every fault of it. `name` tells JSON from tables and XLSX from CSV."""
    if path.stat().st_size == 0:
        return Parsed(faults=(Fault("empty", FILE),))
    gathered = from_json(path) if name.lower().endswith(".json") else from_table(path, name)
    return checked(gathered)


# -- tables --------------------------------------------------------------------------------------------------------


def from_table(path: Path, name: str) -> Gathered:
    table = parsing.read_table(path, name)
    if table.fault:
        return Gathered(faults=[Fault(CELL_FAULTS.get(table.fault, table.fault), FILE)])
    return TableReader(table.rows, sheet=name.lower().endswith(".xlsx")).gathered()


class TableReader:
    """Rows of text under named columns."""

    def __init__(self, rows: Sequence[Sequence[str]], *, sheet: bool) -> None:
        self.rows, self.sheet = rows, sheet
        self.out = Gathered()
        self.columns: dict[int, str] = {}

    def gathered(self) -> Gathered:
        start = next((number for number, row in enumerate(self.rows) if any(cell.strip() for cell in row)), None)
        if start is None:
            return Gathered(faults=[Fault("empty", FILE)])
        self.read_columns(start)
        if layout.REGISTER_COLUMN not in self.columns.values():
            return Gathered(faults=[Fault("no_header_row", self.place(start, 0))])
        for number in range(start + 1, len(self.rows)):
            if any(cell.strip() for cell in self.rows[number]):
                self.read_row(number)
        return self.out

    def read_columns(self, start: int) -> None:
        known = {plain_text(column): column for column in layout.columns()}
        for index, cell in enumerate(self.rows[start]):
            column = known.get(plain_text(cell))
            if column in self.columns.values():
                self.out.faults.append(Fault("repeated_column", self.place(start, index), {"column": column}))
            elif column:
                self.columns[index] = column
            elif cell.strip():
                facts = {"column": cell, "near": near(cell, list(known.values()))}
                self.out.notices.append(Fault("extra_column", self.place(start, index), facts))
        missing = [c for c in layout.columns() if c in layout.demanded_columns() - set(self.columns.values())]
        if len(missing) < len(layout.demanded_columns()):
            place = Place(f"fila {start + 1}", start + 1)
            self.out.faults += [Fault("missing_column", place, {"column": column}) for column in missing]

    def read_row(self, number: int) -> None:
        cells = {column: (index, self.cell(number, index)) for index, column in self.columns.items()}
        register_at, register = cells[layout.REGISTER_COLUMN]
        wanted, place = plain_text(register), self.place(number, register_at)
        if not wanted:
            self.out.faults.append(Fault("no_register", place))
        elif wanted == HEADER:
            self.read_datum(number, cells)
        elif wanted in REGISTERS:
            self.out.records.append(self.record(wanted, number, cells))
        else:
            self.out.faults.append(Fault("unknown_register", place, {"word": register}))

    def record(self, register: str, number: int, cells: Mapping[str, tuple[int, str]]) -> Record:
        fields = {field.column: field for field in REGISTERS[register]}
        found = {
            fields[column].name: Cell(value, self.place(number, index))
            for column, (index, value) in cells.items()
            if column in fields
        }
        for column, (index, value) in cells.items():
            if value and column not in fields and column != layout.REGISTER_COLUMN:
                facts = {"column": column, "register": register}
                self.out.notices.append(Fault("unused_cell", self.place(number, index), facts))
        return Record(register, found, Place(f"fila {number + 1}", number + 1))

    def read_datum(self, number: int, cells: Mapping[str, tuple[int, str]]) -> None:
        """A row of the encabezado: the datum that its code names."""
        (name_at, name), (value_at, value) = (cells.get(column, (0, "")) for column in layout.HEADER_COLUMNS)
        data = {plain_text(field.column): field for field in layout.HEADER_FIELDS}
        field, place = data.get(plain_text(name)), self.place(number, name_at)
        if field is None:
            known = ", ".join(each.column for each in layout.HEADER_FIELDS)
            self.out.faults.append(Fault("unknown_datum", place, {"word": name, "known": known}))
        elif field.name in self.out.header:
            self.out.faults.append(Fault("repeated_datum", place, {"word": field.column}))
        else:
            self.out.header[field.name] = Cell(value, self.place(number, value_at))

    def cell(self, number: int, index: int) -> str:
        row = self.rows[number]
        return unescaped(row[index].strip()) if index < len(row) else ""

    def place(self, number: int, index: int) -> Place:
        letter, column = letter_of(index), self.columns.get(index, "")
        named = f" «{column}»" if column else ""
        where = f"celda {letter}{number + 1}{named}" if self.sheet else f"fila {number + 1}, columna {letter}{named}"
        return Place(where, number + 1, letter)


def unescaped(text: str) -> str:
    """The text that an exported cell held: an apostrophe before a sign stands for the sign alone (see `writing`)."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@'" else text


def letter_of(index: int) -> str:
    """Name of a column from its number from 0: A, B, … Z, AA."""
    lead, last = divmod(index, 26)
    return (letter_of(lead - 1) if lead else "") + chr(ord("A") + last)


def near(word: str, known: list[str]) -> str:
    found = difflib.get_close_matches(plain_text(word), [plain_text(column) for column in known], n=1)
    original = next((column for column in known if found and plain_text(column) == found[0]), "")
    return f" ¿Quiso decir «{original}»?" if original else ""


# -- JSON ----------------------------------------------------------------------------------------------------------


def from_json(path: Path) -> Gathered:
    read = parsing.read_json(path)
    if read.fault == "damaged" and read.line:
        place = Place(f"línea {read.line}, columna {read.column}", read.line, str(read.column))
        return Gathered(faults=[Fault("damaged_json", place)])
    if read.fault:
        return Gathered(faults=[Fault(CELL_FAULTS.get(read.fault, read.fault), FILE)])
    out = Gathered()
    read_object(read.value, out)
    return out


def read_object(value: Any, out: Gathered) -> None:
    if not isinstance(value, dict):
        out.faults.append(Fault("not_object", FILE))
        return
    header = value.get("header")
    if isinstance(header, dict):
        out.header.update(cells_of(header, layout.HEADER_FIELDS, "header", (), out))
    elif header is not None:
        out.faults.append(Fault("not_object", at("header")))
    for key, register in TOP.items():
        out.records.extend(records_of(value.get(key), register, key, None, out))
    extra = [key for key in value if key not in ("header", *TOP)]
    out.notices += [Fault("extra_key", at(key), {"key": key}) for key in extra]


def records_of(value: Any, register: str, path: str, parent: Cell | None, out: Gathered) -> Iterator[Record]:
    """The records of a list, each followed by those nested in it."""
    if value is None:
        return
    if not isinstance(value, list):
        out.faults.append(Fault("not_list", at(path)))
        return
    for number, row in enumerate(value):
        here = f"{path}[{number}]"
        if not isinstance(row, dict):
            out.faults.append(Fault("not_object", at(here)))
            continue
        nested = NESTED.get(register, {})
        cells = cells_of(row, REGISTERS[register], here, tuple(nested), out)
        yield Record(register, cells if parent is None else {**cells, "parent": parent}, at(here))
        own = cells.get("code", Cell("", at(f"{here}.code")))
        for key, inner in nested.items():
            yield from records_of(row.get(key), inner, f"{here}.{key}", own, out)


def cells_of(
    row: Mapping[str, Any], fields: Sequence[Field], path: str, nested: Sequence[str], out: Gathered
) -> dict[str, Cell]:
    known = {field.name for field in fields} - {"parent"}
    extra = [key for key in row if key not in known and key not in nested]
    out.notices += [Fault("extra_key", at(f"{path}.{key}"), {"key": key}) for key in extra]
    return {name: Cell(tidy(row.get(name)), at(f"{path}.{name}")) for name in known}


def tidy(value: Any) -> Any:
    """Nothing, for what says nothing."""
    return "" if value is None or value == [] else value.strip() if isinstance(value, str) else value


def at(path: str) -> Place:
    return Place(path, 0, path.rpartition(".")[2])
