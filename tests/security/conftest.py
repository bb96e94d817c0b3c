"""A database that lasts for a module: built once, and every test undoes what it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Nothing that happens inside stays in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lasting_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for all tests of a module, which carry the mark `django_db`; as before when the module ends."""
    with django_db_blocker.unblock(), undone():
        yield
