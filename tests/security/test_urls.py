"""Every address × the cast: the status of the table, and not one canary of what its reader may not know (D11)."""

from __future__ import annotations

import html
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from cms.core.bootstrap import ensure_site
from records import clock
from records.convenios.models import Project
from records.models import (
    AccessCase,
    AccessRequest,
    BreakGlass,
    Certificate,
    ClassificationAct,
    Draft,
    Grant,
    Hold,
    Job,
    PersonAct,
    Quarantined,
    Recusal,
    Resentencing,
    Subserie,
)
from records.services import (
    access,
    break_glass,
    cases,
    classification,
    indexes,
    jobs,
    organisations,
    person_acts,
    recusals,
    renditions,
    requests,
    viewing,
)
from records.services.jobs import NewRow
from records.vocabulary import GrantBasis, Level
from search import api as search
from tests import factories
from tests.people import ANONYMOUS
from tests.security import house as houses
from tests.security.asking import Said, Visitor
from tests.security.conftest import undone
from tests.security.house import House
from tests.security.matrix import (
    CONTRACTS,
    EDITOR_GROUPS,
    METHODS,
    NOBODY,
    ROWS,
    STAFF,
    URLCONFS,
    Row,
    addresses,
    expected,
    listed,
    path_of,
    people,
)
from tests.security.shares import rows_for
from tests.security.states import State, appoint, reads_of

pytestmark = pytest.mark.django_db
UNKNOWN = uuid.UUID("5b0a1c9e-2f4d-4a53-9c3e-000000000000")
#: The town's rights: what was given by name on top of what offices read.
TOWN = State(
    lambda house: None,
    {
        "custodia": ("PCRS", "PC·S"),
        "jefatura": ("PC·S", "PC··"),
        "revisora": ("P·R·", "P···"),
        "supervisor.cd001": ("PC··", "P···"),
    },
)


@dataclass
class Town:
    """A house where something of everything happened, and which words may be read by whom."""

    house: House
    objects: Mapping[str, Mapping[str, uuid.UUID]]  # kind → name → id
    canaries: Mapping[str, frozenset[str]]  # word → logins who may meet it

    def sees(self, login: str, about: str, name: str) -> bool:
        """Whether the person may know this object."""
        if about == "piece":
            return name in reads_of(TOWN, login)
        return login in SEERS[about](name)


