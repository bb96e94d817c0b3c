"""Long work, row by row (D16): started by a person, done by a worker, stopped and resumed, never done twice.

A row changes state in the transaction of what it did: an end at any point, power included, loses no row that was
done and repeats none. What is slow (reading a file, asking the cell) comes before that transaction, so that other
writers never wait for it.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from records import audit, clock, permissions
from records.errors import (
    AccessDenied,
    CellUnavailable,
    LedgerDiverged,
    NotFound,
    RecordsError,
    SigningKeyUnavailable,
    StoreUnavailable,
)
from records.events import announce
from records.ledger import rollback
from records.models import Expediente, Job, JobRow
from records.permissions import Actor
from records.sentences import sentence_for
from records.vocabulary import Action, JobState, RowState

logger = logging.getLogger(__name__)

#: Seconds a worker gives to one job before it looks at what else waits.
SLICE = 2.0
#: How often a row may end the process that does it before the job goes on without it.
MOST_TRIES = 3
#: Not a row's doing: the job waits, and the row is done later.
OUTAGES = (StoreUnavailable, SigningKeyUnavailable, CellUnavailable, LedgerDiverged, OperationalError, InterfaceError)
GOING = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class JobDue:
    """A job has rows that a worker is to do."""

    job_id: uuid.UUID


@dataclass(frozen=True)
class NewRow:
    """A row of a job to be started: what people call it, what its kind needs to do it (plain JSON values), and what
    can be told of it beforehand. `number`: its own where it has one (of a table's row); else they are counted."""

    label: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    document: uuid.UUID | None = None
    code: str = ""
    sentence: str = ""
    number: int = 0


@dataclass(frozen=True)
class Told:
    """What became of a row: a state of `RowState`, a code and sentence if there is something to say, facts to keep."""

    state: str = RowState.DONE
    code: str = ""
    sentence: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    document: uuid.UUID | None = None


def prepare_nothing(_job: Job, _row: JobRow) -> Any:
    """Most rows need nothing beforehand."""


def undo_nothing(_prepared: Any) -> None:
    """And leave nothing behind."""


@dataclass(frozen=True)
class Kind:
    """How a row of one kind is done.

    `prepare` runs outside any transaction and does what is slow; `write` runs in the row's own transaction with what
    was prepared, and answers what became of it (None: done). A RecordsError of either is the row's result, told to
    the person; an outage (OUTAGES) puts the job off. `undo` puts away what was prepared for a row not written.
    """

    write: Callable[[Job, JobRow, Any], Told | None]
    prepare: Callable[[Job, JobRow], Any] = prepare_nothing
    undo: Callable[[Any], None] = undo_nothing


#: Code of a kind → dotted path of its `Kind`.
KINDS: dict[str, str] = {
    "inventory": "records.services.importing.IMPORTING",
    "ledger": "records.services.ledger_check.CHECKING",
    "certificate": "records.certificates.keeping.ISSUING",
}


def start_job(
    *,
    actor: Actor,
    kind: str,
    title: str,
    rows: Iterable[NewRow],
    expediente: Expediente | None = None,
    parameters: Mapping[str, Any] | None = None,
    waits: bool = False,
    here: bool = False,
) -> Job:
    """A job with its rows, given to the worker. The caller has decided that the person may.

    `title` is read by whoever may see the job, so it names no piece. `waits`: nothing is done until the person
    confirms it (`resume_job`). `here`: this process does it (`finish_here`), no worker is told.
    """
    job = Job(
        kind=kind, title=title, expediente=expediente, owner=actor, parameters={**(parameters or {}), "waits": waits},
        created_at=clock.now(), state=JobState.STOPPED if waits else JobState.QUEUED,
    )  # fmt: skip
    listed = list(numbered(job, rows))
    job.total = len(listed)
    with transaction.atomic():
        job.save(force_insert=True)
        JobRow.objects.bulk_create(listed, batch_size=500)
        if not waits:
            set_going(job, actor, here=here)
    return job


def numbered(job: Job, rows: Iterable[NewRow]) -> Iterator[JobRow]:
    for number, row in enumerate(rows, 1):
        yield JobRow(
            job=job, number=row.number or number, label=row.label[:300], facts=dict(row.facts),
            document_id=row.document, code=row.code, sentence=row.sentence,
        )  # fmt: skip


def set_going(job: Job, actor: Actor, *, here: bool = False) -> None:
    audit.record("job.started", actor=actor, subject=job, kind=job.kind, rows=job.total)
    if not here:
        announce(JobDue(job.pk))


def stop_job(*, actor: Actor, job: Job) -> None:
    """Ask a job to stop at its next row; one that has not begun stops at once. Raises AccessDenied."""
    if not may_stop(actor, job):
        raise AccessDenied(action="stop_job")
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state__in=GOING).update(stop_asked=True)
        Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.STOPPED, stop_asked=False)
        audit.record("job.stopped", actor=actor, subject=job)


