"""Two worlds that differ only in what a reader may not know give the reader the same bytes (non-interference).

What the readers may see is the same in every world, ids and dates included. The rest differs: hidden pieces with
other words, more of them, a hidden expediente, rights of other people, levels on their way, work that waits.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import audit, clock
from records.convenios.models import Project
from records.models import Annex, Document, Placement, Reading
from records.services import access, classification, correction
from records.vocabulary import Level
from search import api as search
from tests import factories
from tests.security import house as houses
from tests.security.asking import Said, Visitor
from tests.security.conftest import undone
from tests.security.house import COMMON, House, identity
from tests.security.matrix import ROWS, path_of
from tests.security.shares import is_whole, share

pytestmark = pytest.mark.django_db
#: (method, path, form) and, with who asked, what an answer is found by.
Asked = tuple[str, str, Mapping[str, str]]
Question = tuple[str, str, str]

NOW = datetime.datetime(2027, 10, 20, 15, tzinfo=datetime.UTC)
READERS = ("revisora", "auditoria")
#: Asked too where all secrets come together.
MORE_READERS = ("otro.proveedor", "ajeno", "administracion")
#: Pieces that none of the readers may know of.
HIDDEN = ("A.C", "A.S", "B.C", "B.R", "B.S")
VOCABULARY = ("acta", "actas", "radar", "liquidación", "taller", "compuestos", "CD-2026-001", COMMON)
QUERIES = (*VOCABULARY, f"{COMMON} -acta", '"acta radar"', "acta radar taller", "canariotextoap", "palabrainexistente")
A, C = identity("expediente A"), identity("expediente C")
#: What is asked first, and again in every soak: pages with queries, tabs and states of their own.
PATHS = (
    *(f"/custodia/{room}" for room in ("", "expedientes/", "expedientes/?orden=fecha", "accesos/", "salud/")),
    *(f"/custodia/{room}/" for room in ("proyectos", "convenios", "aprobaciones")),
    *(
        f"/custodia/expedientes/{A}/{tab}"
        for tab in (
            "",
            "historia/",
            "accesos/",
            "anexos/",
            "indice/",
            "indice/?completo",
            "?estado=filed",
            "?tipo=anexo_del_convenio",
        )
    ),
    f"/custodia/expedientes/{C}/",
    *(f"/custodia/documentos/{identity(name)}/{at}" for name in ("A.P", "A.R") for at in ("", "original", "recibo/")),
    *(f"/custodia/documentos/{identity(name)}/" for name in (*HIDDEN, "C.R", "nada")),
    *(f"/custodia/recibos/{identity(place)}.json" for place in "AC"),
    *(f"/custodia/buscar/?q={query}" for query in QUERIES),
    *(f"/custodia/buscar/completar/?q={letters}" for letters in (COMMON[:4], "canario")),
    f"/custodia/buscar/?q={COMMON}x",
    f"/custodia/buscar/?q={COMMON}&nivel=restricted&orden=recientes",
    f"/buscar/?q={COMMON}",
    f"/buscar/?q={COMMON}x",
    f"/buscar/atom/?q={COMMON}",
    *(f"/buscar/sugerencias/?q={letters}" for letters in (COMMON[:5], "rad", "canario")),
)

#: What stands in for the object of an address: some that the readers know, some that they may not, one that is not.
STANDING_IN: Mapping[str, tuple[object, ...]] = {
    "piece": tuple(map(identity, ("A.P", "A.R", "A.C", "nada"))),
    "expediente": (A, C),
    "index": (A, C),
    "batch": (identity("A"), identity("C")),
}


#: What is made anew by asking, whatever the world: a job, a secret, a challenge.
FRESH = ("/custodia/bitacora/verificar/", "/cuenta/seguridad/codigos/", "/cuenta/seguridad/llaves/")
#: What tells of the ledger, or of the queue of search, as a whole: auditoria may know that.
LEDGER = ("/custodia/bitacora/", "/custodia/integridad/", "/custodia/salud/")


def is_told_apart(login: str, where: str) -> bool:
    """May this answer differ between two worlds, because of what is no secret from its reader?"""
    return where.startswith(FRESH) or (login == "auditoria" and (where.startswith(LEDGER) or "/cadena" in where))


def every_address() -> Iterator[Asked]:
    """Every address of the table of `matrix`, which the resolver holds to be whole, by each method that it takes."""
    for row in ROWS:
        for key in STANDING_IN.get(row.about, (identity("nada"),)):
            yield "GET", path_of(row, key), {}
            if row.post and row.pattern.startswith("custodia/"):
                yield "POST", path_of(row, key), row.form


def addresses(whole: bool, place: int) -> tuple[Asked, ...]:
    return (*(("GET", path, {}) for path in PATHS), *(share(tuple(every_address()), place) if whole else ()))


@dataclass(frozen=True)
class Secrets:
    """What the readers may not know of a world."""

    texts: Mapping[str, str] = field(default_factory=dict)  # hidden piece → its text and title
    more: tuple[tuple[str, str], ...] = ()  # (name, text) of further hidden pieces
    place: bool = False  # an expediente of which nothing is visible
    rights: bool = False  # grants and appointments of other people
    acts: bool = False  # a proposal, an approval, a hidden project
    waiting: bool = False  # hidden pieces still to be read and indexed
    lives: bool = False  # annexes, versions, annulments, placements and stages of what is hidden


EMPTY = Secrets()
WORLDS: Mapping[str, Secrets] = {
    "other words": Secrets(texts=dict.fromkeys(HIDDEN, "acta radar taller acta")),
    "more pieces": Secrets(more=tuple((f"{place}.{letter}{number}", f"acta radar {COMMON}")
                                      for place in "AB" for letter in "CRS" for number in range(2, 9))),
    "a hidden expediente": Secrets(place=True),
    "rights of others": Secrets(rights=True),
    "acts of others": Secrets(acts=True),
    "work that waits": Secrets(waiting=True, texts={"B.R": "acta radar liquidación"}),
    "lives of what is hidden": Secrets(lives=True),
    "all at once": Secrets({"A.C": "taller"}, (("A.R2", "compuestos actas"),), True, True, True, True, True),
}  # fmt: skip


def build(secrets: Secrets) -> House:
    """What all share, then the secrets."""
    house = houses.build(texts=secrets.texts)
    factories.appoint_custodian(house.expedientes["A"], house.cast["custodia"], ends_on=factories.FAR)
    house.granted = access.grant_access(
        actor=house.cast["custodia"], target=house.piece("A.R"), person=house.cast["revisora"], until=factories.FAR,
        reason="Caso 117",
    ).pk  # fmt: skip
    for order, (name, text) in enumerate(secrets.more, 50):
        houses.add_piece(house, name, order=order, text=text, title=text)
    for wanted, add in ((secrets.place, add_place), (secrets.rights, add_rights), (secrets.acts, add_acts),
                        (secrets.lives, add_lives)):  # fmt: skip
        if wanted:
            add(house)
    search.rebuild()
    if secrets.acts:
        search.search(house.cast["custodia"], "acta radar")
    if secrets.waiting:
        add_waiting(house)
    with transaction.atomic():
        for page in range(60):  # a history of several pages
            audit.record("document.page_viewed", actor=house.cast["revisora"], subject=house.pieces["A.R"], page=page)
    return house


def add_place(house: House) -> None:
    houses.add_place(house, "C", title="acta radar", code="GC-000-acta")  # first in every order
    for name in ("C.R", "C.C", "C.S"):
        houses.add_piece(house, name, text=f"acta radar {COMMON}")


def add_rights(house: House) -> None:
    factories.appoint_custodian(house.expedientes["B"], house.cast["custodia"])
    for name, login in (("B.R", "proveedor"), ("A.C", "supervisor.cd002"), ("A.R", "proveedor")):
        access.grant_access(
            actor=house.cast["custodia"], target=house.piece(name), person=house.cast[login], until=factories.FAR,
            reason="acta radar",
        )  # fmt: skip


def add_acts(house: House) -> None:
    grounds = factories.grounds_for(Level.RESTRICTED)
    act = classification.propose_level(
        actor=house.cast["custodia"], document=house.piece("A.S"), level=Level.RESTRICTED, grounds=grounds
    )
    classification.approve_act(actor=house.cast["jefatura"], act=act)
    Project.objects.create(
        code="P-000", slug="acta", name="acta radar", phase="review", objective="acta", offset_kind="direct",
        supplier="acta", recipient="acta",
    )  # fmt: skip


def add_lives(house: House) -> None:
    """What is done to hidden pieces, and what of the visible ones happens where the readers do not come."""
    place, archivist = house.expedientes["A"], house.cast["archivista"]
    annex = Annex.objects.create(
        expediente=place, key="acta", label="radar", title="acta radar", listed_by=archivist, listed_at=NOW
    )
    later = houses.add_piece(house, "A.S90", order=90, text="acta radar", title="acta radar", annex=annex,
                             previous=house.pieces["A.C"], version=2)  # fmt: skip
    correction.annul_document(actor=archivist, document=house.piece("A.S"), reason="acta", replaced_by=later)
    hidden = houses.add_place(house, "D", title="acta radar", code="GC-000-radar")
    for name, target in (("A.P", hidden), ("B.C", place), ("B.R", place), ("A.C", hidden)):
        Placement.objects.create(
            document=house.pieces[name], expediente=target, order=100 + ord(name[2]), folio_first=1, folio_last=1,
            reason="acta radar", placed_by=archivist, placed_at=NOW,
        )  # fmt: skip
    with transaction.atomic():
        audit.record("document.placed", actor=archivist, subject=house.pieces["A.P"], into=hidden.pk, order=1)
        audit.record("expediente.received", actor=archivist, subject=place, document=house.pieces["B.C"].pk, order=2)


def add_waiting(house: House) -> None:
    hidden = Document.objects.filter(pk__in=[house.pieces[name].pk for name in HIDDEN])
    Reading.objects.filter(document__in=hidden).update(state="pending")
    with transaction.atomic():
        search.enqueue("custody", [str(piece.pk) for piece in hidden])
        for _time in range(5):
            audit.record("custody.verified", actor=None, subject="all", checked=3)


def answers(
    secrets: Secrets, path: Path, readers: tuple[str, ...] = READERS, *, whole: bool = False
) -> dict[Question, Said]:
    """Everything the readers are told in a world, by reader, method and address; `whole`: of every address there is."""
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": path}}
    with undone(), clock.at(NOW), override_settings(SEARCH={"ENGINE": engine}):
        house = build(secrets)
        visitors = {login: Visitor(house, login) for login in readers}
        names = {str(house.granted): "CONCESION"}
        return {
            (login, method, where): visitors[login].ask(method, where, form).calling(names)
            for place, login in enumerate(readers)
            for method, where, form in addresses(whole and (login in READERS or is_whole()), place)
            if not is_told_apart(login, where)
        }


def differences(one: dict[Question, Said], other: dict[Question, Said]) -> list[str]:
    return [f"{' '.join(asked)}: {said.unlike(one[asked])}" for asked, said in other.items() if said != one[asked]]


@pytest.fixture(scope="module")
def plain(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> dict[Question, Said]:
    """The world without any of the secrets."""
    return answers(EMPTY, tmp_path_factory.mktemp("index"), READERS + MORE_READERS, whole=True)


@pytest.mark.requirement("J3", "I8")
@pytest.mark.criterion(2)
@pytest.mark.parametrize("secret", WORLDS)
def test_a_reader_cannot_tell_two_worlds_apart(plain: dict[Question, Said], secret: str, tmp_path: Path) -> None:
    """Every route that a reader can call is compared where all secrets come together."""
    all_of_it = secret == "all at once"
    readers = READERS + (MORE_READERS if all_of_it else ())
    whole = all_of_it or is_whole()
    wrong = differences(plain, answers(WORLDS[secret], tmp_path, readers, whole=whole))
    assert not wrong, "\n".join(wrong)


def test_the_worlds_do_differ_for_whoever_may_know(plain: dict[Question, Said], tmp_path: Path) -> None:
    """Otherwise the proof above would compare a world with itself."""
    told = {where: said for (login, method, where), said in plain.items() if (login, method) == ("revisora", "GET")}
    assert told[f"/custodia/documentos/{identity('A.R')}/"].status == 200
    assert b"canariotextoar" in told[f"/custodia/buscar/?q={COMMON}"].body
    assert told[f"/custodia/documentos/{identity('A.C')}/"].status == 404


MORE = [f"{place}.{letter}{number}" for place in "AB" for letter in "CRS" for number in range(2, 6)]
texts = st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join)
secrets_of_a_world = st.builds(
    Secrets,
    st.dictionaries(st.sampled_from(HIDDEN), texts),
    st.dictionaries(st.sampled_from(MORE), texts).map(lambda more: tuple(more.items())),
    *([st.booleans()] * 5),
)  # fmt: skip


@pytest.mark.soak
@pytest.mark.criterion(2)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secrets=secrets_of_a_world)
def test_no_two_worlds_can_be_told_apart(
    plain: dict[Question, Said], tmp_path_factory: pytest.TempPathFactory, secrets: Secrets
) -> None:
    assert not differences(plain, answers(secrets, tmp_path_factory.mktemp("index")))
