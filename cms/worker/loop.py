"""The two ways to work: everything due now and end, or for ever.

For ever, readers take tasks on their own threads while another keeps the index level with the outbox: a long reading
delays neither the others' text nor what is already read. What takes long of the index (rebuilding,
proving, comparing) has a thread of its own, and so have the stored bytes; the main thread beats and keeps house.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, connections

from cms.core.scheduled import publish_due
from cms.notices import queue as mails
from cms.notices import sending
from cms.publication import files as public_files
from cms.users.expired import sweep_sessions
from cms.worker import names, pulse, queue
from cms.worker.waking import REST, Watch
from records.api import (
    BytesKeeper,
    care_for_bytes,
    checkpoint_ledger,
    count_loose_rights,
    index_audit_due,
    stamp_ledger,
    sweep_certificates,
    sweep_litter,
    sweep_page_cache,
    sweep_quarantine,
)
from search import api as search

logger = logging.getLogger(__name__)

#: How often dead workers' rows are looked for, and old rows forgotten.
RECOVER_EVERY = 10.0
SWEEP_EVERY = 3600.0
#: How often the whole store is looked through for what no row names.
LITTER_EVERY = 6 * SWEEP_EVERY
#: How often an index that was lost or damaged while nothing was due is noticed and built again.
MEND_EVERY = 10.0
#: How often its files are read again, and how often it is asked whether today's comparison was made.
PROVE_EVERY = 3600.0
COMPARE_EVERY = 900.0
#: How often the ledger's head is signed and kept outside: what came since is all that could be rewritten unseen.
CHECKPOINT_EVERY = 60.0
#: How often it is asked whether the head of today still lacks its time-stamp.
STAMP_EVERY = 900.0
#: How soon new bytes are copied elsewhere, and what is due is proved.
CARE_EVERY = 5.0
#: Looking for it in a great store takes long: when there was nothing, so many times as long is waited.
CARE_REST = 20
#: How often pages are put on and off the site that an editor set a moment for.
PAGES_EVERY = 30.0
#: How soon the bytes of what was just made public are there to be downloaded.
PUBLIC_FILES_REST = 3.0
#: How soon what is new in saved searches is looked for again, and mails are asked for.
NOTICES_REST = 5.0
MOST_ROUNDS = 1000
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
    publish_due()
    total = queue.due().count()
    while row := queue.take(worker):
        tally.count(queue.run(row))
        if progress:
            progress(min(tally.done + tally.failed, total), total)
    tally.done += search.drain()["done"]
    care_for_bytes()
    public_files.settle()
    notify_once()
    tally.left = queue.due().count() + search.due_count()
    return tally


def run(stop: threading.Event, readers: int | None = None) -> None:
    """Work until `stop` is set. Faults of the database or of the engine are waited out, never fatal."""
    worker = names.own_name()
    threads = [
        threading.Thread(target=read_for_ever, args=(worker, stop), name=f"reader-{number}", daemon=True)
        for number in range(readers or min(os.cpu_count() or 1, 4))
    ]
    others = {
        "bytes": keep_bytes,
        "public-files": keep_public_files,
        "notices": notify,
        "indexer": index_for_ever,
        "index-keeper": keep_index,
    }
    threads += [threading.Thread(target=act, args=(stop,), name=name, daemon=True) for name, act in others.items()]
    for thread in threads:
        thread.start()
    keep_house(worker, stop)
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    pulse.stop(worker)


def read_for_ever(worker: str, stop: threading.Event) -> None:
    watch = Watch()
    while not stop.is_set():
        watch.look()
        if not patiently(lambda: take_and_run(worker)):
            watch.rest(stop)
    connections.close_all()


def keep_bytes(stop: threading.Event) -> None:
    """Copy and prove stored bytes at the pace that settings allow, beside everything else."""
    keeper = BytesKeeper(stop.is_set)
    while not stop.is_set():
        asked = time.monotonic()
        if not patiently(keeper.step):
            stop.wait(max(CARE_EVERY, CARE_REST * (time.monotonic() - asked)))
    connections.close_all()


def keep_public_files(stop: threading.Event) -> None:
    """Copy what was made public to where the public process reads it, and take away what is no longer."""
    while not stop.is_set():
        patiently(public_files.settle)
        stop.wait(PUBLIC_FILES_REST)
    connections.close_all()


def notify(stop: threading.Event) -> None:
    """Look for what is new in saved searches and send mails: a server of mail that is slow delays nothing else."""
    while not stop.is_set():
        if not patiently(sending.step):
            stop.wait(NOTICES_REST)
    connections.close_all()


def notify_once() -> None:
    """All that is due; how many rounds that takes is bounded, as what is put off is not due again."""
    for _round in range(MOST_ROUNDS):
        if not sending.step():
            return


#: Set when a reader has finished something: what it read is indexed at once, and not at the next look.
news = threading.Event()


def index_for_ever(stop: threading.Event) -> None:
    """Bring what is due into the index as soon as a reader here has it, or some process's row is seen."""
    watch = Watch()
    while not stop.is_set():
        watch.look()
        if not patiently(index_due):
            watch.rest(stop, news)
        news.clear()
    connections.close_all()


def keep_index(stop: threading.Event) -> None:
    """Mend, prove and compare the index, beside what is indexed."""
    chores = (
        Chore(MEND_EVERY, search.mend),
        Chore(PROVE_EVERY, search.verify),
        Chore(COMPARE_EVERY, compare_index),
    )
    while not stop.wait(REST):
        for chore in chores:
            patiently(chore.when_due)
    connections.close_all()


def take_and_run(worker: str) -> bool:
    row = queue.take(worker)
    if row:
        queue.run(row)
        news.set()
    return row is not None


def keep_house(worker: str, stop: threading.Event) -> None:
    """Beat, recover and sweep, on the main thread."""
    beat = Chore(pulse.EVERY, lambda: pulse.beat(worker))
    recover, sweep = Chore(RECOVER_EVERY, queue.recover), Chore(SWEEP_EVERY, queue.sweep)
    chores = (
        *(beat, recover, sweep, Chore(SWEEP_EVERY, sweep_quarantine)),
        *(Chore(SWEEP_EVERY, one) for one in (sweep_page_cache, sweep_certificates, sweep_sessions, mails.sweep)),
        *(Chore(CHECKPOINT_EVERY, checkpoint_ledger), Chore(STAMP_EVERY, stamp_ledger)),
        Chore(PAGES_EVERY, publish_due),
        *(Chore(LITTER_EVERY, sweep_litter), Chore(RIGHTS_EVERY, watch_rights)),
    )
    while not stop.is_set():
        for chore in chores:
            patiently(chore.when_due)
        stop.wait(REST)


def index_due() -> bool:
    """Bring what is due into the index; False when there was nothing, or nothing that went well."""
    return search.anything_due() and search.drain()["done"] > 0


def compare_index() -> None:
    """Once a day: index and database compared, what differs set right, and the report kept (`beyond 4`)."""
    if index_audit_due():
        with suppress(search.EngineUnavailable):  # what mends it is at work
            search.audit(repair=True)


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
