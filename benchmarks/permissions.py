"""What deciding costs: lists and checks for a reader with grants, beside the same rows asked without any right.

Floors: the same twenty rows as plain `values()`; the same check as one query on the ids alone.
"""

from __future__ import annotations

import datetime
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.ground import house, installation
from benchmarks.report import Row, percentile, publish, row, scale

LEVELS = ("public", "restricted", "reserved", "unclassified")


def fill(expediente: Any, filer: Any, count: int) -> list[uuid.UUID]:
    """So many pieces as rows, a quarter of each level; their ids."""
    from records.models import Blob, Document, Reading
    from tests import factories

    blob = Blob.objects.create(digest="0" * 64, size=1, stored_at=expediente.created_at)
    moment, tipo = expediente.created_at, factories.make_tipo()
    rows = [
        Document(
            expediente=expediente, tipo=tipo, order=number, folio_first=number, folio_last=number,
            radicado=f"2026-{number:06d}", title=f"Pieza {number}", date=factories.DAY, author="GC", filed_by=filer,
            filed_at=moment + datetime.timedelta(seconds=number), blob=blob, original_name="a.txt",
            media_type="text/plain", extension="txt", pages=1, inspected=True, level=LEVELS[number % 4],
        )
        for number in range(1, count + 1)
    ]  # fmt: skip
    Document.objects.bulk_create(rows, batch_size=500)
    Reading.objects.bulk_create([Reading(document=one, state="read") for one in rows], batch_size=500)
    return [one.pk for one in rows]


def give(custodian: Any, person: Any, keys: list[uuid.UUID]) -> None:
    from records.models import Document
    from records.services import access
    from tests import factories

    for piece in Document.objects.filter(pk__in=keys):
        access.grant_access(actor=custodian, target=piece, person=person, until=factories.FAR, reason="Medida")


def interleaved(
    acts: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Median milliseconds of each act by `clock`, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _round in range(rounds):
        for name, act in acts.items():
            start = clock()
            act()
            taken[name].append((clock() - start) * 1000)
    return {name: percentile(values[rounds // 10 :], 50) for name, values in taken.items()}


def measure(pieces: int, rounds: int) -> list[Row]:
    from records.models import Document
    from records.permissions import visible_to

    cast, expediente = house()
    keys = fill(expediente, cast["archivista"], pieces)
    give(cast["custodia"], cast["revisora"], [key for number, key in enumerate(keys, 1) if number % 40 == 1])
    newest = ("-filed_at", "id")
    asked = keys[:: max(1, pieces // 1000)][:1000]
    acts: dict[str, Callable[[], object]] = {
        "plain list": lambda: list(Document.objects.order_by(*newest).values("pk", "title", "level")[:20]),
        "plain ids": lambda: set(Document.objects.filter(pk__in=asked).order_by().values_list("pk", flat=True)),
    }
    for login in ("archivista", "revisora"):
        person = cast[login]
        acts[f"{login}: list of 20"] = lambda person=person: list(
            visible_to(person).order_by(*newest).values("pk", "title", "level")[:20]
        )
        acts[f"{login}: check of {len(asked)}"] = lambda person=person: set(
            visible_to(person).filter(pk__in=asked).order_by().values_list("pk", flat=True)
        )
    medians = interleaved(acts, rounds)
    return [
        row(name, value, "ms", floor=medians["plain ids" if "check" in name else "plain list"],
            target=3 if "check" in name else None)
        for name, value in medians.items() if not name.startswith("plain")
    ]  # fmt: skip


def main() -> int:
    """Exit status 1 when a target is missed."""
    with installation():
        rows = measure(int(4_000 * scale()), 60)
    return 0 if publish("permissions", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
