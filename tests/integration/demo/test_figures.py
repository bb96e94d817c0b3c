"""The demo's figures are the worked example's, to the cent (requirements A7, L1, L3)."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal

import pytest

from cms.demo import fixtures, score
from cms.demo.stage import Stage
from cms.publication.models import PublishedIndicator, PublishedProject
from records import clock, parsing
from records.convenios.models import Convenio, Project
from records.models import Document, Expediente, LedgerEvent, TipoDocumental

pytestmark = pytest.mark.django_db

SERIES = (
    ("2026-10-14", "0.00"),
    ("2026-10-15", "750000.00"),
    ("2026-12-10", "1650000.00"),
    ("2027-02-18", "2100000.00"),
    ("2027-05-20", "5700000.00"),
    ("2027-06-24", "8200000.00"),
    ("2027-09-16", "10090000.00"),
    ("2027-10-14", "11690000.00"),
    ("2027-11-11", "12297500.00"),
    ("2028-02-17", "12500000.00"),
)
DERIVED = ("CD-2026-001", "CD-2026-002")


def executed_on(day: str) -> Decimal:
    return sum((fixtures.executed(number, fixtures.day(day)) for number in DERIVED), Decimal(0))


@pytest.mark.requirement("A7")
@pytest.mark.parametrize(("day", "expected"), SERIES)
def test_accredited_credits_add_up_to_the_series_of_the_example(day: str, expected: str) -> None:
    assert executed_on(day) == Decimal(expected)


@pytest.mark.requirement("A7")
def test_units_sum_to_the_convenios_and_the_convenios_to_the_obligation() -> None:
    planned = {number: sum(Decimal(unit["credits"]) for unit in fixtures.units_of(number)) for number in DERIVED}
    nominal = [sum(Decimal(unit["nominal"]) for unit in fixtures.units_of(number)) for number in DERIVED]

    assert planned == {"CD-2026-001": Decimal("7140000.00"), "CD-2026-002": Decimal("5360000.00")}
    assert nominal == [Decimal("2170000.00"), Decimal("1642000.00")]
    assert sum(planned.values()) == Decimal(fixtures.convenio("CM-2026-001")["obligation_credits"])


@pytest.mark.requirement("A7")
def test_every_unit_is_worth_its_nominal_value_times_its_multiplier() -> None:
    units = fixtures.read("worked_example")["units"]

    assert len(units) == 9
    assert all(Decimal(u["nominal"]) * Decimal(u["multiplier"]) == Decimal(u["credits"]) for u in units)


@pytest.mark.requirement("A7", "L1")
def test_on_the_default_day_two_projects_are_shown_and_the_third_is_not(stage: Stage) -> None:
    shown = {row.code: (row.phase, row.credits_agreed, row.credits_executed) for row in PublishedProject.objects.all()}

    assert shown == {
        "P-001": ("execution", Decimal("7140000.00"), Decimal("7140000.00")),
        "P-002": ("execution", Decimal("5360000.00"), Decimal("4550000.00")),
    }
    assert Project.objects.get(code="P-003").bank_entry_approved_on is None


@pytest.mark.requirement("A7", "L2")
def test_targets_of_the_indicators_are_the_examples_and_achievements_what_is_accredited(stage: Stage) -> None:
    targets = {code: [int(i.target or 0) for i in indicators_of(code)] for code in ("P-001", "P-002")}
    achieved = {code: [int(i.achieved or 0) for i in indicators_of(code)] for code in ("P-001", "P-002")}

    assert targets == {"P-001": [1, 40, 6, 4, 1], "P-002": [1, 132, 0, 0, 1]}
    assert achieved == {"P-001": [1, 40, 6, 4, 1], "P-002": [1, 12, 0, 0, 1]}


def indicators_of(code: str) -> list[PublishedIndicator]:
    return list(PublishedIndicator.objects.filter(project__code=code))


@pytest.mark.requirement("A7", "B2")
def test_the_catalogue_is_whole_and_each_code_is_the_slug_of_its_name(stage: Stage) -> None:
    rows = fixtures.read("trd")["tipos"]
    kinds = {kind for row in rows for kind in row["kinds"]}

    assert TipoDocumental.objects.count() == len(rows) == 75
    assert {"anexo_del_convenio", "acta_de_recibo_a_satisfaccion", "estudio_de_sostenibilidad"} <= {
        row["code"] for row in rows
    }
    assert "concepto_visto_bueno_de_jefatura_de_contratos" in {row["code"] for row in rows}
    assert len(kinds) == 9
    assert all(row["code"].isascii() and row["producer"] and row["default_level"] for row in rows)


@pytest.mark.requirement("A7")
def test_the_default_day_leaves_the_convenios_open_and_the_clock_running_from_it(stage: Stage) -> None:
    own = Expediente.objects.filter(code__regex=r"C[MD]-2026-00\d$")

    assert clock.today() == datetime.date(2027, 10, 20)
    assert {row.code.rpartition("GC-1")[2][3:] for row in own} == {"CM-2026-001", "CD-2026-001", "CD-2026-002"}
    assert {row.state for row in own} == {"open"}
    assert Convenio.objects.count() == 3


@pytest.mark.requirement("A7")
def test_the_house_looks_alive_every_level_and_every_kind_of_reading(stage: Stage) -> None:
    levels = Counter(Document.objects.values_list("level", flat=True))
    readings = Counter(Document.objects.values_list("reading__state", flat=True))

    assert levels["public"] > 20
    assert levels["restricted"] > 40
    assert levels["reserved"] == 2
    assert levels["unclassified"] == 3, "two wait, and one was annulled before it had a level"
    scanned = "read" if parsing.ocr_engine() else "no_text"  # two pieces are images of paper
    assert readings == Counter({"read": 79}) + Counter({scanned: 2})


@pytest.mark.requirement("A7")
def test_acts_happened_on_their_dates_in_order(stage: Stage) -> None:
    moments = list(LedgerEvent.objects.order_by("index").values_list("at", flat=True))

    assert moments == sorted(moments)
    assert moments[0].date() == datetime.date(2025, 1, 1)  # the schedule comes into force before anything is filed


def test_all_acts_of_a_day_are_over_when_the_clock_takes_over() -> None:
    last = [moment for _step, moment in score.moments(datetime.date(2028, 12, 31))]

    assert last == sorted(last)
    assert all(moment.hour == 8 for moment in last)


def test_keys_of_the_steps_are_unique() -> None:
    keys = Counter(step.key for step in score.ordered())

    assert [key for key, times in keys.items() if times > 1] == []
