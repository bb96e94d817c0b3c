"""Screens of an expediente's life: opening, its tabs, its acts, and what each tells before it is done."""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records import audit, clock
from records.holds.acts import lift_hold, place_hold
from records.models import Annex, Annulment, Appointment, Document, Expediente
from records.services import closing, placements
from records.services.annexes import list_annex
from records.vocabulary import DocumentState, ExpedienteKind, HoldKind, Level
from tests import factories, lives
from tests.integration.desk.conftest import Browse

NEW = "/custodia/expedientes/nuevo/"


def opening(cast: dict[str, Any], **given: str) -> dict[str, str]:
    usual = {
        "kind": "derived", "code": "GC-130-UNO", "title": "Uno", "opened_on": "10/06/2026",
        "office": "contracts_group", "format": "electronic", "custodian": str(cast["custodia"].pk),
        "custodian_act": "Resolución 12", "custodian_until": "31/12/2099",
    }  # fmt: skip
    return {**usual, **given}


def page(browse: Browse, login: str, expediente: Expediente, tab: str = "") -> str:
    answer = browse(login).get(f"/custodia/expedientes/{expediente.pk}/{tab}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# Opening --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("B1", "A6")
def test_the_kind_is_asked_first_and_its_form_suggests_the_code(browse: Browse, cast: dict[str, Any]) -> None:
    factories.make_trd()
    kinds = browse("archivista").get(NEW).content.decode()
    assert re.findall(r"\?tipo=(\w+)", kinds) == ExpedienteKind.values
    for kind in ExpedienteKind.values:
        form = browse("archivista").get(f"{NEW}?tipo={kind}").content.decode()
        assert f'value="GC-{factories.SERIES[kind]}-' in form
        assert f'name="kind" value="{kind}"' in form
    suggested = browse("archivista").post(NEW, opening(cast, sugerir="1", convenio_number="CD-2026-007"))
    assert 'value="GC-130-CD-2026-007"' in suggested.content.decode()
    assert not Expediente.objects.exists()
    assert browse("jefatura").get(NEW).status_code == 403


@pytest.mark.requirement("B1")
@pytest.mark.rule("E1")
def test_an_expediente_is_opened_with_its_custodian(browse: Browse, cast: dict[str, Any]) -> None:
    parent = factories.make_expediente(cast["archivista"], "GC-120-CM-1", kind=ExpedienteKind.FRAMEWORK)
    answer = browse("archivista").post(NEW, opening(cast, parent="GC-120-CM-1", convenio_number="CD-1"))
    opened = Expediente.objects.get(code="GC-130-UNO")
    assert answer.status_code == 302
    assert (opened.parent, opened.opened_on, opened.stage) == (parent, datetime.date(2026, 6, 10), "drafting")
    assert Appointment.objects.get(expediente=opened).person == cast["custodia"]
    body = page(browse, "archivista", opened)
    for words in ("custodia: Custodia hasta el", "Etapa 1 de 9", "Serie Convenio derivado", "GC-120-CM-1", "Abierto"):
        assert words in body


@pytest.mark.rule("E1")
def test_a_faulty_opening_tells_all_and_keeps_its_values(browse: Browse, cast: dict[str, Any]) -> None:
    factories.make_trd()
    wrong = opening(cast, code="X-1", title="", opened_on="01/01/2999", format="hybrid", custodian="",
                    custodian_act="", custodian_until="01/01/2020")  # fmt: skip
    answer = browse("archivista").post(NEW, wrong)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert not Expediente.objects.exists()
    for words in (
        "un código que empiece por GC-130-", "el título", "una fecha que no sea futura", "la ubicación física",
        "una persona activa", "el acto que designa", "que no haya pasado",
    ):  # fmt: skip
        assert words in body, words
    assert 'value="X-1"' in body
    assert 'value="01/01/2999"' in body
    unknown = browse("archivista").post(NEW, opening(cast, parent="GC-120-NADA"))
    assert "No hay un expediente que usted conozca" in unknown.content.decode()
    assert browse("archivista").post(NEW, opening(cast, opened_on="31/02/2026")).status_code == 422
    assert browse("archivista").post(NEW, opening(cast, kind="otro")).status_code == 422


# The head and the lines -----------------------------------------------------------------------------------


def test_tabs_are_addresses_and_acts_are_offered_to_who_has_them(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    archivist, custodian, head = (page(browse, who, expediente) for who in ("archivista", "custodia", "jefatura"))
    for name in ("anexos", "accesos", "indice", "historia"):
        assert f'href="/custodia/expedientes/{expediente.pk}/{name}/"' in archivist
    assert ("Cambiar etapa" in archivist, ">Cerrar</a>" in archivist) == (True, False)
    assert ">Cerrar</a>" in custodian
    assert ("Cambiar etapa" in head, ">Reabrir<" in head) == (False, False)
    closing.close_expediente(actor=cast["custodia"], expediente=expediente, reason="Fin")
    assert ">Reabrir<" in page(browse, "jefatura", expediente)
    closed = page(browse, "custodia", expediente)
    assert "Cierre administrativo" in closed
    assert "Radicar documentos" not in closed
    assert "data-dropzone" not in closed


@pytest.mark.requirement("B9")
def test_lines_tell_their_state_and_are_narrowed_by_address(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    lives.piece(cast, expediente, title="Recién radicada")
    ready = lives.classified(cast, expediente, title="Con nivel")
    lives.registered(cast, expediente, title="Ya registrada")
    lives.piece(cast, expediente, Level.RESERVED, state=DocumentState.ANNULLED, title="Secreta anulada")
    whole = page(browse, "archivista", expediente)
    for state in ("Radicado", "Clasificado", "Registrado", "Anulado"):
        assert f"</svg>{state}</span>" in whole
    assert "Secreta" not in whole
    assert f'href="/custodia/documentos/{ready.pk}/registrar/"' in whole
    narrowed = page(browse, "archivista", expediente, "?estado=registered")
    assert ("Ya registrada" in narrowed, "Recién radicada" in narrowed) == (True, False)
    assert "coincide con el filtro" in page(browse, "archivista", expediente, "?tipo=no_existe")
    assert "Recién radicada" in page(browse, "archivista", expediente, "?estado=basura&desde=x")


@pytest.mark.rule("E2")
def test_long_lists_are_paged_by_order(browse: Browse, cast: dict[str, Any], expediente: Expediente) -> None:
    for _number in range(105):
        lives.piece(cast, expediente, Level.PUBLIC)
    first = page(browse, "archivista", expediente)
    assert first.count('class="row-title"') == 100
    assert 'rel="next" href="?desde=101"' in first
    second = page(browse, "archivista", expediente, "?desde=101")
    assert second.count('class="row-title"') == 5
    assert 'rel="prev" href="?desde=1"' in second
    lives.piece(cast, expediente, Level.PUBLIC)
    assert page(browse, "archivista", expediente, "?desde=101").count('class="row-title"') == 6
    assert page(browse, "archivista", expediente, "indice/?completo").count('class="row-title"') == 106


def test_every_tab_and_act_costs_the_same_for_any_number_of_pieces(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    shelf = factories.make_expediente(cast["archivista"], kind=ExpedienteKind.SETTLEMENT)
    factories.appoint_custodian(shelf, cast["custodia"])
    addresses = ("", "anexos/", "indice/", "historia/", "registrar/", "etapa/", "cerrar/")
    client = browse("custodia")

    def costs() -> dict[str, int]:
        found = {}
        for tab in addresses:
            client.get(f"/custodia/expedientes/{shelf.pk}/{tab}")
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/custodia/expedientes/{shelf.pk}/{tab}").status_code == 200
            found[tab] = len(captured)
        return found

    def fill(count: int) -> None:
        for number in range(count):
            annex = list_annex(actor=cast["custodia"], expediente=shelf, key=f"A-{Annex.objects.count()}", label="A")
            lives.classified(cast, shelf, annex=annex)
            lives.piece(cast, shelf, state=DocumentState.ANNULLED if number % 2 else DocumentState.FILED)
            elsewhere = lives.piece(cast, expediente, Level.PUBLIC)
            placements.place_document(actor=cast["custodia"], document=elsewhere, expediente=shelf, reason="x")

    fill(3)
    few = costs()
    fill(12)
    assert costs() == few


# Acts upon the expediente ---------------------------------------------------------------------------------


@pytest.mark.requirement("P3")
def test_the_stage_is_moved_with_a_reason_and_the_history_tells_it(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    shown = lives.piece(cast, expediente, title="Minuta firmada")
    client, address = browse("archivista"), f"/custodia/expedientes/{expediente.pk}/etapa/"
    offered = client.get(address).content.decode()
    assert 'value="clearance"' in offered
    assert 'value="signed"' not in offered, "a stage is not skipped"
    silent = client.post(address, {"stage": "clearance", "reason": ""})
    assert (silent.status_code, "el motivo" in silent.content.decode()) == (422, True)
    sent = client.post(address, {"stage": "clearance", "reason": "Minuta completa", "evidence": str(shown.pk)})
    assert sent.status_code == 302
    told = page(browse, "archivista", expediente, "historia/")
    for words in ("Cambió la etapa del expediente", "Minuta completa", "Estudios previos y minuta → Vistos buenos",
                  "Minuta firmada"):  # fmt: skip
        assert words in told
    assert "Regresar a: Estudios previos y minuta" in client.get(address).content.decode()


@pytest.mark.rule("E7")
def test_closing_tells_its_effect_and_all_that_is_lacking(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    lives.piece(cast, expediente, title="Acta pendiente")
    lives.registered(cast, expediente)
    client, address = browse("custodia"), f"/custodia/expedientes/{expediente.pk}/cerrar/"
    told = " ".join(client.get(address).content.decode().split())
    assert "Se sellan las piezas registradas (1 de 2)." in told
    assert "en la etapa «Estudios previos y minuta» y su curso termina en «Cerrado»" in told, "said, not refused"
    assert "Acta pendiente" in told
    refused = client.post(address, {"reason": "Fin"})
    assert (refused.status_code, "el orden 1" in refused.content.decode()) == (422, True)
    silent = " ".join(client.post(address, {"reason": ""}).content.decode().split())
    assert '<a href="#id_reason">Motivo</a>: Indique el motivo.' in silent, "the fault leads to its field"
    assert "el orden 1" in silent
    assert told.index('name="cancelar"') < told.index("button-danger"), "leaving is what the Enter key does"
    assert client.post(address, {"cancelar": "1", "reason": "Fin"}).status_code == 302
    expediente.refresh_from_db()
    assert expediente.state == "open"


@pytest.mark.rule("E7")
def test_an_expediente_is_closed_twice_and_reopened_from_its_screens(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    lives.registered(cast, expediente)
    base = f"/custodia/expedientes/{expediente.pk}/"
    assert browse("custodia").post(f"{base}cerrar/", {"reason": "Terminó"}).status_code == 302
    too_soon = browse("custodia").post(f"{base}cierre-definitivo/", {"reason": "Prescribió"})
    assert "en una fecha posterior" in too_soon.content.decode()
    with clock.at(clock.now() + datetime.timedelta(days=900)):
        assert browse("custodia").post(f"{base}cierre-definitivo/", {"reason": "Prescribió"}).status_code == 302
        assert "Cierre definitivo" in page(browse, "jefatura", expediente)
        silent = browse("jefatura").post(f"{base}reabrir/", {"cause": " "})
        assert "la causa legal o administrativa" in silent.content.decode()
        assert browse("jefatura").post(f"{base}reabrir/", {"cause": "Fallo 12"}).status_code == 302
        told = page(browse, "jefatura", expediente, "historia/")
        for words in ("Reabrió el expediente", "Fallo 12", "Cerró definitivamente", "Prescribió", "Terminó"):
            assert words in told
    expediente.refresh_from_db()
    assert expediente.state == "open"


@pytest.mark.requirement("B8")
def test_the_registry_of_annexes_is_kept_and_read_at_its_tab(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    base = f"/custodia/expedientes/{expediente.pk}/anexos/"
    empty = browse("archivista").get(base).content.decode()
    assert "El registro no tiene anexos" in empty
    for key in ("SD-A1.1", "PI-A2.1"):
        sent = browse("archivista").post(f"{base}nuevo/", {"key": key, "label": "Anexo 1", "title": f"Título {key}"})
        assert sent.headers["Location"] == base
    repeated = browse("archivista").post(f"{base}nuevo/", {"key": "SD-A1.1", "label": "", "template": "iii"})
    assert "una clave que no esté en el registro" in repeated.content.decode()
    assert "el rótulo" in repeated.content.decode()
    told = page(browse, "archivista", expediente, "anexos/")
    assert told.count("Anexo 1<") == 2
    assert "Se espera" in told
    lives.piece(cast, expediente, Level.RESERVED, annex=Annex.objects.get(key="PI-A2.1"), title="Licencia")
    told = page(browse, "archivista", expediente, "anexos/")
    assert "Título SD-A1.1" in told
    assert "Título PI-A2.1" not in told
    assert "1 pieza que usted no lee" in told
    assert "Título PI-A2.1" in page(browse, "custodia", expediente, "anexos/")


@pytest.mark.rule("E3", "E8")
def test_the_index_is_previewed_with_its_thirteen_columns_and_its_sheet_is_a_word_file(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    read = lives.piece(cast, expediente, Level.PUBLIC, title="Convenio suscrito", pages=3)
    secret = lives.piece(cast, expediente, Level.RESERVED, title="Anexo secreto")
    told = page(browse, "archivista", expediente, "indice/")
    assert told.count('scope="col"') == 13
    for words in (str(read.pk), read.blob_id, "SHA-256", "Convenio suscrito", "10 jun 2026", "TXT"):
        assert words in told
    local = timezone.localtime(read.filed_at)
    assert re.search(rf">{local.day}\s\w+\s{local.year}, {local:%H:%M}</time>", told), "the minute, in Bogotá"
    for words in (str(secret.pk), secret.blob_id, "Anexo secreto"):
        assert words not in told
    assert "Documento en reserva" in told
    answer = browse("archivista").get(f"/custodia/expedientes/{expediente.pk}/hoja-de-control/")
    assert answer["Content-Disposition"] == f'attachment; filename="hoja-de-control-{expediente.code}.docx"'
    paper = docx.Document(io.BytesIO(answer.content))
    assert [row.cells[3].text for row in paper.tables[0].rows][1:] == ["Convenio suscrito", "Documento en reserva"]


# Acts upon a piece ----------------------------------------------------------------------------------------


@pytest.mark.requirement("B9")
@pytest.mark.rule("C1")
def test_a_piece_is_registered_from_its_screen_with_what_it_lacked(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    tipo = factories.make_tipo("anexo_exigente", requires=["annex", "template_version"])
    piece = lives.classified(cast, expediente, tipo=tipo)
    list_annex(actor=cast["archivista"], expediente=expediente, key="A-1", label="Anexo 1")
    client, address = browse("archivista"), f"/custodia/documentos/{piece.pk}/registrar/"
    told = client.get(address).content.decode()
    assert "el anexo del registro" in told.lower()
    refused = client.post(address, {"annex": "", "template_version": ""})
    assert (refused.status_code, "la versión del modelo" in refused.content.decode()) == (422, True)
    assert client.post(address, {"annex": "A-1", "template_version": "2026"}).status_code == 302
    piece.refresh_from_db()
    assert (piece.state, piece.template_version) == ("registered", "2026")
    viewer = client.get(f"/custodia/documentos/{piece.pk}/").content.decode()
    assert "Registrado" in viewer
    assert "A-1" in viewer


@pytest.mark.requirement("B9")
def test_the_complete_ones_are_registered_together_and_the_rest_told(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    tipo = factories.make_tipo("anexo_exigente", requires=["annex"])
    lives.classified(cast, expediente)
    lacking = lives.classified(cast, expediente, tipo=tipo, title="Sin anexo")
    client, address = browse("archivista"), f"/custodia/expedientes/{expediente.pk}/registrar/"
    assert "Registrar 1 pieza" in client.get(address).content.decode()
    done = client.post(address).content.decode()
    assert "Se registró 1 pieza." in done
    assert "Sin anexo" in done
    assert f'href="/custodia/documentos/{lacking.pk}/registrar/"' in done
    assert Document.objects.filter(state="registered").count() == 1
    assert "Se registraron 0 piezas." in client.post(address).content.decode()


@pytest.mark.requirement("B10")
def test_annulling_tells_its_effect_in_numbers_before_the_button(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = lives.piece(cast, expediente, Level.PUBLIC, pages=3)
    shelf = factories.make_expediente(cast["archivista"], kind=ExpedienteKind.SETTLEMENT)
    placements.place_document(actor=cast["archivista"], document=piece, expediente=shelf, reason="x")
    factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="Caso"
    )
    client, address = browse("archivista"), f"/custodia/documentos/{piece.pk}/anular/"
    told = " ".join(client.get(address).content.decode().split())
    for words in ("su orden 1, sus folios 1 a 3", "1 persona con acceso por su nombre", "en 1 expediente"):
        assert words in told
    assert told.index("Qué cambia") < told.index('name="reason"') < told.index("button-danger")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert not Annulment.objects.exists()
    assert client.post(address, {"reason": "Llegó dos veces"}).status_code == 302
    viewer = browse("revisora").get(f"/custodia/documentos/{piece.pk}/").content.decode()
    assert "Anulado" in viewer
    assert "Llegó dos veces" in viewer
    assert "is-annulled" in page(browse, "archivista", shelf)


@pytest.mark.requirement("B10")
def test_a_piece_is_replaced_and_a_version_filed_from_its_screen(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b"Primera redaccion del acta.\n", title="Acta")
    base = f"/custodia/documentos/{piece.pk}/"
    sent = {"tipo": "anexo_del_convenio", "date": "11/06/2026", "title": "Acta", "file": text("segunda")}
    landed = browse("archivista").post(f"{base}version/", sent, follow=True).content.decode()
    second = Document.objects.get(previous=piece)
    assert "Se radicó la versión nueva" in landed
    assert "Recibo de radicación" in landed
    assert second.radicado in landed
    viewer = browse("archivista").get(base).content.decode()
    assert "Versiones" in viewer
    assert f"/custodia/documentos/{second.pk}/" in viewer
    twin = {**sent, "reason": "Ilegible", "file": text("segunda")}
    refused = browse("archivista").post(f"{base}reemplazar/", twin)
    assert refused.status_code == 422
    assert "ya está radicado" in refused.content.decode()
    assert "elija de nuevo el archivo" in refused.content.decode()
    assert '<select name="duplicate"' in refused.content.decode()
    assert not Annulment.objects.exists()
    good = {**sent, "reason": "Ilegible", "file": text("tercera")}
    assert browse("archivista").post(f"{base}reemplazar/", good).status_code == 302
    annulment = Annulment.objects.get()
    assert annulment.document == piece
    assert annulment.replaced_by is not None
    assert f"/custodia/documentos/{annulment.replaced_by.pk}/" in browse("archivista").get(base).content.decode()
    hidden = lives.piece(cast, expediente, Level.RESERVED, title="Nombre secreto")
    form = browse("custodia").get(f"/custodia/documentos/{hidden.pk}/version/").content.decode()
    assert 'name="title" value="Nombre secreto"' in form, "what follows is as closed as the former"
    assert "entra reservada" in form


def text(words: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("acta.txt", f"Redaccion {words} del acta.\n".encode(), "text/plain")


@pytest.mark.rule("E10")
def test_a_piece_is_incorporated_from_either_side(browse: Browse, cast: dict[str, Any], expediente: Expediente) -> None:
    one, two = lives.piece(cast, expediente, Level.PUBLIC), lives.piece(cast, expediente, Level.PUBLIC)
    shelf = factories.make_expediente(cast["archivista"], kind=ExpedienteKind.SETTLEMENT)
    client = browse("archivista")
    told = {"code": shelf.code, "reason": "Soporte"}
    assert client.post(f"/custodia/documentos/{one.pk}/incorporar/", told).status_code == 302
    sent = client.post(f"/custodia/expedientes/{shelf.pk}/incorporar/", {"radicado": two.radicado, "reason": "Soporte"})
    assert sent.headers["Location"] == f"/custodia/expedientes/{shelf.pk}/"
    body = page(browse, "archivista", shelf)
    assert body.count("incorporado de") == 2
    again = client.post(f"/custodia/documentos/{one.pk}/incorporar/", told)
    assert "ya está incorporada" in again.content.decode()
    hidden = lives.piece(cast, expediente, Level.RESERVED)
    wrong = client.post(
        f"/custodia/expedientes/{shelf.pk}/incorporar/", {"radicado": hidden.radicado, "reason": "x"}
    ).content.decode()
    unknown = client.post(
        f"/custodia/expedientes/{shelf.pk}/incorporar/", {"radicado": "2026-000000", "reason": "x"}
    ).content.decode()
    assert "No hay una pieza que usted lea con ese radicado." in wrong
    assert blind(wrong, hidden.radicado) == blind(unknown, "2026-000000"), "a hidden number is one more unknown"
    viewer = client.get(f"/custodia/documentos/{one.pk}/").content.decode()
    assert shelf.code in viewer


def blind(body: str, word: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body).replace(word, "")


@pytest.mark.rule("C10")
def test_the_paper_of_a_piece_is_noted_and_read_beside_it(browse: Browse, cast: dict[str, Any]) -> None:
    hybrid = factories.make_expediente(cast["archivista"], format="hybrid", physical_place="Archivo de gestión")
    piece = lives.digitised(cast, hybrid)
    client, address = browse("archivista"), f"/custodia/documentos/{piece.pk}/ubicacion/"
    silent = client.post(address, {"archive": "", "cross_reference": ""}).content.decode()
    assert "el archivo o depósito" in silent
    assert "la referencia cruzada" in silent
    for box in ("7", "8"):
        sent = client.post(address, {"archive": "Depósito 2", "box": box, "cross_reference": "Testigo 4"})
        assert sent.status_code == 302
    viewer = " ".join(client.get(f"/custodia/documentos/{piece.pk}/").content.decode().split())
    for words in ("Depósito 2", "caja 8", "Testigo 4", "antes, en 1 lugar"):
        assert words in viewer
    assert "híbrido" in page(browse, "archivista", hybrid)
    assert client.post(f"/custodia/expedientes/{hybrid.pk}/soporte/", {"format": "electronic"}).status_code == 302
    hybrid.refresh_from_db()
    assert (hybrid.format, hybrid.physical_place) == ("electronic", "")


# The bandeja ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("A6", "P4")
def test_the_bandeja_tells_what_waits_for_registration_was_returned_or_ends_soon(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    ready = lives.classified(cast, expediente, title="Lista para registrar")
    back = lives.piece(cast, expediente, title="Propuesta devuelta")
    act = factories.classification.propose_level(
        actor=cast["custodia"], document=back, level=Level.PUBLIC, grounds=None
    )
    factories.classification.return_act(actor=cast["jefatura"], act=act, observations="Precise")
    soon, late = (clock.today() + datetime.timedelta(days=days) for days in (30, 91))
    lives.classified(cast, expediente, Level.RESTRICTED, until=soon, title="Reserva que termina")
    lives.classified(cast, expediente, Level.RESTRICTED, until=late, title="Reserva que dura")
    fallen = lives.classified(cast, expediente, title="Pieza anulada")
    Document.objects.filter(pk=fallen.pk).update(state=DocumentState.ANNULLED)
    other = factories.make_expediente(cast["archivista"], title="Custodia que termina")
    factories.appoint_custodian(other, cast["custodia"], ends_on=soon)
    body = " ".join(browse("custodia").get("/custodia/").content.decode().split())
    assert f'href="/custodia/documentos/{ready.pk}/registrar/"' in body
    assert "Propuesta devuelta" in body
    ending = body.split('id="g-levels_ending"')[1].split("<section")[0]
    assert ("Reserva que termina" in ending, "Reserva que dura" in ending) == (True, False)
    assert "la primera, en 30 días" in ending
    assert "Custodia que termina" in body.split('id="g-custody_ending"')[1]
    assert "Pieza anulada" not in body
    followed = clock.today() + datetime.timedelta(days=400)
    factories.appoint_custodian(other, cast["custodia"], starts_on=soon, ends_on=followed)
    assert "Custodia que termina" not in browse("custodia").get("/custodia/").content.decode()


@pytest.mark.rule("U4")
def test_history_leaves_the_routine_of_the_system_out_until_asked(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    kept = lives.piece(cast, expediente, title="Acta pendiente")
    with transaction.atomic():
        audit.record_each("custody.copied", actor=None, subjects=[(kept, {}), (kept, {})])
        audit.record("document.signatures_checked", actor=None, subject=kept, fault="gave_up")
    told, whole = (page(browse, "archivista", expediente, f"historia/{asked}") for asked in ("", "?sistema=mostrar"))
    assert "No se muestran 2 actos de rutina del sistema" in told
    assert "Se guardó una copia" not in told
    assert "Se validaron las firmas" in told, "a fault is never left out"
    assert whole.count("Se guardó una copia verificada") == 2
    assert "No se muestran" not in whole


@pytest.mark.rule("R5", "A8")
def test_a_hold_is_told_in_the_history_to_whoever_reads_what_it_is_over_and_its_reason_is_not(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    kept = lives.piece(cast, expediente, Level.PUBLIC, title="Acta pública")
    asked = {"kind": HoldKind.AUDIT, "authority": "Contraloría, oficio 9", "reason": "Denuncia reservada"}
    hold = place_hold(actor=cast["custodia"], target=kept, **asked)
    place_hold(actor=cast["custodia"], target=expediente, **asked)
    for login, times in (("archivista", 2), ("revisora", 1)):  # the expediente's own acts are its staff's
        told = page(browse, login, expediente, "historia/")
        assert told.count("Suspendió la disposición") == times
        assert "Denuncia" not in told
        assert "Contraloría" not in told
    lift_hold(actor=cast["jefatura"], hold=hold, authority="Contraloría, oficio 10", reason="Terminó")
    assert "Levantó la suspensión de la disposición" in page(browse, "revisora", expediente, "historia/")


@pytest.mark.rule("U1", "A8")
def test_the_custodian_is_told_of_which_piece_somebody_was_denied(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    kept = lives.piece(cast, expediente, Level.RESERVED, title="Fórmula")
    denied = browse("proveedor").get(f"/custodia/documentos/{kept.pk}/")
    assert denied.status_code == 404
    assert 'popovertarget="menu"' not in denied.content.decode(), "a menu that holds nothing is not offered"
    told = page(browse, "custodia", expediente, "historia/")
    assert f'Se negó el acceso: <a href="/custodia/documentos/{kept.pk}/">Fórmula</a>' in told
    assert "Se negó el acceso" not in page(browse, "archivista", expediente, "historia/")
