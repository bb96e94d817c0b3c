"""Tables and JSON that a person loads (a scheme, an inventory, a manifest), read in the cell, as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import names
from .front import Answer, asked


@dataclass(frozen=True)
class Table:
    """Rows of text: ``rows[n][m]`` is what a spreadsheet shows in row n + 1, column m + 1.

    Empty rows stay; empty cells at a row's end are left out. Cells: dates ``2026-01-31`` (with the hour if they have
    one), numbers with a dot and without ``.0``, ``true`` or ``false``, else the text as written.
    ``fault``: empty, else ``damaged``, ``encrypted``, ``limits`` (more than 50,000 rows, 200 columns or 10,000
    characters in a cell), ``unknown_format`` (neither CSV nor XLSX), ``unreachable`` or ``cell_unavailable``; then
    ``rows`` are those before it.
    """

    rows: tuple[tuple[str, ...], ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class JsonText:
    """The value of a JSON text. ``fault`` as in `Table`; ``line`` and ``column`` (from 1) where ``damaged``, else 0."""

    value: Any = None
    fault: str = ""
    line: int = 0
    column: int = 0


def read_table(path: Path | str, name: str) -> Table:
    """The table at ``path``, received as ``name``: CSV (separated by ``;``, tab or comma) or an XLSX's first sheet."""
    answer = asked(path, {"op": "table", "kind": "", "extension": names.extension_of(name)})
    rows = _value(answer)
    return Table(tuple(map(_row, rows if isinstance(rows, list) else [])), answer.fault)


def read_json(path: Path | str) -> JsonText:
    """The JSON text at ``path``: UTF-8, at most 16 MiB, at most 50 deep, numbers finite."""
    answer = asked(path, {"op": "json", "kind": ""})
    value = _value(answer)
    line, column = (answer.number(key) for key in ("line", "column"))
    return JsonText(None if answer.fault else value, answer.fault, line, column)


def _row(row: Any) -> tuple[str, ...]:
    return tuple(map(str, row)) if isinstance(row, list) else ()


def _value(answer: Answer) -> Any:
    """What the child wrote as JSON; one that lies about it is as good as damaged."""
    try:
        return json.loads(answer.blob or b"null")
    except (ValueError, RecursionError):
        answer.fault = answer.fault or "damaged"
        return None
