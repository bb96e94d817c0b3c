"""The quarantine's pages: reasons in sentences, names that turn nothing, one act that needs a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.errors import RejectedUpload
from records.models import Expediente, Quarantined
from tests import factories

PROGRAM = b"MZ\x90\x00" + b"\0" * 80


@pytest.fixture
def refused(cast: dict[str, Any], expediente: Expediente) -> Quarantined:
    with pytest.raises(RejectedUpload):
        factories.file_piece(cast["archivista"], expediente, PROGRAM, 'acta\u202efdp "1"<script>.exe')
    return Quarantined.objects.get()


@pytest.mark.rule("C5")
@pytest.mark.criterion(19)
def test_it_is_told_by_name_reason_digest_and_person(browse: Any, refused: Quarantined) -> None:
    body = browse("custodia").get("/custodia/cuarentena/").content.decode()
    for said in ("Contiene un programa", "archivista", refused.expediente.code, refused.digest):
        assert said in body
    assert "<bdi>acta fdp" in body or "<bdi>actafdp" in body
    assert "\u202e" not in body
    assert "<script>." not in body
    bandeja = browse("custodia").get("/custodia/").content.decode()
    assert "En cuarentena" in bandeja
    assert f"/custodia/cuarentena/{refused.pk}/atender/" in bandeja


@pytest.mark.rule("C5")
def test_attending_asks_for_a_reason_and_then_nothing_waits(browse: Any, refused: Quarantined) -> None:
    client, address = browse("custodia"), f"/custodia/cuarentena/{refused.pk}/atender/"
    assert "no se pueden recuperar" in client.get(address).content.decode()
    again = client.post(address, {"reason": ""})
    assert again.status_code == 422
    assert "Indique el motivo" in again.content.decode()
    assert Quarantined.objects.get().settled_at is None
    done = client.post(address, {"reason": "Se pidió otro."}, follow=True)
    assert "Quedó atendido" in done.content.decode()
    assert "Nada espera en cuarentena" in done.content.decode()
    everything = client.get("/custodia/cuarentena/?ver=todos").content.decode()
    assert "Se pidió otro." in everything
    late = browse("archivista").post(address, {"reason": "Tarde"})
    assert "ya fue atendido" in late.content.decode()
    assert 'name="reason"' not in browse("archivista").get(address).content.decode()


@pytest.mark.rule("C5")
@pytest.mark.parametrize("login", ["jefatura", "auditoria", "revisora", "ajeno", "proveedor"])
def test_nobody_else_meets_it(browse: Any, refused: Quarantined, login: str) -> None:
    client = browse(login)
    hidden = client.get(f"/custodia/cuarentena/{refused.pk}/atender/")
    absent = client.get("/custodia/cuarentena/00000000-0000-4000-8000-000000000007/atender/")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert client.get("/custodia/cuarentena/").status_code == 403
    assert "cuarentena" not in client.get("/custodia/").content.decode()
    found = client.get("/custodia/buscar/?q=acta").content.decode()
    assert str(refused.pk) not in found


def test_the_list_costs_the_same_for_any_number(browse: Any, cast: dict[str, Any], expediente: Expediente) -> None:
    from records import clock

    counts = []
    for _ in range(2):
        for _ in range(5):
            Quarantined.objects.create(
                expediente=factories.make_expediente(cast["archivista"]), person=cast["archivista"], at=clock.now(),
                original_name="x.exe", reasons=["executable", "malware"], size=1,
            )  # fmt: skip
        client = browse("custodia")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/custodia/cuarentena/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
