"""What proving the ledger costs: reading it whole, and signing its head after a hundred more events.

Target: 50,000 events verified a second, which is 20 ms for a thousand. Floor: the same payloads from a list, hashed as
leaves and read as JSON, without tree, database or heads.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import house, installation, limited
from benchmarks.report import Row, publish, scale

MANY = 5_000


def fill(person: Any, events: int) -> None:
    """So many readings of pages, written as readings are."""
    from django.db import transaction

    from records import audit
    from records.ledger import checkpoints

    for _some in range(0, events, MANY):
        with transaction.atomic():
            facts = ({"page": number, "level": "reserved", "ground": "grant_document"} for number in range(MANY))
            audit.record_each("document.page_viewed", actor=person, subjects=[("text", one) for one in facts])
        checkpoints.issue(checkpoints.SCHEDULE)


def milliseconds(act: Callable[[], object], rounds: int = 3) -> float:
    taken = []
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return min(taken)


def measure(events: int) -> list[Row]:
    from records.ledger.merkle import leaf_hash
    from records.ledger.verification import verify_ledger
    from records.models import LedgerEvent

    cast, _expediente = house()
    fill(cast["archivista"], events)
    payloads = list(LedgerEvent.objects.order_by("index").values_list("payload", flat=True))
    thousands = len(payloads) / 1000
    if faults := verify_ledger().findings:
        raise SystemExit(f"the measured ledger does not verify: {faults[:3]}")
    floor = milliseconds(lambda: [(json.loads(one), leaf_hash(one.encode())) for one in payloads]) / thousands
    whole = milliseconds(verify_ledger) / thousands
    return [limited("verify a thousand events", whole, "ms", limit=20, floor=floor), head(cast["archivista"], payloads)]


def head(person: Any, payloads: list[str]) -> Row:
    """A head after a hundred events, over a ledger of this size: it goes on from the last one."""
    from django.db import transaction

    from records import audit
    from records.ledger import checkpoints

    with transaction.atomic():
        audit.record_each("search.run", actor=person, subjects=[("text", {"n": number}) for number in range(100)])
    took = milliseconds(lambda: checkpoints.issue(checkpoints.SCHEDULE), rounds=1)
    return limited(f"sign a head over {len(payloads)} events", took, "ms", limit=250)


def main() -> int:
    with installation():
        return 0 if publish("ledger", measure(int(50_000 * scale()))) else 1


if __name__ == "__main__":
    sys.exit(main())
