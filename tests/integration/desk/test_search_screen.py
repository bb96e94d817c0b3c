"""The search screen beyond its first answer: narrowed, put in order, paged, helped, and unmoved by bad input; as a
reviewer with one grant and as a stranger too."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import Document, Expediente, LedgerEvent
from records.vocabulary import Level, ReadingState
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_search import findable, found, link, shown

pytestmark = pytest.mark.usefixtures("index")

PATH = "/custodia/buscar/"
BAD = {
    "ten thousand characters": "palabra " * 1_250,
    "one word of ten thousand": "a" * 10_000,
    "more than is read": "hangar " * 3_000,
    "a thousand terms": " ".join(f"término{number}" for number in range(1_000)),
    "only stop words": "de la y el en los",
    "unbalanced quotes": '"acta "de" inicio"',
    "a lone asterisk": "*",
    "control and bidi": "\x00\x01\x1b[31m\u202eatca\u202c\u200b\ufeff",
    "emoji": "🛩️ hangar 👩‍🚀",
    "engine syntax": "title:[a TO z] AND _exists_:x~2^3 /.*/ {!lucene} match_all",
    "markup": "<script>alert(1)</script><b>x</b>&amp;\"'",
    "brackets": "(" * 300,
    "a lone surrogate": "\ud800",
}


def granted(cast: dict[str, Any], piece: Document) -> Document:
    factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    return piece


def pieces(cast: dict[str, Any], expediente: Expediente, count: int, level: Level = Level.RESTRICTED) -> list[Document]:
    made = [factories.insert_piece(cast["archivista"], expediente, level, title=f"Pieza {n}") for n in range(count)]
    return [findable(one, f"el taller número {n}") for n, one in enumerate(made)]


# Bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("login", ["revisora", "ajeno"])
def test_any_text_gets_a_calm_page(
    browse: Browse, cast: dict[str, Any], piece: Document, name: str, login: str
) -> None:
    findable(granted(cast, piece), "acta de inicio del hangar")
    text = BAD[name].encode("utf-8", "replace").decode()
    for response in (browse(login).get(PATH, {"q": text}), browse(login).post(PATH, {"q": text}, follow=True)):
        body = response.content.decode()
        assert response.status_code == 200
        assert "<h2>" in body
        assert "<b>x</b>" not in body
        assert "<script>alert" not in body
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", body)


@pytest.mark.parametrize(
    "more",
    [{"despues": "x" * 100_000}, {"hoja": "10000"}, {"hoja": "10000", "despues": "abc", "ruta": "a.b.c." * 500},
     {"orden": "ninguno"}, {"tipo": "no existe"}, {"nivel": "reserved"}, {"inventado": "x"}, {"fase": "\x00" * 9},
     {"anio": ["2026"] * 500}, {"expediente": "x" * 10_000}],
)  # fmt: skip
@pytest.mark.parametrize("login", ["revisora", "ajeno"])
def test_any_address_gets_a_calm_page(
    browse: Browse, cast: dict[str, Any], piece: Document, more: dict[str, Any], login: str
) -> None:
    findable(granted(cast, piece), "acta de inicio")
    body = found(browse, login, "acta", **more)
    assert "Página 10" not in body
    expected = login == "revisora" and not {"tipo", "nivel", "expediente"} & {*more} and str(piece.date.year) == "2026"
    assert ("<h2>1 documento</h2>" in body) == expected


def test_what_is_too_long_is_told_and_not_cut_in_silence(browse: Browse, piece: Document) -> None:
    findable(piece, "acta de inicio")
    body = shown(browse("archivista").post(PATH, {"q": "acta " * 300 + "zarzaluna " * 2_000}).content)
    assert "La consulta es muy larga" in body
    assert "muchas palabras" in body
    assert "<h2>1 documento</h2>" in body, "the first sixty-four words are all of them read"


def test_a_long_text_goes_on_in_the_address_as_what_was_understood_of_it(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    pieces(cast, expediente, 23)
    text = "taller " * 900
    first = shown(browse("archivista").post(PATH, {"q": text}).content)
    assert "<h2>23 documentos</h2>" in first
    following = link(first, "next")
    assert len(following) < 1_500
    assert shown(browse("archivista").get(following).content).count('class="hit-title"') == 3
    short = browse("archivista").post(PATH, {"q": "taller", "tipo": "Acta", "orden": "recientes"})
    assert (short.status_code, short.url) == (302, f"{PATH}?q=taller&tipo=Acta&orden=recientes")


# Narrowing, order, paging ---------------------------------------------------------------------------------


@pytest.mark.requirement("J5", "J6")
def test_a_facet_narrows_is_told_as_chosen_and_is_taken_away(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    other = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-002", title="Otro")
    factories.appoint_custodian(other, cast["custodia"])
    pieces(cast, expediente, 3)
    pieces(cast, other, 2)
    whole = found(browse, "archivista", "taller")
    narrow = re.search(r'<a href="([^"]+)"><bdi>GC-130-CD-2026-002</bdi></a> <span class="facet-count">2<', whole)
    assert narrow
    body = shown(browse("archivista").get(html.unescape(narrow[1])).content)
    assert "<h2>2 documentos</h2>" in body
    assert re.search(r'aria-current="true">.*?<bdi>GC-130-CD-2026-002</bdi></a> <span class="facet-count">2<', body)
    both = re.search(r'<a href="([^"]+)"><bdi>GC-130-CD-2026-001</bdi></a> <span class="facet-count">3<', body)
    assert both, "what else could be chosen is counted without the choice"
    assert "<h2>5 documentos</h2>" in shown(browse("archivista").get(html.unescape(both[1])).content)
    chip = re.search(r'class="chip" href="([^"]+)"', body)
    assert chip
    assert html.unescape(chip[1]) == f"{PATH}?q=taller"
    assert 'type="hidden" name="expediente" value="GC-130-CD-2026-002"' in body, "other words stay inside the choice"
    hit = re.search(r'<h3 class="hit-title"><a href="([^"]+)"', body)
    assert hit
    viewer = browse("archivista").get(html.unescape(hit[1])).content.decode()
    assert "/custodia/buscar/?q=taller&amp;expediente=GC-130-CD-2026-002#d-" in viewer


@pytest.mark.requirement("J6")
def test_without_words_the_archive_is_browsed_by_its_facets(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    pieces(cast, expediente, 3)
    start = found(browse, "archivista", "")
    narrow = re.search(r'<a href="([^"]+)"><bdi>Clasificada</bdi></a> <span class="facet-count">3<', start)
    assert narrow
    assert "<h2>3 documentos</h2>" in shown(browse("archivista").get(html.unescape(narrow[1])).content)
    assert LedgerEvent.objects.filter(action="search.run").count() == 1, "looking at the facets is no search"
    stranger = found(browse, "ajeno", "")
    assert "facet-count" not in stranger
    assert "<h2>0 documentos</h2>" in found(browse, "ajeno", "", nivel="restricted")


@pytest.mark.requirement("J6")
def test_the_list_is_put_in_order_and_walked_on_and_back(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    pieces(cast, expediente, 45)
    client, at = browse("archivista"), f"{PATH}?q=taller&orden=folio"
    first = shown(client.get(at).content)
    titles = re.findall(r'hit-title"><a href="[^"]+">(Pieza \d+)<', first)
    assert titles == [f"Pieza {number}" for number in range(20)]
    walked = [at]
    body = first
    while following := link(body, "next"):
        walked.append(following)
        body = shown(client.get(following).content)
    assert [len(walked), "Página 3 de 3" in body, 'start="41"' in body] == [3, True, True]
    for before in reversed(walked[:-1]):
        assert shown(client.get(link(body, "prev")).content) == shown(client.get(before).content)
        body = shown(client.get(before).content)


# Help -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("J6")
def test_what_was_not_understood_is_told_at_its_place(browse: Browse, piece: Document) -> None:
    findable(piece, "acta de inicio")
    body = found(browse, "archivista", "acta AND inicio colr:x")
    assert '<q class="remark-words"><bdi>acta <u>AND</u> inicio colr:x</bdi></q> <span>AND no hace falta' in body
    assert "<u>colr:</u>x</bdi></q> <span>No existe el campo «colr:»" in body


@pytest.mark.requirement("J6")
def test_an_empty_answer_says_whether_words_or_filters_found_nothing(browse: Browse, piece: Document) -> None:
    findable(piece, "acta de inicio")
    assert "con esas palabras y esos filtros" in found(browse, "archivista", "acta", anio="1999")
    assert "coincide con esos filtros" in found(browse, "archivista", "", anio="1999")
    assert "contiene esas palabras" in found(browse, "archivista", "zxqwvy")
    nothing_asked = found(browse, "archivista", "de la")
    assert "0 documentos" not in nothing_asked
    assert "Escriba lo que busca" in nothing_asked


@pytest.mark.requirement("J6")
def test_an_empty_answer_helps(browse: Browse, piece: Document) -> None:
    findable(piece, "acta de inicio del convenio")
    body = found(browse, "archivista", "acta conveino")
    assert f'<a href="{PATH}?q=acta+convenio">acta convenio</a>' in body
    assert "Sola, esta tampoco aparece: <q>conveino</q>" in body
    body = found(browse, "archivista", "acta", tipo="no existe")
    assert f'href="{PATH}?q=acta">Buscar sin filtros' in body
    assert "convenio" not in found(browse, "ajeno", "acta conveino").split("</form>")[-1]


@pytest.mark.requirement("J6", "J2")
@pytest.mark.beyond(5)
def test_words_are_completed_from_what_the_reader_reads_and_never_from_reserved_text(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    def completed(login: str, typed: str) -> list[str]:
        response = browse(login).get(f"{PATH}completar/", {"q": typed})
        assert response.status_code == 200
        return list(response.json()["texts"])

    granted(cast, findable(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), "hangar"))
    findable(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED), "hangarote")
    findable(factories.insert_piece(cast["archivista"], expediente, Level.RESERVED), "hangarcito")
    assert completed("revisora", "el hang") == ["el hangar"]
    assert completed("ajeno", "el hang") == []
    assert completed("archivista", "hang") == ["hangar", "hangarote"]
    assert completed("custodia", "hang") == ["hangar", "hangarote"], "the custodian reads the third, but not here"
    for text in (*BAD.values(), ""):
        assert completed("revisora", text.encode("utf-8", "replace").decode()) == []


def test_completion_is_silent_when_the_engine_is_down(browse: Browse, settings: Any, index: Any) -> None:
    from search import conf

    options = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": index.parent / "nothing"}}
    settings.SEARCH = {"ENGINE": options}
    conf.forget_engines()
    assert browse("archivista").get(f"{PATH}completar/?q=hang").json() == {"texts": []}
    assert browse("archivista").get(PATH).status_code == 503


@pytest.mark.requirement("J6")
def test_why_a_hit_appears_is_told_with_its_pages_and_leaves_a_reading(browse: Browse, piece: Document) -> None:
    findable(piece, "acta de inicio", "el convenlo", "otra acta")
    body = found(browse, "archivista", "acta convenio")
    address = re.search(r'<a href="([^"]+)" data-words>', body)
    assert address
    told = shown(browse("archivista").get(html.unescape(address[1])).content)
    assert "Como usted lo escribió</span>: <mark>acta</mark>" in told
    assert f'href="/custodia/documentos/{piece.pk}/?pagina=3&amp;q=acta+convenio">3</a>' in told
    assert re.search(r"quizá mal leído en la imagen</span>: <mark>convenlo</mark>.*?Conjetura", told)
    assert LedgerEvent.objects.filter(action="document.viewed").count() == 1


@pytest.mark.requirement("J6", "J3")
@pytest.mark.rule("P1")
@pytest.mark.parametrize("door", ["porque", "parecidos"])
def test_a_hidden_piece_is_as_absent_at_each_door(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, door: str
) -> None:
    hidden = findable(factories.insert_piece(cast["archivista"], expediente, Level.RESERVED), "canario secreto")
    absent = str(hidden.pk).translate(str.maketrans("0123456789", "1234567890"))
    for login in ("revisora", "ajeno", "archivista"):
        answers = [browse(login).get(f"{PATH}{door}/{key}/?q=canario") for key in (hidden.pk, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        assert sorted(answers[0].headers.items()) == sorted(answers[1].headers.items())
    assert browse("custodia").get(f"{PATH}{door}/{hidden.pk}/?q=canario").status_code == 200


@pytest.mark.requirement("J6")
def test_a_piece_that_the_question_does_not_find_is_not_said_to_hold_all_of_it(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    filed = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    piece = granted(cast, findable(filed, "hangar carenado"))
    for asked in ("hangar -carenado", "hangar nivel:reservada"):
        body = shown(browse("revisora").get(f"{PATH}porque/{piece.pk}/", {"q": asked}).content)
        assert "En este momento su búsqueda no encuentra esta pieza." in body
        assert "No aparece, como usted pidió" not in body
        assert "Consta así" not in body
        assert "<mark>hangar</mark>" in body
    body = shown(browse("revisora").get(f"{PATH}porque/{piece.pk}/", {"q": "hangar -turbina"}).content)
    assert "no encuentra esta pieza" not in body
    assert "No aparece, como usted pidió" in body


@pytest.mark.requirement("J6")
def test_pieces_like_one_are_found_among_those_the_reader_reads(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    def filed(text: str, level: Level = Level.RESTRICTED) -> Document:
        return findable(factories.insert_piece(cast["archivista"], expediente, level), text)

    seed = granted(cast, filed("hangar carenado turbina"))
    near, far = granted(cast, filed("carenado turbina rotor")), granted(cast, filed("nómina mensual"))
    hidden = [filed("hangar carenado turbina"), filed("turbina carenado", Level.RESERVED)]
    body = shown(browse("revisora").get(f"{PATH}parecidos/{seed.pk}/").content)
    assert f'id="d-{near.pk}"' in body
    for other in (seed, far, *hidden):
        assert f'id="d-{other.pk}"' not in body
    assert "<b>carenado</b>" in body
    assert "Ninguno de los documentos" in shown(browse("revisora").get(f"{PATH}parecidos/{far.pk}/").content)


@pytest.mark.requirement("J7")
def test_what_cannot_be_searched_by_its_text_is_counted_and_listed_for_its_readers_only(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    reserved = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="Canario")
    for one, state in ((piece, ReadingState.UNREADABLE), (reserved, ReadingState.PENDING)):
        type(one.reading).objects.filter(document=one).update(state=state)
    findable(piece, "taller")
    assert "1 no se pudo leer" in found(browse, "archivista", "taller")
    assert "1 documento espera lectura y 1 no se pudo leer" in found(browse, "custodia", "taller")
    assert "sin-leer" not in found(browse, "ajeno", "taller")
    listed = shown(browse("archivista").get(f"{PATH}sin-leer/").content)
    assert str(piece.pk) in listed
    assert "Canario" not in listed
    assert "Todo lo que usted puede ver" in shown(browse("ajeno").get(f"{PATH}sin-leer/").content)


@pytest.mark.requirement("J5")
def test_no_screen_of_search_asks_more_for_more_pieces(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    client = browse("archivista")
    seed, *_others = pieces(cast, expediente, 3)
    doors = [f"{PATH}?q=taller&nivel=restricted&orden=folio", f"{PATH}?q=tallre", PATH, f"{PATH}completar/?q=tall",
             f"{PATH}parecidos/{seed.pk}/", f"{PATH}porque/{seed.pk}/?q=taller"]  # fmt: skip

    def cost() -> list[int]:
        counted = []
        for door in doors:
            client.get(door)
            with CaptureQueriesContext(connection) as asked:
                client.get(door)
            counted.append(len(asked))
        return counted

    few = cost()
    pieces(cast, expediente, 30)
    assert cost() == few
