"""The rights on which a page of hits rests: read before the engine, once more after it, and never kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import permissions
from records.models import Expediente
from records.vocabulary import Level
from search.conf import get_engine
from tests import factories
from tests.integration.desk.test_search import findable, found

Browse = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("index")
#: Read at each reading of a person's rights, and at no other time.
SIGN = 'FROM "records_recusal"'


def granted(cast: dict[str, Any], expediente: Expediente) -> Any:
    """A grant over a findable piece to somebody whom nothing else opens it."""
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    terms = {"person": cast["revisora"], "until": factories.FAR, "reason": "caso"}
    grant = factories.access.grant_access(actor=cast["custodia"], target=piece, **terms)
    findable(piece, "licencia del controlador")
    return grant


def withdraw(cast: dict[str, Any], grant: Any) -> None:
    factories.access.revoke_grant(actor=cast["custodia"], grant=grant, reason="terminó")


@pytest.mark.requirement("J5")
def test_a_page_of_hits_reads_its_readers_rights_twice(
    browse: Browse, cast: dict[str, Any], expediente: Expediente
) -> None:
    granted(cast, expediente)
    with CaptureQueriesContext(connection) as asked:
        assert "¿Por qué puedo verlo?" in found(browse, "revisora", "controlador")
    assert sum(SIGN in query["sql"] for query in asked) == 2


@pytest.mark.beyond(5)
@pytest.mark.requirement("J3")
def test_a_right_that_ends_while_the_engine_answers_shows_nothing(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant, engine = granted(cast, expediente), get_engine()
    rounds: list[int] = []
    answer = engine.search

    def and_then_withdrawn(asked: Any) -> Any:
        given = answer(asked)
        rounds.append(given.total)
        if len(rounds) == 1:
            withdraw(cast, grant)
        return given

    monkeypatch.setattr(engine, "search", and_then_withdrawn)
    body = found(browse, "revisora", "controlador")
    assert rounds[0] == 1
    assert "¿Por qué puedo verlo?" not in body
    assert "0 documentos" in body


def test_nothing_of_a_sitting_is_left_for_the_next(cast: dict[str, Any], expediente: Expediente) -> None:
    grant, person = granted(cast, expediente), cast["revisora"]
    piece = grant.document
    with permissions.sitting():
        assert permissions.allows(person, "view", piece)
        withdraw(cast, grant)
        assert permissions.allows(person, "view", piece), "within, what was read stays"
        permissions.read_anew()
        assert not permissions.allows(person, "view", piece)
    with permissions.sitting():
        assert not permissions.allows(person, "view", piece)
    assert not permissions.allows(person, "view", piece)


def test_what_was_read_of_one_person_answers_for_nobody_else(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = granted(cast, expediente).document
    with permissions.sitting():
        assert permissions.allows(cast["revisora"], "view", piece)
        assert not permissions.allows(cast["ajeno"], "view", piece)
