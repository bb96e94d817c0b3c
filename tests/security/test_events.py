"""Every address that changes something or gives content or a file leaves its event; where none can be written, nothing
leaves (U1, criterion 14). What is not listed here with a reason must leave one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from records.models import LedgerEvent
from tests.people import CAST
from tests.security.conftest import undone
from tests.security.matrix import EXPEDIENTE, PIECE, ROWS, Row, expected
from tests.security.test_urls import Town, aims, quiet, town

__all__ = ["quiet", "town"]
pytestmark = pytest.mark.django_db

#: Addresses that answer without an event, and why.
SILENT: Mapping[str, str] = {
    "custodia/salud/": "a page that posting shows again; nothing is done",
    EXPEDIENTE + "sugerencias/": "proposes values for a form from a file's name; nothing is kept",
    "custodia/salud/leer-de-nuevo/": "nothing in this house is to be read again; `test_recognition` tells its events",
    EXPEDIENTE + "registrar/": "nothing here can be registered; `test_register_all` tells its events",
    "custodia/cargas/<uuid:key>/descartar/": "one's own file that was never filed is no record",
    "custodia/cargas/<uuid:key>/": "how much of one's own file has arrived",
    "custodia/cargas/<uuid:key>/comprobacion/": "the digest of one's own file that is not filed",
    EXPEDIENTE + "cargas/": "what the receiver of files takes; nothing of custody",
    PIECE + "lectura/": "whether the text was read, in one word",
    "custodia/trd/plantilla.csv": "an empty form",
    "custodia/trd/plantilla.xlsx": "an empty form",
    "custodia/trd/plantilla.json": "an empty form",
    EXPEDIENTE + "inventario/plantilla.csv": "an empty form",
    EXPEDIENTE + "inventario/plantilla.xlsx": "an empty form",
    "custodia/trd/<int:number>.csv": "the retention schedule is published by law (Ley 1712 de 2014, art. 13)",
    "custodia/trd/<int:number>.xlsx": "the retention schedule is published by law (Ley 1712 de 2014, art. 13)",
    "custodia/trd/<int:number>.json": "the retention schedule is published by law (Ley 1712 de 2014, art. 13)",
    "custodia/buscar/": "a short text is sent on to its own address, whose answer leaves the event of a search",
    "custodia/buscar/completar/": "single words of what the reader may read and is under no reserve (ADR 45)",
    "custodia/buscar/guardadas/<uuid:key>/vistas/": "what one has seen of one's own list is no record",
    "custodia/buscar/guardadas/<uuid:key>/borrar/": "one's own words for a search; nothing of custody",
    "custodia/llave/<slug:key>.pem": "the public half of a key",
}
#: Pages that give content of a piece, or tell what its receipt tells.
CONTENT = (PIECE, PIECE + "ficha/", PIECE + "recibo/", "custodia/recibos/<uuid:batch>/")
#: Pieces whose every byte is told: one restricted, one reserved.
PIECES = ("A.C", "A.R")


@dataclass(frozen=True)
class Asked:
    """An answer, whether it is a file, and what the ledger gained by it."""

    status: int
    is_file: bool
    body: bytes
    events: list[LedgerEvent]


def ask(town: Town, login: str, method: str, path: str, form: Mapping[str, str]) -> Asked:
    client = Client(raise_request_exception=False)
    client.force_login(town.house.cast[login])
    before = LedgerEvent.objects.count()
    response: Any = getattr(client, method.lower())(path, **({"data": {**form}} if method == "POST" else {}))
    body = b"".join(response.streaming_content) if response.streaming else response.content
    page = response.headers.get("Content-Type", "").startswith("text/html")
    is_file = not page or "attachment" in response.headers.get("Content-Disposition", "")
    return Asked(response.status_code, is_file, body, list(LedgerEvent.objects.filter(index__gte=before)))


def happening(town: Town, method: str) -> Iterator[tuple[Row, str, str]]:
    """(row, login, path) of every address of the desk that answers somebody well, once for each kind of piece."""
    for row in (row for row in ROWS if row.pattern.startswith("custodia/")):
        for name, is_object, path in aims(town, row):
            login = who_may(town, row, method, name, is_object) if row.about != "piece" or name in PIECES else ""
            if login:
                yield row, login, path


def who_may(town: Town, row: Row, method: str, name: str, is_object: bool) -> str:
    for login, person in CAST.items():
        seen = not is_object or town.sees(login, row.about, name)
        if person.desk and person.active and seen and expected(row, method, login, seen=seen) < 400:
            return login
    return ""


def needs_event(row: Row, method: str, answer: Asked) -> bool:
    return row.pattern not in SILENT and (method == "POST" or answer.is_file or row.pattern in CONTENT)


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1", "U5")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_acts_or_gives_leaves_its_event_which_tells_no_title(town: Town, method: str) -> None:
    wrong, proved = [], set()
    for row, login, path in happening(town, method):
        with undone():
            answer = ask(town, login, method, path, row.form)
            if answer.status < 400 and needs_event(row, method, answer):
                proved.add(row.pattern)
                wrong += (
                    [] if [e for e in answer.events if e.actor == login] else [f"{method} {row.pattern} by {login}"]
                )
            told = " ".join(event.payload for event in answer.events).lower()
            wrong += [f"{row.pattern} tells {word}" for word in town.canaries if word in told]
    assert not wrong, "\n".join(wrong)
    assert len(proved) >= {"GET": 15, "POST": 8}[method]


@pytest.mark.rule("U1")
def test_a_reason_for_silence_is_given_to_no_address_that_is_gone() -> None:
    assert set(SILENT) <= {row.pattern for row in ROWS}


FULL = {
    "sqlite": ["CREATE TRIGGER full_ledger BEFORE INSERT ON records_ledgerevent BEGIN SELECT RAISE(ABORT, 'x'); END"],
    "postgresql": [
        "CREATE FUNCTION full_ledger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'x'; END $$",
        "CREATE TRIGGER full_ledger BEFORE INSERT ON records_ledgerevent FOR EACH ROW EXECUTE FUNCTION full_ledger()",
    ],
}


@pytest.mark.requirement("B6", "I9")
@pytest.mark.criterion(14)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_the_event_cannot_be_written_nothing_is_done_and_no_byte_leaves(town: Town, method: str) -> None:
    wrong, proved = [], set()
    for row, login, path in happening(town, method):
        with undone():
            before = ask(town, login, method, path, row.form)
        if before.status >= 400 or not needs_event(row, method, before):
            continue
        with undone():
            for statement in FULL[connection.vendor]:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            after = ask(town, login, method, path, row.form)
        proved.add(row.pattern)
        if after.status != 503 or any(word.encode() in after.body.lower() for word in town.canaries):
            wrong.append(f"{method} {row.pattern} by {login}: {after.status}")
    assert not wrong, "\n".join(wrong)
    assert len(proved) >= {"GET": 15, "POST": 8}[method]
