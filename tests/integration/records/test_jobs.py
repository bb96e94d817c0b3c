"""Jobs: every row once, whatever ends the process; outages wait, faults are told, and a person stops and resumes."""

from __future__ import annotations

from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from cms import worker
from cms.worker import queue
from records.errors import AccessDenied, NotFound, RuleViolation, StoreUnavailable
from records.models import Expediente, Job, JobRow, LedgerEvent
from records.services import jobs
from records.services.jobs import Kind, NewRow, Told
from records.vocabulary import JobState, RowState

HERE = "tests.integration.records.test_jobs"
#: What the rows of these tests did, in order, and what they were told to do meanwhile.
DONE: list[str] = []
UNDONE: list[str] = []
DURING: dict[str, Any] = {}


class PowerCut(BaseException):
    """The end of the process: nothing may catch it."""


def prepare(_job: Job, row: JobRow) -> str:
    act = DURING.get(f"prepare {row.label}")
    if act:
        act()
    return row.label


def write(job: Job, row: JobRow, prepared: str) -> Told | None:
    act = DURING.get(f"write {prepared}")
    if act:
        act()
    DONE.append(prepared)
    return Told(facts={"number": row.number}) if job.parameters.get("tells") else None


COUNTING = Kind(write=write, prepare=prepare, undo=UNDONE.append)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.KINDS, "count", f"{HERE}.COUNTING")
    for kept in (DONE, UNDONE, DURING):
        kept.clear()


def start(cast: dict[str, Any], names: str = "abc", **options: Any) -> Job:
    rows = [NewRow(name) for name in names]
    return jobs.start_job(actor=cast["archivista"], kind="count", title="Contar", rows=rows, **options)


def fails(fault: BaseException) -> Any:
    def act() -> None:
        raise fault

    return act


def states(job: Job) -> str:
    return " ".join(job.rows.order_by("number").values_list("state", flat=True))


@pytest.mark.requirement("J7")
def test_the_worker_does_every_row_and_says_so(cast: dict[str, Any]) -> None:
    job = start(cast, parameters={"tells": True})
    tally = worker.drain_once()
    job.refresh_from_db()
    assert (tally.failed, tally.left) == (0, 0)
    assert DONE == ["a", "b", "c"]
    assert (job.state, job.total, job.done, job.failed) == (JobState.DONE, 3, 3, 0)
    assert job.started_at
    assert job.finished_at
    assert [row.facts for row in job.rows.all()] == [{"number": 1}, {"number": 2}, {"number": 3}]
    events = LedgerEvent.objects.filter(object_id=str(job.pk)).order_by("index").values_list("action", flat=True)
    assert list(events) == ["job.started", "job.finished"]


def test_a_refused_row_is_told_and_the_rest_go_on(cast: dict[str, Any]) -> None:
    DURING["prepare b"] = fails(RuleViolation("closed_expediente"))
    DURING["write c"] = fails(ZeroDivisionError())
    job = start(cast, "abcd")
    worker.drain_once()
    job.refresh_from_db()
    rows = {row.label: row for row in job.rows.all()}
    assert DONE == ["a", "d"]
    assert (job.state, job.done, job.failed) == (JobState.DONE, 2, 2)
    assert rows["b"].sentence == "El expediente está cerrado y no recibe documentos."
    assert (rows["c"].state, rows["c"].code) == (RowState.FAILED, "row_unfinished")
    assert UNDONE == ["c"], "what was prepared for a row that failed is put away"


@pytest.mark.requirement("J7")
@pytest.mark.parametrize("moment", ["prepare b", "write b"])
def test_an_end_of_the_process_at_any_point_repeats_nothing_and_loses_nothing(
    cast: dict[str, Any], moment: str
) -> None:
    job = start(cast)
    DURING[moment] = fails(PowerCut())
    with pytest.raises(PowerCut):
        jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (DONE, states(job), job.done) == (["a"], "done pending pending", 1)
    del DURING[moment]
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert DONE == ["a", "b", "c"]
    assert (job.state, job.done) == (JobState.DONE, 3)


def test_two_who_do_the_same_job_do_each_row_once(cast: dict[str, Any]) -> None:
    """A second run enters while the first is about to write row b."""
    job = start(cast)
    done_by_other = []

    def other() -> None:
        del DURING["prepare b"]
        jobs.run_job(job.pk)
        done_by_other.extend(DONE)

    DURING["prepare b"] = other
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert done_by_other == ["a", "b", "c"] == DONE
    assert (job.state, job.done, UNDONE) == (JobState.DONE, 3, ["b"])


