"""The analysis chain: what counts as the same word, and where it stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis
from search.analysis import chunks, terms, tokens, wanted_tokens

SAME = [
    "liquidación liquidaciones liquidacion LIQUIDACIÓN", "convenio convenios", "acta actas ACTA", "circular circulares",
    "memorando memorandos memorándum memorándums", "resolución resoluciones", "año años AÑOS", "comité comités",
    "interés intereses", "país países", "juez jueces", "mes meses", "régimen regímenes", "examen exámenes",
    "entidad entidades", "otrosí otrosíes", "ley leyes", "offset offsets", "base bases", "clase clases",
    "informe informes", "paz paces", "índice índices", "avión aviones", "origen orígenes", "imagen imágenes",
    "crédito créditos", "anexo anexos", "folio folios", "indicador indicadores", "minuta minutas", "ﬁrma firma",
]  # fmt: skip
DIFFERENT = ["año ano", "acta acto", "indicador índice", "minuta minuto", "multiplicador múltiple", "caña cana"]


@pytest.mark.requirement("J6")
@pytest.mark.rule("P2")
@pytest.mark.parametrize("words", SAME)
def test_forms_of_one_word_are_one_term(words: str) -> None:
    assert len(set(terms(words))) == 1
    assert len(terms(words)) == len(words.split())


@pytest.mark.requirement("J6")
@pytest.mark.parametrize("words", DIFFERENT)
def test_different_words_stay_apart(words: str) -> None:
    assert len(set(terms(words))) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CM-2026-001", ["cm", "2026", "001"]),
        ("NO-2026-001", ["no", "2026", "001"]),
        ("123/2021", ["123", "2021"]),
        ("Convenio N.º 123 de 2021", ["convenio", "123", "2021"]),
        ("SD-A1.1.", ["sd", "a1", "1"]),
        ("acta_de_recibo.pdf", ["acta", "recib", "pdf"]),
        ("y/o", []),
        ("zarzaluna7741", ["zarzaluna7741"]),
        ("liqui-\ndación", ["liquid"]),
        ("liqui\xad\ndación", ["liquid"]),
        ("liqui\x02\ndación", ["liquid"]),
        ("Marco-\nGeneral", ["marc", "general"]),
        ("con\u0301venio", ["convenio"]),
        ("con\u202evenio", ["convenio"]),
        ("x" * 100, ["x" * analysis.MAX_TERM]),
        ("", []),
        ("¿? — « » 😀 ﷺ", ["صلىاللهعليهوسلم"]),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_stop_words_are_judged_before_accents_are_folded() -> None:
    assert terms("más según después además también así") == []
    assert terms("segun despues ademas tambien asi") == []
    # "té" is no stop word, though its folded form is one.
    assert terms("té te") == ["te"]


def test_a_written_code_is_one_piece_and_plain_words_are_not() -> None:
    assert chunks("CM-2026-001 técnico-económico y/o A1.1") == [
        ("cm", "2026", "001"), ("tecnic",), ("econom",), ("a1", "1"),
    ]  # fmt: skip


letters = st.sampled_from("aeñíoscz -–./_\n\u0301\xad\x02\u200b123ABN\"'¶\x1f")
texts = st.text(letters, max_size=60) | st.text(max_size=60)


@given(texts)
def test_offsets_and_fast_path_agree(text: str) -> None:
    found = tokens(text)
    assert [token.term for token in found] == terms(text)
    assert all(text[token.start : token.end].strip() == text[token.start : token.end] for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(texts)
def test_wanted_tokens_are_those_of_all_tokens(text: str) -> None:
    found = list(enumerate(tokens(text)))
    wanted = frozenset({token.term for _position, token in found[::2]})
    assert wanted_tokens(text, wanted) == [(p, token) for p, token in found if token.term in wanted]


@given(texts)
def test_terms_are_plain(text: str) -> None:
    for term in terms(text):
        assert term.isalnum()
        assert 0 < len(term) <= analysis.MAX_TERM


@given(st.text(st.sampled_from("abcdefghilmnoprstuzáéíóúñ"), min_size=3, max_size=12))
def test_accents_never_keep_a_word_from_being_found(word: str) -> None:
    bare = word.translate(str.maketrans("áéíóú", "aeiou"))
    # A stop word is judged as written: its twin with an accent is another word.
    if terms(word) and terms(bare):
        assert terms(word) == terms(bare)
