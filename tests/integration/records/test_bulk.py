"""Rows inserted by one prepared statement are the rows that Django's own insert would have made."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult, get_date_max

from records import bulk, clock
from records.models import Expediente, Job, JobRow, Reading
from tests import factories


def columns(row: Any) -> dict[str, Any]:
    fresh = type(row).objects.get(pk=row.pk)
    return {field.attname: getattr(fresh, field.attname) for field in row._meta.local_concrete_fields}


def test_every_kind_of_column_is_written_as_django_writes_it(cast: dict[str, Any], expediente: Expediente) -> None:
    def job(**fields: Any) -> Job:
        common = {"kind": "k", "title": "ñandú «1» %s", "owner": cast["archivista"], "created_at": clock.now()}
        return Job(**{**common, "parameters": {"a": [1, None, "é"]}, **fields})

    mine = [job(), job(done=3, expediente=expediente), job(result={"x": True}, stop_asked=True)]
    bulk.insert(mine)
    theirs = [job(), job(done=3, expediente=expediente), job(result={"x": True}, stop_asked=True)]
    Job.objects.bulk_create(theirs)
    for one, other in zip(mine, theirs, strict=True):
        left, right = columns(one), columns(other)
        assert {key: left[key] for key in left if key not in ("id", "created_at")} == {
            key: right[key] for key in right if key not in ("id", "created_at")
        }
        assert abs(left["created_at"] - right["created_at"]) < datetime.timedelta(minutes=1)


def test_equal_values_of_unlike_kinds_are_kept_apart(cast: dict[str, Any]) -> None:
    job = Job(kind="k", title="t", owner=cast["archivista"], created_at=clock.now())
    bulk.insert([job])
    rows = [
        JobRow(job=job, number=1, label="1", facts={}),
        JobRow(job=job, number=2, label="", facts={"a": 1}),
        JobRow(job=job, number=3, label="None", facts=[]),
    ]
    bulk.insert(rows)
    found = [(row.number, row.label, row.facts, row.document_id) for row in job.rows.order_by("number")]
    assert found == [(1, "1", {}, None), (2, "", {"a": 1}, None), (3, "None", [], None)]


def test_what_a_field_makes_by_itself_is_made(db: None) -> None:
    row: Any = DBTaskResult(args_kwargs={"args": [], "kwargs": {}}, task_path="x", queue_name="q", backend_name="b",
                       priority=0, run_after=get_date_max())  # fmt: skip
    bulk.insert([row])
    assert DBTaskResult.objects.get(pk=row.pk).enqueued_at is not None


def test_inserted_rows_may_be_saved_again_and_none_is_inserted_twice(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([Reading(document=piece)])
    job = Job(kind="k", title="t", owner=cast["archivista"], created_at=clock.now())
    bulk.insert([job])
    job.title = "otro"
    job.save()
    assert Job.objects.get().title == "otro"
    bulk.insert([])