def test_an_outage_puts_the_job_off_and_then_ends_it_with_its_rows_waiting(
    cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "WAITS", (0, 0))
    DURING["write b"] = fails(StoreUnavailable(errno=28))
    job = start(cast)
    for _attempt in range(3):
        worker.drain_once()
    job.refresh_from_db()
    assert (job.state, states(job)) == (JobState.FAILED, "done pending pending")
    assert job.result["code"] == "job_put_off"
    del DURING["write b"]
    jobs.resume_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, DONE) == (JobState.DONE, ["a", "b", "c"])


def test_a_row_that_ends_its_worker_again_and_again_is_left_behind(cast: dict[str, Any]) -> None:
    job = start(cast)
    DURING["prepare b"] = fails(PowerCut())
    for _attempt in range(1 + jobs.MOST_TRIES):
        with pytest.raises(PowerCut):
            jobs.run_job(job.pk)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, states(job), DONE) == (JobState.DONE, "done failed done", ["a", "c"])


def test_a_slice_lets_a_few_others_go_first(cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SLICE", 0.0)
    monkeypatch.setattr(jobs.run_job, "__kwdefaults__", {"seconds": 0.0})
    job = start(cast)
    others = [start(cast, name) for name in "uvwxyz"]
    worker.drain_once()
    assert sorted(DONE) == sorted("abcuvwxyz")
    assert DONE[0] == "a"
    assert DONE.index("b") == 5, "four go before the second slice, and not all six"
    assert all(one.state == JobState.DONE for one in Job.objects.filter(pk__in=[job.pk, *(o.pk for o in others)]))


def test_asked_to_stop_it_stops_at_the_next_row_and_goes_on_when_resumed(cast: dict[str, Any]) -> None:
    job = start(cast)
    DURING["write a"] = lambda: jobs.stop_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, DONE, job.stop_asked) == (JobState.STOPPED, ["a"], False)
    worker.drain_once()
    assert DONE == ["a"]
    jobs.resume_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, DONE) == (JobState.DONE, ["a", "b", "c"])


def test_one_not_begun_stops_at_once_and_leaves_no_work(cast: dict[str, Any]) -> None:
    job = start(cast)
    jobs.stop_job(actor=cast["archivista"], job=job)
    job.refresh_from_db()
    assert job.state == JobState.STOPPED
    worker.drain_once()
    assert DONE == []


def test_one_that_waits_does_nothing_until_it_is_confirmed(cast: dict[str, Any]) -> None:
    job = start(cast, waits=True)
    assert not DBTaskResult.objects.exists()
    assert not LedgerEvent.objects.filter(action="job.started").exists()
    jobs.resume_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    assert DONE == ["a", "b", "c"]
    job.refresh_from_db()
    with pytest.raises(AccessDenied):
        jobs.discard_job(actor=cast["archivista"], job=job)


def test_one_that_waits_can_be_forgotten(cast: dict[str, Any]) -> None:
    jobs.discard_job(actor=cast["archivista"], job=start(cast, waits=True))
    assert not Job.objects.exists()


def test_one_begun_since_it_was_read_is_not_forgotten(cast: dict[str, Any]) -> None:
    job = start(cast, waits=True)
    read_before = Job.objects.get(pk=job.pk)
    jobs.resume_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    with pytest.raises(AccessDenied):
        jobs.discard_job(actor=cast["archivista"], job=read_before)
    assert JobRow.objects.filter(job=job.pk, state=RowState.DONE).count() == 3


def test_one_forgotten_since_it_was_read_is_not_begun(cast: dict[str, Any]) -> None:
    job = start(cast, waits=True)
    read_before = Job.objects.get(pk=job.pk)
    jobs.discard_job(actor=cast["archivista"], job=job)
    with pytest.raises(NotFound):
        jobs.resume_job(actor=cast["archivista"], job=read_before)


def test_nobody_resumes_in_anothers_name_and_who_files_there_may_stop_it(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    job = start(cast, expediente=expediente)
    with pytest.raises(AccessDenied):
        jobs.resume_job(actor=cast["custodia"], job=job)
    with pytest.raises(AccessDenied):
        jobs.stop_job(actor=cast["jefatura"], job=job)
    jobs.stop_job(actor=cast["custodia"], job=job)
    job.refresh_from_db()
    assert job.state == JobState.STOPPED
