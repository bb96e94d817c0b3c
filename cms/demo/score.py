"""The play written out: every step with its key, its day and its act, in the order of the dates."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from django.conf import settings

from cms.demo import acts, catalogue, fixtures
from cms.demo.fixtures import Row
from cms.demo.stage import Stage

#: Acts of a day start at eight and follow each other by a minute.
FIRST_ACT = datetime.time(8)
BETWEEN = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Step:
    """An act of the play. `rank` orders acts of one day: rows, openings, annexes, filings,
    levels, registrations and stages, grants, publications."""

    key: str
    day: datetime.date
    rank: int
    act: Callable[[Stage], str]


def moments(until: datetime.date) -> Iterator[tuple[Step, datetime.datetime]]:
    """Every step up to and including a day, with its moment."""
    zone = ZoneInfo(settings.TIME_ZONE)
    due = [step for step in ordered() if step.day <= until]
    for day, steps in groupby(due, key=lambda step: step.day):
        start = datetime.datetime.combine(day, FIRST_ACT, zone)
        for place, step in enumerate(steps):
            yield step, start + place * BETWEEN


def ordered() -> list[Step]:
    parts: Iterable[Iterator[Step]] = (
        openings(), signatures(), annexes(), filings(), levels(), papers(), registrations(), stages(), grants(),
        kept(), ties(), projects(), publications(),
    )  # fmt: skip
    steps = chain([Step("trd", catalogue.IN_FORCE_FROM, 0, lambda _stage: catalogue.load())], *parts)
    return sorted(steps, key=lambda step: (step.day, step.rank))


def openings() -> Iterator[Step]:
    example = fixtures.read("worked_example")
    for row in example["expedientes"]:
        opened, code = fixtures.day(row["opened"]), row["code"]
        yield Step(f"open:{code}", opened, 1, partial(acts.opening, row=row))
        for duty in example["appointments"]:
            if code in duty["expedientes"] or "*" in duty["expedientes"]:
                key = f"appoint:{duty['login']}:{code}"
                yield Step(key, opened, 2, partial(acts.appointing, row=duty, code=code))


def signatures() -> Iterator[Step]:
    for row in fixtures.read("worked_example")["convenios"]:
        yield Step(f"sign:{row['number']}", fixtures.day(row["signed"]), 3, partial(acts.signing, row=row))


def filings() -> Iterator[Step]:
    for row in fixtures.documents():
        yield Step(f"file:{row['key']}", fixtures.day(row["filed"]), 4, partial(acts.filing, row=row))


def annexes() -> Iterator[Step]:
    """An annex is noted in the registry before its piece is filed."""
    for row in fixtures.documents():
        if "annex" in row:
            yield Step(f"annex:{row['key']}", fixtures.day(row["filed"]), 3, partial(acts.listing, row=row))


def registrations() -> Iterator[Step]:
    """What has its level is registered the day it was approved; a few wait, as they do in life."""
    for row in fixtures.documents():
        if not row.get("waits") and row.get("registers", True):
            approved = fixtures.next_working_day(fixtures.day(row["filed"]))
            yield Step(f"register:{row['key']}", approved, 7, partial(acts.registering, row=row))


def stages() -> Iterator[Step]:
    for row in fixtures.read("worked_example")["courses"]:
        for step in row["stages"]:
            key = f"stage:{row['expediente']}:{step['stage']}"
            act = partial(acts.advancing, code=row["expediente"], target=step["stage"])
            yield Step(key, fixtures.day(step["on"]), 7, act)


def levels() -> Iterator[Step]:
    """A level is proposed the day a piece is filed, and approved the next working day."""
    for row in fixtures.documents():
        filed, waits = fixtures.day(row["filed"]), row.get("waits")
        if waits not in ("classification", "correction"):
            yield Step(f"propose:{row['key']}", filed, 5, partial(acts.proposing, row=row))
        if not waits:
            approved = fixtures.next_working_day(filed)
            yield Step(f"approve:{row['key']}", approved, 6, partial(acts.approving, row=row))


def papers() -> Iterator[Step]:
    """An expediente part of which is on paper, and where the paper of one of its pieces is."""
    for row in fixtures.read("worked_example")["papers"]:
        yield Step(f"paper:{row['document']}", fixtures.day(row["on"]), 7, partial(acts.locating, row=row))


def grants() -> Iterator[Step]:
    for row in fixtures.read("worked_example")["grants"]:
        key = f"grant:{row['document']}:{row['login']}"
        yield Step(key, fixtures.day(row["on"]), 7, partial(acts.granting, row=row))


def kept() -> Iterator[Step]:
    """What a reviewer keeps of her searches: what is granted to her later is new to her."""
    for row in fixtures.read("worked_example")["saved"]:
        key = f"saved:{row['login']}:{row['name']}"
        yield Step(key, fixtures.day(row["on"]), 7, partial(acts.keeping, row=row))


#: What is the supplier's own, by tipo documental (I7): what it produced, and what it signs.
OWN = {
    "documento_de_proyecto_offset": "produced",
    "estudio_tecnico": "produced",
    "estudio_de_sostenibilidad": "produced",
    "convenio_marco_suscrito": "signs",
    "convenio_derivado_suscrito": "signs",
    "acta_de_recibo_a_satisfaccion": "signs",
}


def ties() -> Iterator[Step]:
    for row in fixtures.documents():
        if kind := OWN.get(row["tipo"]):
            yield Step(f"tie:{row['key']}", fixtures.day(row["filed"]), 7, partial(acts.tying, row=row, kind=kind))


def projects() -> Iterator[Step]:
    for row in fixtures.read("worked_example")["projects"]:
        yield Step(f"project:{row['code']}", fixtures.day(row["proposed"]), 8, partial(acts.describing, row=row))


def publications() -> Iterator[Step]:
    """A project is shown once its entry is approved, and again at each change of phase and each accreditation."""
    for row in fixtures.read("worked_example")["projects"]:
        if row["published"]:
            yield from (publication(row, *change) for change in changes(row))


def publication(row: Row, day: datetime.date, reason: str) -> Step:
    return Step(f"publish:{row['code']}:{day}", day, 9, partial(acts.publishing, row=row, reason=reason))


def changes(row: Row) -> Iterator[tuple[datetime.date, str]]:
    first = fixtures.day(row["published"])
    yield first, f"Incorporación al Banco aprobada en la sesión del {row['bank_entry']}"
    for step in row["phases"]:
        if fixtures.day(step["on"]) > first:
            yield fixtures.day(step["on"]), "Cambio de fase del proyecto"
    for unit in fixtures.units_of(row["convenio"]):
        yield fixtures.day(unit["accredited"]), f"Acreditación de {unit['unit']}"
