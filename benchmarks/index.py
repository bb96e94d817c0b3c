"""What issuing the electronic index of a long expediente costs, digests recomputed from the stored bytes.

Target: 10,000 records in 30 seconds, and memory that does not grow with them: what ten times as many records add to
the peak of a process is less than 24 MiB. Floor: the same stored bytes hashed again and nothing else. Each measure is
made in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.ground import house, installation, limited
from benchmarks.report import Row, publish

MANY, FEW = 10_000, 1_000
MIB = 1024
#: What ten times as many records may add to the peak of the process, in MiB.
MORE = 24


def fill(cast: dict[str, Any], expediente: Any, records: int) -> None:
    """So many pieces as rows, each with bytes of its own in the store."""
    from records.models import Blob, Document, Expediente, Reading
    from records.vocabulary import DocumentState, Level
    from tests import factories

    tipo, digests = factories.make_tipo(), kept(records)
    Blob.objects.bulk_create(
        [Blob(digest=digest, size=size, stored_at=expediente.created_at) for digest, size in digests], batch_size=500
    )
    pieces = [
        Document(
            expediente=expediente, tipo=tipo, order=number, folio_first=number, folio_last=number,
            radicado=f"2026-{number:07d}", title=f"Informe de avance {number} & anexos", date=factories.DAY,
            author="Grupo de Contratos", filed_by=cast["archivista"], filed_at=expediente.created_at, blob_id=digest,
            original_name="informe.txt", media_type="text/plain", extension="txt", pages=1, inspected=True,
            level=Level.RESTRICTED, state=DocumentState.REGISTERED,
        )
        for number, (digest, _size) in enumerate(digests, 1)
    ]  # fmt: skip
    Document.objects.bulk_create(pieces, batch_size=500)
    Reading.objects.bulk_create([Reading(document=piece, state="read") for piece in pieces], batch_size=500)
    Expediente.objects.filter(pk=expediente.pk).update(last_order=records, last_folio=records)


def kept(records: int) -> list[tuple[str, int]]:
    import io

    from records import storage

    staged = [
        storage.store().stage(io.BytesIO(f"Informe {number}\n".encode() * 200), limit=10_000)
        for number in range(records)
    ]
    storage.store().keep_all(staged)
    return [(one.digest, one.size) for one in staged]


def child(records: int) -> None:
    """Fill an installation in another process, issue in this one, and print what it took."""
    with installation() as home:
        environment = {**os.environ, "CUSTODIA_HOME": str(home)}
        subprocess.run([sys.executable, "-m", "benchmarks.index", "fill", str(records)], env=environment, check=True)
        print(json.dumps(issued()))


def filled(records: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")
    django.setup()
    cast, expediente = house()
    fill(cast, expediente, records)


def issued() -> dict[str, float]:
    from django.contrib.auth import get_user_model

    from records import storage
    from records.models import Blob, Expediente
    from records.services.index_proofs import proof_of
    from records.services.indexes import issue_index

    expediente = Expediente.objects.get()
    actor = get_user_model().objects.get(username="archivista")
    start = time.perf_counter()
    for digest, size in Blob.objects.values_list("digest", "size").iterator():
        storage.store().verify(digest, size)
    hashed = time.perf_counter()
    issue = issue_index(actor=actor, expediente=expediente)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    if faults := proof_of(issue).faults:
        raise SystemExit(f"the measured index does not hold: {faults}")
    return {
        "floor": hashed - start, "issue": done - hashed, "peak": peak, "verify": time.perf_counter() - done,
        "documents": issue.documents,
    }  # fmt: skip


def measured(records: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.index", "issue", str(records)]
    told = subprocess.run(command, cwd=Path(__file__).parent.parent, check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    if answer["documents"] != records:
        raise SystemExit(f"the index has {answer['documents']} documents of {records}")
    return answer


def measure() -> list[Row]:
    few, many = measured(FEW), measured(MANY)
    return [
        limited(f"issue an index of {MANY} records", many["issue"], "s", limit=30, floor=many["floor"]),
        limited(f"peak of {MANY} records over that of {FEW}", many["peak"] - few["peak"], "MiB", limit=MORE),
        limited(f"prove an index of {MANY} records", many["verify"], "s", limit=15),
    ]


def main() -> int:
    if len(sys.argv) == 3:
        {"fill": filled, "issue": child}[sys.argv[1]](int(sys.argv[2]))
        return 0
    return 0 if publish("index", measure()) else 1


if __name__ == "__main__":
    sys.exit(main())
