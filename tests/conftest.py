"""Shared by every suite: the conformance plugin and the choice of the tests that need a database.

Marks registered in pyproject.toml: `requirement`, `rule`, `criterion`, `beyond` name what a test proves;
`corpus`, `services`, `e2e`, `soak` name what it needs, and `make test` leaves those out.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from records import triggers

pytest_plugins = ["tests.conformance.plugin"]

COMMITTING_FIXTURES = frozenset({"transactional_db", "live_server"})
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})


@pytest.fixture(autouse=True)
def _held_tables_can_be_emptied(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    """After a test that commits, Django empties every table; what is only added to must let go for that moment.

    Set up after pytest-django's own fixture, so torn down before it; emptying ends with `post_migrate`, which
    installs the triggers again.
    """
    yield
    mark = request.node.get_closest_marker("django_db")
    if (mark and mark.kwargs.get("transaction")) or COMMITTING_FIXTURES & set(request.fixturenames):
        for connection in connections.all(initialized_only=True):
            triggers.uninstall(connection)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that use a database (make test-services runs them on PostgreSQL)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    left_out = [item for item in items if not uses_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks for the database by mark, by fixture, or because it needs a started server."""
    asked = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("services")
    return bool(marked) or bool(asked & DATABASE_FIXTURES)
