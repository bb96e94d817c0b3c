"""The bandeja: expedientes that lack something and changes of retention to decide, for whom they wait alone."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import permissions
from records.models import Document, Expediente, Resentencing, TipoDocumental
from records.selectors import lacks
from records.selectors.checklist import checklist_for
from records.selectors.resentencing import list_targets
from records.services.correction import annul_document
from records.services.placements import place_document
from records.services.resentencing import propose_resentencing
from records.services.schedules import load_schedule
from records.vocabulary import ExpedienteKind, ExpedienteState, Level
from tests import factories, lives
from tests.integration.desk.conftest import Browse
from tests.unit.schedules import files

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B7")]

DAY = datetime.date(2026, 5, 4)
STUDIES, DRAFT, SETTLED = (
    "estudios_previos_del_convenio_derivado",
    "minuta_de_convenio_derivado",
    "acta_de_liquidacion_suscrita",
)
CLERK = "supervisor.cd001"
numbers = itertools.count(100)


@pytest.fixture
def trd(cast: dict[str, Any]) -> None:
    load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")


def opened(cast: dict[str, Any], **fields: Any) -> Expediente:
    code = f"GC-{170 if fields.get('kind') == ExpedienteKind.SETTLEMENT else 130}-X-{next(numbers)}"
    return factories.make_expediente(cast["archivista"], code, **{"opened_on": DAY, **fields})


def put(cast: dict[str, Any], place: Expediente, tipo: str, level: str = Level.PUBLIC) -> Any:
    found = TipoDocumental.objects.get(trd=place.trd_id, code=tipo)
    return factories.insert_piece(cast["archivista"], place, level, tipo=found)


def told_to(person: Any) -> dict[str, list[str]]:
    """What the bandeja's selector says each expediente lacks, as codes of tipos."""
    found = lacks.lacks_of(permissions.rights_of(person))
    return {row.expediente.code: [line.tipo_code for line in row.lines] for row in found.rows}


def by_checklist(person: Any, *places: Expediente) -> dict[str, list[str]]:
    lines = {place.code: checklist_for(person, Expediente.objects.get(pk=place.pk)).missing for place in places}
    return {code: [line.tipo_code for line in found] for code, found in lines.items() if found}


def town(cast: dict[str, Any]) -> list[Expediente]:
    """Expedientes with a reserved piece, an annulled one, one placed from elsewhere, and ones above and below."""
    kept, other, far = opened(cast), opened(cast), opened(cast)
    below = opened(cast, kind=ExpedienteKind.SETTLEMENT, parent=kept)
    put(cast, kept, STUDIES, Level.RESERVED)
    annul_document(actor=cast["archivista"], document=put(cast, other, STUDIES), reason="Repetida")
    for level, tipo in ((Level.RESTRICTED, DRAFT), (Level.PUBLIC, STUDIES)):
        piece = put(cast, far, tipo, level)
        place_document(actor=cast["archivista"], document=piece, expediente=other, reason="Sirve a los dos")
    put(cast, below, SETTLED, Level.RESERVED)
    put(cast, kept, "acta_de_recibo_a_satisfaccion", Level.RESTRICTED)
    Expediente.objects.filter(pk=kept.pk).update(stage="liquidating")
    return [kept, other, far, below]


def test_it_says_of_each_what_its_own_page_says(cast: dict[str, Any], trd: None) -> None:
    places = town(cast)
    assert told_to(cast["archivista"]) == by_checklist(cast["archivista"], *places)
    for keeper in (CLERK, "ajeno"):
        assert told_to(cast[keeper]) == {}
    for mine in ([0], [1, 3], [0, 1, 2, 3]):
        for place in (places[index] for index in mine):
            factories.appoint_custodian(place, cast[CLERK])
        assert told_to(cast[CLERK]) == by_checklist(
            cast[CLERK], *(place for place in places if permissions.rights_of(cast[CLERK]).keeps(place.pk))
        )


def test_a_piece_the_custodian_may_not_know_changes_nothing(cast: dict[str, Any], trd: None) -> None:
    place, far = opened(cast), opened(cast)
    factories.appoint_custodian(place, cast[CLERK])
    before = told_to(cast[CLERK])
    piece = put(cast, far, STUDIES, Level.RESTRICTED)
    place_document(actor=cast["archivista"], document=piece, expediente=place, reason="Sirve a los dos")
    assert told_to(cast[CLERK]) == before
    assert STUDIES in before[place.code]


