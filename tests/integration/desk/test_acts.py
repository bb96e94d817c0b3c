"""Acts at the desk: levels by two people, access by name, the ledger, and what the public sees of a project."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records.convenios.models import Project
from records.models import ClassificationAct, Document, Expediente, Grant
from records.vocabulary import ActState, Level
from tests import factories
from tests.integration.desk.conftest import Browse

COMPLETE = {
    "level": "reserved", "norm": "Ley 1712 de 2014", "article": "19", "literal": "a", "harm_present": "a",
    "harm_probable": "b", "harm_specific": "c", "balance": "d", "extent": "total", "generated": "10/06/2026",
    "until": "10/06/2036", "responsible": "custodia", "safe_title": "Anexo técnico",
}  # fmt: skip


UNTIL = f"{factories.FAR:%d/%m/%Y}"


@pytest.fixture
def fresh(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, title="Anexo del taller")


@pytest.mark.requirement("I1")
@pytest.mark.rule("A2")
def test_everything_a_restriction_lacks_is_told_at_once_beside_its_field(browse: Browse, fresh: Document) -> None:
    address = f"/custodia/documentos/{fresh.pk}/nivel/"
    response = browse("custodia").post(
        address, {"level": "reserved", "norm": "Ley 1712", "article": "18", "until": "ayer"}
    )
    body = response.content.decode()
    assert response.status_code == 422
    assert "Escriba una fecha que exista, como dd/mm/aaaa." in body
    response = browse("custodia").post(address, {"level": "reserved", "norm": "Ley 1712", "article": "18"})
    body = response.content.decode()
    assert body.count('class="field has-error"') == 11
    for words in ("el literal de la excepción", "por qué el daño es probable", "19 de la Ley 1712", "la denominación"):
        assert words in body
    assert 'value="Ley 1712"' in body
    assert not ClassificationAct.objects.exists()


@pytest.mark.requirement("I5")
def test_a_public_level_needs_no_legal_ground_and_shows_none(browse: Browse, fresh: Document) -> None:
    untouched = {"level": "public", "norm": "Ley 1712 de 2014", "article": "18", "generated": "10/06/2026"}
    browse("custodia").post(f"/custodia/documentos/{fresh.pk}/nivel/", untouched)
    act = ClassificationAct.objects.get()
    assert (act.norm, act.article, act.reason, act.generated) == ("", "", "", None)
    address = f"/custodia/aprobaciones/{act.pk}/"
    proposed = browse("jefatura").get(address).content.decode()
    browse("jefatura").post(address, {"decision": "approve"})
    assert "Pública: no necesita fundamento." in proposed
    viewer = browse("archivista").get(f"/custodia/documentos/{fresh.pk}/").content.decode()
    assert "Pública: no necesita fundamento. Lo aprobó Jefatura" in viewer


@pytest.mark.requirement("I5")
def test_a_public_act_of_before_that_kept_the_law_shows_no_broken_ground(
    browse: Browse, cast: dict[str, Any], fresh: Document
) -> None:
    """Acts are not rewritten: some were written with the law of the form, and nothing more."""
    act = ClassificationAct.objects.create(
        document=fresh, level=Level.PUBLIC, previous_level=fresh.level, norm="Ley 1712 de 2014",
        proposed_by=cast["custodia"], proposed_at=fresh.filed_at,
    )  # fmt: skip
    page = browse("jefatura").get(f"/custodia/aprobaciones/{act.pk}/").content.decode()
    assert "Pública: no necesita fundamento." in page
    assert "Daño presente" not in page
    factories.classification.approve_act(actor=cast["jefatura"], act=act)
    viewer = browse("archivista").get(f"/custodia/documentos/{fresh.pk}/").content.decode()
    assert "Pública: no necesita fundamento. Lo aprobó Jefatura" in viewer


ANSWER = ("custodia", "jefatura", "secretaria.general", "supervisor.cd001", "supervisor.cd002")


def test_only_staff_is_offered_to_keep_an_expediente_or_answer_for_a_reserve(
    browse: Browse, cast: dict[str, Any], fresh: Document
) -> None:
    opening = browse("archivista").get("/custodia/expedientes/nuevo/", {"tipo": "derived"}).content.decode()
    level = browse("custodia").get(f"/custodia/documentos/{fresh.pk}/nivel/").content.decode()
    for page in (opening, level):
        for login in cast:
            assert (f"({login})</option>" in page) == (login in ANSWER or (page == level and login == "archivista"))


@pytest.mark.requirement("A6", "I5")
@pytest.mark.rule("A5")
def test_one_proposes_and_another_decides(browse: Browse, fresh: Document) -> None:
    sent = browse("custodia").post(f"/custodia/documentos/{fresh.pk}/nivel/", COMPLETE, follow=True)
    assert "quedó por aprobar" in sent.content.decode()
    act = ClassificationAct.objects.get()
    address = f"/custodia/aprobaciones/{act.pk}/"
    assert "Aprobar:" not in browse("custodia").get(address).content.decode()
    assert browse("custodia").post(address, {"decision": "approve"}).status_code == 403
    page = browse("jefatura").get(address).content.decode()
    assert "Aprobar: reservada" in page
    assert "Nadie más." in page
    assert "Propuso Custodia" in page
    assert browse("jefatura").post(address, {"decision": "approve"}).status_code == 302
    fresh.refresh_from_db()
    assert fresh.level == Level.RESERVED
    assert browse("jefatura").get(address).status_code == 404, "what is reserved now is out of her reach"


def test_a_return_needs_its_sentence(browse: Browse, cast: dict[str, Any], fresh: Document) -> None:
    act = factories.classification.propose_level(
        actor=cast["custodia"], document=fresh, level=Level.PUBLIC, grounds=None
    )
    client, address = browse("jefatura"), f"/custodia/aprobaciones/{act.pk}/"
    silent = client.post(address, {"decision": "return", "observations": " "})
    assert silent.status_code == 422
    assert "la frase que explica la devolución" in silent.content.decode()
    assert client.post(address, {"decision": "return", "observations": "Falta firma"}).status_code == 302
    act.refresh_from_db()
    assert (act.state, act.observations) == (ActState.REFUSED, "Falta firma")
    again = client.post(address, {"decision": "approve"})
    assert again.status_code == 404, "nothing waits any more, so nothing opens the piece to her"


def test_what_was_returned_is_read_where_it_is_proposed_again(
    browse: Browse, cast: dict[str, Any], fresh: Document
) -> None:
    propose = {"actor": cast["custodia"], "document": fresh, "level": Level.PUBLIC, "grounds": None}
    act = factories.classification.propose_level(**propose)
    factories.classification.return_act(actor=cast["jefatura"], act=act, observations="Precise el alcance")
    client, piece = browse("custodia"), f"/custodia/documentos/{fresh.pk}/"
    assert "Precise el alcance" in client.get(f"{piece}nivel/").content.decode()
    assert "Precise el alcance" in client.get(piece).content.decode()
    assert client.get(f"/custodia/aprobaciones/{act.pk}/").status_code == 200
    factories.classification.propose_level(**propose)
    assert "Precise el alcance" not in client.get(piece).content.decode()


def test_who_filed_is_told_why_she_cannot_propose(browse: Browse, fresh: Document) -> None:
    response = browse("archivista").post(f"/custodia/documentos/{fresh.pk}/nivel/", COMPLETE)
    assert response.status_code == 422
    assert "Quien radicó la pieza no puede proponer" in response.content.decode()
    opened = browse("archivista").get(f"/custodia/documentos/{fresh.pk}/nivel/").content.decode()
    assert "Quien radicó la pieza no puede proponer" in opened, "before anything is sent"
    assert opened.count('type="radio"') == 1
    assert 'value="public"' in opened
    assert "Ponderación" not in opened
    answer = browse("archivista").post(f"/custodia/documentos/{fresh.pk}/nivel/", {"level": "public"})
    assert answer.status_code == 302
    assert ClassificationAct.objects.get().level == Level.PUBLIC


@pytest.mark.requirement("I3", "J4")
@pytest.mark.criterion(4)
def test_access_is_given_by_form_and_taken_after_its_effect_is_told(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    custodian, reader = browse("custodia"), browse("revisora")
    viewer, address = f"/custodia/documentos/{piece.pk}/", f"/custodia/documentos/{piece.pk}/accesos/"
    form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso 117"}
    assert reader.get(viewer).status_code == 404
    assert custodian.post(address, form).status_code == 302
    assert reader.get(viewer).status_code == 200
    grant = Grant.objects.get()
    withdrawal = f"/custodia/accesos/{grant.pk}/retirar/"
    assert "Deja de leer desde su próxima consulta" in custodian.get(withdrawal).content.decode()
    assert reader.get(viewer).status_code == 200, "telling the effect takes nothing"
    assert custodian.post(withdrawal, {"reason": "Terminó"}).status_code == 302
    assert reader.get(viewer).status_code == 404
    assert custodian.post(withdrawal).status_code == 409


def test_a_grant_without_end_or_reason_or_already_ended_is_refused(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    client, address = browse("custodia"), f"/custodia/documentos/{piece.pk}/accesos/"
    ended = client.post(address, {"person": str(cast["revisora"].pk), "until": "01/01/2020", "reason": "Caso"})
    assert "una fecha de fin que no haya pasado" in ended.content.decode()
    assert client.post(address, {"person": "x", "until": "", "reason": ""}).status_code == 422
    oneself = client.post(address, {"person": str(cast["custodia"].pk), "until": UNTIL, "reason": "Caso"})
    assert oneself.status_code == 422
    assert not Grant.objects.exists()


@pytest.mark.requirement("I4")
def test_a_grant_on_the_expediente_is_given_there_and_listed(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    reserved = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso 118"}
    address = f"/custodia/expedientes/{expediente.pk}/accesos/"
    assert browse("custodia").post(f"{address}conceder/", form).status_code == 302
    assert "Caso 118" in browse("custodia").get(address).content.decode()
    assert "Caso 118" in browse("custodia").get("/custodia/accesos/").content.decode()
    assert "Caso 118" in browse("revisora").get("/custodia/accesos/").content.decode()
    assert browse("revisora").get(f"/custodia/documentos/{piece.pk}/").status_code == 200
    assert browse("revisora").get(f"/custodia/documentos/{reserved.pk}/").status_code == 404
    assert "Caso 118" not in browse("archivista").get(address).content.decode()


@pytest.mark.requirement("I9")
@pytest.mark.rule("U4", "U5")
def test_the_ledger_is_the_auditors_and_tells_no_title(browse: Browse, cast: dict[str, Any], fresh: Document) -> None:
    browse("custodia").get(f"/custodia/documentos/{fresh.pk}/")
    auditor = browse("auditoria")
    whole = auditor.get("/custodia/bitacora/").content.decode()
    assert "Consultó el documento" in whole
    assert fresh.title not in whole
    narrowed = auditor.get(
        f"/custodia/bitacora/?documento={fresh.pk}&persona=custodia&acto=document.viewed"
    ).content.decode()
    assert narrowed.count('role="row"') == 2
    nothing = auditor.get("/custodia/bitacora/?persona=nadie%00").content.decode()
    assert "Ningún acto coincide" in nothing
    for login in ("archivista", "custodia", "jefatura", "administracion", "ajeno"):
        assert browse(login).get("/custodia/bitacora/").status_code == 403


def test_the_ledger_is_paged_by_key(browse: Browse, cast: dict[str, Any]) -> None:
    for _number in range(60):
        factories.make_expediente(cast["archivista"])
    client = browse("auditoria")
    first = client.get("/custodia/bitacora/").content.decode()
    assert first.count('role="row"') == 51
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/custodia/bitacora/{address}").content.decode().count('role="row"') == 11


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(
        code="P-001", slug="taller", name="Taller", phase="execution", objective="Reparar", offset_kind="direct",
        supplier="Boreal", recipient="Andes", department="Antioquia", area_of_interest="Aeroespacial",
        beneficiaries="Técnicos", bank_entry_approved_on=datetime.date(2026, 5, 26),
    )  # fmt: skip


@pytest.mark.requirement("L4")
@pytest.mark.rule("P8")
def test_a_project_is_published_and_withdrawn_with_a_reason(browse: Browse, project: Project) -> None:
    client, address = browse("jefatura"), f"/custodia/proyectos/{project.pk}/"
    silent = client.post(address, {"decision": "publish", "reason": ""})
    assert (silent.status_code, "el motivo" in silent.content.decode()) == (422, True)
    assert client.post(address, {"decision": "publish", "reason": "Comité"}).status_code == 302
    assert "Publicado" in client.get("/custodia/proyectos/").content.decode()
    assert client.post(address, {"decision": "withdraw", "reason": "Revisión"}).status_code == 302
    assert "Retirado" in client.get("/custodia/proyectos/").content.decode()
    assert browse("archivista").post(address, {"decision": "publish", "reason": "x"}).status_code == 403
    assert browse("ajeno").post(address, {"decision": "publish", "reason": "x"}).status_code == 404
    assert "Publicar en el Banco" not in browse("archivista").get(address).content.decode()


@pytest.mark.beyond(19)
def test_a_correction_is_said_at_the_desk_and_needs_its_sentence(browse: Browse, project: Project) -> None:
    client, address = browse("jefatura"), f"/custodia/proyectos/{project.pk}/"
    client.post(address, {"decision": "publish", "reason": "Comité"})

    silent = client.post(address, {"decision": "publish", "reason": "Error", "correction": "on"})
    told = client.post(address, {"decision": "publish", "reason": "Error", "correction": "on", "note": "El municipio."})

    assert (silent.status_code, "una frase para los ciudadanos" in silent.content.decode()) == (422, True)
    assert told.status_code == 302
    assert project.decisions.filter(correction=True).get().note == "El municipio."


def test_what_a_project_lacks_is_told_whole(browse: Browse, project: Project) -> None:
    Project.objects.update(bank_entry_approved_on=None, beneficiaries="")
    body = (
        browse("jefatura")
        .post(f"/custodia/proyectos/{project.pk}/", {"decision": "publish", "reason": ""})
        .content.decode()
    )
    for words in ("la aprobación de entrada al Banco", "los beneficiarios", "el motivo"):
        assert words in body
