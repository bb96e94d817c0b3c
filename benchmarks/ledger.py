"""What the ledger costs: reading it whole, signing its head after a hundred more events, and its share of an act.

Target: 50,000 events verified a second, which is 20 ms for a thousand; of an act at most 30 % of its time. Floors: the
same payloads from a list, hashed as leaves and read as JSON, without tree, database or heads; and hashed alone.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.ground import house, installation, limited
from benchmarks.report import Row, publish, row, scale

MANY = 5_000
#: Acts of each kind that are measured.
ROUNDS = 40


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

    cast, expediente = house()
    shares = list(shares_of(cast, expediente))
    fill(cast["archivista"], events)
    payloads = list(LedgerEvent.objects.order_by("index").values_list("payload", flat=True))
    thousands = len(payloads) / 1000
    if faults := verify_ledger().findings:
        raise SystemExit(f"the measured ledger does not verify: {faults[:3]}")
    floor = milliseconds(lambda: [(json.loads(one), leaf_hash(one.encode())) for one in payloads]) / thousands
    bare = milliseconds(lambda: [hashlib.sha256(one.encode()).digest() for one in payloads]) / thousands
    whole = milliseconds(verify_ledger) / thousands
    return [
        limited("verify a thousand events", whole, "ms", limit=20, floor=floor),
        row("sha256 of the payloads of a thousand events", bare, "ms"),
        head(cast["archivista"], payloads),
        *shares,
    ]


def shares_of(cast: dict[str, Any], expediente: Any) -> Iterator[Row]:
    """Of acts as a screen calls them, the part of their time that writing their events takes, in hundredths: the
    median of many. Syncing to disk is the act's own: it would be as long without the event."""
    from django.test import Client

    from records.services import access, classification
    from tests import factories

    browser = Client(HTTP_HOST="127.0.0.1")
    browser.force_login(cast["custodia"])
    person, shelf = cast["archivista"], factories.make_expediente(cast["archivista"])
    acts = {
        "file a piece": lambda _piece: factories.file_piece(person, shelf),
        "propose a level": lambda piece: classification.propose_level(
            actor=cast["custodia"], document=piece, level="restricted", grounds=factories.grounds_for("restricted")
        ),
        "read a piece at the desk": lambda piece: browser.get(f"/custodia/documentos/{piece.pk}/"),
        "grant access": lambda piece: access.grant_access(
            actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="x"
        ),
    }
    for name, act in acts.items():
        pieces = [factories.insert_piece(person, expediente) for _number in range(ROUNDS)]
        shares = sorted(share_of(lambda act=act, piece=piece: act(piece)) for piece in pieces)
        yield limited(f"the ledger's share of: {name}", shares[len(shares) // 2], "%", limit=30)


def share_of(act: Callable[[], object]) -> float:
    from records import audit

    real, spent = audit.record_each, [0.0]

    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return real(*given, **named)
        finally:
            spent[0] += time.perf_counter() - start

    audit.record_each = timed
    try:
        start = time.perf_counter()
        act()
        whole = time.perf_counter() - start
    finally:
        audit.record_each = real
    return 100 * spent[0] / whole


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