def test_the_group_leads_to_what_is_missing_with_its_number(browse: Browse, cast: dict[str, Any], trd: None) -> None:
    place = opened(cast, title="Convenio de calibración")
    number = len(by_checklist(cast["archivista"], place)[place.code])
    body = browse("archivista").get("/custodia/").content.decode()
    group = body.split('id="g-lacking"')[1].split("</section>")[0]
    assert f'href="/custodia/expedientes/{place.pk}/faltantes/"' in group
    assert "Convenio de calibración" in group
    assert f"Faltan {number} piezas" in group
    assert "etapa Estudios previos y minuta" in group
    for login in ("ajeno", "revisora"):
        assert "Expedientes incompletos" not in browse(login).get("/custodia/").content.decode()
    Expediente.objects.filter(pk=place.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    assert 'id="g-lacking"' not in browse("archivista").get("/custodia/").content.decode()


UNREAD = "Este expediente tiene documentos que usted no lee; pueden cubrir algo de lo que aquí falta."


@pytest.mark.criterion(22)
@pytest.mark.parametrize("login", ["archivista", "jefatura", CLERK, "revisora"])
def test_the_tipo_of_a_piece_that_one_does_not_read_changes_no_page(
    browse: Browse, cast: dict[str, Any], trd: None, login: str
) -> None:
    """Two worlds with the same pieces to be read: in each, the reserved one is of another tipo."""
    place, far = opened(cast), opened(cast)
    factories.appoint_supervisor(place, cast[CLERK])
    put(cast, place, DRAFT, Level.PUBLIC)
    pieces = [put(cast, home, STUDIES) for home in (place, far)]
    place_document(actor=cast["archivista"], document=pieces[1], expediente=place, reason="Sirve a los dos")
    hidden = Document.objects.filter(pk__in=[piece.pk for piece in pieces])
    hidden.update(level=Level.RESERVED)
    load_schedule(actor=cast["archivista"], content=files.as_json(without_studies), name="trd.json")
    where = f"/custodia/expedientes/{place.pk}"
    first = answers(browse, login, where)
    with factories.behind_the_product():
        other = TipoDocumental.objects.get(trd=place.trd_id, code="ficha_de_valoracion")
        hidden.update(tipo=other)
    assert answers(browse, login, where) == first
    assert (UNREAD in first[1]) == (login != "revisora")


def without_studies(content: dict[str, Any]) -> None:
    content["header"].update(number=None, in_force_from="2026-06-01")
    content["tipos"] = [tipo for tipo in content["tipos"] if tipo["code"] != STUDIES]


def answers(browse: Browse, login: str, where: str) -> list[str]:
    """The bandeja, what is missing and the retention, without the form's token."""
    bodies = (
        browse(login).get(at).content.decode() for at in ("/custodia/", f"{where}/faltantes/", f"{where}/retencion/")
    )
    return [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body) for body in bodies]


def test_more_than_fit_are_counted_and_those_not_looked_at_are_told(
    browse: Browse, cast: dict[str, Any], trd: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(13):
        opened(cast)
    body = browse("archivista").get("/custodia/").content.decode()
    group = body.split('id="g-lacking"')[1].split("</section>")[0]
    assert group.count("/faltantes/") == 20, "ten rows, with two links each"
    assert "Y 3 más." in group
    monkeypatch.setattr(lacks, "LOOKED_AT", 12)
    cut = browse("archivista").get("/custodia/").content.decode().split('id="g-lacking"')[1].split("</section>")[0]
    assert "Y 2 más." in cut
    assert "Falta mirar 1 expediente" in cut


@pytest.mark.parametrize("login", ["archivista", CLERK])
def test_the_cost_does_not_grow(cast: dict[str, Any], trd: None, login: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            told_to(cast[login])
        return len(captured)

    for place in town(cast):
        factories.appoint_custodian(place, cast[CLERK])
    few = queries()
    for place in (*town(cast), *town(cast)):
        factories.appoint_custodian(place, cast[CLERK])
        for level in (Level.PUBLIC, Level.RESERVED) * 3:
            put(cast, place, STUDIES, level)
    assert queries() == few


# -- changes of retention -------------------------------------------------------------------------------------------


@pytest.fixture
def change(cast: dict[str, Any], trd: None) -> Resentencing:
    return proposed_by(cast, "archivista")


def proposed_by(cast: dict[str, Any], login: str) -> Resentencing:
    place = opened(cast, title="Convenio que cambia de tabla")

    def later(content: dict[str, Any]) -> None:
        content["header"].update(number=None, in_force_from="2026-06-01")

    load_schedule(actor=cast["archivista"], content=files.as_json(later), name="trd.json")
    return propose_resentencing(actor=cast[login], expediente=place, subserie=list_targets(place)[0], reason="Reforma")


@pytest.mark.rule("R2")
@pytest.mark.parametrize("page", ["/custodia/", "/custodia/aprobaciones/"])
def test_a_change_of_version_waits_where_who_decides_looks(
    browse: Browse, cast: dict[str, Any], change: Resentencing, page: str
) -> None:
    address = f'href="/custodia/retencion/{change.pk}/"'
    body = browse("jefatura").get(page).content.decode()
    assert address in body
    assert "Convenio que cambia de tabla" in body
    assert f"v {change.to_subserie.serie.trd_id}" in body
    assert address not in browse("archivista").get("/custodia/").content.decode(), "who proposed it does not decide it"
    assert browse("archivista").get("/custodia/aprobaciones/").status_code == 403
    browse("jefatura").post(f"/custodia/retencion/{change.pk}/", {"decision": "approve"})
    assert address not in browse("jefatura").get(page).content.decode()


@pytest.mark.rule("R2")
def test_who_proposes_and_may_decide_finds_her_own_proposal_in_neither_place(
    browse: Browse, cast: dict[str, Any], trd: None
) -> None:
    cast["jefatura"].groups.add(*cast["archivista"].groups.all())
    own = proposed_by(cast, "jefatura")
    for page in ("/custodia/", "/custodia/aprobaciones/"):
        assert str(own.pk) not in browse("jefatura").get(page).content.decode()


def test_a_name_leads_to_the_piece_and_its_act_apart(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    bare = lives.piece(cast, expediente, title="Acta sin nivel")
    complete = lives.classified(cast, expediente, title="Acta clasificada")
    body = browse("archivista").get("/custodia/").content.decode()
    for piece, act in ((bare, "nivel"), (complete, "registrar")):
        assert f'<a href="/custodia/documentos/{piece.pk}/">{piece.title}</a>' in body
        assert f'href="/custodia/documentos/{piece.pk}/{act}/"' in body


def test_no_level_is_proposed_for_an_annulled_piece(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = lives.piece(cast, expediente)
    address = f"/custodia/documentos/{piece.pk}/"
    assert "Proponer nivel" in browse("custodia").get(address).content.decode()
    annul_document(actor=cast["archivista"], document=piece, reason="Llegó dos veces")
    assert "Proponer nivel" not in browse("custodia").get(address).content.decode()
