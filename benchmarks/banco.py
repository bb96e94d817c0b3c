"""What the Banco's list costs the server with two thousand projects: filters, counts, map, totals and 24 cards.

The whole answer of the public process is counted as its own work, without network and without any copy kept: address,
middleware, queries, template. Floor: a page of running text of the same site, asked the same way in the same run.
"""

from __future__ import annotations

import dataclasses
import random
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.ground import installation, limited
from benchmarks.permissions import interleaved
from benchmarks.report import Row, publish, row, scale

PROJECTS = 2_000
#: Milliseconds of the server that the list may take, and questions of the database.
MOST_MS, MOST_QUERIES = 50.0, 8
BARE = "/que-es-offset/"
FORGOTTEN = "list, first after a change"
ADDRESSES = {
    "list": "/banco/",
    "list, three filters": "/banco/?fase=execution&impacto=social&poblacion=women",
    "list, a later page": "/banco/?despues=P-1000",
    "project": "/banco/p-0007/",
    "history of 12 states": "/banco/p-0007/historia/",
}


def fill(count: int) -> None:
    """So many projects spread over every value of every filter, as rows; the seventh is published twelve times."""
    from django.db import transaction

    from cms.publication import service
    from cms.publication.models import PublishedIndicator, PublishedProject
    from tests.integration.public.cards import P002

    seeded = random.Random(7)
    rows = [project_of(number, seeded) for number in range(count)]
    PublishedProject.objects.bulk_create(rows, batch_size=500)
    indicators = [
        PublishedIndicator(project=row, position=place, kind=kind, name=f"Indicador {kind}", target=5, achieved=1)
        for row in rows
        for place, kind in enumerate(row.impacts.split(","))
    ]
    PublishedIndicator.objects.bulk_create(indicators, batch_size=500)
    with transaction.atomic():
        for step in range(12):
            seventh = dataclasses.replace(P002, project_id=rows[7].project_id, code="P-0007", slug="p-0007")
            moment = P002.decided_at.replace(year=2028 + step)
            service.publish(dataclasses.replace(seventh, credits_executed=Decimal(step), decided_at=moment))


def project_of(number: int, seeded: random.Random) -> Any:
    from cms.publication import vocabulary
    from cms.publication.drawing import TILES
    from cms.publication.models import PublishedProject
    from tests.integration.public.cards import P002

    areas = ["technology_transfer", "talent", "linkages", "sustainability"]
    criteria = ["women", "youth", "msme", "territorial", "popular_economy"]
    return PublishedProject(
        project_id=uuid.uuid4(), code=f"P-{number:04d}", slug=f"p-{number:04d}", name=f"Proyecto {number}",
        phase=seeded.choice(list(vocabulary.PHASES)), department=seeded.choice(list(TILES)), objective=P002.objective,
        strategic_bet=seeded.choice(list(vocabulary.BETS)), area_of_interest=seeded.choice(areas),
        offset_kind=seeded.choice(["direct", "indirect"]), supplier=P002.supplier, recipient=P002.recipient,
        impacts=",".join(seeded.sample(list(vocabulary.IMPACTS), 3)), year=str(2024 + number % 4),
        inclusion_codes=",".join(seeded.sample(criteria, 2)), convenio_number=f"CD-{number}",
        credits_agreed=Decimal(5000), credits_executed=Decimal(number), decision_id=uuid.uuid4(),
        decided_at=P002.decided_at,
    )  # fmt: skip


def queries_of(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)  # what pages share is known from then on
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return len(asked)


def measure(count: int, rounds: int) -> list[Row]:
    from django.conf import settings
    from django.test import Client

    from cms.core import known
    from cms.core.bootstrap import ensure_site

    settings.ALLOWED_HOSTS = ["*"]
    nothing = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = {**settings.CACHES, "pages": nothing, "asked_pages": nothing}
    ensure_site(80)
    fill(count)
    client = Client()
    asked = {name: queries_of(client, address) for name, address in ADDRESSES.items()}
    acts: dict[str, Callable[[], object]] = {
        name: (lambda address=address: client.get(address)) for name, address in {**ADDRESSES, "": BARE}.items()
    }
    acts[FORGOTTEN] = lambda: (known.forget(), client.get(ADDRESSES["list"]))
    medians = interleaved(acts, rounds, clock=time.process_time)
    rows = [
        limited(f"{name}, {count} projects", medians[name], "ms", limit=MOST_MS, floor=medians[""])
        for name in (*ADDRESSES, FORGOTTEN)
    ]
    lists, others = [[name for name in ADDRESSES if name.startswith("list") is one] for one in (True, False)]
    rows += [limited(f"{name}: questions", asked[name], "queries", limit=MOST_QUERIES) for name in lists]
    return [*rows, *(row(f"{name}: questions", asked[name], "queries") for name in others)]


def main() -> int:
    """Exit status 1 when a target is missed."""
    with installation():
        rows = measure(int(PROJECTS * scale()), 40)
    return 0 if publish("banco", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
