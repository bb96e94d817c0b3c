"""Several workers at once, on a server that lets them run at once."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from search import api
from search.conf import get_engine
from search.models import OutboxEntry
from tests.integration.search.shelf import Shelf, held_by, projection
from tests.unit.search.entries import PARTITIONS

WORKERS, DOCUMENTS, CHANGES = 3, 40, 150


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion(26)
def test_workers_at_once_while_documents_change(shelf: Shelf, settings) -> None:
    options = {**settings.SEARCH["ENGINE"]["OPTIONS"], "lock_wait_seconds": 30}
    settings.SEARCH = {"ENGINE": {**settings.SEARCH["ENGINE"], "OPTIONS": options}}
    stop = threading.Event()

    def work() -> int:
        done = 0
        try:
            while not stop.is_set() or api.due_count():
                done += api.drain(5)["done"]
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(work) for _ in range(WORKERS)]
        chance = random.Random(4)
        for number in range(CHANGES):
            shelf.file(f"k{chance.randrange(DOCUMENTS)}", f"Acta {number}", partition=chance.choice(PARTITIONS))
        stop.set()
    assert sum(worker.result() for worker in workers) >= DOCUMENTS * 0.5
    assert not OutboxEntry.objects.exists()
    assert held_by(get_engine()) == sorted(projection(shelf))
    assert not api.audit()
