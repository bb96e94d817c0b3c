"""Jobs and their rows, as far as one person may know them: her own, and those of expedientes she works in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from records import permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Job, JobRow
from records.permissions import Actor, Rights
from records.vocabulary import Action, RowState


@dataclass(frozen=True)
class JobLine:
    """A row of a job. Of one its reader may not know by name there is neither label, sentence nor piece."""

    number: int
    state: str
    state_label: str
    label: str = ""
    code: str = ""
    sentence: str = ""
    document: uuid.UUID | None = None
    radicado: str = ""
    hidden: bool = False


def list_jobs_for(actor: Actor) -> QuerySet[Job]:
    """The person's own jobs and those of the expedientes whose staff she is, newest first."""
    rights = permissions.rights_of(actor)
    jobs = Job.objects.select_related("owner", "expediente").order_by("-created_at", "-pk")
    if rights.actor is None:
        return jobs.none()
    return jobs.filter(Q(owner=actor) | rights.works_in("expediente")).exclude(expediente__in=rights.barred.expedientes)


def get_job_for(actor: Actor, key: Key) -> Job:
    """The job, or NotFound: absent and not for this person are the same."""
    job = list_jobs_for(actor).filter(pk=as_uuid(key)).first()
    if job is None:
        raise NotFound
    return job


#: Rows of which something is to be said: those that failed, and those still to be done that lack something.
NOVELTY = Q(state=RowState.FAILED) | Q(state=RowState.PENDING) & ~Q(code__in=("", "row_already"))


def list_rows_of(job: Job, *, with_novelty: bool = False) -> QuerySet[JobRow]:
    """Rows of a job in order; all of them, or those of which something is to be said."""
    rows = job.rows.select_related("document").order_by("number")
    return rows.filter(NOVELTY) if with_novelty else rows


def foreseen(job: Job) -> dict[str, int]:
    """Of a job that waits: rows that would be done, that already were, and that lack something."""
    counted = dict(job.rows.order_by().values_list("code").annotate(count=Count("pk")))
    ready, already = counted.pop("", 0), counted.pop("row_already", 0)
    return {"ready": ready, "already": already, "lacking": sum(counted.values())}


def lines_for(actor: Actor, job: Job, rows: Iterable[JobRow]) -> list[JobLine]:
    """The rows as this person may read them. A piece is named to who reads it; a file that became none, to who
    offered it and to who files in that expediente."""
    rights = permissions.rights_of(actor)
    offered = job.owner_id == actor.pk or (job.expediente is not None and rights.allows(Action.FILE, job.expediente))
    return [line_of(row, rights, offered=offered) for row in rows]


def line_of(row: JobRow, rights: Rights, *, offered: bool) -> JobLine:
    told = str(RowState(row.state).label)
    if not (rights.reads(row.document) if row.document else offered):
        return JobLine(row.number, row.state, told, hidden=True)
    radicado = row.document.radicado if row.document else ""
    return JobLine(row.number, row.state, told, row.label, row.code, row.sentence, row.document_id, radicado)
