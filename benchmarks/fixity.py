"""What proving stored bytes costs beside bare SHA-256 reading of the same files, throttle off.

Target: the sweep reads at least 0.85 times as fast as one thread that only reads and hashes. Floor: `hashlib` over the
same files in the same run, in the order of the sweep, with everything in the page cache for both.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.ground import house, installation, limited
from benchmarks.report import Row, publish, row, scale

#: Files and their size, by name of the row.
SHAPES = {"100 KiB": (400, 100 * 1024), "2 MiB": (60, 2 * 1024**2), "64 MiB": (3, 64 * 1024**2)}
ROUNDS = 3


def store_files(person: Any, expediente: Any, count: int, size: int) -> list[Any]:
    """So many pieces of random bytes as rows and bytes, without the cell."""
    from records import storage
    from records.models import Blob
    from tests import factories

    made = []
    for _number in range(count):
        staged = storage.store().stage(io.BytesIO(os.urandom(size)), limit=size)
        storage.store().keep(staged)
        blob = Blob.objects.create(digest=staged.digest, size=staged.size, stored_at=expediente.created_at)
        factories.tell_filing(factories.insert_piece(person, expediente, blob=blob))
        made.append(blob)
    return sorted(made, key=lambda blob: str(blob.digest))


def bare(paths: list[Path]) -> None:
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def seconds(act: Callable[[], object]) -> float:
    taken = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken)


def measure_shape(name: str, blobs: list[Any]) -> Row:
    from records.fixity import sweep
    from records.fixity.places import store

    place = store()
    paths = [place.store.path_of(blob.digest) for blob in blobs]
    size = sum(blob.size for blob in blobs) / 1024**2
    bare(paths)  # both measures find the files in memory
    floor = size / seconds(lambda: bare(paths))
    swept = size / seconds(lambda: sweep.prove(place, blobs))
    return row(f"sweep of files of {name}", swept, "MiB/s", floor=floor, target=0.85, least=True)


def measure_custody(blobs: list[Any]) -> Row:
    """`verify_custody` whole: bytes, receipts and the ledger's word for each piece."""
    from records.services.fixity import verify_custody

    size = sum(blob.size for blob in blobs) / 1024**2
    start = time.perf_counter()
    report = verify_custody()
    if report.checked < len(blobs):
        raise SystemExit("not every piece was verified")
    return row("verify_custody of all of them", size / (time.perf_counter() - start), "MiB/s")


def measure_due(count: int) -> Row:
    from records.fixity import checks
    from records.fixity.places import store

    took = seconds(lambda: list(checks.due(store())[:256])) * 1000
    return limited(f"what is due among {count} digests", took, "ms", limit=100)


def main() -> int:
    with installation():
        cast, expediente = house()
        rows, everything = [], []
        for name, (count, size) in SHAPES.items():
            blobs = store_files(cast["archivista"], expediente, max(1, int(count * scale())), size)
            rows.append(measure_shape(name, blobs))
            everything += blobs
        rows += [measure_custody(everything), measure_due(len(everything))]
        return 0 if publish("fixity", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
