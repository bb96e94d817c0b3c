"""Marks and snippets: what is marked, and that nothing of a text acts as markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.marking import SNIPPET_CHARACTERS, mark_words, snippet
from search.parsing import parse


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("El acta de inicio", "actas", "El <mark>acta</mark> de inicio"),
        ("acta de inicio del acta", '"acta de inicio"', "<mark>acta de inicio</mark> del acta"),
        ("código CM-2026-001.", "cm-2026-001", "código <mark>CM-2026-001</mark>."),
        ("<b>acta</b> & \"más\"", "acta", "&lt;b&gt;<mark>acta</mark>&lt;/b&gt; &amp; &quot;más&quot;"),
        ("uno\n\n  dos\tacta", "acta", "uno dos <mark>acta</mark>"),
        ("liqui-\ndación", "liquidacion", "<mark>liqui- dación</mark>"),
        ("nada de eso", "acta", "nada de eso"),
        ("\u202eacta\x00 \u2066x", "acta", "<mark>acta</mark> x"),
        ("", "acta", ""),
        ("contrato y contrataciones", "contrat*", "<mark>contrato</mark> y <mark>contrataciones</mark>"),
        ("el acta o el oficio", "actas OR oficios -marco", "el <mark>acta</mark> o el <mark>oficio</mark>"),
        ("Convenio derivado 7 de 2021.", "CD-2021-007", "<mark>Convenio derivado 7 de 2021</mark>."),
        ("según CD-2021-007", "convenio 7 de 2021", "según <mark>CD-2021-007</mark>"),
        ("acta del marco", "acta tipo:marco", "<mark>acta</mark> del marco"),
        ("por $1.234.567,00 en total", "1234567", "por $<mark>1.234.567,00</mark> en total"),
    ],
)  # fmt: skip
def test_snippet(text: str, query: str, expected: str) -> None:
    assert snippet(text, parse(query)) == expected


def test_snippet_shows_where_the_words_meet() -> None:
    text = "acta " + "relleno " * 100 + "acta con convenio y marco " + "relleno " * 100
    shown = snippet(text, parse("acta convenio marco"))
    assert shown.count("<mark>") == 3
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < SNIPPET_CHARACTERS + 80


def test_a_very_long_word_does_not_make_a_very_long_snippet() -> None:
    assert len(snippet("x" * 100_000 + " acta", parse("acta"))) < 1_000
    assert len(snippet("acta" * 50_000, parse("acta"))) < 1_000


@given(st.text(st.sampled_from("acta <>&\"'/\\mrk;\u202e\n-x"), max_size=400))
def test_no_text_acts_as_markup(text: str) -> None:
    shown = snippet(text, parse("acta xx"))
    bare = re.sub(r"</?mark>", "", shown)
    assert "<" not in bare
    assert ">" not in bare
    assert shown.count("<mark>") == shown.count("</mark>")
    assert "\u202e" not in html.unescape(shown)


@pytest.mark.parametrize(
    ("words", "query", "expected"),
    [
        (["El", "acta", "de", "las", "Actas,"], "acta", [1, 4]),
        (["liqui-", "dación", "total"], "liquidación", [0, 1]),
        (["(CM-2026-001)", "CM-2026-002"], "CM-2026-001", [0]),
        (["acta", "de", "inicio", "acta"], '"acta inicio"', [0, 1, 2]),
        (["nada"], "acta", []),
        ([], "acta", []),
        (["acta"], "", []),
        ("el acta final", "acta", [1]),
    ],
)
@pytest.mark.rule("P2")
def test_mark_words(words: list[str] | str, query: str, expected: list[int]) -> None:
    assert mark_words(words, query) == expected
    assert mark_words(words, parse(query)) == expected
