"""What every benchmark ends with: a table on the screen and `var/bench/<name>.json`.

A row is {"name", "value", "unit", "floor", "ratio", "target", "holds"}: `floor` is what the bare tool needs for the
same work in the same run, `ratio` = value / floor, `target` the greatest ratio that holds. Rows without a floor or
a target only inform: `holds` is then None.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent


class Row(TypedDict):
    """One measured figure."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    target: float | None
    holds: bool | None


def row(
    name: str, value: float, unit: str, *, floor: float | None = None, target: float | None = None, least: bool = False
) -> Row:
    """A row; with `least` the target is the smallest ratio that holds (a throughput), else the greatest."""
    ratio = value / floor if floor else None
    holds = None
    if ratio is not None and target is not None:
        holds = ratio >= target if least else ratio <= target
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": None if floor is None else round(floor, 4),
        "ratio": None if ratio is None else round(ratio, 3),
        "target": target,
        "holds": holds,
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def scale() -> float:
    """BENCH_SCALE: 1 is the small default size, 40 the full one of most benchmarks."""
    return float(os.environ.get("BENCH_SCALE", "1"))


def publish(name: str, rows: Sequence[Row]) -> bool:
    """Prints the table, writes the file; True when nothing that has a target misses it."""
    folder = Path(os.environ.get("CUSTODIA_HOME", ROOT / "var")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n", "utf-8")
    for line in _table(rows):
        print(line)
    return all(one["holds"] is not False for one in rows)


def _table(rows: Sequence[Row]) -> list[str]:
    width = max((len(one["name"]) for one in rows), default=4)
    head = f"{'name':{width}}  {'value':>12} {'unit':8} {'floor':>12} {'ratio':>7} {'target':>7}  holds"
    return [head, *(_line(one, width) for one in rows)]


def _line(one: Row, width: int) -> str:
    def cell(value: float | None, places: int) -> str:
        return "-" if value is None else f"{value:.{places}f}"

    holds = {True: "yes", False: "NO", None: "-"}[one["holds"]]
    return (
        f"{one['name']:{width}}  {one['value']:>12.3f} {one['unit']:8} {cell(one['floor'], 3):>12} "
        f"{cell(one['ratio'], 2):>7} {cell(one['target'], 2):>7}  {holds}"
    )
