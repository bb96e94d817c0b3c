"""The worker: everything due is done, one poisoned row stops nobody, a dead worker's rows come back."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from cms.demo.stage import Stage
from cms.worker import loop, names, pulse, queue
from records.models import Document, Reading, WorkerBeat
from search import api as search
from tests.integration.demo.conftest import command
from tests.integration.demo.test_commands import files

pytestmark = pytest.mark.django_db


@task(queue_name="reading")
def poison(_number: int) -> str:
    """A task that fails whatever one does."""
    raise ZeroDivisionError


SECRET = "Contrato reservado con Acme por 900 millones"


@task(queue_name="reading")
def indiscreet(_number: int) -> str:
    """A task whose fault quotes what it was working on, and so does the cause of the fault."""
    try:
        raise KeyError(SECRET)
    except KeyError as cause:
        raise ValueError(f"no se pudo leer: {SECRET}") from cause


@task(queue_name="reading")
def harmless(_number: int) -> str:
    return "read"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "nota.txt"
    file.write_text("La palabra jacaranda vive en esta nota.\n")
    return file


def row_of(result: object) -> DBTaskResult:
    return DBTaskResult.objects.get(pk=result.id)


@pytest.mark.requirement("J1")
def test_what_is_filed_is_findable_once_the_worker_ran(stage: Stage, note: Path) -> None:
    (row,) = files(note).json
    before = search.search(stage.people["archivista"], "jacaranda").total

    ran = command("worker", "--once")

    assert before == 0
    assert (ran.code, set(ran.json), ran.json["failed"], ran.json["left"]) == (0, {"done", "failed", "left"}, 0, 0)
    assert ran.json["done"] >= 2
    assert search.search(stage.people["archivista"], "jacaranda").hits[0].document == row["document"]


def test_with_nothing_due_the_worker_has_nothing_to_say(stage: Stage) -> None:
    assert command("worker", "--once").json == {"done": 0, "failed": 0, "left": 0}


def test_a_piece_that_cannot_be_read_counts_as_failed_and_stops_nobody(
    stage: Stage, note: Path, tmp_path: Path
) -> None:
    torn = tmp_path / "roto.pdf"
    torn.write_bytes(b"%PDF-1.7\n" + b"\x00\xff" * 400)
    rows = files(torn, note).json

    ran = command("worker", "--once")

    states = [Reading.objects.get(document=row["document"]).state for row in rows]
    assert states == ["unreadable", "read"]
    assert (ran.code, ran.json["failed"], ran.json["left"]) == (1, 1, 0)


@pytest.mark.criterion(34)
def test_a_failed_task_keeps_the_kind_and_the_place_of_its_fault_and_none_of_its_words(stage: Stage) -> None:
    bad = indiscreet.enqueue(1)
    DBTaskResult.objects.filter(pk=bad.id).update(worker_ids=["a", "b", "c", "d"])

    assert loop.drain_once().failed == 1

    row = row_of(bad)
    kept = repr(DBTaskResult.objects.filter(pk=row.pk).values().get())
    assert (row.status, row.exception_class_path) == (TaskResultStatus.FAILED, "builtins.ValueError")
    assert "builtins.KeyError" in row.traceback
    assert "test_worker.py" in row.traceback
    assert "indiscreet" in row.traceback
    assert "Acme" not in kept
    assert row.finished_at is not None


def test_a_poisoned_task_is_put_off_and_the_rest_is_done(stage: Stage) -> None:
    bad, good = poison.enqueue(1), harmless.enqueue(2)

    tally = loop.drain_once()

    assert row_of(good).status == TaskResultStatus.SUCCESSFUL
    assert row_of(bad).status == TaskResultStatus.READY
    assert row_of(bad).run_after > pulse.machine_now()
    assert (tally.done, tally.failed, tally.left) == (1, 0, 0)


def test_attempts_are_bounded_and_the_last_one_keeps_its_fault(stage: Stage) -> None:
    bad = poison.enqueue(1)
    for _attempt in range(len(queue.WAITS) + 1):
        DBTaskResult.objects.filter(pk=bad.id).update(run_after=get_date_max())
        tally = loop.drain_once()

    row = row_of(bad)
    assert (row.status, tally.failed) == (TaskResultStatus.FAILED, 1)
    assert row.exception_class_path.endswith("ZeroDivisionError")
    assert len(row.worker_ids) == len(queue.WAITS) + 1


def test_a_piece_whose_reading_used_up_its_attempts_says_so(stage: Stage, note: Path) -> None:
    (filed,) = files(note).json
    row = DBTaskResult.objects.get(status=TaskResultStatus.READY, args_kwargs__args=[filed["document"]])

    queue.end(row, ZeroDivisionError())

    reading = Document.objects.get(pk=filed["document"]).reading
    assert (reading.state, reading.detail) == ("unreadable", "gave_up")


def test_rows_of_a_dead_worker_come_back_and_those_of_a_living_one_stay(stage: Stage) -> None:
    dead, living = harmless.enqueue(1), harmless.enqueue(2)
    claim(dead.id, f"{names.host()}/999999/1")
    claim(living.id, names.own_name())

    recovered = queue.recover()

    assert recovered == 1
    assert (row_of(dead).status, row_of(living).status) == (TaskResultStatus.READY, TaskResultStatus.RUNNING)


def test_a_worker_of_another_machine_is_dead_when_it_is_silent(stage: Stage) -> None:
    WorkerBeat.objects.create(name="otra/1/1", at=pulse.machine_now())
    WorkerBeat.objects.create(name="otra/2/1", at=pulse.machine_now() - datetime.timedelta(minutes=1))

    assert queue.worker_is_dead("otra/1/1") is False
    assert queue.worker_is_dead("otra/2/1") is True


def lost_again(row: Any) -> None:
    """Somebody takes the row and is killed."""
    gone = [*row_of(row).worker_ids, f"{names.host()}/999999/1"]
    DBTaskResult.objects.filter(pk=row.id).update(status=TaskResultStatus.RUNNING, worker_ids=gone)
    queue.recover()


def test_a_row_whose_workers_were_lost_lets_others_go_first_and_is_given_up_after_many(stage: Stage) -> None:
    unlucky = harmless.enqueue(1)
    lost_again(unlucky)
    assert queue.due().filter(pk=unlucky.id).exists()
    for _time in queue.LOST_WAITS[1:]:
        lost_again(unlucky)
    assert row_of(unlucky).status == TaskResultStatus.READY
    assert not queue.due().filter(pk=unlucky.id).exists()
    lost_again(unlucky)
    assert row_of(unlucky).status == TaskResultStatus.FAILED


def test_a_worker_that_was_lost_is_no_fault_of_the_task(stage: Stage) -> None:
    bad = poison.enqueue(1)
    for _time in range(3):
        lost_again(bad)
    DBTaskResult.objects.filter(pk=bad.id).update(run_after=get_date_max())
    loop.drain_once()
    wait = row_of(bad).run_after - pulse.machine_now()
    assert row_of(bad).status == TaskResultStatus.READY
    assert wait.total_seconds() <= queue.WAITS[0]


def test_two_workers_never_take_the_same_row(stage: Stage) -> None:
    harmless.enqueue(1)

    first, second = queue.take("uno"), queue.take("dos")

    assert first is not None
    assert second is None


def test_a_living_worker_gives_a_sign_and_takes_it_away_when_it_stops(stage: Stage) -> None:
    pulse.beat(names.own_name())
    alive = WorkerBeat.objects.filter(name=names.own_name()).count()
    pulse.stop(names.own_name())

    assert alive == 1
    assert not WorkerBeat.objects.filter(name=names.own_name()).exists()


def claim(key: str, worker: str) -> None:
    DBTaskResult.objects.filter(pk=key).update(status=TaskResultStatus.RUNNING, worker_ids=[worker])
