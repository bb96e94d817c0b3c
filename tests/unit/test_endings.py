"""A task that failed for good is told by somebody: each work of a piece has its ending, and each ending is there."""

from __future__ import annotations

from django.utils.module_loading import import_string

from cms.worker import queue
from records import tasks


def test_every_work_has_an_ending_that_exists() -> None:
    for work in tasks.WORK.values():
        assert work.module_path in queue.ENDINGS
    assert all(callable(import_string(path)) for path in queue.ENDINGS.values())
