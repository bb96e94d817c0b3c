"""What a worker does for the stored bytes: copies what lacks a copy, proves what is due, at a measured pace.

One process of the installation does it at a time. Nothing here ends a worker: a medium that refuses is waited out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from itertools import takewhile

from django.db import transaction

from records import audit, conf
from records.errors import RecordsError
from records.fixity.places import store
from records.fixity.replication import replicate
from records.fixity.sweep import Sweeper, Swept
from records.storage.base import Pace

logger = logging.getLogger(__name__)
LOCK = "sweeping"
#: An event of the ledger tells what was proved when nothing is due any more, and at least this often (seconds).
TELL_EVERY = 3600.0
#: Of one care: settings that make everything due again at once do not hold a command for ever.
MOST_SLICES = 1_000_000


class Ended(Exception):
    """The worker is to end: what was being read is read again by the next one."""


class Throttle:
    """Lets at most so many bytes a second be read, all threads together; 0 sets no limit. `ends` is asked as often."""

    def __init__(self, rate: int, ends: Callable[[], bool] = lambda: False) -> None:
        self.rate, self.ends = rate, ends
        self.lock, self.free_at = threading.Lock(), 0.0

    def __call__(self, count: int) -> None:
        if self.ends():
            raise Ended
        if self.rate <= 0:
            return
        with self.lock:
            start = max(self.free_at, time.monotonic())
            self.free_at = start + count / self.rate
        wait = self.free_at - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, 1.0))


class Keeper:
    """Keeps the bytes of one installation, slice by slice."""

    def __init__(self, ends: Callable[[], bool] = lambda: False, rate: int | None = None) -> None:
        self.pace: Pace = Throttle(conf.fixity().bytes_per_second if rate is None else rate, ends)
        self.sweeper, self.untold, self.told_at = Sweeper(), Swept(), time.monotonic()

    def step(self) -> bool:
        """Do one slice; False when nothing was left to do, or somebody else does it."""
        try:
            with store().store.alone(LOCK, wait=False) as mine:
                return mine and self.worked()
        except Ended:
            return False
        except (RecordsError, OSError) as fault:  # a medium that refuses ends no worker
            logger.warning("fixity: %s", fault)
            return False

    def worked(self) -> bool:
        copied, swept = replicate(self.pace), self.sweeper.slice(self.pace)
        self.untold.add(swept)
        more = bool(copied or swept.checked)
        if self.untold.checked and (not more or time.monotonic() - self.told_at > TELL_EVERY):
            self.tell()
        return more

    def tell(self) -> None:
        done = self.untold
        wrong = [digest for _place, digest in done.wrong]
        with transaction.atomic():
            audit.record(
                "custody.swept", actor=None, subject="custody",
                checked=done.checked, bytes=done.bytes, wrong=wrong, mended=done.mended,
            )  # fmt: skip
        self.untold, self.told_at = Swept(), time.monotonic()


def care_now() -> int:
    """Copy and prove all that is due, without a limit of pace; how many slices it took."""
    keeper = Keeper(rate=0)
    return sum(1 for _slice in takewhile(lambda _number: keeper.step(), range(MOST_SLICES)))
