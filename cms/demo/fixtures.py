"""The readable data of `fixtures/`, with what follows from it: amounts by date, working days, texts."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

Row = Mapping[str, Any]
DEFAULT_DAY = datetime.date(2027, 10, 20)


def folder() -> Path:
    return Path(settings.ROOT) / "fixtures"


@cache
def read(name: str) -> Mapping[str, Any]:
    """One file of the folder, by its name without ending; read once per process."""
    content: Mapping[str, Any] = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    return content


def text_of(name: str) -> str:
    return (folder() / "texts" / f"{name}.txt").read_text(encoding="utf-8")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def next_working_day(after: datetime.date) -> datetime.date:
    """The next day that is neither Saturday nor Sunday; the demo's acts do not mind holidays."""
    following = after + datetime.timedelta(days=1)
    return following if following.weekday() < 5 else next_working_day(following)


def units_of(convenio: str) -> list[Row]:
    return [unit for unit in read("worked_example")["units"] if unit["convenio"] == convenio]


def unit(name: str) -> Row:
    return next(row for row in read("worked_example")["units"] if row["unit"] == name)


def convenio(number: str) -> Row:
    return next(row for row in read("worked_example")["convenios"] if row["number"] == number)


def project(code: str) -> Row:
    return next(row for row in read("worked_example")["projects"] if row["code"] == code)


def accredited(convenio: str, on: datetime.date) -> list[Row]:
    """Units of a convenio accredited up to and including a day."""
    return [row for row in units_of(convenio) if day(row["accredited"]) <= on]


def executed(convenio: str, on: datetime.date) -> Decimal:
    """Executed credits of a convenio at the end of a day."""
    return sum((Decimal(row["credits"]) for row in accredited(convenio, on)), Decimal("0.00"))


def phase(project: Row, on: datetime.date) -> str:
    return str([step["phase"] for step in project["phases"] if day(step["on"]) <= on][-1])


def indicators(project: Row, on: datetime.date) -> list[dict[str, Any]]:
    """The base indicators of a project: target, and what its accredited units achieved by a day."""
    return [indicator(row, project, on) for row in read("worked_example")["indicators"] if project["targets"]]


def indicator(row: Row, project: Row, on: datetime.date) -> dict[str, Any]:
    counted = [unit for unit in accredited(project["convenio"], on) if row["code"] in unit["achieves"]]
    last = max((unit["accredited"] for unit in counted), default="")
    return {
        "kind": row["kind"],
        "name": row["name"],
        "unit": row["unit"],
        "target": project["targets"][row["code"]],
        "achieved": sum(unit["achieves"][row["code"]] for unit in counted),
        "date": last,
        "source": ", ".join(f"Acreditación {unit['unit']}" for unit in counted),
    }


def documents() -> Iterator[Row]:
    """Each piece to file, with the defaults of the file filled in."""
    data = read("documents")
    for row in data["documents"]:
        yield {**data["defaults"], **row}


def grounds(row: Row) -> dict[str, Any] | None:
    """The legal ground of a piece's level, as `classify --grounds` takes it; None for a public one."""
    if row["level"] == "public":
        return None
    ground = dict(read("documents")["grounds"][row["grounds"]])
    made, years = day(row["date"]), ground.pop("years")
    until = row.get("until") or made.replace(year=made.year + years, day=min(made.day, 28)).isoformat()
    return {**ground, "generated": row["date"], "until": until, "responsible": row["responsible"]}