DESK_READERS = frozenset(login for login in people() if "A.P" in reads_of(TOWN, login))
SEERS: Mapping[str, Any] = {
    "expediente": lambda name: STAFF.split() if name == "C" else DESK_READERS,
    "batch": lambda name: () if name == "C" else DESK_READERS,
    "act": lambda _name: [login for login in people() if "A.S" in reads_of(TOWN, login)],
    "grant": lambda _name: ["custodia"],
    "grant act": lambda _name: ["custodia", "revisora"],
    "person": lambda _name: people(),  # whose page it is decides nothing: it is the administrator's or it is not
    "project": lambda _name: STAFF.split(),
    "quarantined": lambda _name: CONTRACTS.split(),
    "index": lambda _name: [*STAFF.split(), "supervisor.cd001", "auditoria"],
    "resentencing": lambda _name: [*STAFF.split(), "supervisor.cd001"],
    "request": lambda _name: ["custodia"],
    "recusal": lambda _name: ["custodia"],
    "person act": lambda _name: ["administracion", "jefatura", "secretaria.general"],
    "case": lambda _name: ["custodia"],
    "tie": lambda _name: ["custodia"],
    "organisation": lambda _name: people(),  # as of people: it is the administrator's or it is not
    "member": lambda _name: people(),
    "emergency": lambda _name: ["archivista", "custodia", "jefatura", "secretaria.general"],
    "hold": lambda _name: [*STAFF.split(), "supervisor.cd001"],
    "draft": lambda _name: ["archivista"],
    "saved search": lambda _name: ["revisora"],
    "certificate": lambda _name: ["custodia"],
    "job": lambda _name: [*STAFF.split(), "supervisor.cd001"],
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are expected here; none is worth a line of the log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def town(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("index")
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": path}}
    with override_settings(SEARCH={"ENGINE": engine}):
        yield built()


class Asker(Visitor):
    """Of the whole cast, one after the other: who is refused is asked once, and two proofs look at the answer."""

    def __init__(self, house: House, login: str) -> None:
        super().__init__(house, login)
        self.login = login
        self.refusals: dict[object, Said] = {}

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Said:
        question = (method, path, *sorted((form or {}).items()), "", *sorted(headers.items()))
        if question in self.refusals:
            return self.refusals[question]
        said = super().ask(method, path, form, **headers)
        if said.status >= 300:
            self.refusals[question] = said
        return said


@pytest.fixture(scope="module", params=people())
def asker(town: Town, request: pytest.FixtureRequest) -> Asker:
    return Asker(town.house, request.param)


def built() -> Town:
    house = houses.build()
    found_c(house)
    grant, act, project = happenings(house)
    ensure_site(80)
    search.rebuild()
    objects = {
        "piece": {name: piece.pk for name, piece in house.pieces.items()},
        "expediente": {name: place.pk for name, place in house.expedientes.items()},
        "batch": {name: houses.identity(name) for name in house.expedientes},
        "act": {"proposal": act.pk},
        "grant": {"revisora": grant.pk},
        "grant act": {"revisora": grant.pk},
        "request": {"A": request_of(house).pk},
        "recusal": {"A": recusal_of(house).pk},
        "person act": {"A": asked_of(house).pk},
        "case": {"A": case_of(house).pk},
        **organisation_of(house),
        "emergency": {"A": emergency_of(house).pk},
        "index": {"A": index_of(house)},
        "job": {"A": job_of(house).pk},
        "certificate": {"A": certificate_of(house).pk},
        "project": {"hidden": project.pk},
        "resentencing": {"A": resentencing_of(house).pk},
        "hold": {"A": hold_of(house).pk},
        "draft": {"A": draft_of(house).pk},
        "person": {"revisora": house.cast["revisora"].pk},
        "saved search": {"revisora": saved_of(house).pk},
        "quarantined": {place: refused_in(house, place).pk for place in "AC"},
    }
    return Town(house, objects, forbidden_words(house))


def saved_of(house: House) -> search.SavedSearch:
    """What the reviewer keeps: hers alone, an administrator's neither."""
    saved = search.saved.save_search(
        house.cast["revisora"], "canarioguardada", search.Asked("canariobuscada"), "desk",
        now=clock.now(), today=clock.today(),
    )  # fmt: skip
    search.novelty.begin(saved, house.cast["revisora"], clock.now())
    return saved


def index_of(house: House) -> uuid.UUID:
    """An index was issued in A, of all its pieces: its address is that of the expediente."""
    place = house.expedientes["A"]
    place.last_order = place.last_folio = len(houses.LETTERS)
    place.save(update_fields=["last_order", "last_folio"])
    return indexes.issue_index(actor=house.cast["archivista"], expediente=place).expediente_id


def hold_of(house: House) -> Hold:
    """A suspension over a reserved piece of A."""
    return Hold.objects.create(
        document=house.pieces["A.R"], kind="audit", authority="canarioautoridad", reason="canariosuspension",
        placed_by=house.cast["custodia"], placed_at=clock.now(),
    )  # fmt: skip


def request_of(house: House) -> AccessRequest:
    """The auditor asks for a reserved piece of A: it lands with who keeps A."""
    return requests.ask_access(
        actor=house.cast["auditoria"], reference=str(house.pieces["A.R"].pk), purpose="canariosolicitud"
    )


def recusal_of(house: House) -> Recusal:
    """Somebody who holds nothing here is recused from a piece of A."""
    return recusals.recuse(
        actor=None, person=house.cast["editora"], subject=house.pieces["A.C"], act="canarioimpedimento"
    )


def asked_of(house: House) -> PersonAct:
    """A role that waits for a second person."""
    return person_acts.ask_role(
        actor=house.cast["administracion"], person=house.cast["ajeno"], role="reviewer", act="Resolución 9"
    )


def case_of(house: House) -> AccessCase:
    """A piece of A was opened for a case that has ended since."""
    facts = ("canariopideautoridad", "canariopidefirma", "canariopideoficio", clock.today(), "canariocasonumero")
    made = cases.open_case(
        actor=house.cast["custodia"], expediente=house.expedientes["A"], person=house.cast["auditoria"],
        asked=cases.Instrument(GrantBasis.AUDIT, *facts), until=clock.today(), reason="canariocasomotivo",
        pieces=[house.pieces["A.R"].pk],
    )  # fmt: skip
    cases.end_case(actor=house.cast["custodia"], case=made, act="canariocasofin")
    return made


def organisation_of(house: House) -> dict[str, dict[str, uuid.UUID]]:
    """A supplier that nobody of the cast acts for, and what it produced of A."""
    made = organisations.note_organisation(actor=None, kind="supplier", name="canarioproveedor")
    member = organisations.join_organisation(
        actor=None, organisation=made, person=house.cast["editora"], act="canariopoder", starts_on=clock.today()
    )
    tied = organisations.tie(
        actor=None, organisation=made, subject=house.pieces["A.R"], kind="produced", act="canarioconsta"
    )
    return {"organisation": {"x": made.pk}, "member": {"x": member.pk}, "tie": {"A": tied.pk}}


def emergency_of(house: House) -> BreakGlass:
    """The archivist asks to read a reserved piece of A; nobody has confirmed it."""
    return break_glass.ask_to_break(
        actor=house.cast["archivista"], document=house.piece("A.R"), reason="canarioemergencia", minutes=30
    )


def certificate_of(house: House) -> Certificate:
    """A certificate of the first expediente whose file was taken away: asking for it is told so, to its custodian."""
    place = house.expedientes["A"]
    return Certificate.objects.create(
        kind="expediente", scope=place.pk, expediente=place, with_bytes=True, pieces=1, events=1, size=1,
        sha256="0" * 64, manifest="0" * 64, key="x", issued_by=house.cast["custodia"], issued_at=clock.now(), event=0,
    )  # fmt: skip


def draft_of(house: House) -> Draft:
    """A file of the archivist's that is whole and waits for its data."""
    now = clock.now()
    return Draft.objects.create(
        expediente=house.expedientes["A"], person=house.cast["archivista"], batch=houses.identity("lote"), size=10,
        original_name="canarioborrador.pdf", state="waiting", title="canarioborrador", created_at=now, updated_at=now,
    )  # fmt: skip


def refused_in(house: House, place: str) -> Quarantined:
    """A file that was not admitted there."""
    return Quarantined.objects.create(
        expediente=house.expedientes[place], person=house.cast["archivista"], original_name="canariorechazado.exe",
        digest="0" * 64, size=10, reasons=["executable"], detail="canariofirma", at=clock.now(),
    )  # fmt: skip


def found_c(house: House) -> None:
    """An expediente whose only piece is reserved: who is not of the office may not know that it exists."""
    houses.add_place(house, "C", code="GC-canarioexpedientec", title="canarioexpedientec")
    houses.add_piece(house, "C.R")


def happenings(house: House) -> tuple[Grant, ClassificationAct, Project]:
    for piece in house.pieces.values():  # the images of a page, as the cell would have left them
        image = b"\x89PNG" + bytes(20) + piece.title.encode()
        renditions.note_page_image(piece, 1, image, viewing.DPI)
        for dpi in (viewing.DPI, viewing.THUMBNAIL_DPI):
            file = viewing.page_file(piece.pk, 1, dpi)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(image)
    appoint(house, "custodian", "custodia")
    appoint(house, "supervisor", "supervisor.cd001")
    grant = access.grant_access(
        actor=house.cast["custodia"], target=house.piece("A.R"), person=house.cast["revisora"], until=factories.FAR,
        reason="canariomotivo",
    )  # fmt: skip
    grounds = {**factories.grounds_for(Level.RESERVED), "balance": "canarioponderacion", "safe_title": "canarioseguro"}
    act = classification.propose_level(
        actor=house.cast["custodia"], document=house.piece("A.S"), level=Level.RESERVED, grounds=grounds
    )
    project = Project.objects.create(
        code="P-canarioproyecto", slug="canarioproyecto", name="canarioproyecto", phase="review", objective="o",
        offset_kind="direct", supplier="s", recipient="r",
    )  # fmt: skip
    return grant, act, project


def resentencing_of(house: House) -> Resentencing:
    """A change of version that waits to be decided."""
    subserie = Subserie.objects.filter(serie__trd=factories.make_trd(), kind="derived").get()
    return Resentencing.objects.create(
        expediente=house.expedientes["A"], from_subserie=subserie, to_subserie=subserie, reason="canarioretencion",
        proposed_by=house.cast["archivista"], proposed_at=clock.now(),
    )  # fmt: skip


def job_of(house: House) -> Job:
    """An import that waits to be confirmed: one row became a reserved piece, another is a file and nothing yet."""
    rows = [NewRow(house.piece("A.R").title, document=house.pieces["A.R"].pk), NewRow("canariotrabajo.pdf")]
    return jobs.start_job(
        actor=house.cast["archivista"], kind="inventory", title="Inventario", rows=rows, waits=True,
        expediente=house.expedientes["A"],
    )  # fmt: skip


def forbidden_words(house: House) -> Mapping[str, frozenset[str]]:
    words = {
        word: frozenset(login for login in people() if name in reads_of(TOWN, login))
        for name in house.pieces
        for word in houses.canaries(name).values()
    }
    readers_of_act = words["canariotituloas"]
    return words | {
        "canarioexpedientec": frozenset(STAFF.split()),
        "canarioproyecto": frozenset(STAFF.split()),
        "canariorechazado": frozenset(CONTRACTS.split()),
        "canariofirma": frozenset(CONTRACTS.split()),
        "canariomotivo": frozenset({"custodia", "revisora"}),
        "canariosolicitud": frozenset({"custodia", "auditoria"}),
        "canarioimpedimento": frozenset({"custodia"}),
        **dict.fromkeys(
            ("canariopideautoridad", "canariopidefirma", "canariopideoficio", "canariocasofin"), frozenset({"custodia"})
        ),
        "canarioproveedor": frozenset({"custodia", "administracion"}),
        "canariopoder": frozenset({"administracion"}),
        "canarioconsta": frozenset({"custodia"}),
        **dict.fromkeys(("canariocasonumero", "canariocasomotivo"), frozenset({"custodia", "auditoria"})),
        "canarioemergencia": frozenset({"archivista", "custodia", "jefatura", "secretaria.general"}),
        "canarioretencion": frozenset([*STAFF.split(), "supervisor.cd001"]),
        "canarioponderacion": readers_of_act,
        "canarioautoridad": frozenset([*STAFF.split(), "supervisor.cd001"]),
        "canariosuspension": frozenset([*STAFF.split(), "supervisor.cd001"]),
        "canarioborrador": frozenset({"archivista"}),
        **dict.fromkeys(("canarioguardada", "canariobuscada"), frozenset({"revisora"})),
        "canariotrabajo": frozenset({"archivista", "custodia"}),
        "canarioseguro": readers_of_act,
    }


# Asking ---------------------------------------------------------------------------------------------------


def aims(town: Town, row: Row) -> Iterator[tuple[str, bool, str]]:
    """(name, is it an object of the town, path) of every aim of a row."""
    named = town.objects.get(row.about)
    if named is None:
        yield "", False, path_of(row, UNKNOWN)
        return
    for name, key in named.items():
        yield name, True, path_of(row, key)


def leaks(said: Said, login: str, town: Town) -> Iterator[str]:
    text = (said.head + said.body).lower()
    for word, readers in town.canaries.items():
        if login not in readers and word.encode() in text:
            yield word


# Proofs ---------------------------------------------------------------------------------------------------


@pytest.mark.criterion(1)
@pytest.mark.parametrize("urlconf", URLCONFS)
def test_every_address_is_listed_for_the_process_that_serves_it(urlconf: str) -> None:
    table = listed()
    found = [pattern for pattern in addresses(urlconf) if not pattern.startswith("editor/")]
    unlisted = [pattern for pattern in found if pattern not in table or urlconf not in table[pattern].served.split()]
    assert not unlisted, f"without a row in tests/security/matrix.py: {unlisted}"
    assert [row.pattern for row in ROWS if urlconf in row.served.split() and row.pattern not in found] == []


@pytest.mark.requirement("I12")
def test_the_editor_s_groups_are_those_listed_and_no_other_process_serves_them() -> None:
    for urlconf in URLCONFS:
        inside = {pattern.split("/")[1] for pattern in addresses(urlconf) if pattern.startswith("editor/")}
        allowed = EDITOR_GROUPS if urlconf in ("editor", "all") else frozenset()
        assert inside == allowed


@pytest.mark.criterion(1)
def test_each_person_gets_what_the_table_says_and_no_canary(town: Town, asker: Asker) -> None:
    visitor, login, wrong = asker, asker.login, []
    for row in rows_for(people().index(login)):
        if not row.pattern.startswith("custodia/"):
            continue
        for name, is_object, path in aims(town, row):
            seen = not is_object or town.sees(login, row.about, name)
            if seen and is_object and not decides(row, name):
                continue
            if not is_content(row) and is_object and not among_first(town, row, name, seen, login):
                continue
            for method in METHODS if not is_object or among_first(town, row, name, seen, login, 1) else ("GET",):
                said = visitor.ask(method, path, row.form)
                if said.status != (wanted := expected(row, method, login, seen=seen)):
                    wrong.append(f"{method} {row.pattern} {name}: {said.status} instead of {wanted}")
                wrong += [f"{method} {row.pattern} {name}: {word}" for word in leaks(said, login, town)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("I11")
@pytest.mark.parametrize("login", ["archivista", "custodia", "jefatura", "revisora", "supervisor.cd001"])
def test_who_is_recused_meets_nothing_of_the_item_on_any_route(town: Town, login: str) -> None:
    """Offices, custody, grants, appointments and one's own drafts and jobs: nothing opens it, nothing names it."""
    place = town.house.expedientes["A"]
    words = [*(word for name in town.house.pieces if name[0] == "A" for word in houses.canaries(name).values())]
    words += ["canariosuspension", "canarioborrador", "canariotrabajo", "canarioretencion", "canariomotivo", place.code]
    wrong = []
    with undone():
        recusals.recuse(actor=None, person=town.house.cast[login], subject=place, act="Acta 4")
        visitor = Visitor(town.house, login)
        for row in ROWS:
            if not row.pattern.startswith("custodia/"):
                continue
            for name, is_object, path in aims(town, row):
                said = visitor.ask("GET", path)
                inside = (
                    is_object and row.about != "person act" and (name.startswith("A") or row.about in ("act", "grant"))
                )
                if inside and said.status not in (404, 405):
                    wrong.append(f"{row.pattern} {name}: {said.status}")
                text = (said.head + said.body).decode(errors="replace").lower()
                wrong += [f"{row.pattern} {name}: {word}" for word in words if word.lower() in text]
    assert not wrong, "\n".join(wrong)


def decides(row: Row, name: str) -> bool:
    """Acts of a custodian are hers in A alone: the table speaks of A."""
    acts = ("accesos/", "certificado/", "cerrar/", "cierre-definitivo/", "suspender/", "quien/", "impedimentos/",
            "organizaciones/", "casos/")  # fmt: skip
    of_custody = any(act in row.pattern for act in acts)
    return name[0] == "A" or not of_custody or row.about not in ("piece", "expediente", "batch")


def is_content(row: Row) -> bool:
    """Where a piece itself is given: asked of every piece. Of the others two seen and two unseen will do."""
    return row.about != "piece" or row.pattern.endswith(("<uuid:key>/", "ficha/", "original", ".png"))


def among_first(town: Town, row: Row, name: str, seen: bool, login: str, most: int = 2) -> bool:
    """All four methods are asked of the first object the person sees and of the first she does not."""
    alike = [other for other in town.objects[row.about] if town.sees(login, row.about, other) == seen]
    return name in alike[:most]


@pytest.mark.requirement("I8", "I7")
@pytest.mark.criterion(21)
def test_what_one_may_not_know_answers_as_what_does_not_exist(town: Town, asker: Asker) -> None:
    visitor, login, wrong = asker, asker.login, []
    for row in rows_for(people().index(login)):
        hidden_ones = hidden_from(login, row, town)
        for method, headers in asked(row) if hidden_ones else ():
            absent = visitor.ask(method, path_of(row, UNKNOWN), row.form, **headers).without(UNKNOWN)
            for name in hidden_ones if method == "GET" and not headers else hidden_ones[:1]:
                key = town.objects[row.about][name]
                hidden = visitor.ask(method, path_of(row, key), row.form, **headers).without(key)
                if hidden != absent:
                    wrong.append(f"{method} {row.pattern} {name} {headers}: {hidden.unlike(absent)}")
    assert not wrong, "\n".join(wrong)


def hidden_from(login: str, row: Row, town: Town) -> list[str]:
    """The objects of the row's kind that the person may not know of: the first, the last and a middle one."""
    hidden = [name for name in town.objects.get(row.about, {}) if not town.sees(login, row.about, name)]
    return sorted({hidden[0], hidden[len(hidden) // 2], hidden[-1]}) if hidden else []


def asked(row: Row) -> Iterator[tuple[str, dict[str, str]]]:
    """Ways to ask: each method, as a script would, conditionally, and for a part."""
    yield from ((method, {}) for method in METHODS)
    yield "GET", {"accept": "application/json"}
    if row.pattern.endswith(("original", ".png")):
        yield "GET", {"range": "bytes=0-3", "if-none-match": "*", "if-modified-since": "Wed, 21 Oct 2026 07:28:00 GMT"}


def test_a_malformed_id_is_one_more_unknown(town: Town) -> None:
    visitor = Visitor(town.house, "revisora")
    unknown = visitor.ask("GET", f"/custodia/documentos/{UNKNOWN}/")
    for path in ("documentos/1/", "documentos/../x/", "expedientes/GC-canarioexpedientec/", "recibos/x.json", "nada/"):
        assert visitor.ask("GET", f"/custodia/{path}") == unknown


@pytest.mark.criterion(1)
@pytest.mark.parametrize("login", [ANONYMOUS, "revisora", "editora"])
def test_public_addresses_say_the_same_to_everybody_and_nothing_of_custody(town: Town, login: str) -> None:
    visitor, stranger, wrong = Visitor(town.house, login), Visitor(town.house, ANONYMOUS), []
    for row in ROWS:
        if row.pattern.startswith("custodia/"):
            continue
        for method in METHODS:
            said = visitor.ask(method, path_of(row, ""), row.form)
            if said.status != (wanted := expected(row, method, login, seen=True)):
                wrong.append(f"{method} {row.pattern}: {said.status} instead of {wanted}")
            wrong += [f"{method} {row.pattern}: {word}" for word in leaks(said, ANONYMOUS, town)]
            if method == "GET" and not row.pattern.startswith("cuenta/"):
                assert said.body == stranger.ask(method, path_of(row, "")).body, row.pattern
    for word in (*town.canaries, houses.COMMON):
        wrong += [f"/buscar/: {found}" for found in hits_of_public_search(visitor, town, word)]
    assert not wrong, "\n".join(wrong)


def hits_of_public_search(visitor: Visitor, town: Town, word: str) -> Iterator[str]:
    """Canaries that the public search tells beyond the words it was asked."""
    said = visitor.ask("GET", f"/buscar/?q={word}")
    silent = Said(said.status, said.head, said.body.replace(word.encode(), b""))
    yield from leaks(silent, ANONYMOUS, town)


@pytest.mark.requirement("J3")
@pytest.mark.parametrize("login", [login for login in people() if login not in (*NOBODY, "editora")])
def test_a_hidden_word_is_answered_as_a_word_that_exists_nowhere(town: Town, login: str) -> None:
    visitor = Visitor(town.house, login)
    for word, readers in town.canaries.items():
        if login in readers or not word.startswith(("canariotitulo", "canariotexto")):
            continue
        nonsense = "x" * len(word)
        # In quotes, since a canary that she reads is a better spelling of one that she does not, and of no nonsense.
        hidden = visitor.ask("GET", f"/custodia/buscar/?q=%22{word}%22")
        absent = visitor.ask("GET", f"/custodia/buscar/?q=%22{nonsense}%22")
        assert hidden.body.replace(word.encode(), nonsense.encode()) == absent.body, word
        assert hidden.head == absent.head
        spelt = visitor.ask("GET", f"/custodia/buscar/?q={word}")
        told = Said(spelt.status, spelt.head, spelt.body.replace(word.encode(), b""))
        assert not list(leaks(told, login, town)), word


def test_every_form_of_the_desk_asks_for_its_token(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.house.cast["custodia"])
    for row in ROWS:
        if row.post and row.about in town.objects:
            key = next(iter(town.objects[row.about].values()))
            assert client.post(path_of(row, key), row.form).status_code == 403, row.pattern


@pytest.mark.requirement("I12")
@pytest.mark.criterion(1)
def test_a_page_editor_meets_nothing_of_custody_in_the_admin(town: Town) -> None:
    """A crawl from the admin's first page along every link, and its choosers and searches asked for canaries."""
    visitor, waiting, wrong = Visitor(town.house, "editora"), list(ASKED_OF_THE_EDITOR), []
    seen: set[str] = set()
    while waiting and len(seen) < LONGEST_CRAWL:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        said = visitor.ask("GET", path)
        words = [word for word in leaks(said, "editora", town) if word not in path]
        wrong += [f"{path}: {word}" for word in words] + ([f"{path}: {said.status}"] if said.status >= 500 else [])
        waiting += [html.unescape(link) for link in LINK.findall(said.body.decode("utf-8", "replace"))]
    assert len(seen) > 40, sorted(seen)
    assert not wrong, "\n".join(wrong)


LINK = re.compile(r'(?:href|action|data-url)="(/editor/[^"#]*)"')
LONGEST_CRAWL = 80
ASKED_OF_THE_EDITOR = (
    "/editor/",
    *(f"/editor/{room}?q=canariotitulobr" for room in ("pages/search/", "choose-page/search/", "images/", "documents/",
                                                       "images/chooser/results/", "documents/chooser/results/")),
    "/editor/reports/site-history/", "/editor/tag-autocomplete/?term=canario", "/editor/api/main/pages/",
    "/editor/snippets/", "/editor/users/", "/editor/redirects/",
)  # fmt: skip
