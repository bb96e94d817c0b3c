"""A schedule written as a file says the same when it is read again, and nothing in it acts in a spreadsheet (R1)."""

from __future__ import annotations

import csv
import dataclasses
import io
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from records import schedules
from records.policies import REQUIREMENTS
from records.rendering import tables
from records.schedules import Demand, Header, Schedule, SerieLine, SubserieLine, TipoLine, slug_of, values
from records.schedules.layout import REGISTERS, columns
from records.schedules.writing import SAMPLE
from records.vocabulary import Disposition, ExpedienteKind, Level, Reason
from tests.unit.schedules import files
from tests.unit.schedules.files import parsed

ENDINGS = ("csv", "xlsx", "json")


@pytest.mark.rule("R1")
@pytest.mark.requirement("B2")
@pytest.mark.parametrize("ending", ENDINGS)
def test_the_shipped_schedule_and_the_template_read_again_are_the_same(ending: str) -> None:
    for schedule in (files.shipped(), SAMPLE):
        assert parsed(schedules.write(schedule, ending), f"t.{ending}").schedule == schedule
    assert parsed(schedules.blank(ending), f"plantilla.{ending}").faults == ()


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="\ufeff\ufffd"),
    min_size=1,
    max_size=40,
).map(lambda text: " ".join(text.split()))
said = st.one_of(
    st.sampled_from(["=1+1", "+57", "-3", "@SUMA", "'cita", "''dos", "'=x", "a;b", 'con "comillas"']), words
).filter(lambda text: bool(text.strip()) and text.strip() == text and "Ã" not in text)
named = said.filter(lambda text: 0 < len(slug_of(text)) <= 120)
kinds = st.lists(st.sampled_from(ExpedienteKind.values), min_size=1, unique=True).map(
    lambda found: tuple(kind for kind in ExpedienteKind.values if kind in found)
)


@st.composite
def tipos(draw: Any) -> TipoLine:
    name = draw(named)
    level = draw(st.sampled_from([Level.PUBLIC, Level.RESTRICTED, Level.RESERVED]))
    return TipoLine(
        code=slug_of(name),
        name=name,
        kinds=draw(kinds),
        mandatory=draw(st.booleans()),
        stage=draw(said),
        source=draw(st.one_of(st.just(""), said)),
        producer=draw(said),
        default_level=str(level),
        default_reasons=() if level == Level.PUBLIC else (str(Reason.IP),),
        level_note=draw(st.one_of(st.just(""), said)),
        formats="docx, pdf firmado",
        requires=draw(st.sampled_from([(), ("annex",), ("annex", "physical_place")])),
        demands=(
            Demand("derived", "clearance", draw(said), draw(st.sampled_from(["always", "when", "each"])), draw(said)),
        ),
    )


@st.composite
def any_schedule(draw: Any) -> Schedule:
    line = SubserieLine(
        "1.1", draw(named), "derived", "papel", draw(st.integers(0, 1000)), draw(st.integers(0, 1000)),
        draw(st.sampled_from(Disposition.values)), draw(st.booleans()), draw(said),
    )  # fmt: skip
    found = {tipo.code: tipo for tipo in draw(st.lists(tipos(), min_size=1, max_size=3))}
    header = Header(draw(said), draw(said), "GC", draw(said), draw(st.dates()), number=draw(st.sampled_from([None, 7])))
    return Schedule(header, (SerieLine("1", draw(said), (line,)),), tuple(found[code] for code in sorted(found)))


@pytest.mark.rule("R1")
@given(any_schedule())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_schedule_read_again_is_the_same(schedule: Schedule) -> None:
    for ending in ENDINGS:
        found = parsed(schedules.write(schedule, ending), f"t.{ending}")
        assert [(fault.place.where, fault.sentence) for fault in found.faults] == []
        assert found.schedule == schedule, ending


def test_nothing_that_is_exported_acts_in_a_spreadsheet() -> None:
    signs = ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "'x", "normal", 5]
    sheet = load_workbook(io.BytesIO(tables.as_xlsx([["a"], *[[sign] for sign in signs]], "T"))).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 8 + ["n"]
    assert all(cell.value.startswith("'") for cell in cells[:7])
    text = tables.as_csv([[sign] for sign in signs]).decode("utf-8-sig")
    read = [row[0] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in read)


def test_the_same_version_gives_the_same_bytes_at_another_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [schedules.write(files.shipped(), ending) for ending in ENDINGS]
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    assert [schedules.write(files.shipped(), ending) for ending in ENDINGS] == before


def test_the_layout_has_a_column_for_each_datum_and_demands_the_codes_that_registration_knows() -> None:
    assert len(columns()) == len(set(columns()))
    for fields in REGISTERS.values():
        assert {field.column for field in fields} <= set(columns())
    assert tuple(values.REQUIREMENTS) == REQUIREMENTS
    lines = {"serie": SerieLine, "subserie": SubserieLine, "tipo": TipoLine, "exigencia": Demand}
    for register, line in lines.items():
        own = {field.name for field in dataclasses.fields(line)} - {"subseries", "demands"}
        assert {field.name for field in REGISTERS[register]} - {"parent"} == own
