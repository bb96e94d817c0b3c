"""A backup that opens on an empty host, and what must hold once it was opened there (P5).

The order makes it whole while people work: the ledger's copy outside first, then the database, then the bytes. So the
database is never behind the heads that lie beside it, and every row finds its bytes: a row names only bytes that were
there before it, and bytes are never removed. The folder is laid out as the folder of an installation.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from records import audit, clock, conf, triggers
from records.errors import IntegrityFailure, RuleViolation
from records.fixity import checks, healing, sweep
from records.fixity.places import Place, store
from records.ledger import checkpoints, rollback, witness
from records.ledger.verification import verify_ledger
from records.models import Blob, Checkpoint, Document, Grant, GrantWithdrawal, LedgerEvent
from records.storage.filesystem import FilesystemStore, sync, sync_file_system

MANIFEST, DATABASE = "respaldo.json", "custodia.sqlite3"
#: Of the installation's folder, besides the store: keys, what waits or was set apart, public images, the demo's clock.
REST = ("keys", "quarantine", "arrivals", "public-media", "secret_key", "clock.json")
#: What is copied of the ledger's copy outside: the heads before the leaves they cover, which only grow.
OUTSIDE = (witness.HEADS, witness.LEAVES)
AT_ONCE = 500
Progress = Callable[[int, int], None]


@dataclass
class Backup:
    """What the database had at least when it was copied, and digests of which no right bytes were found."""

    at: str = ""
    head: int = 0
    events: int = 0
    documents: int = 0
    grants: int = 0
    withdrawals: int = 0
    digests: int = 0
    damaged: list[str] = field(default_factory=list)


def counts() -> dict[str, int]:
    """What only grows, of the present database."""
    models = {
        "events": LedgerEvent, "documents": Document, "grants": Grant, "withdrawals": GrantWithdrawal, "digests": Blob,
    }  # fmt: skip
    last = Checkpoint.objects.order_by("-size").first()
    return {
        "head": last.size if last else 0,
        **{name: model._default_manager.count() for name, model in models.items()},
    }


def back_up(folder: Path, *, database: bool = True, progress: Progress | None = None) -> Backup:
    """Copy the installation to a new folder, durably; the ledger tells it before anything leaves.

    `database` False: its own tool has copied it already, before this is called. Raises RuleViolation (the folder is
    there; a database that this cannot copy), LedgerDiverged, StoreUnavailable, or OSError where the folder is.
    """
    if folder.exists():
        raise RuleViolation("backup_exists")
    if database and connection.vendor != "sqlite":
        raise RuleViolation("backup_database")
    with transaction.atomic():
        audit.record("backup.made", actor=None, subject="custody", database=database)
    checkpoints.issue(checkpoints.REQUEST)
    made = Backup(at=clock.now().isoformat())
    for name, count in counts().items():
        setattr(made, name, count)
    folder.mkdir(mode=0o700, parents=True)
    copy_witness(folder / "witness")
    if database:
        copy_database(folder / DATABASE)
    made.damaged = list(copy_bytes(folder / "store", progress or (lambda *_: None)))
    for name in REST:
        copy_tree(Path(settings.CUSTODIA_HOME) / name, folder / name)
    (folder / MANIFEST).write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    sync_file_system(folder)
    return made


def copy_witness(target: Path) -> None:
    target.mkdir(mode=0o700)
    for name in OUTSIDE:
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(conf.witness() / name, target / name)


def copy_database(file: Path) -> None:
    """As it is at one moment, while others write (the online backup of SQLite)."""
    connection.ensure_connection()
    file.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(file)) as target:
        connection.connection.backup(target)
    sync(file)


def copy_bytes(root: Path, progress: Progress) -> Iterator[str]:
    """Digests that no place has right; all others are hashed on the way and read again where they were written."""
    target, total = Place("backup", FilesystemStore(root)), Blob.objects.count()
    for done, blob in enumerate(Blob.objects.order_by("pk").iterator(chunk_size=AT_ONCE), 1):
        if healing.copied(store(), target, blob.digest, blob.size) and not copied_from_right_place(target, blob):
            yield blob.digest
        progress(min(done, total), total)


def copied_from_right_place(target: Place, blob: Blob) -> bool:
    try:
        source = healing.right_place(blob.digest, blob.size)
    except IntegrityFailure:
        return False
    return healing.copied(source, target, blob.digest, blob.size) == ""


def copy_tree(source: Path, target: Path) -> None:
    """What goes away meanwhile was finished by its act, or never acknowledged."""
    with contextlib.suppress(FileNotFoundError):
        if source.is_dir():
            target.mkdir(mode=0o700, exist_ok=True)
            for entry in os.scandir(source):
                copy_tree(Path(entry.path), target / entry.name)
        else:
            shutil.copy2(source, target)


# Once it was opened -----------------------------------------------------------------------------------------


def check_restored(manifest: Path | None = None, progress: Progress | None = None) -> list[dict[str, Any]]:
    """What does not hold of an installation that was opened from a backup; nothing is repaired.

    The guards of the database, every stored digest, the ledger, whether it reaches the last head kept outside, and,
    by the backup's own account, whether anything is fewer. Raises OSError or ValueError for an account that cannot be
    read.
    """
    lacking = sorted(triggers.EXPECTED[connection.vendor] - triggers.present(connection))
    found: list[dict[str, Any]] = [{"problem": "trigger_missing", "name": name} for name in lacking]
    found += wrong_bytes(progress or (lambda *_: None))
    ledger = verify_ledger().findings
    found += [{"problem": "ledger", "index": one["index"], "found": one["problem"]} for one in ledger]
    if rollback.look():
        found.append({"problem": "rolled_back", "events": LedgerEvent.objects.count()})
    return [*found, *(fewer(json.loads(manifest.read_text("utf-8"))) if manifest else ())]


def wrong_bytes(progress: Progress) -> Iterator[dict[str, Any]]:
    done, total = 0, Blob.objects.count()
    blobs = Blob.objects.order_by("pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(blobs, AT_ONCE)):
        for digest, fault in sweep.faults(store(), some):
            if fault:
                pieces = [str(piece.pk) for piece in checks.documents_of([digest])]
                yield {"problem": fault, "sha256": digest, "documents": pieces}
        done += len(some)
        progress(done, total)


def fewer(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, count in counts().items():
        if count < int(told[name]):
            yield {"problem": "fewer", "name": name, "backup": told[name], "here": count}
