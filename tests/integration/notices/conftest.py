"""A desk with an index of its own, a reader with one grant, and pieces that can be found."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records import clock
from records.models import Document, Expediente, Grant, PageText
from records.services import access
from records.vocabulary import Level
from search import api as search
from search import conf
from tests import factories
from tests.people import make_cast

ENGINE = "search.engines.embedded.EmbeddedEngine"
Browse = Callable[[str], Client]
File = Callable[..., Document]


@pytest.fixture(autouse=True)
def index(settings: Any, tmp_path: Path, db: None) -> Iterator[Path]:
    settings.SEARCH = {"ENGINE": {"BACKEND": ENGINE, "OPTIONS": {"path": tmp_path / "index"}}}
    conf.forget_engines()
    conf.get_engine().rebuild([])
    yield tmp_path / "index"
    conf.forget_engines()


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    people = make_cast()
    for login, person in people.items():
        person.email = f"{login}@ministerio.example"
        person.save(update_fields=["email"])
    return people


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", title="Taller regional")
    factories.appoint_custodian(made, cast["custodia"])
    return made


@pytest.fixture
def file(cast: dict[str, Any], expediente: Expediente) -> File:
    """Files a piece whose one page says `text`, and makes it findable."""

    def filed(text: str = "radar de vigilancia", level: str = Level.RESTRICTED, **fields: Any) -> Document:
        piece = factories.insert_piece(cast["archivista"], expediente, level, **fields)
        PageText.objects.create(document=piece, number=1, text=text)
        reindexed(piece)
        return piece

    return filed


def reindexed(*pieces: Document) -> None:
    search.enqueue("custody", [str(piece.pk) for piece in pieces])
    search.drain()


@pytest.fixture
def grant(cast: dict[str, Any]) -> Callable[..., Grant]:
    def given(piece: Document, login: str = "revisora") -> Grant:
        until = clock.today() + datetime.timedelta(days=90)
        return access.grant_access(
            actor=cast["custodia"], target=piece, person=cast[login], until=until, reason="Revisa el anexo."
        )

    return given


@pytest.fixture
def browse(cast: dict[str, Any]) -> Browse:
    def by(login: str) -> Client:
        client = Client()
        client.force_login(cast[login])
        return client

    return by
