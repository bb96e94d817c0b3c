"""The analysis chain: what counts as the same word, and where it stands."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search import analysis
from search.analysis import chunks, facts, fold, form_of, keys, singular, terms, tokens, wanted_tokens
from search.asking import FORM, REFERENCE, SHAPE
from search.engines.memory import MemoryEngine
from search.parsing import parse
from search.shapes import LEAST, shape
from search.spanish import DOMAIN
from search.vocabulary import Vocabulary, Wanted
from tests.unit.search.entries import ask, entry

SAME = [
    "liquidación liquidaciones liquidacion LIQUIDACIÓN", "convenio convenios", "acta actas ACTA", "circular circulares",
    "memorando memorandos memorándum memorándums", "resolución resoluciones", "año años AÑOS", "comité comités",
    "interés intereses", "país países", "juez jueces", "mes meses", "régimen regímenes", "examen exámenes",
    "entidad entidades", "otrosí otrosíes", "ley leyes", "offset offsets", "base bases", "clase clases",
    "informe informes", "paz paces", "índice índices", "avión aviones", "origen orígenes", "imagen imágenes",
    "crédito créditos", "art arts artículo artículos", "cesión cesionario", "mipyme mipymes", "modificar modificación",
    "pág págs página", "1.234.567 1234567 1,234,567.00 1.234.567,00", "900,000.00 900.000 900000",
    "anexo anexos", "folio folios", "indicador indicadores", "minuta minutas", "ﬁrma firma",
]  # fmt: skip
DIFFERENT = ["año ano", "acta acto", "indicador índice", "minuta minuto", "multiplicador múltiple", "caña cana",
             "objeto objetivo", "informe información", "valor valoración", "término terminación", "caso casa",
             "plazo plaza", "actividad activo", "general generalidades", "documento documentación"]  # fmt: skip


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
        ("Actas_de_liquidaciones_2026.pdf", ["acta", "liquid", "2026", "pdf"]),
        ("se-2026-001", ["se", "2026", "001"]),
        ("y/o", []),
        ("NIT 900.123.456-7", ["nit", "900123456", "7"]),
        ("$1.234.567,50", ["1234567", "50"]),
        ("COP-1.234.567,00.", ["cop", "1234567"]),
        ("art. 17.6", ["articulo", "17", "6"]),
        ("1,5 y 3.5", ["1", "5", "3", "5"]),
        ("1.234.5678", ["1", "234", "5678"]),
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
    found = chunks("CM-2026-001 técnico-económico y/o A1.1")
    assert [tuple(token.term for token in run) for run in found] == [
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
    expected = [(p, token) for p, token in found if token.term in wanted]
    assert wanted_tokens(text, Wanted(wanted)) == expected
    assert wanted_tokens(text, Wanted(wanted), ordinals=False) == [(0, token) for _position, token in expected]


@given(texts, st.integers(1, 3))
def test_forms_shapes_and_beginnings_are_found_where_they_stand(text: str, letters: int) -> None:
    found = [token for token in tokens(text) if token.form]
    forms, starts = frozenset(t.form for t in found[::3]), tuple({t.form[:letters] for t in found[1::3]})
    shapes = frozenset(shape(token.form) for token in found[2::3]) - {""}
    told = [token for _position, token in wanted_tokens(text, Wanted(frozenset(), forms, shapes, starts))]
    assert told == [t for t in found if t.form in forms or shape(t.form) in shapes or t.form.startswith(starts)]


@given(st.lists(texts, min_size=2, max_size=6))
def test_what_is_kept_of_other_texts_changes_nothing(several: list[str]) -> None:
    small, read = Vocabulary(analysis.said_by, most=20), analysis.said_by
    for text in several:
        assert small.said(text.split()) == list(map(read, text.split()))


def test_what_is_kept_is_bounded() -> None:
    small = Vocabulary(analysis.said_by, most=100)
    for number in range(1_000):
        small.said([f"pieza{number}", "acta"])
    assert small.generation().size <= 120


def test_of_a_page_without_a_space_nothing_is_kept() -> None:
    """A file may hold ten thousand of them, each with millions of terms."""
    before = analysis._kept_tokens.cache_info().currsize
    assert terms("sin-espacio-" * 1_000) == terms("sin espacio " * 1_000)
    assert analysis._kept_tokens.cache_info().currsize <= before + 2


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


def test_streams_without_order() -> None:
    assert keys("El Convenio C0nvenlo de la clase") == {
        FORM: {"convenio", "c0nvenlo", "clase"}, SHAPE: {"dase"}, REFERENCE: set(),
    }  # fmt: skip
    assert keys("Convenio 007 de 2021")[REFERENCE] == {"7/2021", "convenio:7/2021"}


def test_facts_are_terms_without_zeros_in_front() -> None:
    assert facts("CM-2026-001") == ["cm", "2026", "1"]
    assert facts("Acta de liquidación del 000") == ["acta", "liquid", "000"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [("convenlo", "convenio"), ("c0nvenio", "convenios"), ("contomo", "contorno"), ("2O26", "2026"),
     ("ciausu1a", "cláusula"),
     ("liquidaclón", "liquidación"), ("5upervi5or", "supervisor"), ("clato", "dato"), ("ano1", "anol")],
)  # fmt: skip
def test_what_is_badly_read_has_the_shape_of_what_is_meant(read: str, meant: str) -> None:
    assert shape(form_of(read)) == shape(form_of(meant)) != ""


@given(texts)
def test_folding_twice_folds_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert singular(singular(fold(text))) == singular(fold(text))
    assert form_of(form_of(text)) == form_of(text)


@given(st.text(st.sampled_from("crnlvdomiese015z"), min_size=LEAST, max_size=12))
def test_the_shape_of_a_shape_is_itself(word: str) -> None:
    seen = shape(word)
    assert len(seen) < LEAST or shape(seen) == seen


@given(texts)
def test_terms_of_domain_and_numbers_are_stable(text: str) -> None:
    stable = {*DOMAIN.values()} - {"modific"}
    found = [term for term in terms(text + " actas objetos $1.234.567 123/2021") if term in stable or term.isdigit()]
    assert terms(" ".join(found)) == found


@given(texts)
def test_every_form_of_a_text_is_among_its_keys(text: str) -> None:
    found = keys(text)
    assert {token.form for token in tokens(text)} == found[FORM]
    assert {token.form and shape(token.form) for token in tokens(text)} - {""} <= found[SHAPE] | found[FORM]


@settings(deadline=None)
@given(texts)
@example("1\xad\u200b1")
@example("1\x02\u03011")
@example("1\x02\u200b1")
@example("1\u0301\x02\u0301\xad1")
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    engine = MemoryEngine()
    engine.rebuild([entry("k1", "", text)])
    for token in tokens(text)[:8]:
        asked = f'"{text[token.start : token.end]}"'
        assert parse(asked).is_empty or ask(engine, asked).total == 1


@pytest.mark.parametrize("sign", ["\u00ad", "\ufffe", "\x02"])
def test_a_page_made_of_signs_of_broken_lines_cannot_hold_the_indexer(sign: str) -> None:
    """Tried from each of its signs, such a page of a file took quadratic time: a quarter of an hour for this one."""
    assert terms(sign * 1_000_000 + "acta") == terms("acta")


_PIECES = st.lists(
    st.one_of(
        st.text(max_size=12), st.sampled_from(["Él.", "«No»", "(actas)", "ßs", "ªº", "²", "y/o", "de", "CD-2021-7"])
    )
)


@given(_PIECES.map(" ".join))
def test_what_is_read_at_once_is_what_is_read_token_by_token(text: str) -> None:
    said, streams = analysis.terms_and_keys(text)
    found = tokens(text)
    assert said == terms(text) == [token.term for token in found]
    assert streams == keys(text)
    assert streams[FORM] == {token.form for token in found}
    assert streams[SHAPE] == {shape(token.form) for token in found} - {"", *streams[FORM]}
