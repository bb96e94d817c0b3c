"""A desk with the cast: one derived expediente, its custodian, and a browser for each person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records.desk import marking
from records.models import Document, Expediente
from records.vocabulary import Level
from search import api as search
from search import conf
from tests import factories
from tests.people import make_cast

Browse = Callable[[str], Client]
ENGINE = "search.engines.embedded.EmbeddedEngine"


@pytest.fixture
def index(settings: Any, tmp_path: Path, db: None) -> Iterator[Path]:
    """The embedded engine, ready, in a folder of its own."""
    settings.SEARCH = {"ENGINE": {"BACKEND": ENGINE, "OPTIONS": {"path": tmp_path / "index"}}}
    conf.forget_engines()
    search.rebuild()
    yield tmp_path / "index"
    conf.forget_engines()


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", title="Taller regional")
    factories.appoint_custodian(made, cast["custodia"])
    return made


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    """A restricted piece with rows only."""
    return factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)


@pytest.fixture
def browse(cast: dict[str, Any]) -> Browse:
    def by(login: str) -> Client:
        client = Client()
        client.force_login(cast[login])
        return client

    return by


@pytest.fixture
def equal_words() -> Iterator[None]:
    """A marker that marks the words equal to one of the query's, as long as a test runs."""
    before = marking._marker[0]
    marking.use_marker(lambda words, query: [i for i, word in enumerate(words) if word in query.split()])
    yield
    marking.use_marker(before)
