"""Dates as Spanish papers write them: many spellings, one day."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.dates import dates
from search.fields import day_of

pytestmark = pytest.mark.requirement("J6")


@pytest.mark.parametrize(
    "text",
    [
        "15/05/2018", "15-05-2018", "15.05.2018", "15/5/2018", "2018-05-15", "2018/05/15", "2018-05-15T10:00",
        "15 de mayo de 2018", "15 DE MAYO DEL AÑO 2018", "15 de mayo, de 2018", "15 mayo 2018", "15 may. 2018",
        "15-may-2018", "mayo 15 de 2018", "Mayo 15, 2018", "quince de mayo de 2018", "quince (15) de mayo de 2018",
        "15 de mayo\nde 2018", "15 días del mes de mayo de 2018",
        "quince (15) días del mes de mayo de dos mil dieciocho (2018)",
    ],
)  # fmt: skip
def test_spellings_of_one_day(text: str) -> None:
    for around in ("{}", "Bogotá, {}.", "({})", "el {}, acta"):
        written = around.format(text)
        assert [one.name for one in dates(written)] == ["2018-05-15"]
    assert [text[one.start : one.end] for one in dates(text)] in ([text], [text.removesuffix("T10:00")])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mayo de 2018", "2018-05"), ("MAYO 2018", "2018-05"), ("setiembre del año 2018", "2018-09"),
        ("sept. 2018", "2018-09"), ("primero de enero de 2020", "2020-01-01"), ("1.º de enero de 2020", "2020-01-01"),
        ("veintitrés de abril de 2020", "2020-04-23"), ("29 de febrero de 2020", "2020-02-29"),
        ("treinta y un (31) días del mes de mayo de 2018", "2018-05-31"),
        ("treinta y uno de mayo de 2018", "2018-05-31"), ("acta (15) de mayo de 2018", "2018-05-15"),
        ("siete (15) de mayo de 2018", "2018-05-15"), ("20 de agosto de dos mil veintiuno (2021)", "2021-08-20"),
    ],
)  # fmt: skip
def test_a_day_or_its_month_alone(text: str, name: str) -> None:
    assert [one.name for one in dates(text)] == [name]


@pytest.mark.parametrize(
    "text",
    ["123/2021", "convenio 123 de 2021", "05/2018", "2018", "30/02/2018", "45 de mayo de 2018", "05/15/2018",
     "SE-2018-05-15", "2018-05-15-003", "7-15-05-2018", "15/05/2018-1", "15 de mayo de 20189", "1.234.567", "acta 2018",
     "15/05/18", "", "$ 15.052.018", "mayoral 2018"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert list(dates(text)) == []


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["15", "mayo", " ", " de ", "(", ")", "/", "-", ".", "05", "2018", "quince", "\n", "T"]))
)
def test_dates_point_inside_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    assert all(0 <= one.start < one.end <= len(text) and "2018" in text[one.start : one.end] for one in dates(text))


@pytest.mark.parametrize("text", ["15 de mayo de 2018", " 15/05/2018 ", "2018-5-15", "quince (15) de mayo de 2018"])
def test_a_field_of_dates_takes_any_of_them(text: str) -> None:
    assert str(day_of(text)) == "2018-05-15"
    assert str(day_of("mayo de 2018")) == "2018-05-01"
    assert day_of(f"acta {text}") is None
