"""Files of schedules for tests: the schedule that ships, as rows or as JSON, with what a test changes in it."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from records import schedules
from records.rendering import tables
from records.schedules import Fault, Parsed, Schedule

Rows = list[list[Any]]


def fixture() -> bytes:
    return (Path(settings.ROOT) / "fixtures" / "trd.json").read_bytes()


@cache
def shipped() -> Schedule:
    """The schedule that ships."""
    schedule = parsed(fixture(), "trd.json").schedule
    assert schedule, "the schedule that ships has faults"
    return schedule


def rows() -> Rows:
    """The rows of the shipped schedule's CSV, to be changed at will: row 1 has the columns."""
    text = written().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@cache
def written() -> bytes:
    return schedules.write(shipped(), "csv")


def as_csv(lines: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """Rows as they are, without the escaping of an export."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=";").writerows(lines)
    return sink.getvalue().encode(encoding)


def as_xlsx(lines: Sequence[Sequence[Any]]) -> bytes:
    return tables.as_xlsx(lines, "TRD")


def as_json(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The shipped JSON after `change`, which returns what is to be written instead, or None."""
    content = json.loads(fixture())
    return json.dumps(change(content) or content).encode()


def column(lines: Rows, name: str) -> int:
    return lines[0].index(name)


def row_of(lines: Rows, register: str, number: int = 0) -> list[Any]:
    """The n-th row of a register, which may be changed in place."""
    return [line for line in lines if line[0] == register][number]


def place_of(lines: Rows, row: list[Any], name: str) -> tuple[int, str]:
    """(line, letter) of a cell, as a spreadsheet names it."""
    index = column(lines, name)
    line = next(number for number, each in enumerate(lines, 1) if each is row)
    return line, chr(ord("A") + index)


def parsed(content: bytes, name: str) -> Parsed:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archivo"
        path.write_bytes(content)
        return schedules.parse(path, name)


def told(faults: Sequence[Fault]) -> list[tuple[str, int, str]]:
    return [(fault.code, fault.place.line, fault.place.column) for fault in faults]
