"""What is told of the search's truth: its state and its queue, incidents, and the daily comparison with its report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from cms.custody_source import CustodySource
from cms.worker.loop import compare_index
from records.models import Document, Expediente, LedgerEvent
from records.services import index_audits
from records.vocabulary import Level
from search import api as search
from search import conf, outbox
from search.models import OutboxEntry
from tests import factories
from tests.integration.desk.conftest import Browse

INTEGRITY, HEALTH = "/custodia/integridad/", "/custodia/salud/"
REPORT = "/custodia/integridad/busqueda."
pytestmark = pytest.mark.usefixtures("index")


def page(browse: Browse, login: str, path: str) -> str:
    answer = browse(login).get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    """Filed, and in the index."""
    filed = factories.file_piece(cast["archivista"], expediente, b"Una pieza")
    search.drain()
    return filed


def drop_from_index(*pieces: Document) -> None:
    with conf.get_engine().writer() as writer:
        writer.remove([("custody", str(piece.pk)) for piece in pieces])
        writer.commit()


@pytest.mark.beyond(4)
@pytest.mark.requirement("J7")
def test_the_daily_comparison_mends_and_its_report_is_a_record(
    browse: Browse, piece: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare_index()
    assert "Iguales" in page(browse, "auditoria", INTEGRITY)
    drop_from_index(piece)
    compare_index()
    assert LedgerEvent.objects.filter(action="search.audited").count() == 1, "once a day"
    monkeypatch.setattr(index_audits, "EVERY", timedelta(0))
    compare_index()
    (event,) = LedgerEvent.objects.filter(action="search.audited").order_by("-index")[:1]
    facts = json.loads(event.payload)["facts"]
    assert (facts["missing"], facts["extra"], facts["differs"], facts["repaired"]) == (1, 0, 0, True)
    assert facts["findings"] == [["missing", "custody", str(piece.pk)]]
    assert piece.title not in event.payload
    assert not search.audit()
    assert "Corregido" in page(browse, "archivista", INTEGRITY)


@pytest.mark.beyond(4)
def test_the_report_leaves_as_a_file_and_names_no_piece_that_its_reader_may_not_read(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    search.drain()
    factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])
    search.drain()
    drop_from_index(piece)
    search.audit(repair=True)
    told = json.loads(browse("custodia").get(f"{REPORT}json").content)["audits"][0]
    assert (told["missing"], told["findings"]) == (1, [{"kind": "missing", "source": "custody", "key": str(piece.pk)}])
    hidden = json.loads(browse("auditoria").get(f"{REPORT}json").content)["audits"][0]
    assert (hidden["missing"], hidden["findings"][0]["key"]) == (1, None)
    lines = browse("custodia").get(f"{REPORT}csv").content.decode("utf-8-sig").splitlines()
    assert str(piece.pk) in lines[1]
    assert LedgerEvent.objects.filter(action="export.made").count() == 3
    assert browse("revisora").get(f"{REPORT}json").status_code == 403


@pytest.mark.criterion(25)
@pytest.mark.rule("U1")
def test_a_hit_that_the_database_refuses_is_an_incident_that_who_answers_for_it_sees(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    search.drain()
    entry = next(iter(CustodySource().load([str(piece.pk)])))
    with conf.get_engine().writer() as writer:
        writer.put([replace(entry, key="3f2504e0-4f89-41d3-9a0c-0305e82c3301")])
        writer.commit()
    answer = search.search(cast["archivista"], entry.title)
    assert answer.total == len(answer.hits) == 1
    assert "que la base no confirma" in page(browse, "auditoria", INTEGRITY)


@pytest.mark.requirement("J7")
def test_health_tells_a_damaged_index_and_filing_goes_on(
    browse: Browse, cast: dict[str, Any], piece: Document, index: Path
) -> None:
    search.drain()
    assert "Responde completa." in page(browse, "ajeno", HEALTH)
    (file,) = (index / (index / "CURRENT").read_text() / piece.level).glob("*.idx")
    file.write_bytes(bytes(reversed(file.read_bytes())))
    assert search.verify() is False
    assert "se dañó" in page(browse, "ajeno", HEALTH)
    assert browse("archivista").get("/custodia/buscar/", {"q": "acta"}).status_code == 503
    factories.file_piece(cast["archivista"], piece.expediente, b"Otra pieza")
    assert outbox.queue().length == 1
    search.mend()
    search.drain()
    assert "Responde completa." in page(browse, "ajeno", HEALTH)
    assert browse("archivista").get("/custodia/buscar/", {"q": "acta"}).status_code == 200


@pytest.mark.requirement("J7")
@pytest.mark.rule("A7")
def test_length_and_age_of_the_queue_are_told_to_who_answers_for_it_alone(
    browse: Browse, cast: dict[str, Any], piece: Document
) -> None:
    search.drain()
    quiet = page(browse, "ajeno", HEALTH)
    factories.file_piece(cast["archivista"], piece.expediente, b"Otra pieza")
    OutboxEntry.objects.update(enqueued_at=Now() - timedelta(hours=2), attempts=9)
    told = page(browse, "auditoria", HEALTH)
    assert "1 cambio espera para entrar al índice, desde hace 2 horas" in told
    assert "1 no entra después de varios intentos" in told
    others = page(browse, "ajeno", HEALTH)
    assert "espera para entrar" not in others
    assert quiet.count("Requiere atención") == others.count("Requiere atención")
