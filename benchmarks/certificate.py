"""A certificate of an expediente of a thousand pieces, with their bytes and without, and what checking it costs.

Target: ten seconds plus the copying of the bytes, and memory that does not grow with them. Floor: the same bytes copied
into one file, hashed on the way and synced. Memory is the growth of the process's peak while the bytes are added.
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.filing import without_cell
from benchmarks.ground import house, installation, limited
from benchmarks.report import Row, publish, scale

PIECES = 1_000
AT_ONCE = 500
SECONDS, MEGABYTES = 10.0, 64.0


def fill(cast: Any, expediente: Any, pieces: int, size: int) -> None:
    """So many pieces, filed as they are filed."""
    import io

    from records.services.batches import Item, file_batch
    from records.services.filing import Upload
    from tests import factories

    with without_cell():
        for first in range(0, pieces, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, pieces))
            given = [io.BytesIO(f"{number:012}".encode() * (size // 12)) for number in numbers]
            items = [Item(Upload(f"anexo {n}.txt", one), factories.metadata()) for n, one in enumerate(given)]
            file_batch(actor=cast["archivista"], expediente=expediente, items=items)


def copied(expediente: Any, target: Path) -> None:
    """The bytes of every piece into one file."""
    from records import storage

    digest = hashlib.sha256()
    with target.open("wb") as sink:
        for key in expediente.documents.order_by("order").values_list("blob", flat=True):
            with storage.store().open(key) as stored:
                while block := stored.read(1 << 20):
                    digest.update(block)
                    sink.write(block)
        sink.flush()
        os.fsync(sink.fileno())


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def peak() -> float:
    """Megabytes this process ever held at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(home: Path, pieces: int, size: int) -> list[Row]:
    from cms.publication.certificates import holds
    from records.certificates import verify
    from records.certificates.issue import issue_certificate
    from records.certificates.scope import of_expediente

    import_module("fpdf")  # once in the life of a process, and no part of a certificate
    cast, expediente = house()
    fill(cast, expediente, pieces, size)
    os.sync()

    def issue(name: str, *, with_bytes: bool) -> float:
        scope = of_expediente(cast["custodia"], expediente)
        given = {"actor": cast["custodia"], "scope": scope, "with_bytes": with_bytes, "target": home / name}
        return seconds(lambda: issue_certificate(**given))

    copying = seconds(lambda: copied(expediente, home / "copy"))
    lean = issue("digests.zip", with_bytes=False)
    before = peak()
    whole = issue("bytes.zip", with_bytes=True)
    grown = peak() - before
    with (home / "bytes.zip").open("rb") as source:
        checking = seconds(lambda: refuse_faults(verify.check(source, holds)))
    named = f"{pieces} pieces of {size // 1024} KB"
    return [
        limited(f"certificate, digests of {named}", lean, "s", limit=SECONDS),
        limited(f"certificate, bytes of {named}", whole, "s", limit=SECONDS + copying, floor=copying),
        limited("memory that the bytes added", grown, "MB", limit=MEGABYTES),
        limited("checking it, as the page does", checking, "s", limit=SECONDS + copying),
    ]


def refuse_faults(report: Any) -> None:
    if report.faults:
        raise SystemExit(f"the measured certificate does not hold: {report.faults[:3]}")


def main() -> int:
    with installation() as home:
        return 0 if publish("certificate", measure(home, int(PIECES * scale()), 100 * 1024)) else 1


if __name__ == "__main__":
    sys.exit(main())
