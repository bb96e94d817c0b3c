"""Shared by every suite: the conformance plugin and the choice of the tests that need a database.

Marks registered in pyproject.toml: `requirement`, `rule`, `criterion`, `beyond` name what a test proves;
`corpus`, `services`, `e2e`, `soak` name what it needs, and `make test` leaves those out.
"""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.conformance.plugin"]

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "django_db_setup"})


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
