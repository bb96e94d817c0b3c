"""A schedule as plain, frozen values: what a file says and what a version's rows say have the same shape.

Lists are kept in the order of their codes, so that two schedules are equal when they say the same.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_PARENTHESES = re.compile(r"\([^()]*\)")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Header:
    """What a version says of itself (TRD of the AGN: entity, producing office, act, convalidation, RUSD).

    `number` is None where the file leaves it to the house: the last one plus one.
    """

    name: str
    entity: str
    office_code: str
    office_name: str
    in_force_from: datetime.date
    approval_act: str = ""
    convalidation: str = ""
    rusd: str = ""
    number: int | None = None


@dataclass(frozen=True)
class SubserieLine:
    """`kind`: code of the expedientes it holds. Years: None where the row never had them."""

    code: str
    name: str
    kind: str
    support: str = ""
    years_management: int | None = None
    years_central: int | None = None
    disposition: str = ""
    digitise: bool = False
    procedure: str = ""


@dataclass(frozen=True)
class SerieLine:
    code: str
    name: str
    subseries: tuple[SubserieLine, ...] = ()


@dataclass(frozen=True)
class Demand:
    """A line of the checklist. `duty`: "always", "when" (only if the case arises) or "each" (one for every such thing).

    `act` says which act supplies the piece, `note` of what there is one each, or what the case is.
    """

    kind: str
    stage: str
    article: str
    duty: str
    act: str = ""
    note: str = ""


@dataclass(frozen=True)
class TipoLine:
    """`stage` is the sentence that says when it is demanded, `source` the article it comes from."""

    code: str
    name: str
    kinds: tuple[str, ...]
    mandatory: bool = False
    stage: str = ""
    source: str = ""
    producer: str = ""
    default_level: str = ""
    default_reasons: tuple[str, ...] = ()
    level_note: str = ""
    template: str = ""
    formats: str = ""
    requires: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()


@dataclass(frozen=True)
class Schedule:
    header: Header
    series: tuple[SerieLine, ...] = ()
    tipos: tuple[TipoLine, ...] = ()

    @property
    def subseries(self) -> list[SubserieLine]:
        return [line for serie in self.series for line in serie.subseries]


def demand_from(row: Mapping[str, Any]) -> Demand:
    """The demand that a row of `TipoDocumental.demands` holds."""
    return Demand(**{name: str(row.get(name, "")) for name in Demand.__dataclass_fields__})


def row_of(demand: Demand) -> dict[str, str]:
    return asdict(demand)


def slug_of(name: str) -> str:
    """The code of a tipo documental: the ASCII slug of its name, without what stands in parentheses."""
    bare = unicodedata.normalize("NFKD", _PARENTHESES.sub(" ", name)).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub("_", bare).strip("_")


def plain_text(text: str) -> str:
    """Text as it is compared: without accents, capitals and doubled blanks."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.lower().split())
