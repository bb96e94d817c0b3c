"""Screens of what follows a closed piece: what the form says before, and what each one sees afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records.models import ClassificationAct, Document, Expediente
from records.vocabulary import ActState, DocumentState, Level
from tests import factories, lives
from tests.integration.desk.conftest import Browse

SENT = {"tipo": "anexo_del_convenio", "date": "11/06/2026", "title": "La nueva", "reason": "Ilegible"}
BLIND = "no leerla ni abrir su recibo"


@pytest.fixture
def former(cast: dict[str, Any], expediente: Expediente) -> Document:
    piece = factories.file_piece(cast["archivista"], expediente, title="La anterior")
    return factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])


def text(words: str = "nueva") -> SimpleUploadedFile:
    return SimpleUploadedFile("acta.txt", f"Redacción {words}\n".encode(), "text/plain")


def read(browse: Browse, login: str, address: str) -> str:
    answer = browse(login).get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("act", ["version", "reemplazar"])
@pytest.mark.parametrize(
    ("level", "words"),
    [
        (Level.UNCLASSIFIED, "entra sin nivel"),
        (Level.PUBLIC, "no es pública por serlo la anterior"),
        (Level.RESTRICTED, "entra clasificada, como la anterior"),
        (Level.RESERVED, "entra reservada, como la anterior"),
    ],
)
def test_the_form_says_how_the_new_one_enters(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, act: str, level: str, words: str
) -> None:
    piece = lives.piece(cast, expediente, level)
    told = read(browse, "custodia", f"/custodia/documentos/{piece.pk}/{act}/")
    assert words in told
    assert BLIND not in told, "a custodian reads what she files"


@pytest.mark.requirement("B10", "C2")
@pytest.mark.parametrize("act", ["version", "reemplazar"])
def test_who_files_by_grant_is_told_that_she_will_not_read_it(
    browse: Browse, cast: dict[str, Any], former: Document, act: str
) -> None:
    factories.access.grant_access(
        actor=cast["custodia"], target=former, person=cast["archivista"], until=factories.FAR, reason="Caso"
    )
    address = f"/custodia/documentos/{former.pk}/{act}/"
    assert BLIND in read(browse, "archivista", address)
    answer = browse("archivista").post(address, {**SENT, "file": text()}, follow=True)
    new = Document.objects.exclude(pk=former.pk).get()
    shown = answer.content.decode()
    assert new.radicado in shown
    assert new.blob_id in shown
    assert "usted no lee la pieza nueva" in shown
    for part in ("", "recibo/", "original"):
        assert browse("archivista").get(f"/custodia/documentos/{new.pk}/{part}").status_code == 404
    assert "La nueva" not in read(browse, "archivista", f"/custodia/expedientes/{new.expediente_id}/")
    assert "La nueva" in read(browse, "custodia", f"/custodia/expedientes/{new.expediente_id}/")


@pytest.mark.requirement("B10", "I5")
def test_its_level_is_told_as_inherited_and_confirmed_from_its_screen(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, former: Document
) -> None:
    factories.appoint_custodian(expediente, cast["archivista"])
    browse("custodia").post(f"/custodia/documentos/{former.pk}/version/", {**SENT, "file": text()})
    new = Document.objects.get(previous=former)
    base = f"/custodia/documentos/{new.pk}/"
    assert "Entró con el nivel de la pieza que sigue o reemplaza" in read(browse, "archivista", base)
    assert "El documento entró con el nivel" in read(browse, "archivista", base + "ficha/")
    entered = ClassificationAct.objects.get(document=new)
    act = read(browse, "archivista", f"/custodia/aprobaciones/{entered.pk}/")
    assert "Nadie lo propuso" in act
    assert former.radicado in act
    assert "Antes" not in act, "it never stood at any other level"
    factories.access.grant_access(
        actor=cast["custodia"], target=new, person=cast["revisora"], until=factories.FAR, reason="Caso"
    )
    assert former.radicado not in read(browse, "revisora", f"/custodia/aprobaciones/{entered.pk}/")
    assert base in read(browse, "archivista", "/custodia/")
    form = browse("archivista").get(base + "nivel/")
    assert "Nadie ha aprobado todavía un nivel" in form.content.decode()
    filled = {bound.html_name: bound.value() for bound in form.context["form"] if bound.value()}
    answer = browse("archivista").post(base + "nivel/", {**filled, "generated": "10/06/2026", "until": "10/06/2036"})
    assert answer.status_code == 302, "what it inherited is there to be confirmed"
    waiting = ClassificationAct.objects.get(document=new, state=ActState.PROPOSED)
    browse("jefatura").post(f"/custodia/aprobaciones/{waiting.pk}/", {"decision": "approve"})
    new.refresh_from_db()
    assert (new.level, new.state) == (Level.RESERVED, DocumentState.CLASSIFIED)
    assert "Entró con el nivel" not in read(browse, "custodia", base)
