"""The manifest of a package: what is announced, row by row, with the digest of each file (C9).

CSV, XLSX or JSON; columns by their code or in Spanish. It is read in the cell like any file that came from outside.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from records import parsing
from records.errors import CellUnavailable, Incomplete, RecordsError, RuleViolation
from records.models import Expediente, TipoDocumental
from records.services.columns import Heading, Names, folded, heading_of, parse_day
from records.services.filing import FilingMetadata
from records.vocabulary import Origin

COLUMNS: Names = {
    "path": ("ruta", "archivo", "nombre del archivo", "fichero"),
    "sha256": ("sha 256", "huella", "huella sha256", "huella sha 256", "digest"),
    "tipo": ("tipo documental", "codigo del tipo", "codigo del tipo documental"),
    "date": ("fecha", "fecha del documento"),
    "title": ("titulo", "asunto"),
    "annex": ("anexo", "clave del anexo"),
    "author": ("autor", "productor"),
    "origin": ("origen",),
    "bytes": ("tamano", "tamano en bytes"),
}
DEMANDED = ("path", "sha256", "tipo", "date")
ORIGINS = {
    "": Origin.ELECTRONIC,
    "electronico": Origin.ELECTRONIC,
    "nativo": Origin.ELECTRONIC,
    "nativo digital": Origin.ELECTRONIC,
    "digital": Origin.ELECTRONIC,
    "digitalizado": Origin.DIGITISED,
    "escaneado": Origin.DIGITISED,
    "copia digitalizada": Origin.DIGITISED,
}
SHA256 = re.compile(r"[0-9a-f]{64}")
#: A size in bytes: no file has more digits, and a number may have so many that it cannot be read as one.
SIZE = re.compile(r"[0-9]{1,18}")
#: More than this at once would hold the expediente, and everybody who files, for too long.
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Fault:
    """Something wrong with a package. `row` as a spreadsheet numbers it, from 1 in a JSON list; 0: no row."""

    row: int
    path: str
    error: RecordsError


class UnreadableManifest(RuleViolation):
    """Nothing can be made of the manifest itself; `faults` says why, `line` and `column` where."""

    code = "manifest_unreadable"

    def __init__(self, code: str, line: int = 0, column: int = 0, name: str = "") -> None:
        super().__init__(code, line=line, column=column, name=name)


@dataclass(frozen=True)
class Entry:
    """A file announced: where in the manifest, its path as written, its digest (empty when it is none), what is said
    of it, its size (-1 when not announced), and what is wrong."""

    row: int
    path: str
    sha256: str
    metadata: FilingMetadata
    size: int = -1
    faults: tuple[RecordsError, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """All that a package announces. `digest` is the SHA-256 of the manifest's own bytes."""

    entries: tuple[Entry, ...]
    digest: str


Cells = Mapping[str, str]


@dataclass(frozen=True)
class Rows:
    """A manifest's rows as written: (number, cells by column), and the columns it has."""

    numbered: tuple[tuple[int, Cells], ...]
    columns: frozenset[str]

    @property
    def announce(self) -> bool:
        """Do they announce digests? Else they only describe files."""
        return any(cells.get("sha256") for _number, cells in self.numbered)


def read_rows(path: Path, name: str) -> Rows:
    """The rows of the manifest at `path`, received as `name`. Raises UnreadableManifest."""
    rows = json_rows(path) if name.casefold().endswith(".json") else table_rows(path, name)
    if not rows.numbered:
        raise UnreadableManifest("manifest_empty")
    if len(rows.numbered) > MOST_ROWS:
        raise UnreadableManifest("manifest_too_long")
    return rows


def announced(rows: Rows, digest: str, tipos: Mapping[str, str], defaults: Cells | None = None) -> Manifest:
    """The package that the rows announce. `tipos`: see `tipo_codes`; `defaults`: cells for where they say nothing.

    Raises UnreadableManifest when a column is missing; what is wrong with single rows is said by them.
    """
    given = {name: text for name, text in (defaults or {}).items() if text}
    for name in DEMANDED:
        if name not in rows.columns and name not in given:
            raise UnreadableManifest("column_missing", name=name)
    entries = [entry_of(number, {**given, **said(cells)}, tipos) for number, cells in rows.numbered]
    return Manifest(repeated_told(entries), digest)


def said(cells: Cells) -> Cells:
    return {name: text for name, text in cells.items() if text}


