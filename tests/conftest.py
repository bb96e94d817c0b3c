"""Shared by every suite: the conformance plugin and the choice of the tests that need a database.

Marks registered in pyproject.toml: `requirement`, `rule`, `criterion`, `beyond` name what a test proves;
`corpus`, `services`, `elastic`, `e2e`, `soak` name what it needs, and `make test` leaves those out.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from tests.database import begin_with_copy, keep_copy

pytest_plugins = ["tests.conformance.plugin"]

COMMITTING_FIXTURES = frozenset({"transactional_db", "live_server"})
#: Mark → folders whose tests may carry it: their suites are looked for there alone, and not among five thousand.
HOMES = {"e2e": ("e2e",), "corpus": ("corpus", "quality")}
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that use a database (make test-services runs them on PostgreSQL)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if astray := [item.nodeid for item in items if is_astray(item)]:
        raise pytest.UsageError("\n".join(f"{one}: no suite would find it there, see HOMES" for one in astray))
    for item in filter(commits, items):
        mark = item.get_closest_marker("django_db")
        wanted = {**(mark.kwargs if mark else {}), "transaction": True, "serialized_rollback": True}
        item.add_marker(pytest.mark.django_db(**wanted), append=False)
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = filter(uses_database, items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[None]:
    """The last thing asked for before the tables are made: they come from a copy where one was kept."""
    with django_db_blocker.unblock():
        held = begin_with_copy(connection)
    yield
    if held:
        held.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The signing key's row is held by triggers and cannot be written again over itself: it is not among the rows
    that come back by themselves, but made anew as every set-up makes it."""
    with django_db_blocker.unblock():
        keep_copy(connection)
    rows = json.loads(getattr(connection, "_test_serialized_contents", "[]"))
    connection._test_serialized_contents = json.dumps([row for row in rows if row["model"] != "records.signingkey"])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Leave the database as migrations made it, whatever the test committed.

    Django empties every table after such a test: what is only added to must let go for that moment, and the rows
    that migrations made (Wagtail's root page among them) must come back for the tests that follow.
    """
    from records import signing, triggers  # applications are loaded by now

    forget_witness(item)
    if not commits(item):
        return (yield)
    unblocked = item.config.stash[blocking_manager_key].unblock
    with unblocked():
        triggers.uninstall(connection)
    try:
        return (yield)
    finally:
        if nextitem is not None:  # after the last one the database itself is gone
            with unblocked():
                connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
                signing.ensure_key()
                triggers.install(connection)


def forget_witness(item: pytest.Item) -> None:
    """The database goes back to what it was, and so does the ledger's copy outside: else the desk would be closed.
    What the process knew of it is forgotten."""
    from cms.core import known
    from records import conf
    from records.ledger import rollback

    if uses_database(item) and "lasting_database" not in item.fixturenames:
        shutil.rmtree(conf.witness(), ignore_errors=True)
    rollback._last.closed = False
    known.forget()


def commits(item: pytest.Item) -> bool:
    """Whether the test really commits, so that a rollback does not undo it."""
    mark = item.get_closest_marker("django_db")
    asked = COMMITTING_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked) or bool(mark and mark.kwargs.get("transaction"))


def is_astray(item: pytest.Item) -> bool:
    folder = item.nodeid.split("/")[1]
    return any(item.get_closest_marker(mark) and folder not in homes for mark, homes in HOMES.items())


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks for the database by mark, by fixture, or because it needs a started server."""
    asked = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("services")
    return bool(marked) or bool(asked & DATABASE_FIXTURES)
