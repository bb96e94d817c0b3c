"""The two ways to work: everything due now and end, or for ever.

For ever, readers take tasks on their own threads while the main thread keeps the index level with the
outbox: a long reading delays neither the others' text nor what is already read.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, connections

from cms.users.expired import sweep_sessions
from cms.worker import names, pulse, queue
from records.api import (
    BytesKeeper,
    care_for_bytes,
    checkpoint_ledger,
    count_loose_rights,
    stamp_ledger,
    sweep_certificates,
    sweep_litter,
    sweep_page_cache,
    sweep_quarantine,
)
from search import api as search

logger = logging.getLogger(__name__)

#: Seconds to rest when nothing is due; how often dead workers' rows are looked for, and old rows forgotten.
REST = 0.1
RECOVER_EVERY = 10.0
SWEEP_EVERY = 3600.0
#: How often the whole store is looked through for what no row names.
LITTER_EVERY = 6 * SWEEP_EVERY
#: How often an index that was lost or damaged while nothing was due is noticed and built again.
MEND_EVERY = 10.0
#: How often the ledger's head is signed and kept outside: what came since is all that could be rewritten unseen.
CHECKPOINT_EVERY = 60.0
#: How often it is asked whether the head of today still lacks its time-stamp.
STAMP_EVERY = 900.0
#: How soon new bytes are copied elsewhere, and what is due is proved.
CARE_EVERY = 5.0
#: Looking for it in a great store takes long: when there was nothing, so many times as long is waited.
CARE_REST = 20
#: How often rights that hang from nothing are counted.
RIGHTS_EVERY = 24 * SWEEP_EVERY
#: Seconds that readers are given to finish when asked to stop; what they leave is recovered by the next worker.
GRACE = 8.0


@dataclass
class Tally:
    """Tasks and outbox rows done, failed for good, and still due now; what was put off is in none."""

    done: int = 0
    failed: int = 0
    left: int = 0

    def count(self, ending: queue.Ending) -> None:
        self.done += ending is queue.Ending.DONE
        self.failed += ending is queue.Ending.FAILED


def drain_once(progress: Callable[[int, int], None] | None = None) -> Tally:
    """Do all that is due and end."""
    worker, tally = names.own_name(), Tally()
    queue.recover()
    sweep_quarantine()
    sweep_page_cache()
    sweep_certificates()
    sweep_sessions()
    checkpoint_ledger()
    stamp_ledger()
    sweep_litter()
    total = queue.due().count()
    while row := queue.take(worker):
        tally.count(queue.run(row))
        if progress:
            progress(min(tally.done + tally.failed, total), total)
    tally.done += search.drain()["done"]
    care_for_bytes()
    tally.left = queue.due().count() + search.due_count()
    return tally


def run(stop: threading.Event, readers: int | None = None) -> None:
    """Work until `stop` is set. Faults of the database or of the engine are waited out, never fatal."""
    worker = names.own_name()
    threads = [
        threading.Thread(target=read_for_ever, args=(worker, stop), name=f"reader-{number}", daemon=True)
        for number in range(readers or min(os.cpu_count() or 1, 4))
    ]
    threads.append(threading.Thread(target=keep_bytes, args=(stop,), name="bytes", daemon=True))
    for thread in threads:
        thread.start()
    keep_house(worker, stop)
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    pulse.stop(worker)


def read_for_ever(worker: str, stop: threading.Event) -> None:
    while not stop.is_set():
        if not patiently(lambda: take_and_run(worker)):
            stop.wait(REST)
    connections.close_all()


def keep_bytes(stop: threading.Event) -> None:
    """Copy and prove stored bytes at the pace that settings allow, beside everything else."""
    keeper = BytesKeeper(stop.is_set)
    while not stop.is_set():
        asked = time.monotonic()
        if not patiently(keeper.step):
            stop.wait(max(CARE_EVERY, CARE_REST * (time.monotonic() - asked)))
    connections.close_all()


def take_and_run(worker: str) -> bool:
    row = queue.take(worker)
    if row:
        queue.run(row)
    return row is not None


def keep_house(worker: str, stop: threading.Event) -> None:
    """Beat, recover and index, on the main thread."""
    beat = Chore(pulse.EVERY, lambda: pulse.beat(worker))
    recover, sweep = Chore(RECOVER_EVERY, queue.recover), Chore(SWEEP_EVERY, queue.sweep)
    chores = (
        *(beat, recover, sweep, Chore(MEND_EVERY, mend_index), Chore(SWEEP_EVERY, sweep_quarantine)),
        *(Chore(SWEEP_EVERY, one) for one in (sweep_page_cache, sweep_certificates, sweep_sessions)),
        *(Chore(CHECKPOINT_EVERY, checkpoint_ledger), Chore(STAMP_EVERY, stamp_ledger)),
        *(Chore(LITTER_EVERY, sweep_litter), Chore(RIGHTS_EVERY, watch_rights)),
    )
    while not stop.is_set():
        for chore in chores:
            patiently(chore.when_due)
        if not patiently(index_due):
            stop.wait(REST)


def index_due() -> bool:
    """Bring what is due into the index; False when there was nothing, or nothing that went well."""
    return search.due_count() > 0 and search.drain()["done"] > 0


def mend_index() -> None:
    if search.engine_state() != "ready":
        search.drain()


def watch_rights() -> None:
    """Alarm when a right hangs from nothing (criterion 33): its kinds, as a number would tell how many have access."""
    loose = [kind for kind, count in count_loose_rights().items() if count]
    if loose:
        logger.error("worker: loose rights: %s", ", ".join(loose))


class Chore:
    """Something done at most every so many seconds, the first time at once."""

    def __init__(self, every: float, act: Callable[[], object]) -> None:
        self.every, self.act, self.next = every, act, 0.0

    def when_due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.every
        self.act()
        return True


def patiently(act: Callable[[], object]) -> bool:
    """Do it; a database that is busy or away is waited out."""
    try:
        return bool(act())
    except DatabaseError as fault:
        logger.warning("worker: %s", type(fault).__name__)
        close_old_connections()
        return False
