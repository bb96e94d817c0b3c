"""An installation made ready: migrated, played, its site's first pages in place and everything findable."""

from __future__ import annotations

import contextlib
import datetime
import gc
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cms import worker
from cms.checks import refuse_dangerous_start
from cms.core.bootstrap import ensure_site
from cms.demo import people, play, stories
from cms.demo.play import Progress
from records.api import Expediente, at
from search import api as search


def migrate() -> bool:
    """Apply what is missing; False when nothing was. Finding that out is quick, Django's own command is not."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    # The key of a new installation is in use from the day of its first act: receipts are never older than it.
    new = not executor.loader.applied_migrations
    with calm_collector(), at(play.beginning()) if new else contextlib.nullcontext():
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    return True


@contextlib.contextmanager
def calm_collector() -> Iterator[None]:
    """Migrations make classes by the ten thousand; collecting at every 700 objects is a tenth of their time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def make_ready(until: datetime.date | None, progress: Progress) -> None:
    """Whatever this installation still lacks. Raises OtherDate and DangerousStart.

    One that lacks nothing is left at once: the processes it then starts look for danger themselves.
    """
    migrate()
    play.date_of(until)
    if play.is_loaded():
        people.ensure_people()  # a later version may have somebody whom this folder has never seen
        return
    refuse_dangerous_start()
    if search.engine_state() != "ready":
        search.rebuild()
    play.play(until, progress)
    ensure_site(settings.CUSTODIA_PORT)
    stories.tell(play.date_of(until))
    worker.drain_once()
    play.finish()


def expedientes() -> list[dict[str, str]]:
    return [{"code": row.code, "title": row.title} for row in Expediente.objects.order_by("code")]
