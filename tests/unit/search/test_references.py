"""What a text cites: many spellings, one reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.references import answering, references


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Convenio 123 de 2021", ["convenio:123/2021", "123/2021"]),
        ("CONVENIO N.º 0123 DEL AÑO 2021", ["convenio:123/2021", "123/2021"]),
        ("convenio nro. 123-2021", ["convenio:123/2021", "123/2021"]),
        ("convenio derivado No. 123 / 2021", ["cd:123/2021", "123/2021"]),
        ("CD-2021-123", ["cd:123/2021", "123/2021"]),
        ("cm-2021-0123.", ["cm:123/2021", "123/2021"]),
        ("Resolución 4322 de 2023", ["resolucion:4322/2023", "4322/2023"]),
        ("123/2021", ["123/2021"]),
        ("art. 17.6", ["articulo:17.6"]),
        ("artículo 17, numeral 6", ["articulo:17.6"]),
        ("Artículos 17 numeral 6.1", ["articulo:17.6.1"]),
        ("30/06/2025", ["fecha:2025-06-30", "mes:2025-06"]),
        ("acta de mayo 15 de 2018", ["fecha:2018-05-15", "mes:2018-05"]),
        ("mayo de 2018", ["mes:2018-05"]),
        ("05/2018", ["5/2018", "mes:2018-05"]),
        ("Convenio 05/2018", ["convenio:5/2018", "5/2018"]),
        ("5/2018, 05 de 2018", ["5/2018", "5/2018"]),
        ("SE-2026-003", []),
        ("123 de junio de 2021", ["mes:2021-06"]),
        ("articulo 17", []),
        ("1234567/2021", []),
        ("CM-2026-001/CD-2021-123", ["cm:1/2026", "1/2026", "cd:123/2021", "123/2021"]),
        ("XCD-2021-123 CD-2021-123-4", []),
    ],
)
def test_references_of_a_text(text: str, terms: list[str]) -> None:
    assert sorted(cited.term for cited in references(text)) == sorted(terms)


def test_a_kind_is_answered_by_the_kinds_it_may_be_cited_as() -> None:
    asked = {text: set(references(text)[0].answers) for text in ("Convenio 1 de 2021", "CD-2021-1", "CM-2021-1")}
    assert asked["CD-2021-1"] == {"cd:1/2021", "convenio:1/2021"}
    assert asked["Convenio 1 de 2021"] == {"convenio:1/2021", "cd:1/2021", "cm:1/2021"}
    assert "cm:1/2021" not in asked["CD-2021-1"]


@pytest.mark.requirement("J6")
@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("15 de mayo de 2018", ("fecha:2018-05-15",)),
        ("mayo de 2018", ("mes:2018-05",)),
        ("05/2018", ("5/2018", "mes:2018-05")),
        ("Convenio 05/2018", ("convenio:5/2018", "cd:5/2018", "cm:5/2018")),
        ("123/2021", ("123/2021",)),
    ],
)
def test_a_day_is_not_answered_by_its_month_and_a_bare_number_may_be_one(text: str, terms: tuple[str, ...]) -> None:
    assert answering(references(text)) == terms


@given(st.lists(st.sampled_from(["convenio", "CD-2021-1", " ", "n.º", "12", "/", "2021", "de", "art.", "17.6", "-"])))
def test_references_point_inside_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    assert all(0 <= cited.start < cited.end <= len(text) for cited in references(text))
