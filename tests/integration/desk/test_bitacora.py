"""/custodia/bitacora/: filters, one object's life, one person's acts, the file to take away, and verifying it."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from records import audit, clock
from records.models import Document, Expediente, Job, LedgerEvent
from records.services import jobs
from tests.factories import behind_the_product
from tests.integration.desk.conftest import Browse

BITACORA = "/custodia/bitacora/"


def shown(browse: Browse, **asked: str) -> list[int]:
    """Numbers of the events on the page."""
    response = browse("auditoria").get(BITACORA, asked)
    assert response.status_code == 200
    return [line.index for line in response.context["lines"]]


def numbers(**columns: Any) -> list[int]:
    return list(LedgerEvent.objects.filter(**columns).order_by("-index").values_list("index", flat=True))


@pytest.fixture
def busy(cast: dict[str, Any], expediente: Expediente, piece: Document, browse: Browse) -> Document:
    """Readings, a refusal and a failed verification, the first of them yesterday."""
    with clock.at(clock.now() - datetime.timedelta(days=1)), transaction.atomic():
        audit.record("search.run", actor=cast["revisora"], subject="custody")
    browse("archivista").get(f"/custodia/documentos/{piece.pk}/")
    browse("proveedor").get(f"/custodia/documentos/{piece.pk}/")
    with transaction.atomic():
        audit.record("custody.verified", actor=cast["archivista"], subject=piece, checked=1, problem="altered")
    return piece


@pytest.mark.requirement("B6")
@pytest.mark.rule("U4")
def test_each_filter_shows_what_it_says(busy: Document, expediente: Expediente, browse: Browse) -> None:
    assert shown(browse, persona="archivista") == numbers(actor="archivista")
    assert shown(browse, acto="document.viewed") == numbers(action="document.viewed")
    assert shown(browse, documento=str(busy.pk)) == numbers(object_id=str(busy.pk))
    refused = numbers(result="refused")
    assert shown(browse, resultado="refused") == refused
    assert len(refused) == 1
    assert shown(browse, resultado="failed") == numbers(action="custody.verified")
    about = sorted({*numbers(object_id=str(busy.pk)), *numbers(object_id=str(expediente.pk))}, reverse=True)
    assert shown(browse, expediente=str(expediente.pk)) == about
    assert shown(browse, expediente="GC-130-CD-2026-001") == []  # the auditor knows no expediente by its code
    day = timezone.localdate(clock.now() - datetime.timedelta(days=1))
    assert shown(browse, hasta=str(day)) == numbers(action="search.run")
    assert shown(browse, hasta=day.strftime("%d/%m/%Y")) == numbers(action="search.run")
    assert set(shown(browse, desde=str(day + datetime.timedelta(days=1)))).isdisjoint(numbers(action="search.run"))
    assert shown(browse, desde="no es un día", persona="revisora") == numbers(actor="revisora")
    assert shown(browse, desde="0001-01-01", hasta="9999-12-31", persona="revisora") == numbers(actor="revisora")


@pytest.mark.rule("U1")
def test_asking_the_ledger_about_somebody_is_told_and_a_code_is_not(busy: Document, browse: Browse) -> None:
    shown(browse, persona="archivista", expediente="GC-SECRETO")
    told = json.loads(LedgerEvent.objects.get(action="ledger.searched").payload)
    assert (told["actor"], told["facts"]) == ("auditoria", {"sought": {"person": "archivista"}})


@pytest.mark.rule("U1")
def test_a_question_about_somebody_is_told_whatever_page_is_asked_for(busy: Document, browse: Browse) -> None:
    for further in ({"despues": "x"}, {"antes": ""}, {"despues": "WyI5OTk5OTkiXQ"}, {"antes": "x"}):
        assert shown(browse, persona="archivista", **further)
    shown(browse, expediente="GC-130-CD-2026-001", antes="x")
    shown(browse, expediente="GC-130-CD-2026-002", antes="x")
    told = [
        json.loads(event.payload)["facts"]["sought"] for event in LedgerEvent.objects.filter(action="ledger.searched")
    ]
    assert told == [{"person": "archivista"}, {}, {}], "further pages of one question are one event"


@pytest.mark.rule("U1", "U5")
def test_the_file_has_the_rows_of_the_filter_without_titles_after_its_own_event(busy: Document, browse: Browse) -> None:
    Document.objects.filter(pk=busy.pk)
    response = browse("auditoria").get(f"{BITACORA}bitacora.csv", {"persona": "archivista"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [int(row["número"]) for row in rows] == numbers(actor="archivista")
    viewed = next(row for row in rows if row["código del acto"] == "document.viewed")
    assert (viewed["fundamento"], viewed["dependencia"]) == ("office", "contracts_group")
    assert busy.title not in text
    made = json.loads(LedgerEvent.objects.get(action="export.made").payload)
    assert (made["actor"], made["facts"]["what"]) == ("auditoria", "ledger")


@pytest.mark.rule("U4")
def test_pages_keep_their_place_while_events_arrive(cast: dict[str, Any], browse: Browse) -> None:
    with transaction.atomic():
        audit.record_each("search.run", actor=cast["revisora"], subjects=[("text", {})] * 70)
    first = browse("auditoria").get(BITACORA, {"persona": "revisora"})
    with transaction.atomic():
        audit.record_each("search.run", actor=cast["revisora"], subjects=[("text", {})] * 5)
    second = browse("auditoria").get(BITACORA + first.context["page"].next_url)
    together = [line.index for page in (first, second) for line in page.context["lines"]]
    assert together == numbers(actor="revisora")[5:]


@pytest.mark.rule("U2")
@pytest.mark.requirement("B6")
@pytest.mark.parametrize("harmed", [False, True])
def test_the_auditor_verifies_it_from_the_screen(busy: Document, browse: Browse, *, harmed: bool) -> None:
    auditor = browse("auditoria")
    answer = auditor.post(f"{BITACORA}verificar/")
    job = Job.objects.get()
    assert answer.url == f"/custodia/trabajos/{job.pk}/"
    if harmed:
        with behind_the_product():
            LedgerEvent.objects.filter(index=1).update(actor="otra")
    jobs.finish_here(job)
    page = auditor.get(answer.url).content.decode()
    assert ("Suceso 1: sus columnas no dicen lo que dice su contenido" in page) is harmed
    assert ("completos, en orden y como se escribieron" in page) is not harmed
    ledger = auditor.get(BITACORA).content.decode()
    assert ("La última verificación encontró novedades" in ledger) is harmed
    assert LedgerEvent.objects.get(action="ledger.verified").result == ("failed" if harmed else "done")
    assert browse("archivista").post(f"{BITACORA}verificar/").status_code == 403
    assert browse("archivista").get(answer.url).status_code == 404


@pytest.mark.rule("U2")
def test_events_older_than_results_stay_valid_and_are_found_by_their_act(
    cast: dict[str, Any], browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from records.ledger.verification import verify_ledger

    now = audit.fields_of

    def older(*given: Any) -> dict[str, Any]:
        fields = now(*given)
        payload = {name: value for name, value in json.loads(fields["payload"]).items()
                   if name not in ("result", "office", "ground", "session", "address")}  # fmt: skip
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return {**fields, "payload": text, "leaf": audit.leaf_hash(text.encode()), "result": ""}

    monkeypatch.setattr(audit, "fields_of", older)
    with transaction.atomic():
        audit.record("document.refused", actor=cast["archivista"], subject="custody")
        audit.record("search.run", actor=cast["archivista"], subject="custody")
    monkeypatch.undo()
    assert verify_ledger().findings == []
    refused, done = numbers(action="document.refused"), numbers(action="search.run")
    assert set(refused) <= set(shown(browse, resultado="refused"))
    assert set(done) <= set(shown(browse, resultado="done"))
    assert not set(refused) & set(shown(browse, resultado="done"))


@pytest.fixture
def routine(busy: Document) -> list[int]:
    """Acts of the system by itself, the last of which failed: the numbers of those that are routine."""
    with transaction.atomic():
        audit.record_each("custody.copied", actor=None, subjects=[(busy, {}), ("otra", {})])
        audit.record("custody.swept", actor=None, subject="custody", checked=2)
        audit.record("document.signatures_checked", actor=None, subject=busy, fault="gave_up")
        audit.record("custody.damaged", actor=None, subject=busy, problem="altered")
    return numbers(action__in=["custody.copied", "custody.swept"])


@pytest.mark.rule("U4")
def test_the_routine_of_the_system_is_counted_and_left_out_and_its_faults_never(
    routine: list[int], busy: Document, browse: Browse
) -> None:
    page = browse("auditoria").get(BITACORA)
    assert page.context["left_out"] == len(routine) == 3
    assert [line.index for line in page.context["lines"]] == [one for one in numbers() if one not in routine]
    assert page.context["count"] == len(numbers()) - 3
    assert set(numbers(actor="", result="failed")) < {line.index for line in page.context["lines"]}
    assert "No se muestran 3 actos de rutina del sistema" in page.content.decode()
    for way, expected in (("mostrar", numbers()), ("solo", routine)):
        asked = browse("auditoria").get(BITACORA, {"sistema": way})
        told = numbers(action="ledger.searched")  # the question itself is an event
        assert [line.index for line in asked.context["lines"] if line.index not in told] == [
            one for one in expected if one not in told
        ]
        assert asked.context["left_out"] == 0
    assert set(shown(browse, documento=str(busy.pk))) == set(numbers(object_id=str(busy.pk))), "a whole life"
    assert shown(browse, acto="custody.copied") == numbers(action="custody.copied")


@pytest.mark.rule("U4")
@pytest.mark.parametrize("asked", [{}, {"sistema": "mostrar"}, {"sistema": "solo"}, {"sistema": "otra"}])
def test_the_file_has_the_rows_of_the_page(routine: list[int], browse: Browse, asked: dict[str, str]) -> None:
    page = browse("auditoria").get(BITACORA, asked)
    response = browse("auditoria").get(f"{BITACORA}bitacora.csv", asked)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = {int(row["número"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert {line.index for line in page.context["lines"]} == rows - set(numbers(action="export.made"))


@pytest.mark.rule("U4")
def test_a_day_that_is_none_is_told(busy: Document, browse: Browse) -> None:
    page = browse("auditoria").get(BITACORA, {"desde": "ayer", "hasta": "20/10/2099"}).content.decode()
    assert "«ayer» no es un día y no se tuvo en cuenta" in page
    assert "2099» no es" not in page
    assert 'value="ayer"' in page


@pytest.mark.rule("U4")
def test_a_refusal_is_said_once_and_people_are_named(busy: Document, browse: Browse, cast: dict[str, Any]) -> None:
    page = browse("auditoria").get(BITACORA).content.decode()
    assert "Se negó el acceso" in page
    assert "se negó</b>" not in page
    assert cast["archivista"].get_full_name() in page
    assert f"Documento {str(busy.pk)[:8]}" in page
    life = browse("auditoria").get(BITACORA, {"documento": str(busy.pk)}).content.decode()
    assert f"<b>Documento {str(busy.pk)[:8]}</b>" in life
    acts = browse("auditoria").get(BITACORA, {"persona": "archivista"}).content.decode()
    assert f"<b>{cast['archivista'].get_full_name()}</b>" in acts
