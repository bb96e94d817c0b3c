"""Jobs as rows of the task queue: a slice at a time, and after each the next one, behind a few of those that wait."""

from __future__ import annotations

import datetime
import uuid

from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from records.services import jobs
from records.vocabulary import JobState

#: Tasks that may go before the next slice: a long job holds nobody up, and a long queue does not hold up the job.
FEW = 4


@task(queue_name="default")
def run_job(job_id: str) -> str:
    """Do rows of a job for a moment; the state it is left in. Safe to run again."""
    state = jobs.run_job(job_id)
    if state == JobState.RUNNING:
        let_a_few_pass(run_job.enqueue(job_id).id)
    return state


def work_on_job(event: jobs.JobDue) -> None:
    """The row of work is written in the transaction that starts the job."""
    run_job.enqueue(str(event.job_id))


def let_a_few_pass(own: str) -> None:
    """Take a place in the queue right behind the first few that wait, instead of behind all of them."""
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, priority=run_job.priority)
    waiting = ready.exclude(pk=uuid.UUID(own)).order_by("enqueued_at", "id")
    behind = waiting.values_list("enqueued_at", flat=True)[FEW - 1 : FEW].first()
    if behind:
        later = behind + datetime.timedelta(microseconds=1)
        DBTaskResult.objects.filter(pk=uuid.UUID(own)).update(enqueued_at=later)
