"""Signs of life, in machine time: the desk reads them to say that the worker is not running."""

from __future__ import annotations

import datetime
import time

from records.api import WorkerBeat

#: Seconds between two beats, and how old a beat may be before its worker is taken for dead.
EVERY = 2.0
STALE = datetime.timedelta(seconds=15)


def machine_now() -> datetime.datetime:
    """The machine's time: chores do not follow the demo's clock."""
    return datetime.datetime.fromtimestamp(time.time(), datetime.UTC)


def beat(name: str) -> None:
    WorkerBeat.objects.update_or_create(name=name, defaults={"at": machine_now()})


def stop(name: str) -> None:
    """Leave no sign of life behind, and sweep what workers killed long ago left."""
    WorkerBeat.objects.filter(name=name).delete()
    WorkerBeat.objects.filter(at__lt=machine_now() - datetime.timedelta(days=1)).delete()


def is_silent(name: str) -> bool:
    """No beat of that worker for a while."""
    return not WorkerBeat.objects.filter(name=name, at__gte=machine_now() - STALE).exists()
