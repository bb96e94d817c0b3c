"""The database keeps the public history: states are added, a withdrawal empties them, and nothing else (ADR 51)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import serializers
from django.db import DatabaseError, connection, transaction

from cms.publication import guard
from cms.publication.models import PublicChange
from records import triggers
from records.services import backups
from tests.integration.public.cards import P002, publish, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.beyond(19)]
TABLE = guard.TABLE
SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such words")
POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such words")


@pytest.fixture
def state(site: Any) -> PublicChange:
    publish(P002)
    return PublicChange.objects.get()


@pytest.fixture
def empty(state: PublicChange) -> PublicChange:
    """The same once it was withdrawn."""
    withdraw(P002)
    return PublicChange.objects.get(pk=state.pk)


@contextmanager
def refused() -> Iterator[None]:
    before = everything()
    with pytest.raises(DatabaseError, match=guard.MESSAGE), transaction.atomic():
        yield
    assert everything() == before


def everything() -> list[Any]:
    return list(PublicChange.objects.order_by("pk").values_list())


def said(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


#: Columns → what an owner would write of a state; all at once.
CHANGES: dict[str, dict[str, Any]] = {
    "another card": {"card": {"name": "Otro"}},
    "a later moment": {"decided_at": "2099-01-01T00:00:00Z"},
    "another project": {"project_id": "00000000-0000-4000-8000-000000000009"},
    "another decision": {"decision_id": "00000000-0000-4000-8000-000000000009"},
    "no decision": {"decision_id": None},
    "never shown": {"published": False},
    "a correction": {"correction": True, "note": "Nunca se dijo otra cosa."},
    "another key": {"id": "00000000-0000-4000-8000-000000000009"},
    "emptied but for its digest": {"card": {}, "note": ""},
    "emptied but for its card": {"digest": "", "note": ""},
    "emptied and dated anew": {"card": {}, "digest": "", "note": "", "decided_at": "2099-01-01T00:00:00Z"},
    "a list for a card": {"card": [], "digest": "", "note": ""},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_kept_state_is_not_changed(state: PublicChange, changes: dict[str, Any]) -> None:
    with refused():
        PublicChange.objects.filter(pk=state.pk).update(**changes)


@pytest.mark.parametrize("told", [{"card": {"name": "Otro"}}, {"digest": "ab"}, {"note": "Algo"}], ids=str)
def test_an_emptied_state_is_told_nothing_again(empty: PublicChange, told: dict[str, Any]) -> None:
    assert (empty.card, empty.digest, empty.note) == ({}, "", "")
    with refused():
        PublicChange.objects.filter(pk=empty.pk).update(**told)


def test_a_state_is_emptied_as_often_as_its_project_is_withdrawn(state: PublicChange) -> None:
    withdraw(P002)
    publish(P002)
    withdraw(P002)
    assert {(json.dumps(row.card), row.digest, row.note) for row in PublicChange.objects.all()} == {("{}", "", "")}
    assert PublicChange.objects.count() == 4


@pytest.mark.parametrize("fixture", ["state", "empty"])
def test_no_state_is_deleted(fixture: str, request: pytest.FixtureRequest) -> None:
    row = request.getfixturevalue(fixture)
    with refused():
        row.delete()
    with refused():
        said(f"DELETE FROM {TABLE}")


def test_a_file_of_rows_writes_over_none(state: PublicChange) -> None:
    text = serializers.serialize("json", [state]).replace(P002.municipality, "Soledad")
    with refused():
        for one in serializers.deserialize("json", text):
            one.save()


@SQLITE
@pytest.mark.parametrize("column", ["id", "rowid"])
def test_no_state_is_replaced(state: PublicChange, column: str) -> None:
    """As a session of one's own would, in which the deletion within a replacement fires nothing."""
    names = [str(field.column) for field in PublicChange._meta.concrete_fields if field.column != "id"]
    keys = {"id": "id, rowid + 1", "rowid": "'00000000000040008000000000000009', rowid"}[column]
    columns = ", ".join(names)
    said("PRAGMA recursive_triggers=OFF")
    try:
        with refused():
            said(f"INSERT OR REPLACE INTO {TABLE} (id, rowid, {columns}) SELECT {keys}, {columns} FROM {TABLE}")
    finally:
        said("PRAGMA recursive_triggers=ON")


@POSTGRESQL
def test_the_table_is_not_emptied_whole_nor_written_over(state: PublicChange) -> None:
    columns = ", ".join(str(field.column) for field in PublicChange._meta.concrete_fields)
    with refused():
        said(f"TRUNCATE {TABLE} CASCADE")
    with refused():
        said(
            f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {TABLE}"
            " ON CONFLICT (id) DO UPDATE SET note = 'Algo'"
        )


def test_a_restored_installation_without_the_guard_is_told(state: PublicChange) -> None:
    name = f"held_{TABLE}_update"
    assert not [one for one in backups.check_restored() if one["problem"] == "trigger_missing"]
    said(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if connection.vendor == "postgresql" else ""))
    assert {"problem": "trigger_missing", "name": name} in backups.check_restored()
    triggers.install(connection)
    assert not [one for one in backups.check_restored() if one["problem"] == "trigger_missing"]
