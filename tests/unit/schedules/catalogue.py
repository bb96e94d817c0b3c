"""The catalogue of tipos documentales as the reference of the offset policy has it (§6): `catalogue.txt`, row by row.

Columns: codes that a row gives (several where it names several) · expedientes · mandatory or when · producer ·
class and reason · template · format. The words of the last five are the reference's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXT = Path(__file__).with_name("catalogue.txt")


@dataclass(frozen=True)
class Expected:
    """One tipo documental as the reference has it, in the reference's words."""

    code: str
    expedientes: tuple[str, ...]
    when: str
    producer: str
    level: str
    template: str
    format: str


def rows() -> Iterator[Expected]:
    for line in TEXT.read_text(encoding="utf-8").strip().splitlines():
        codes, expedientes, *rest = (cell.strip() for cell in line.split(" | "))
        for code in codes.split():
            yield Expected(code, tuple(expedientes.split(", ")), *rest)
