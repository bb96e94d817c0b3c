"""A piece's text with its facts in place, and the file made of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from string import Template
from typing import Any

from cms.demo import fixtures, samples
from cms.demo.fixtures import Row

MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


def piece(row: Row) -> tuple[str, bytes]:
    """Name and bytes of the file that a row of `documents.json` describes."""
    kind = row["format"]
    text = Template(fixtures.text_of(row["text"])).substitute(facts(row))
    name = row.get("name") or f"{row['title']}{samples.suffix(kind)}"
    return name.replace("/", "-"), samples.make(kind, text, title=row["title"], day=fixtures.day(row["date"]))


def facts(row: Row) -> dict[str, str]:
    """All that a text may name: the example's, its convenio's, its unit's, and the row's own."""
    own = {name: str(value) for name, value in row.get("facts", {}).items()}
    return {
        **common(),
        **(of_convenio(own["convenio"]) if own.get("convenio") else {}),
        **(of_unit(own["unit"]) if own.get("unit") else {}),
        **{name: amount(value) if name == "executed" else value for name, value in own.items()},
        **(balance(own) if "executed" in own else {}),
    }


def common() -> dict[str, str]:
    acquisition = fixtures.read("worked_example")["acquisition"]
    return {
        "contract": acquisition["number"],
        "supplier": acquisition["supplier"],
        "framework": "CM-2026-001",
        "recipient": "el receptor nacional",
    }


def of_convenio(number: str) -> dict[str, str]:
    convenio = fixtures.convenio(number)
    known = {"title": convenio["title"], "credits": amount(convenio["obligation_credits"])}
    units = fixtures.units_of(number)
    if not units:
        return known
    project = fixtures.project(convenio["project"])
    nominal = sum(Decimal(unit["nominal"]) for unit in units)
    rows = "\n".join(valuation(unit) for unit in units)
    return {
        **known,
        "recipient": project["recipient"],
        "person": full_name(convenio["supervisor"]),
        "nominal": amount(str(nominal)),
        "rows": rows,
    }


def of_unit(name: str) -> dict[str, str]:
    unit = fixtures.unit(name)
    return {
        "activity": unit["activity"],
        "detail": unit["detail"],
        "nominal": amount(unit["nominal"]),
        "multiplier": unit["multiplier"].replace(".", ","),
        "credits": amount(unit["credits"]),
        "received": long_date(unit["received"]),
    }


def balance(own: Mapping[str, str]) -> dict[str, str]:
    planned = Decimal(fixtures.convenio(own["convenio"])["obligation_credits"])
    return {"planned": amount(str(planned)), "pending": amount(str(planned - Decimal(own["executed"])))}


def valuation(unit: Row) -> str:
    cells = (unit["unit"], amount(unit["nominal"]), unit["multiplier"].replace(".", ","), amount(unit["credits"]))
    return "| " + " | ".join(cells) + " |"


def full_name(login: str) -> str:
    people: list[dict[str, Any]] = fixtures.read("people")["people"]
    return next((str(person["full_name"]) for person in people if person["login"] == login), login)


def amount(value: str) -> str:
    """`7140000.00` as `7.140.000,00`."""
    return f"{Decimal(value):,.2f}".translate(str.maketrans(",.", ".,"))


def long_date(text: str) -> str:
    day = fixtures.day(text)
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
