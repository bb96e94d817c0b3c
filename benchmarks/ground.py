"""An installation for measuring: its own folder on the checkout's file system, the embedded profile's own settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.report import ROOT, Row, row


@contextmanager
def installation(kept: Path | None = None) -> Iterator[Path]:
    """A migrated, empty installation in this process, with Django set up on it; removed at the end.

    Its settings are the demo's: SQLite in WAL with synchronous=FULL, the local store, the embedded engine. It lies
    under var/ because a memory file system would make every sync free. `kept` is a folder that stays, with what an
    earlier run left in it.
    """
    where = kept or ROOT / "var" / "bench-ground"
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = kept or Path(tempfile.mkdtemp(dir=where))
    report = os.environ.get("CUSTODIA_HOME")
    os.environ.update(CUSTODIA_HOME=str(home), DJANGO_SETTINGS_MODULE="cms.settings.demo")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield home
    finally:
        if not kept:
            shutil.rmtree(home, ignore_errors=True)
        restore(report)


def restore(home: str | None) -> None:
    """Reports go where the caller's installation is, never into the measured one."""
    if home is None:
        os.environ.pop("CUSTODIA_HOME", None)
    else:
        os.environ["CUSTODIA_HOME"] = home


def house() -> tuple[dict[str, Any], Any]:
    """The cast and one expediente with its custodian."""
    from tests import factories
    from tests.people import make_cast

    cast = make_cast()
    opened = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-900")
    factories.appoint_custodian(opened, cast["custodia"])
    return cast, opened


def limited(name: str, value: float, unit: str, *, limit: float, floor: float | None = None) -> Row:
    """A row whose target is a limit in its own unit, whatever its floor is: a person waits seconds, not ratios."""
    return {**row(name, value, unit, floor=floor), "target": limit, "holds": value <= limit}
