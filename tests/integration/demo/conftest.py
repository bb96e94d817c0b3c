"""The demo, played once for this folder of tests into a folder and a transaction of its own.

Tests that ask for `stage` carry the django_db mark: what each of them writes is undone inside that transaction.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from cms import worker
from cms.core.bootstrap import ensure_site
from cms.demo import play
from cms.demo.stage import Stage
from cms.settings.home import prepare_home
from records import clock
from search import api as search


@pytest.fixture(scope="package")
def stage(django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The house as it stands on the default day, everything read and indexed."""
    home = tmp_path_factory.mktemp("demo")
    prepare_home(home)
    with django_db_blocker.unblock(), in_folder(home), transaction.atomic():
        clock.offset.cache_clear()
        search.rebuild()
        play.play()
        ensure_site(8000)
        worker.drain_once()
        yield Stage()
        transaction.set_rollback(True)
    clock.offset.cache_clear()


def in_folder(home: Path) -> override_settings:
    """Bytes, index and clock of an installation of its own."""
    store = {**settings.RECORDS["STORE"], "OPTIONS": {"root": home / "store"}}
    engine = {"BACKEND": settings.SEARCH["ENGINE"]["BACKEND"], "OPTIONS": {"path": home / "index"}}
    return override_settings(
        CUSTODIA_HOME=home,
        RECORDS={**settings.RECORDS, "STORE": store, "PAGE_CACHE": home / "renditions"},
        SEARCH={"ENGINE": engine},
    )


class Ran:
    """What a command answered: its exit code, its JSON document and its standard output."""

    def __init__(self, code: int, output: str, errors: str) -> None:
        self.code, self.output, self.errors = code, output, errors

    @property
    def json(self) -> Any:
        return json.loads(self.output)


def command(name: str, *arguments: object) -> Ran:
    """Run a command of ours with --json, in this process."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(name, *map(str, arguments), "--json", stdout=out, stderr=err)
    except SystemExit as ended:
        return Ran(int(ended.code or 0), out.getvalue(), err.getvalue())
    return Ran(0, out.getvalue(), err.getvalue())
