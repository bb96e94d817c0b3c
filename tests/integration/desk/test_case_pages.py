"""The pages of cases, of what is a supplier's, of one recused piece, and of organisations and their people."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group

from records import clock, permissions
from records.models import AccessCase, Document, Expediente, Organisation, OrganisationMember, Recusal, Tie
from records.vocabulary import Action, Level, Role
from tests import factories
from tests.integration.desk.conftest import Browse

UNTIL = f"{clock.today() + datetime.timedelta(days=30):%d/%m/%Y}"


@pytest.fixture
def reserved(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="Plano reservado")


def reads(person: Any, piece: Document) -> bool:
    return permissions.allows(type(person).objects.get(pk=person.pk), Action.VIEW, piece)


@pytest.mark.rule("A9")
@pytest.mark.rule("A8")
def test_a_case_is_opened_listed_told_and_ended(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    client, address = browse("custodia"), f"/custodia/expedientes/{expediente.pk}/casos/nuevo/"
    empty = client.post(address, {"reach": "some"})
    assert empty.status_code == 422
    for lacking in ("la autoridad que lo pide", "el número del caso", "la persona", "al menos una pieza"):
        assert lacking in empty.content.decode()
    form = {
        "basis": "authority", "authority": "Contraloría General", "official": "Luz Mora, contralora",
        "instrument": "Oficio 2026EE001", "instrument_on": f"{clock.today():%d/%m/%Y}", "case_number": "CASO-31",
        "person": str(cast["auditoria"].pk), "until": UNTIL, "reason": "Control", "reach": "some",
        "pieces": [str(reserved.pk)],
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    made = AccessCase.objects.get()
    assert reads(cast["auditoria"], reserved)
    assert "CASO-31" in client.get("/custodia/casos/").content.decode()
    shown = browse("auditoria").get(f"/custodia/documentos/{reserved.pk}/").content.decode()
    assert "Descargar copia marcada" in shown
    assert "Usted la lee para un caso" in shown
    told = client.get(f"/custodia/casos/{made.pk}/").content.decode()
    for word in ("Contraloría General", "Luz Mora", "Oficio 2026EE001", "Plano reservado", "Consultó el documento"):
        assert word in told
    assert browse("auditoria").get(f"/custodia/casos/{made.pk}/").status_code == 404
    ended = client.post(f"/custodia/casos/{made.pk}/terminar/", {"act": "Auto de archivo"})
    assert ended.status_code == 302
    assert not reads(cast["auditoria"], reserved)
    assert "Auto de archivo" in client.get(f"/custodia/casos/{made.pk}/").content.decode()


@pytest.mark.requirement("I7")
def test_who_speaks_for_whom_and_what_is_theirs_are_managed_by_different_people(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    manager, keeper = browse("administracion"), browse("custodia")
    made = manager.post(
        "/custodia/organizaciones/nueva/", {"kind": "supplier", "name": "Radares S.A.", "tax_id": "900"}
    )
    assert made.status_code == 302
    one = Organisation.objects.get()
    page = f"/custodia/organizaciones/{one.pk}/"
    assert manager.post(f"{page}vincular/", {}).status_code == 422
    person = cast["ajeno"]
    joined = {"person": str(person.pk), "act": "Poder 3"}
    assert manager.post(f"{page}vincular/", joined).status_code == 302
    assert manager.post(f"{page}vincular/", joined).status_code == 422, "she acts for it already"
    assert "todavía no lee nada" in manager.get(page).content.decode()
    person.groups.add(Group.objects.get_or_create(name=Role.SUPPLIER)[0])
    assert "todavía no lee nada" not in manager.get(page).content.decode()
    ties = f"/custodia/documentos/{piece.pk}/organizaciones/"
    assert keeper.post(ties, {"organisation": str(one.pk), "kind": "produced", "act": ""}).status_code == 422
    assert not reads(person, piece)
    said = {"organisation": str(one.pk), "kind": "produced", "act": "Carátula, folio 1"}
    assert keeper.post(ties, said).status_code == 302
    assert reads(person, piece)
    assert keeper.post(ties, said).status_code == 422, "it is said already"
    assert piece.title not in manager.get(page).content.decode(), "who manages people is told of no piece"
    assert manager.get(ties).status_code == 404
    tie = Tie.objects.get()
    assert keeper.post(f"/custodia/organizaciones/{tie.pk}/retirar/", {"act": "No lo produjo"}).status_code == 302
    assert not reads(person, piece)
    assert "No lo produjo" in keeper.get(ties).content.decode()
    member = OrganisationMember.objects.get()
    left = manager.post(f"/custodia/organizaciones/vinculos/{member.pk}/terminar/", {"reason": "Renuncia"})
    assert left.status_code == 302
    assert "Renuncia" in manager.get(page).content.decode()
    assert "Radares S.A." in manager.get(f"/custodia/personas/{person.pk}/").content.decode()


@pytest.mark.requirement("I11")
def test_one_piece_is_recused_from_its_own_page(browse: Browse, cast: dict[str, Any], piece: Document) -> None:
    client, address = browse("custodia"), f"/custodia/documentos/{piece.pk}/impedimentos/"
    assert address in client.get(f"/custodia/documentos/{piece.pk}/").content.decode()
    assert reads(cast["jefatura"], piece)
    assert client.post(address, {"person": str(cast["jefatura"].pk), "act": "Acta 4"}).status_code == 302
    assert not reads(cast["jefatura"], piece)
    assert browse("jefatura").get(f"/custodia/documentos/{piece.pk}/").status_code == 404
    assert browse("jefatura").get(f"/custodia/expedientes/{piece.expediente_id}/").status_code == 200
    ended = client.post(f"/custodia/impedimentos/{Recusal.objects.get().pk}/terminar/", {"act": "Acta 5"})
    assert ended.headers["Location"] == address
    assert reads(cast["jefatura"], piece)