def tipo_codes(expediente: Expediente) -> dict[str, str]:
    """Code of every tipo documental of the expediente's version, by its code and by its name."""
    tipos = TipoDocumental.objects.filter(trd=expediente.trd_id).values_list("code", "name")
    return {folded(text): code for code, name in tipos for text in (name, code)}


# Rows ------------------------------------------------------------------------------------------------------


def table_rows(path: Path, name: str) -> Rows:
    table = parsing.read_table(path, name)
    check_read(table.fault, line=len(table.rows) + 1)
    heading = heading_of(table.rows, COLUMNS)
    if heading is None:
        raise UnreadableManifest("manifest_headless", line=1)
    check_heading(heading)
    below = enumerate(table.rows[heading.number :], heading.number + 1)
    cells = tuple((number, heading.cells(row)) for number, row in below if any(cell.strip() for cell in row))
    return Rows(cells, frozenset(heading.places))


def check_heading(heading: Heading) -> None:
    for name in heading.repeated:
        raise UnreadableManifest("column_repeated", line=heading.number, name=name)
    for name in heading.unknown:
        raise UnreadableManifest("column_unknown", line=heading.number, name=name)


def json_rows(path: Path) -> Rows:
    """A list of objects, or an object whose `files` is one and whose `count`, if any, is how many they are."""
    read = parsing.read_json(path)
    check_read(read.fault, read.line, read.column)
    value: Any = read.value
    listed = value.get("files") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise UnreadableManifest("manifest_headless")
    if isinstance(value, dict) and value.get("count", len(listed)) != len(listed):
        raise UnreadableManifest("manifest_count")
    cells = tuple((number, named_cells(number, row)) for number, row in enumerate(listed, 1))
    return Rows(cells, frozenset(name for _number, row in cells for name in row))


def named_cells(number: int, row: Mapping[str, Any]) -> Cells:
    cells = {}
    for header, value in row.items():
        if (name := KNOWN.get(folded(header))) is None:
            raise UnreadableManifest("column_unknown", line=number, name=header)
        if not isinstance(value, ALLOWED.get(name, str) | None) or isinstance(value, bool):
            raise UnreadableManifest("manifest_not_text", line=number, name=header)
        cells[name] = "" if value is None else str(value).strip()
    return cells


#: Columns that may be a number in JSON; all others are text.
ALLOWED: Mapping[str, Any] = {"bytes": str | int}
KNOWN = {folded(header): name for name, others in COLUMNS.items() for header in (name, *others)}


def check_read(fault: str, line: int = 0, column: int = 0) -> None:
    """Raise what kept the cell from reading it: the manifest's doing, or an outage that is none of it."""
    if fault in ("cell_unavailable", "unreachable"):
        raise CellUnavailable
    if fault:
        raise UnreadableManifest(FAULTS.get(fault, "manifest_unreadable"), line, column)


#: Why the cell could not read it → code of the sentence.
FAULTS = {"limits": "manifest_limits", "encrypted": "manifest_encrypted", "unknown_format": "manifest_format"}


def entry_of(number: int, cells: Cells, tipos: Mapping[str, str]) -> Entry:
    """An entry, with everything that is wrong with it by itself."""
    day, origin = parse_day(cells.get("date", "")), ORIGINS.get(folded(cells.get("origin", "")))
    size, digest = cells.get("bytes", ""), cells.get("sha256", "").lower()
    digest = digest if SHA256.fullmatch(digest) else ""
    wrong = (
        ("path_absent", not cells.get("path")),
        ("sha256", not digest),
        ("day", day is None),
        ("origin", origin is None),
        ("size_announced", bool(size) and not SIZE.fullmatch(size)),
    )
    missing = [code for code, is_wrong in wrong if is_wrong]
    metadata = FilingMetadata(
        tipo=tipos.get(folded(cells.get("tipo", "")), cells.get("tipo", "")),
        date=day or datetime.date.min,
        title=cells.get("title", ""),
        author=cells.get("author", ""),
        origin=origin or Origin.ELECTRONIC,
        annex=cells.get("annex", ""),
    )
    announced = int(size) if SIZE.fullmatch(size) else -1
    faults = (Incomplete(missing),) if missing else ()
    return Entry(number, cells.get("path", ""), digest, metadata, announced, faults)


def repeated_told(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries, with a fault in each that names a path an earlier one named."""
    met: set[str] = set()
    told = []
    for entry in entries:
        again = (RuleViolation("path_repeated"),) if entry.path and entry.path in met else ()
        met.add(entry.path)
        told.append(replace(entry, faults=(*entry.faults, *again)))
    return tuple(told)
