"""What a file says before it is judged: each field's raw value with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from records.schedules.faults import Fault, Place


@dataclass(frozen=True)
class Cell:
    """A raw value ("" where the file says nothing) and where it stands."""

    value: Any
    place: Place


@dataclass(frozen=True)
class Record:
    """A row of a table or an object of a JSON text; a field that the file has no place for has no cell."""

    register: str
    cells: Mapping[str, Cell]
    place: Place


@dataclass
class Gathered:
    """All that a file says, and what was already wrong with its shape."""

    header: dict[str, Cell] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
