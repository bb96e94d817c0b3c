"""What the pages of access say once something was done: who, until when, and by which door one goes on."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records import clock
from records.models import Document, Expediente, Grant
from records.services import access, break_glass
from tests import factories
from tests.integration.desk.conftest import Browse

UNTIL = f"{factories.FAR:%d/%m/%Y}"


@pytest.mark.beyond(2)
def test_a_grant_is_told_with_who_and_its_days(browse: Browse, cast: dict[str, Any], piece: Document) -> None:
    client, address = browse("custodia"), f"/custodia/documentos/{piece.pk}/accesos/"
    form = {"person": str(cast["revisora"].pk), "until": UNTIL, "reason": "Caso 117"}
    tomorrow = clock.today() + datetime.timedelta(days=1)
    name = cast["revisora"].get_full_name()
    later = client.post(address, {**form, "starts_on": f"{tomorrow:%d/%m/%Y}"}, follow=True).content.decode()
    assert f"{name} tendrá acceso desde el {tomorrow.day} de" in later
    assert "desde ahora y" not in later
    now = client.post(address, {**form, "person": str(cast["ajeno"].pk)}, follow=True).content.decode()
    assert f"{cast['ajeno'].get_full_name()} tiene acceso desde ahora y hasta el {factories.FAR.day} de" in now


@pytest.mark.beyond(2)
def test_what_a_person_could_see_is_reached_from_her_grant_by_its_custodian_alone(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    grant = access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    page, door = f"/custodia/accesos/{grant.pk}/", f"/custodia/accesos/persona/{cast['revisora'].pk}/"
    assert door in browse("custodia").get(page).content.decode()
    assert browse("custodia").get(door).status_code == 200
    assert door in browse("custodia").get(f"/custodia/documentos/{piece.pk}/quien/").content.decode()
    assert door not in browse("revisora").get(page).content.decode()


@pytest.mark.beyond(2)
def test_an_emergency_is_told_with_its_minutes_and_without_its_number(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, "reserved", title="Plano reservado")
    asked = break_glass.ask_to_break(actor=cast["secretaria.general"], document=piece, reason="Audiencia", minutes=9)
    break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    listed = browse("secretaria.general").get("/custodia/accesos/").content.decode()
    assert "Plano reservado" in listed
    assert str(asked.pk) not in listed
    waits = browse("custodia").get(f"/custodia/emergencias/{asked.pk}/").content.decode()
    assert "Podrá revisarlo cuando se cierre" in waits
    ends = Grant.objects.get().expires_at
    assert ends is not None
    assert f":{ends:%M}" in listed


@pytest.mark.beyond(2)
def test_a_recusal_is_told_with_whose_it_is_and_from_when(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    client, address = browse("custodia"), f"/custodia/expedientes/{expediente.pk}/impedimentos/"
    tomorrow, name = clock.today() + datetime.timedelta(days=1), cast["revisora"].get_full_name()
    form = {"person": str(cast["revisora"].pk), "act": "Acta 4"}
    later = client.post(address, {**form, "starts_on": f"{tomorrow:%d/%m/%Y}"}, follow=True).content.decode()
    assert f"El impedimento de {name} quedó registrado. Rige desde el {tomorrow.day} de" in later
    now = client.post(address, {**form, "person": str(cast["ajeno"].pk)}, follow=True).content.decode()
    assert f"El impedimento de {cast['ajeno'].get_full_name()} quedó registrado. Rige desde ahora." in now
