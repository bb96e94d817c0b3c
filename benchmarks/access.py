"""What deciding costs at size: many objects at once, a first page among a hundred thousand, and a change that must be
in force in the next request. Each beside a floor of the same run.

`BENCH_SCALE` below 1 shortens it (see `benchmarks.report.scale`).
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.ground import house, installation
from benchmarks.permissions import fill, interleaved
from benchmarks.report import Row, percentile, publish, row, scale

#: Of all pieces, one in so many is granted by name to the reader with few.
ONE_IN = 5_000
ASKED, PAGE, CHANGES = 1_000, 20, 30


def deciding(person: Any, keys: list[uuid.UUID], rounds: int) -> list[Row]:
    """A thousand decisions, piece by piece with the rights read once, beside the rows asked with no right at all."""
    from records.models import Document
    from records.permissions import rights_of

    asked = keys[:: max(1, len(keys) // ASKED)][:ASKED]
    pieces = list(Document.objects.filter(pk__in=asked).select_related("expediente"))

    def decide() -> int:
        rights = rights_of(type(person).objects.get(pk=person.pk))
        return sum(rights.reads(piece) for piece in pieces)

    acts: dict[str, Callable[[], object]] = {
        "one set query": lambda: set(Document.objects.filter(pk__in=asked).order_by().values_list("pk", flat=True)),
        "decide": decide,
    }
    medians = interleaved(acts, rounds)
    return [
        row(
            f"{person.username}: deciding {len(pieces)}",
            medians["decide"],
            "ms",
            floor=medians["one set query"],
            target=3,
        )
    ]


def listing(person: Any, rounds: int) -> list[Row]:
    """The newest twenty that the person reads, beside the newest twenty: with her rights known, as they are once in a
    request, and, to inform, with the finding of her rights."""
    from records.models import Document
    from records.permissions import rights_of, visible_to

    rights, newest = rights_of(person), ("-filed_at", "id")
    first = rights.reach()
    acts: dict[str, Callable[[], object]] = {
        "plain": lambda: list(Document.objects.order_by(*newest).values("pk", "title", "level")[:PAGE]),
        "visible": lambda: list(rights.visible().order_by(*newest).values("pk", "title", "level")[:PAGE]),
        "with rights": lambda: list(visible_to(person).order_by(*newest).values("pk", "title", "level")[:PAGE]),
    }
    medians = interleaved(acts, rounds)
    named = f"{person.username}: list of {PAGE}, {len(first)} levels"
    # Half the rate of the unfiltered list is twice its time.
    return [
        row(named, medians["visible"], "ms", floor=medians["plain"], target=2),
        row(f"{named}, finding the rights", medians["with rights"], "ms", floor=medians["plain"]),
    ]


def changing(cast: dict[str, Any], expediente: Any, keys: list[uuid.UUID]) -> list[Row]:
    """The first answer after a whole expediente was granted or withdrawn: it knows the change, whose size is nothing
    to it. The floor is what the requirement allows, in milliseconds; to inform, what the act itself takes, and how
    much of the answer was work of this process, since others may have the machine."""
    from records.models import Document
    from records.permissions import allows, visible_to
    from records.services import access
    from tests import factories

    piece = Document.objects.filter(pk__in=keys[:8], level="restricted").select_related("expediente")[0]
    taken: dict[str, list[float]] = {"answer": [], "work": [], "act": []}
    for _round in range(CHANGES):
        for given in (True, False):
            person = type(cast["ajeno"]).objects.get(pk=cast["ajeno"].pk)
            start = time.perf_counter()
            if given:
                grant = access.grant_access(
                    actor=cast["custodia"], target=expediente, person=person, until=factories.FAR, reason="Medida"
                )
            else:
                access.revoke_grant(actor=cast["custodia"], grant=grant)
            answered, worked = time.perf_counter(), time.process_time()
            known = allows(person, "view", piece) and visible_to(person).filter(pk=piece.pk).exists()
            taken["answer"].append((time.perf_counter() - answered) * 1000)
            taken["work"].append((time.process_time() - worked) * 1000)
            taken["act"].append((answered - start) * 1000)
            if known is not given:
                raise AssertionError("the next answer does not know the change")
    named = f"change over {len(keys)} documents"
    return [
        row(f"{named}: next answer, p95", percentile(taken["answer"], 95), "ms", floor=50, target=1),
        row(f"{named}: its work, p95", percentile(taken["work"], 95), "ms"),
        row(f"{named}: the act, p95", percentile(taken["act"], 95), "ms"),
    ]


def measure(pieces: int, rounds: int) -> list[Row]:
    from records.services import access
    from tests import factories

    cast, expediente = house()
    keys = fill(expediente, cast["archivista"], pieces)
    for key in keys[1 :: max(4, ONE_IN)]:
        give_one(access, cast, key, factories.FAR)
    people = [cast[login] for login in ("archivista", "revisora")]
    rows = [one for person in people for one in deciding(person, keys, rounds)]
    rows += [one for person in people for one in listing(person, rounds)]
    return [*rows, *changing(cast, expediente, keys)]


def give_one(access: Any, cast: dict[str, Any], key: uuid.UUID, until: Any) -> None:
    from records.models import Document

    piece = Document.objects.get(pk=key)
    access.grant_access(actor=cast["custodia"], target=piece, person=cast["revisora"], until=until, reason="Medida")


def main() -> int:
    """Exit status 1 when a target is missed."""
    with installation():
        rows = measure(int(100_000 * scale()), 30)
    return 0 if publish("access", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
