"""The pages of access: grants of every kind, rehearsals, requests, emergencies, recusals, and who may see what."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group

from records import clock
from records.convenios.models import Convenio
from records.models import (
    BreakGlass,
    ConvenioNumber,
    Document,
    Expediente,
    Grant,
    LedgerEvent,
    Package,
    Recusal,
)
from records.services import access, recusals, requests
from records.services.classification import propose_level
from records.vocabulary import Level, Role
from tests import factories
from tests.integration.desk.conftest import Browse

BATCH = uuid.UUID("c0ffee00-0000-4000-8000-000000000001")
UNTIL = f"{factories.FAR:%d/%m/%Y}"


@pytest.fixture
def reserved(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="Plano reservado")


@pytest.mark.beyond(2)
def test_the_effect_of_a_grant_is_told_before_it_is_done(
    browse: Browse, cast: dict[str, Any], reserved: Document
) -> None:
    client, address = browse("custodia"), f"/custodia/documentos/{reserved.pk}/accesos/"
    form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso 117"}
    told = client.post(address, {**form, "rehearse": "1"})
    assert told.status_code == 200
    assert "Qué cambiaría" in told.content.decode()
    assert "1 persona leería" in told.content.decode()
    assert not Grant.objects.exists()
    assert client.post(address, form).status_code == 302
    again = client.post(address, {**form, "rehearse": "1"})
    assert "Nadie ganaría ni perdería" in again.content.decode()


@pytest.mark.beyond(2)
@pytest.mark.criterion(5)
def test_whoever_opens_an_act_to_decide_it_is_told_its_effect_at_once_and_nothing_is_written(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    act = propose_level(
        actor=cast["custodia"], document=piece, level=Level.PUBLIC, grounds=factories.grounds_for(Level.PUBLIC)
    )
    address, events = f"/custodia/aprobaciones/{act.pk}/", LedgerEvent.objects.count()
    told = browse("jefatura").get(address).content.decode()
    assert "7 personas leerían lo que hoy no leen: 1 documento." in told
    assert "Ajeno" not in told, "who reads what is told by name to its custodian alone"
    assert "Qué cambiaría" not in browse("archivista").get(address).content.decode()
    assert LedgerEvent.objects.count() == events
    piece.refresh_from_db()
    assert piece.level == Level.RESTRICTED


@pytest.mark.beyond(2)
def test_withdrawing_renewing_answering_and_recusing_tell_their_effect_first(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    keeper = browse("custodia")
    grant = access.grant_access(
        actor=cast["custodia"], target=reserved, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    asked = requests.ask_access(actor=cast["ajeno"], reference=reserved.radicado, purpose="Caso 118")
    recusal = f"/custodia/expedientes/{expediente.pk}/impedimentos/"
    before = LedgerEvent.objects.count()

    def told(address: str, form: dict[str, str] | None = None) -> str:
        answer = keeper.get(address) if form is None else keeper.post(address, {**form, "rehearse": "1"})
        assert answer.status_code == 200
        return answer.content.decode()

    lost = "1 persona dejaría de leer lo que hoy lee: 1 documento."
    assert lost in told(f"/custodia/accesos/{grant.pk}/retirar/")
    assert "Nadie ganaría ni perdería" in told(
        f"/custodia/accesos/{grant.pk}/renovar/", {"until": UNTIL, "reason": "Sigue"}
    )
    answer = told(f"/custodia/accesos/solicitudes/{asked.pk}/", {"until": UNTIL})
    assert "1 persona leería" in answer
    assert "Plano reservado" in answer
    form = {"person": str(cast["revisora"].pk), "act": "Acta 4"}
    assert lost in told(recusal, form)
    tomorrow = clock.today() + datetime.timedelta(days=1)
    later = told(recusal, {**form, "starts_on": f"{tomorrow:%d/%m/%Y}"})
    assert "Qué cambiaría desde el" in later
    assert lost in later
    assert (Grant.objects.count(), Recusal.objects.count(), LedgerEvent.objects.count()) == (1, 0, before)
    keeper.post(recusal, form)
    end = f"/custodia/impedimentos/{Recusal.objects.get().pk}/terminar/"
    assert "1 persona leería lo que" in told(end, {"act": "Acta 5"})
    assert Recusal.objects.filter(end=None).count() == 1


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_my_access_names_a_piece_by_its_radicado_and_tells_no_more_than_of_what_is_not_there(
    browse: Browse, cast: dict[str, Any], reserved: Document, piece: Document
) -> None:
    own, terms = "/custodia/accesos/propio/", {"actor": cast["custodia"], "person": cast["revisora"]}
    grant = access.grant_access(target=piece, until=factories.FAR, reason="Caso 119", **terms)
    mine = browse("revisora").get(own, {"document": piece.radicado}).content.decode()
    assert mine.count("Motivo: Caso 119.") == 2
    assert f'href="/custodia/accesos/{grant.pk}/"' in mine

    def told(document: str) -> str:
        return browse("revisora").get(own, {"document": document}).content.decode().replace(document, "")

    assert told(reserved.radicado) == told("2026-000404")
    about = f"/custodia/accesos/persona/{cast['revisora'].pk}/"
    keeper = browse("custodia")
    assert "Es reservada" in keeper.get(about, {"document": reserved.radicado}).content.decode()
    assert "No hay nada en custodia" in keeper.get(about, {"document": "2026-000404"}).content.decode()
    by_number = browse("administracion").get(about, {"document": piece.radicado}).content.decode()
    assert "Ese documento" not in by_number, "who manages people names a piece by its id alone"


BAD: dict[str, tuple[dict[str, str], set[str]]] = {
    "nothing": ({}, {"person", "until", "reason"}),
    "a day that is none": ({"until": "31/02/2027", "starts_on": "x"}, {"person", "until", "starts_on", "reason"}),
    "the end before the start": (
        {"person": "revisora", "starts_on": "10/10/2028", "until": "09/10/2028", "reason": "Caso"}, {"until"},
    ),
    "beyond the longest": ({"person": "revisora", "until": "01/01/2090", "reason": "Caso"}, {"until"}),
    "a disabled account": ({"person": "inactivo", "until": UNTIL}, {"person", "reason"}),
    "oneself": ({"person": "custodia", "until": UNTIL, "reason": "Caso"}, {"person"}),
    "who manages people": ({"person": "administracion", "until": UNTIL, "reason": "Caso"}, {"person"}),
    "both": ({"person": "revisora", "office": "reviewer", "reason": "Caso"}, {"office", "until"}),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_everything_wrong_with_a_grant_is_told_at_once_and_nothing_typed_is_lost(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, case: str
) -> None:
    form, wrong = BAD[case]
    sent = {**form, "person": str(cast[form["person"]].pk) if form.get("person") else ""}
    for rehearse in ({}, {"rehearse": "1"}):
        page = browse("custodia").post(f"/custodia/expedientes/{expediente.pk}/accesos/conceder/", {**sent, **rehearse})
        assert page.status_code == 422
        assert {name for name in page.context["form"].errors if name != "__all__"} == wrong
        told = page.content.decode()
        assert "Qué cambiaría<" not in told
        for typed in (sent.get("until"), sent.get("starts_on")):
            assert typed is None or f'value="{typed}"' in told
        assert not sent.get("reason") or ">\nCaso</textarea>" in told
    assert not Grant.objects.exists()


def test_recusals_and_emergencies_tell_all_that_is_missing_at_once(browse: Browse, expediente: Expediente) -> None:
    home = f"/custodia/expedientes/{expediente.pk}/"
    for login, address, form, wrong in (
        ("custodia", "impedimentos/", {"starts_on": "31/02/2027"}, {"person", "act", "starts_on"}),
        ("archivista", "emergencia/", {"minutes": "90"}, {"order", "reason", "minutes"}),
    ):
        page = browse(login).post(home + address, form)
        assert page.status_code == 422
        assert set(page.context["form"].errors) == wrong


def test_a_grant_that_somebody_else_has_just_made_is_not_replaced_unseen(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    factories.appoint_custodian(expediente, cast["archivista"])
    address = f"/custodia/expedientes/{expediente.pk}/accesos/conceder/"
    form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso", "seen": ""}
    assert browse("archivista").post(address, {**form, "reason": "Otro caso"}).status_code == 302
    refused = browse("custodia").post(address, form)
    assert refused.status_code == 422
    assert "Otra persona cambió esa concesión" in refused.content.decode()
    standing = Grant.objects.get()
    assert f'name="seen" value="{standing.pk}"' in refused.content.decode()
    assert browse("custodia").post(address, {**form, "seen": str(standing.pk)}).status_code == 302
    assert Grant.objects.get(withdrawal=None).renews == standing


def test_who_may_grant_over_a_convenio_or_a_package_is_led_there_and_looking_writes_nothing(
    browse: Browse, cast: dict[str, Any]
) -> None:
    place = factories.make_expediente(cast["archivista"], convenio_number="CD-2026-001")
    factories.appoint_custodian(place, cast["custodia"])
    factories.insert_piece(cast["archivista"], place, Level.RESTRICTED, batch=BATCH)
    Convenio.objects.create(number="CD-2026-001", title="Taller", expediente=place, supplier="s")
    links = {
        "/custodia/convenios/": "/custodia/accesos/convenios/CD-2026-001/",
        f"/custodia/lotes/{BATCH}/recibo/": f"/custodia/lotes/{BATCH}/accesos/",
    }
    for page, link in links.items():
        assert f'href="{link}"' not in browse("archivista").get(page).content.decode()
        assert f'href="{link}"' in browse("custodia").get(page).content.decode()
        assert browse("custodia").get(link).status_code == 200
        form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso"}
        assert browse("custodia").post(link, {**form, "rehearse": "1"}).status_code == 200
    assert not ConvenioNumber.objects.exists()
    assert not Package.objects.exists()
    for link in links.values():
        assert browse("custodia").post(link, form).status_code == 302
        shown = browse("custodia").get(link).content.decode()
        assert shown.count("Retirar") == 1
    assert "el paquete en que llegó" in browse("revisora").get(f"/custodia/lotes/{BATCH}/recibo/").content.decode()


@pytest.mark.beyond(1)
@pytest.mark.requirement("I8")
def test_a_line_that_is_not_opened_says_why_and_where_to_ask(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    page = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/").content.decode()
    assert "Es reservada: se abre solo con concesión a su nombre" in page
    link = f"/custodia/accesos/pedir/?referencia={expediente.code}/{reserved.order}"
    assert f'href="{link}"' in page
    for secret in ("Plano reservado", reserved.radicado, str(reserved.pk)):
        assert secret not in page
    form = browse("archivista").get(link).content.decode()
    assert f'value="{expediente.code}/{reserved.order}"' in form
    sent = {"reference": f"{expediente.code}/{reserved.order}", "purpose": "Caso 117"}
    browse("archivista").post("/custodia/accesos/pedir/", sent)
    assert requests.list_requests_for(cast["custodia"]).get().document == reserved
    nowhere = browse("archivista").post("/custodia/accesos/pedir/", {**sent, "reference": f"{expediente.code}/999"})
    assert nowhere.status_code == 302


@pytest.mark.beyond(2)
def test_the_effect_of_a_level_is_told_before_it_is_proposed(browse: Browse, piece: Document) -> None:
    form = {
        "level": "reserved", "norm": "Ley 1712 de 2014", "article": "19", "literal": "a", "harm_present": "a",
        "harm_probable": "b", "harm_specific": "c", "balance": "d", "extent": "total", "generated": "10/06/2026",
        "until": "10/06/2036", "responsible": "custodia", "safe_title": "Anexo técnico", "rehearse": "1",
    }  # fmt: skip
    told = browse("custodia").post(f"/custodia/documentos/{piece.pk}/nivel/", form)
    assert "3 personas dejarían de leer" in told.content.decode()
    piece.refresh_from_db()
    assert piece.level == Level.RESTRICTED


def test_an_office_receives_access_and_a_grant_is_renewed(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    Group.objects.get_or_create(name=Role.LIAISON)
    client = browse("custodia")
    address = f"/custodia/expedientes/{expediente.pk}/accesos/conceder/"
    both = client.post(address, {"until": UNTIL, "reason": "Caso"})
    assert both.status_code == 422
    assert "una persona o una dependencia" in both.content.decode()
    assert client.post(address, {"office": Role.LIAISON, "until": UNTIL, "reason": "Caso"}).status_code == 302
    grant = Grant.objects.get()
    assert "Enlace del Ministerio" in client.get("/custodia/accesos/").content.decode()
    renewal = f"/custodia/accesos/{grant.pk}/renovar/"
    assert client.get(renewal).status_code == 200
    assert client.post(renewal, {"until": UNTIL, "reason": "Sigue"}).status_code == 302
    assert Grant.objects.get(withdrawal=None).renews == grant
    assert client.post(renewal, {"until": UNTIL, "reason": "Sigue"}).status_code == 422


@pytest.mark.requirement("I8")
def test_asking_tells_the_same_and_lands_in_the_custodian_s_bandeja(
    browse: Browse, cast: dict[str, Any], reserved: Document
) -> None:
    client = browse("revisora")
    answers = []
    for reference in (reserved.radicado, "2026-000404"):
        form = {"reference": reference, "purpose": "Caso 117"}
        answers.append(
            client.post("/custodia/accesos/pedir/", form, follow=True).content.decode().replace(reference, "")
        )
    assert answers[0].count("Su solicitud quedó registrada") == answers[1].count("Su solicitud quedó registrada") == 1
    assert "Plano reservado" not in "".join(answers)
    bandeja = browse("custodia").get("/custodia/").content.decode()
    assert "Solicitudes de acceso" in bandeja
    waiting = requests.list_requests_for(cast["custodia"]).get()
    address = f"/custodia/accesos/solicitudes/{waiting.pk}/"
    assert browse("archivista").get(address).status_code == 404
    assert browse("custodia").post(address, {"decision": "grant", "until": UNTIL}).status_code == 302
    assert client.get(f"/custodia/documentos/{reserved.pk}/").status_code == 200


@pytest.mark.beyond(16)
def test_an_emergency_from_the_line_of_the_expediente_to_its_review(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    clerk, head, keeper = browse("archivista"), browse("jefatura"), browse("custodia")
    viewer = f"/custodia/documentos/{reserved.pk}/"
    assert clerk.get(viewer).status_code == 404
    form = {"order": reserved.order, "reason": "Incendio", "minutes": 15}
    assert clerk.post(f"/custodia/expedientes/{expediente.pk}/emergencia/", form).status_code == 302
    address = f"/custodia/emergencias/{BreakGlass.objects.get().pk}/"
    page = head.get(address).content.decode()
    assert "Confirmar y abrir" in page
    assert "Plano reservado" not in page, "who confirms may not know the title"
    assert "Accesos de emergencia por confirmar" in head.get("/custodia/").content.decode()
    assert clerk.post(address, {"act": "confirm"}).status_code == 403
    assert head.post(address, {"act": "confirm"}).status_code == 302
    assert clerk.get(viewer).status_code == 200
    assert "Accesos de emergencia por revisar" in keeper.get("/custodia/").content.decode()
    assert "Consultó el documento" in keeper.get(address).content.decode()
    assert keeper.post(address, {"observations": "x"}).status_code == 422, "while it is open"


def asked_again(view: Any) -> Any:
    """The decorator of an installation that asks for the password again."""
    from django.http import HttpResponseRedirect

    return lambda request, *args, **kwargs: HttpResponseRedirect("/cuenta/confirmar/")


@pytest.mark.beyond(16)
def test_the_identity_is_asked_again_where_the_installation_says_so(
    browse: Browse, settings: Any, expediente: Expediente, reserved: Document
) -> None:
    settings.RECORDS = {**settings.RECORDS, "CONFIRM_IDENTITY": f"{__name__}.asked_again"}
    form = {"order": reserved.order, "reason": "Incendio", "minutes": 15}
    browse("archivista").post(f"/custodia/expedientes/{expediente.pk}/emergencia/", form)
    answer = browse("jefatura").post(f"/custodia/emergencias/{BreakGlass.objects.get().pk}/", {"act": "confirm"})
    assert answer["Location"] == "/cuenta/confirmar/"
    assert browse("archivista").get(f"/custodia/documentos/{reserved.pk}/").status_code == 404


@pytest.mark.requirement("I11")
def test_a_recusal_is_written_and_ended_by_who_says_who_she_is(
    browse: Browse, cast: dict[str, Any], settings: Any, expediente: Expediente, piece: Document
) -> None:
    settings.RECORDS = {**settings.RECORDS, "CONFIRM_IDENTITY": f"{__name__}.asked_again"}
    made = recusals.recuse(actor=None, person=cast["jefatura"], subject=piece, act="Acta 1")
    for address in (f"expedientes/{expediente.pk}/impedimentos", f"impedimentos/{made.pk}/terminar"):
        assert browse("custodia").post(f"/custodia/{address}/")["Location"] == "/cuenta/confirmar/"


@pytest.mark.requirement("I11")
@pytest.mark.rule("U4")
def test_what_is_shut_today_is_not_explained_of_yesterday_to_whom_it_is_shut(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    """To whoever keeps it, it is."""
    made = factories.insert_piece(cast["archivista"], expediente, title="Acta del comité")
    piece = factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    own, person = "/custodia/accesos/propio/", f"/custodia/accesos/persona/{cast['jefatura'].pk}/"
    with clock.at(clock.now() + datetime.timedelta(days=2)):
        asked = {"document": str(piece.pk), "day": f"{clock.today() - datetime.timedelta(days=1):%d/%m/%Y}"}
        before = browse("jefatura").get(own, asked).context["asked"]
        recusal = recusals.recuse(actor=None, person=cast["jefatura"], subject=piece, act="Acta 1")
        shut = browse("jefatura").get(own, asked).content.decode()
        absent = browse("jefatura").get(own, {**asked, "document": str(recusal.pk)}).content.decode()
        kept = browse("custodia").get(person, asked).content.decode()
    assert before.allowed["view"]
    assert shut == absent.replace(str(recusal.pk), str(piece.pk))
    assert piece.title in kept


@pytest.mark.requirement("I11")
def test_a_recusal_is_written_and_ended_by_form(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    keeper, head = browse("custodia"), browse("jefatura")
    address, viewer = f"/custodia/expedientes/{expediente.pk}/impedimentos/", f"/custodia/documentos/{piece.pk}/"
    assert head.get(viewer).status_code == 200
    assert keeper.post(address, {"person": "", "act": ""}).status_code == 422
    assert keeper.post(address, {"person": str(cast["jefatura"].pk), "act": "Acta 4"}).status_code == 302
    assert head.get(viewer).status_code == 404
    assert head.get(f"/custodia/expedientes/{expediente.pk}/").status_code == 404
    assert "Acta 4" in keeper.get(address).content.decode()
    end = f"/custodia/impedimentos/{Recusal.objects.get().pk}/terminar/"
    assert keeper.post(end, {"act": "Acta 5"}).status_code == 302
    assert head.get(viewer).status_code == 200


@pytest.mark.beyond(1)
@pytest.mark.rule("A12", "U4")
def test_who_may_see_it_and_what_she_may_see(browse: Browse, cast: dict[str, Any], reserved: Document) -> None:
    keeper = browse("custodia")
    address = f"/custodia/documentos/{reserved.pk}/quien/"
    assert browse("archivista").get(address).status_code == 404
    assert "Custodia" in keeper.get(address).content.decode()
    assert "entonces no estaba radicado" in keeper.get(address, {"day": "01/01/2020"}).content.decode()
    person = f"/custodia/accesos/persona/{cast['custodia'].pk}/"
    own = keeper.get(person).content.decode()
    assert "Es custodio de este expediente" in own
    told = browse("administracion").get(person, {"document": str(reserved.pk)}).content.decode()
    assert "Por una designación como custodio" in told
    for secret in ("Plano reservado", reserved.radicado, reserved.expediente.code):
        assert secret not in told
    assert browse("ajeno").get(person).status_code == 404
    assert LedgerEvent.objects.filter(action="access.explained").count() == 4
