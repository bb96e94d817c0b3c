"""A public site of its own for each test: the first pages, an empty public index, the editor's addresses.

The editor's process serves the pages and the admin and routes nothing of custody: enough, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cms.core.bootstrap import ensure_site
from cms.home.models import HomePage
from search import api as search_api
from search import conf
from tests.people import make_person


@pytest.fixture(autouse=True)
def _editor_process(settings, tmp_path: Path) -> Iterator[None]:
    settings.ROOT_URLCONF = "cms.urls.editor"
    settings.SEARCH = {
        "ENGINE": {
            "BACKEND": "search.engines.embedded.EmbeddedEngine",
            "OPTIONS": {"path": tmp_path / "index", "lock_wait_seconds": 0.2},
        }
    }
    conf.forget_engines()
    yield
    conf.forget_engines()


@pytest.fixture
def site(db) -> HomePage:
    return ensure_site(8000)


@pytest.fixture
def indexed(site: HomePage) -> HomePage:
    """The site with a public index that holds all of it."""
    search_api.rebuild()
    search_api.drain()
    return site


@pytest.fixture
def editor(site: HomePage) -> Client:
    """A browser in which `editora` has entered."""
    make_person("editora")
    client = Client()
    client.force_login(get_user_model().objects.get(username="editora"))
    return client
