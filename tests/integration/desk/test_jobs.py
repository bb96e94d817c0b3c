"""Job pages: how far it is, what went wrong, who may see and stop it, with script or without."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import worker
from records.errors import RuleViolation
from records.models import Document, Expediente, Job, JobRow
from records.services import jobs
from records.services.jobs import Kind, NewRow
from records.vocabulary import JobState, Level
from tests import factories
from tests.integration.desk.conftest import Browse

HERE = "tests.integration.desk.test_jobs"


def write(_job: Job, row: JobRow, _prepared: Any) -> None:
    if row.facts.get("fails"):
        raise RuleViolation("closed_expediente")


SIMPLE = Kind(write=write)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.KINDS, "simple", f"{HERE}.SIMPLE")


def start(cast: dict[str, Any], expediente: Expediente | None, count: int = 3, **options: Any) -> Job:
    rows = [NewRow(f"caja 1/pieza {number}.pdf", {"fails": number == 2}) for number in range(1, count + 1)]
    return jobs.start_job(
        actor=cast["archivista"],
        kind="simple",
        title="Inventario de prueba",
        rows=rows,
        expediente=expediente,
        **options,
    )


def page_of(browse: Browse, login: str, job: Job, query: str = "", **headers: str) -> tuple[int, str]:
    response = browse(login).get(reverse("desk:job", args=[job.pk]) + query, headers=headers)
    return response.status_code, response.content.decode()


def test_the_page_tells_how_far_it_is_and_each_fault(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    job = start(cast, expediente)
    status, before = page_of(browse, "archivista", job)
    worker.drain_once()
    _status, after = page_of(browse, "archivista", job)
    assert status == 200
    assert "0 %" in before
    assert "0 de 3 filas" in before
    assert "Detener" in before
    assert "100 %" in after
    assert "3 de 3 filas" in after
    assert "1 con novedad" in after
    assert "El expediente está cerrado y no recibe documentos." in after
    assert "Detener" not in after
    _status, faulty = page_of(browse, "archivista", job, "?ver=novedades")
    assert "pieza 2.pdf" in faulty
    assert "pieza 1.pdf" not in faulty


def test_the_part_that_changes_is_asked_again_only_while_it_goes_on(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    job = start(cast, expediente)
    _status, going = page_of(browse, "archivista", job, hx_request="true")
    worker.drain_once()
    _status, ended = page_of(browse, "archivista", job, hx_request="true")
    assert "<html" not in going
    assert 'hx-trigger="every 2s"' in going
    assert "hx-trigger" not in ended


def test_the_same_page_twice_is_the_same(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    """Times come from the rows: nothing of the moment of asking is in the page, but the form's token."""
    job = start(cast, expediente)
    jobs.run_job(job.pk, seconds=0)
    client = browse("archivista")
    bodies = set()
    for _time in range(2):
        body = client.get(reverse("desk:job", args=[job.pk])).content.decode()
        bodies.add("".join(part for part in body.splitlines() if "csrfmiddlewaretoken" not in part))
    assert len(bodies) == 1
    assert "lleva 1 s" in bodies.pop()


def test_expected_time_follows_from_the_pace(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    job = start(cast, expediente, 100)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=20, failed=5, result={"seconds": 50.0})
    _status, body = page_of(browse, "archivista", job)
    assert "25 de 100 filas" in body
    assert "lleva 50 s" in body
    assert "faltan cerca de 2 min 30 s" in body


@pytest.mark.requirement("I8")
def test_own_jobs_and_those_of_one_s_expedientes_and_nothing_else(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    theirs, alone = start(cast, expediente), start(cast, None)
    sees = {
        login: (page_of(browse, login, theirs)[0], page_of(browse, login, alone)[0])
        for login in ("archivista", "custodia", "jefatura", "revisora", "ajeno", "administracion")
    }
    assert sees == {
        "archivista": (200, 200),
        "custodia": (200, 404),
        "jefatura": (200, 404),
        "revisora": (404, 404),
        "ajeno": (404, 404),
        "administracion": (404, 404),
    }
    for login, (one, other) in sees.items():
        listed = browse(login).get(reverse("desk:jobs")).content.decode()
        assert (str(theirs.pk) in listed, str(alone.pk) in listed) == (one == 200, other == 200)


@pytest.mark.requirement("I8")
def test_a_row_names_a_piece_only_to_whoever_reads_it(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    job = start(cast, expediente, 2)
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    JobRow.objects.filter(job=job, number=1).update(document=piece)
    seen = {
        login: ["pieza 1.pdf" in page_of(browse, login, job)[1], "pieza 2.pdf" in page_of(browse, login, job)[1]]
        for login in ("archivista", "custodia", "jefatura")
    }
    assert seen == {"archivista": [False, True], "custodia": [True, True], "jefatura": [False, False]}
    for name in ("desk:job-report", "desk:job-csv"):
        body = browse("archivista").get(reverse(name, args=[job.pk])).content.decode()
        assert ("pieza 1.pdf" in body, "pieza 2.pdf" in body, str(piece.pk) in body) == (False, True, False)


def test_stopping_and_resuming_from_the_page(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    job = start(cast, expediente)
    client = browse("archivista")
    assert browse("jefatura").post(reverse("desk:job-stop", args=[job.pk])).status_code == 403
    assert client.post(reverse("desk:job-stop", args=[job.pk])).status_code == 302
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.STOPPED, 0)
    assert "Reanudar" in page_of(browse, "archivista", job)[1]
    assert "Reanudar" not in page_of(browse, "custodia", job)[1]
    assert browse("custodia").post(reverse("desk:job-resume", args=[job.pk])).status_code == 403
    client.post(reverse("desk:job-resume", args=[job.pk]))
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == (JobState.DONE, 2, 1)


def test_one_to_be_confirmed_is_begun_or_discarded(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    first, second = start(cast, expediente, waits=True), start(cast, expediente, waits=True)
    _status, body = page_of(browse, "archivista", first)
    assert "Por confirmar" in body
    assert "Empezar" in body
    assert browse("custodia").post(reverse("desk:job-discard", args=[first.pk])).status_code == 403
    begun = browse("archivista").post(reverse("desk:job-resume", args=[first.pk]), follow=True).content.decode()
    assert "El trabajo empezó." in begun
    assert "sigue con las filas que faltan" not in begun
    browse("archivista").post(reverse("desk:job-discard", args=[second.pk]))
    worker.drain_once()
    assert Job.objects.get().state == JobState.DONE


def test_cells_of_the_export_are_inert(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> None:
    job = start(cast, expediente, 1)
    JobRow.objects.filter(job=job).update(label='=HYPERLINK("http://x")')
    body = browse("archivista").get(reverse("desk:job-csv", args=[job.pk])).content.decode()
    assert "\"'=HYPERLINK" in body


def test_pages_cost_the_same_for_any_number_of_rows(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    client = browse("archivista")

    def cost(count: int) -> list[int]:
        job = start(cast, expediente, count)
        pieces = [factories.insert_piece(cast["archivista"], expediente) for _number in range(count)]
        for row, piece in zip(job.rows.all(), pieces, strict=True):
            JobRow.objects.filter(pk=row.pk).update(document=piece)
        costs = []
        for address in (reverse("desk:jobs"), *(reverse(f"desk:{name}", args=[job.pk]) for name in PAGES)):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            costs.append(len(asked))
        return costs

    few = cost(3)
    assert cost(40) == few
    assert Document.objects.count() == 43


PAGES = ("job", "job-report", "job-csv")
