"""Whether the clock tells what an answer does not: of a piece that one may not know, and of one that does not exist.

Pairs of requests, in random order, each for another id. What is told is how often a hidden one takes longer than an
absent one, as its distance from one half (0: nobody can tell; 0.5: everybody can), and the two-sided p of the
Mann–Whitney test. A distance within a tenth is one timing class: who asks once is right no more than three times in
five. `BENCH_SCALE` multiplies the pairs.
"""

from __future__ import annotations

import logging
import math
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.ground import installation, limited
from benchmarks.report import Row, publish, row, scale

PAIRS, HIDDEN = 300, 60
MOST = 0.1
#: Address, and how it is asked.
ROUTES = (
    ("documentos/{}/", "get"),
    ("documentos/{}/original", "get"),
    ("documentos/{}/recibo.json", "get"),
    ("documentos/{}/pagina/1.png", "get"),
    ("documentos/{}/quien/", "get"),
    ("expedientes/{}/", "get"),
    ("accesos/pedir/", "post"),
)


def advantage(one: list[float], other: list[float]) -> tuple[float, float]:
    """(distance from one half of the chance that a value of `one` is the greater, two-sided p by the normal
    approximation); ties count half."""
    ranked = sorted((value, of_one) for of_one, values in ((True, one), (False, other)) for value in values)
    ranks, at, tied = 0.0, 0, 0.0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(of_one for _value, of_one in ranked[at:end])
        tied += (end - at) ** 3 - (end - at)
        at = end
    n, m, total = len(one), len(other), len(ranked)
    greater = ranks - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * (total + 1 - tied / (total * (total - 1))))
    p = math.erfc(abs(greater - n * m / 2) / spread / math.sqrt(2))
    return abs(greater / (n * m) - 0.5), p


def hidden_ones(cast: dict[str, Any]) -> dict[str, list[uuid.UUID]]:
    """Reserved pieces, each in an expediente of its own, of which the reader may know nothing."""
    from tests import factories

    places = [factories.make_expediente(cast["archivista"], f"GC-130-CD-2026-{n:03d}") for n in range(HIDDEN)]
    pieces = [factories.insert_piece(cast["archivista"], place, "reserved") for place in places]
    return {"documentos": [one.pk for one in pieces], "expedientes": [one.pk for one in places]}


def asker(client: Any, address: str, method: str) -> Callable[[uuid.UUID], float]:
    """What asks for an id and tells the milliseconds that the answer took."""
    from django.db import transaction

    named = "{}" in address

    def ask(key: uuid.UUID) -> float:
        form = {} if named else {"reference": str(key), "purpose": "Medida"}
        with transaction.atomic():  # what is asked for is undone: nobody may ask for more than some things a day
            start = time.perf_counter()
            response = getattr(client, method)(f"/custodia/{address.format(key)}", form)
            taken = (time.perf_counter() - start) * 1000
            transaction.set_rollback(True)
        assert response.status_code == (404 if named else 302), (address, response.status_code)
        return taken

    return ask


def compared(ask: Callable[[uuid.UUID], float], hidden: list[uuid.UUID], pairs: int) -> tuple[list[float], list[float]]:
    chance = random.Random(21)
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs + 5):
        questions = [(0, hidden[number % len(hidden)]), (1, uuid.uuid4())]
        chance.shuffle(questions)
        for which, key in questions:
            taken[which].append(ask(key))
    return taken[0][5:], taken[1][5:]


def measure(pairs: int) -> list[Row]:
    from django.test import Client

    from tests.people import make_cast

    logging.disable(logging.WARNING)  # each absence would be a line
    cast = make_cast()
    hidden, client = hidden_ones(cast), Client(HTTP_HOST="127.0.0.1")
    client.force_login(cast["revisora"])
    rows = []
    for address, method in ROUTES:
        kind = address.split("/")[0]
        secret, absent = compared(asker(client, address, method), hidden.get(kind, hidden["documentos"]), pairs)
        distance, p = advantage(secret, absent)
        medians = statistics.median(secret), statistics.median(absent)
        rows.append(limited(f"{method} {address}: distance from chance", distance, "", limit=MOST))
        rows.append(row(f"{method} {address}: p", p, ""))
        rows.append(row(f"{method} {address}: hidden beside absent", medians[0], "ms", floor=medians[1]))
    return rows


def main() -> int:
    """Exit status 1 when a target is missed."""
    with installation():
        rows = measure(int(PAIRS * scale()))
    return 0 if publish("timing", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
