"""Tests that commit leave the database as they found it: empty, and held again."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from wagtail.models import Page

from records import triggers
from tests.people import make_person


@pytest.mark.rule("K4")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_every_round_starts_empty_and_held(round_: int) -> None:
    assert triggers.present(connection) >= triggers.EXPECTED[connection.vendor]
    assert Page.get_first_root_node() is not None
    make_person("archivista")
    with pytest.raises(DatabaseError), transaction.atomic():
        make_person("archivista")


@pytest.mark.django_db
def test_the_rows_of_the_migrations_are_there_afterwards() -> None:
    assert Page.get_first_root_node() is not None
    assert triggers.present(connection) >= triggers.EXPECTED[connection.vendor]