def may_stop(actor: Actor, job: Job) -> bool:
    """Who started it, and who files in its expediente."""
    if job.owner_id == actor.pk:
        return True
    return job.expediente is not None and permissions.allows(actor, Action.FILE, job.expediente)


def resume_job(*, actor: Actor, job: Job, here: bool = False) -> Job:
    """Go on with the rows that are left, or begin one that waited; safe when it is already going on.

    Raises AccessDenied for anybody but the person who started it: what it does, it does in her name; NotFound when
    it was discarded meanwhile.
    """
    if job.owner_id != actor.pk:
        raise AccessDenied(action="resume_job")
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk).first()
        if held is None:
            raise NotFound
        if held.state == JobState.DONE:
            return held
        held.state, held.stop_asked, held.finished_at = JobState.QUEUED, False, None
        held.result = {**held.result, "tries": 0, "code": ""}
        held.save(update_fields=["state", "stop_asked", "finished_at", "result"])
        set_going(held, actor, here=here)
    return held


def is_unconfirmed(job: Job) -> bool:
    """Does it wait for the person to confirm it? Nothing of it was done."""
    return bool(job.parameters.get("waits")) and job.state == JobState.STOPPED and job.started_at is None


def discard_job(*, actor: Actor, job: Job) -> None:
    """Forget a job that waits to be confirmed; nothing of it was done. Raises AccessDenied.

    It is looked at again while it is held: somebody may have begun it since it was read.
    """
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk, owner=actor.pk).first()
        if held is None or not is_unconfirmed(held):
            raise AccessDenied(action="discard_job")
        audit.record("job.discarded", actor=actor, subject=held, rows=held.total)
        held.delete()


# Doing it -------------------------------------------------------------------------------------------------


def run_job(key: uuid.UUID | str, *, seconds: float = SLICE) -> str:
    """Do rows for about so many seconds; the state the job is left in, RUNNING while rows are left. Safe to run
    again, and by two at once. Raises what OUTAGES names: the caller tries later."""
    job = Job.objects.select_related("owner", "expediente").filter(pk=key).first()
    if job is None or job.state not in GOING:
        return job.state if job else ""
    if rollback.is_closed():
        raise LedgerDiverged
    begin(job)
    kind: Kind = import_string(KINDS[job.kind])
    deadline = time.monotonic() + seconds
    while row := next_row(job):
        state, stop_asked = Job.objects.values_list("state", "stop_asked").get(pk=job.pk)
        if stop_asked or state not in GOING:
            return end(job, JobState.STOPPED)
        do_row(kind, job, row)
        if time.monotonic() >= deadline:
            return JobState.RUNNING
    return end(job, JobState.DONE)


def next_row(job: Job) -> JobRow | None:
    return job.rows.filter(state=RowState.PENDING).order_by("number").first()


def begin(job: Job) -> None:
    """Note that it goes on. A row that ended the process several times in a row is told, and left behind."""
    row = next_row(job)
    at = row.number if row else 0
    tries = int(job.result.get("tries", 0)) + 1 if job.result.get("at") == at else 1
    job.result = {**job.result, "at": at, "tries": tries}
    job.started_at = job.started_at or clock.now()
    values = {"state": JobState.RUNNING, "started_at": job.started_at, "result": job.result}
    Job.objects.filter(pk=job.pk, state__in=GOING).update(**values)
    if row and tries > MOST_TRIES:
        settle(job, row, told_of(RecordsError("row_unfinished")), 0.0)


