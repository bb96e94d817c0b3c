"""`python -m tests.security.disk.driver ACT ERROR KINDS STRIDE [sticky]`: an act many times, each failing elsewhere.

Runs in an installation of its own (CUSTODIA_HOME), with the library of faults loaded. For n = 1, 1 + STRIDE, … the
n-th call that writes fails; the series ends with the first act that does not reach its n. After each, everything that
must hold is looked at from outside the product. Prints one JSON document: what each act said, and every problem.
"""

from __future__ import annotations

import errno
import gc
import hashlib
import itertools
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django

from tests.security.disk import shim
from tests.security.disk.acts import ACTS, Desk, Said

#: A series that does not end is a fault of the test.
LONGEST = 400
KINDS = {"any": shim.ANY, "writes": shim.WRITES, "syncs": shim.SYNCS, "names": shim.NAMES}


@dataclass
class Step:
    """What an act said while its n-th call failed; `met`: how many calls there were."""

    n: int
    met: int
    status: int
    code: str
    sentence: str
    filed: int
    problems: list[str] = field(default_factory=list)


def series(desk: Desk, name: str, error: int, kinds: int, stride: int, sticky: bool) -> Iterator[Step]:
    from records.models import Document

    disk, (prepare, act) = shim.Disk(desk.home), ACTS[name]
    for n in itertools.count(1, stride):
        assert n <= LONGEST, "the series does not end"
        given, before = prepare(desk), Document.objects.count()
        disk.fail(n, error, kinds=kinds, sticky=sticky)
        try:
            said = act(desk, given)
            listed = desk.asked("get", "/custodia/expedientes/").status_code if sticky else 200
        except Exception as fault:  # noqa: BLE001 - whatever escapes is what the series looks for
            said, listed = Said(0, type(fault).__name__, f"{type(fault).__name__}: {fault}"), 200
        met = disk.heal()
        filed = Document.objects.count() - before
        step = Step(n, met, said.status, said.code, said.sentence, filed, list(problems_of(desk, said, filed)))
        if listed != 200:
            step.problems.append(f"while the disk fails, a list answers {listed}")
        again = act(desk, prepare(desk) if said.well else given)  # who was refused tries the same again
        if not again.well:
            step.problems.append(f"with a whole disk it is still refused: {again.sentence[:200]}")
        yield step
        if met < n:
            return


# What must hold -------------------------------------------------------------------------------------------


def problems_of(desk: Desk, said: Said, filed: int) -> Iterator[str]:
    """Everything that is wrong after an act whose disk failed, once the disk is whole again."""
    if said.status in (0, 500):
        yield f"told as a fault of the program: {said.sentence[:200]}"
    if not said.well and not said.sentence:
        yield "refused without a sentence"
    if said.code == "unlogged":
        yield "bytes left without their event"
    if filed != len(said.kept):
        yield f"{filed} pieces are there and {len(said.kept)} were acknowledged"
    yield from unkept(said)
    yield from unsound(desk.home)
    yield from litter(desk.home)
    yield from unread(desk)


def unkept(said: Said) -> Iterator[str]:
    from records import storage

    for document, digest in said.kept:
        path = storage.store().path_of(digest)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"acknowledged and not kept: {document}"


#: Past the product, in the database file: nothing half-written, no gap.
GAPLESS = {
    "the order": 'SELECT "order" FROM records_document ORDER BY 1',
    "the ledger": 'SELECT "index" + 1 FROM records_ledgerevent ORDER BY 1',
    "the radicados": "SELECT CAST(substr(radicado, 6) AS INTEGER) FROM records_document ORDER BY 1",
}
NEVER = {
    "a piece without its reading's row": "SELECT 1 FROM records_document d LEFT JOIN records_reading r "
    "ON r.document_id = d.id WHERE r.document_id IS NULL",
    "a piece without its event": "SELECT 1 FROM records_document d WHERE NOT EXISTS (SELECT 1 FROM "
    "records_ledgerevent e WHERE e.action = 'document.filed' AND replace(e.object_id, '-', '') = d.id)",
    "a draft filed without its piece": "SELECT 1 FROM records_draft WHERE state = 'filed' AND document_id IS NULL",
}


def unsound(home: Path) -> Iterator[str]:
    database = sqlite3.connect(home / "custodia.sqlite3")
    try:
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            yield "the database is damaged"
        if database.execute("PRAGMA foreign_key_check").fetchall():
            yield "rows point to nothing"
        for name, statement in GAPLESS.items():
            numbers = [row[0] for row in database.execute(statement)]
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"a gap in {name}"
        yield from (name for name, statement in NEVER.items() if database.execute(statement).fetchone())
        for digest, size in database.execute("SELECT digest, size FROM records_blob"):
            path = home / "store" / digest[:2] / digest
            if not path.exists() or path.stat().st_size != size:
                yield "a row without its bytes"
    finally:
        database.close()


def litter(home: Path) -> Iterator[str]:
    """Files that no row knows and no sweep will find. Of arrivals the product's own sweep takes care."""
    from records.models import Quarantined

    gc.collect()  # what a request that failed held is let go with its traceback
    apart = {str(key) for key in Quarantined.objects.filter(kept=True).values_list("pk", flat=True)}
    known: dict[str, Callable[[str], object]] = {
        "store/incoming": set().__contains__,
        "incoming": set().__contains__,
        "keys": {"custodia-ed25519.pem", "indice.pem"}.__contains__,
        "quarantine": apart.__contains__,
        "renditions": re.compile(r"[0-9]+-[0-9]+\.png").fullmatch,
    }
    for folder, expected in known.items():
        names = [file.name for file in (home / folder).rglob("*") if file.is_file()]
        if left := [name for name in names if not expected(name)]:
            yield f"left in {folder}: {left}"


def unread(desk: Desk) -> Iterator[str]:
    """What was kept before is read as before."""
    for path in (f"/custodia/expedientes/{desk.expediente.pk}/", f"/custodia/documentos/{desk.first.pk}/recibo/"):
        if (status := desk.asked("get", path).status_code) != 200:
            yield f"{path} answers {status}"
    answer = desk.asked("get", f"/custodia/documentos/{desk.first.pk}/original")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if hashlib.sha256(body).hexdigest() != desk.first.blob_id:
        yield "the first piece is not what it was"


def main(name: str, error: str, kinds: str, stride: str, *rest: str) -> int:
    logging.disable(logging.CRITICAL)
    django.setup()
    steps = list(series(Desk(), name, getattr(errno, error), KINDS[kinds], int(stride), "sticky" in rest))
    sys.stdout.write(json.dumps([asdict(step) for step in steps], ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
