"""Loading the demo: what was not played yet is played, and the clock is left running from its last day."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from cms.demo import fixtures, people, score
from cms.demo.models import DemoLoad
from cms.demo.stage import Stage
from records.api import at, shift_to

#: The hour at which the demo's clock takes over on its last day; the day's acts are over by then.
OPENING_HOUR = datetime.time(9, 14)
Progress = Callable[[int, int], None]


class OtherDate(Exception):
    """This installation was loaded up to another date; `until` is that date."""

    def __init__(self, until: datetime.date) -> None:
        self.until = until
        super().__init__(until)


def date_of(asked: datetime.date | None) -> datetime.date:
    """The last day of this installation's play: the one it was made for, else the one asked, else the default.

    Raises OtherDate when a different one is asked of an installation that has one already.
    """
    load = DemoLoad.objects.first()
    if load and asked and asked != load.until:
        raise OtherDate(load.until)
    return load.until if load else asked or fixtures.DEFAULT_DAY


def beginning() -> datetime.datetime:
    """The moment of the first act."""
    return next(score.moments(fixtures.DEFAULT_DAY))[1]


def is_loaded() -> bool:
    return DemoLoad.objects.filter(finished=True).exists()


def play(asked: datetime.date | None = None, progress: Progress | None = None) -> None:
    """Play every step that was not played yet, and leave the clock at the end of them.

    Each step and its mark are one transaction: killed at any moment, the next run goes on from there.
    Raises OtherDate.
    """
    until = date_of(asked)
    DemoLoad.objects.get_or_create(pk=1, defaults={"until": until})
    with at(beginning()):  # the history of roles begins where the play does
        people.ensure_people()
    perform(until, progress)
    take_over(until)


def finish() -> None:
    """Mark the load as whole: from now on a start plays nothing and leaves the clock alone."""
    DemoLoad.objects.update(finished=True)


def perform(until: datetime.date, progress: Progress | None) -> None:
    stage, steps = Stage(), list(score.moments(until))
    for done, (step, moment) in enumerate(steps, 1):
        if step.key not in stage.played:
            with transaction.atomic(), at(moment):
                stage.note(step.key, step.act(stage))
        if progress:
            progress(done, len(steps))


def take_over(until: datetime.date) -> None:
    """Let domain time run on from the last day of the play; done again only by a load that was cut short."""
    shift_to(datetime.datetime.combine(until, OPENING_HOUR, ZoneInfo(settings.TIME_ZONE)))