def do_row(kind: Kind, job: Job, row: JobRow) -> None:
    """One row, whatever comes of it. Raises only outages."""
    started, prepared = time.monotonic(), None
    try:
        prepared = kind.prepare(job, row)
        if not write(kind, job, row, prepared, started):
            put_away(kind, prepared)
    except OUTAGES:
        put_away(kind, prepared)
        forgive(job)
        raise
    except RecordsError as refusal:
        put_away(kind, prepared)
        settle(job, row, told_of(refusal), time.monotonic() - started)
    except Exception:
        logger.exception("job %s, row %s", job.pk, row.number)
        put_away(kind, prepared)
        settle(job, row, told_of(RecordsError("row_unfinished")), time.monotonic() - started)


def put_away(kind: Kind, prepared: Any) -> None:
    if prepared is not None:
        kind.undo(prepared)


def told_of(refusal: RecordsError) -> Told:
    return Told(RowState.FAILED, refusal.code, sentence_for(refusal))


def write(kind: Kind, job: Job, row: JobRow, prepared: Any, started: float) -> bool:
    """The row's own transaction; False when somebody else has done the row meanwhile."""
    with transaction.atomic():
        going = Job.objects.select_for_update().filter(pk=job.pk, state__in=GOING).exists()
        held = JobRow.objects.select_for_update().filter(pk=row.pk, state=RowState.PENDING).first()
        if held is None or not going:
            return False
        told = kind.write(job, held, prepared) or Told()
        settle(job, held, told, time.monotonic() - started)
    return True


def settle(job: Job, row: JobRow, told: Told, seconds: float) -> None:
    """Put what became of a row into it and into its job, once."""
    values: dict[str, Any] = {"state": told.state, "code": told.code, "sentence": told.sentence}
    values["facts"] = {**row.facts, **told.facts}
    if told.document:
        values["document_id"] = told.document
    with transaction.atomic():
        if not JobRow.objects.filter(pk=row.pk, state=RowState.PENDING).update(**values):
            return
        job.result = {**job.result, "seconds": round(float(job.result.get("seconds", 0.0)) + seconds, 3)}
        counter = "failed" if told.state == RowState.FAILED else "done"
        Job.objects.filter(pk=job.pk).update(result=job.result, **{counter: F(counter) + 1})


def forgive(job: Job) -> None:
    """An outage is not the row's doing and counts as no try of it; where the database is away, nothing is noted."""
    job.result = {**job.result, "tries": 0}
    try:
        Job.objects.filter(pk=job.pk).update(result=job.result)
    except (OperationalError, InterfaceError):
        logger.warning("job %s: the database is away", job.pk)


def end(job: Job, state: str) -> str:
    """Close the job in this state, unless somebody has done so."""
    with transaction.atomic():
        values = {"state": state, "stop_asked": False, "finished_at": clock.now()}
        if Job.objects.filter(pk=job.pk, state__in=GOING).update(**values):
            job.refresh_from_db(fields=["done", "failed"])
            facts = {"state": state, "done": job.done, "failed": job.failed}
            audit.record("job.finished", actor=job.owner, subject=job, **facts)
    return state


def give_up(key: uuid.UUID | str) -> None:
    """What the worker calls when the job could not go on for good; its rows wait, and the person may resume it."""
    job = Job.objects.filter(pk=key).first()
    if job and job.state in GOING:
        Job.objects.filter(pk=job.pk).update(result={**job.result, "code": "job_put_off"})
        end(job, JobState.FAILED)


def finish_here(job: Job, progress: Callable[[int, int], None] | None = None) -> Job:
    """Do the whole job in this process, telling how far it is after each slice. Raises what OUTAGES names."""
    while run_job(job.pk, seconds=0.2) == JobState.RUNNING:
        job.refresh_from_db()
        if progress:
            progress(job.done + job.failed, job.total)
    job.refresh_from_db()
    return job
