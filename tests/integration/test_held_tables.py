"""Tests that commit leave the database as they found it: empty, and held again."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from records import triggers
from tests.people import make_person


@pytest.mark.rule("K4")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_every_round_starts_empty_and_held(round_: int) -> None:
    assert triggers.present(connection) >= triggers.EXPECTED[connection.vendor]
    make_person("archivista")
    with pytest.raises(DatabaseError), transaction.atomic():
        make_person("archivista")
