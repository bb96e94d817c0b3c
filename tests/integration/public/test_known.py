"""Facts kept in memory under the mark of what is public: asked once, and never told when they are not so any more."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.core import generation, known
from cms.core.generation import PublicGeneration
from cms.core.identity import Identity
from tests.integration.public.cards import P001, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _marked(db) -> None:
    generation.advance()


@pytest.fixture
def asked() -> list[int]:
    return []


@pytest.fixture
def ask(asked: list[int]) -> Callable[[], int]:
    """Each time another answer, so that what is told tells when it was asked."""

    def one_more() -> int:
        asked.append(len(asked) + 1)
        return asked[-1]

    return one_more


def test_a_fact_is_asked_once_under_a_mark(ask):
    assert [known.fact("one", ask), known.fact("one", ask)] == [1, 1]

    generation.advance()

    assert [known.fact("one", ask), known.fact("one", ask)] == [2, 2]


def test_what_another_process_changed_is_asked_anew(ask):
    known.fact("one", ask)

    PublicGeneration.objects.update(mark=uuid.uuid4())

    assert known.fact("one", ask) == 2


def test_a_transaction_that_may_be_undone_is_told_what_is_so_in_it_and_tells_nobody(ask):
    known.fact("one", ask)

    with transaction.atomic():
        assert [known.fact("one", ask), known.fact("other", ask)] == [2, 3]

    assert [known.fact("one", ask), known.fact("other", ask)] == [1, 4]


def test_what_was_asked_while_the_mark_moved_is_told_and_not_kept(ask):
    def meanwhile() -> int:
        generation.advance()
        return ask()

    assert [known.fact("one", meanwhile), known.fact("one", ask)] == [1, 2]


def test_in_a_request_too_what_was_asked_while_the_mark_moved_is_not_kept(ask):
    def meanwhile() -> int:
        PublicGeneration.objects.update(mark=uuid.uuid4())
        return ask()

    with generation.asked_once():
        assert [known.fact("one", meanwhile), known.fact("one", ask)] == [1, 2]
    assert known.fact("one", ask) == 3


def test_without_a_mark_nothing_is_kept(ask):
    PublicGeneration.objects.all().delete()

    assert [known.fact("one", ask), known.fact("one", ask)] == [1, 2]


def test_after_some_minutes_all_is_asked_anew(ask, monkeypatch):
    known.fact("one", ask)

    monkeypatch.setattr(known, "LONGEST", 1)

    assert known.fact("one", ask) == 2


def test_a_request_asks_the_mark_once_and_the_next_one_again(site, client):
    publish(P001)
    client.get("/banco/")

    with CaptureQueriesContext(connection) as questions:
        client.get("/banco/")
        client.get("/banco/")

    assert sum("core_publicgeneration" in one["sql"] for one in questions) == 2


def test_another_name_of_the_site_shows_in_the_next_request(site, client):
    client.get("/ayuda/")

    Identity.objects.create(name="Banco de otra casa")
    assert "Banco de otra casa" in client.get("/ayuda/").content.decode()

    with transaction.atomic():
        Identity.objects.update(name="Nombre que no fue")
        generation.advance()
        assert "Nombre que no fue" in client.get("/ayuda/").content.decode()
        transaction.set_rollback(True)
    assert "Banco de otra casa" in client.get("/ayuda/").content.decode()
