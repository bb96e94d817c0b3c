"""Packages: files announced by a manifest with their digests, filed whole or not at all (C9).

Nothing is filed until every file came, is the one announced, is admitted and is completely described; if anything is
wrong, all that is wrong is told by row.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import PurePosixPath

from records import permissions, storage
from records.errors import ClosedExpediente, RecordsError, RuleViolation
from records.models import Document, Draft, Expediente
from records.permissions import Actor
from records.services import arrivals, drafts
from records.services.batches import Item, RefusedBatch, check_batch, file_batch, note_refusal
from records.services.filing import Within
from records.services.folders import OnDisk
from records.services.manifests import Cells, Entry, Fault, Manifest, Rows, announced, read_rows, tipo_codes
from records.services.receipts import FilingReceipt
from records.services.receiving import DuplicateDecision, Upload
from records.vocabulary import Action

__all__ = ["Fault", "Manifest", "RefusedPackage", "file_package", "matched", "read_manifest"]


class RefusedPackage(RuleViolation):
    """Nothing of the package was filed. `faults` lists all that is wrong, by row."""

    code = "package_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.code)


def read_manifest(expediente: Expediente, upload: Upload, defaults: Cells | None = None) -> Manifest:
    """What an uploaded manifest announces. Raises UnreadableManifest, RejectedUpload, StoreUnavailable."""
    rows, digest = rows_of(upload)
    return announced(rows, digest, tipo_codes(expediente), defaults)


def rows_of(upload: Upload) -> tuple[Rows, str]:
    """The rows of an uploaded manifest and the SHA-256 of its bytes, which are kept nowhere."""
    staged = upload.stage()
    try:
        return read_rows(staged.path, upload.name), staged.digest
    finally:
        storage.store().discard(staged)


def file_package(
    *,
    actor: Actor,
    expediente: Expediente,
    manifest: Manifest,
    uploads: Mapping[str, Upload],
    duplicate: DuplicateDecision | None = None,
    batch: uuid.UUID | None = None,
    within: Within | None = None,
) -> list[FilingReceipt]:
    """File every file that the manifest announces, in its order, or nothing. `uploads` are by path of the manifest.

    `duplicate` is the decision about bytes already filed, for all. Raises NotFound or AccessDenied (who),
    RefusedPackage with every fault of every row, StoreUnavailable or SigningKeyUnavailable. Source: rule C9.
    """
    permissions.check(actor, Action.FILE, expediente)
    paired = [entry for entry in first_of_each(manifest) if entry.path in uploads]
    items = [Item(uploads[entry.path], entry.metadata, duplicate, entry.sha256) for entry in paired]
    faults = list(faults_of(manifest, uploads))
    if faults:
        found = check_batch(actor=actor, expediente=expediente, items=items) if items else []
        faults += [told(paired, *fault) for fault in found]
        note_refusal(actor, expediente, [(fault.row, fault.error) for fault in faults], manifest.digest)
        raise RefusedPackage(sorted(faults, key=lambda fault: (not fault.row, fault.row)))
    try:
        return file_batch(
            actor=actor, expediente=expediente, items=items, batch=batch, manifest=manifest.digest, within=within
        )
    except RefusedBatch as refused:
        raise RefusedPackage([told(paired, *fault) for fault in refused.faults]) from refused
    except ClosedExpediente as closed:  # between the check and the transaction
        raise RefusedPackage([Fault(0, "", closed)]) from closed


def file_package_with_drafts(
    *,
    actor: Actor,
    expediente: Expediente,
    manifest: Manifest,
    uploads: Mapping[str, Upload],
    waiting: Mapping[str, Draft],
    duplicate: DuplicateDecision | None = None,
    batch: uuid.UUID | None = None,
) -> list[FilingReceipt]:
    """As `file_package`, with files that already wait as drafts, by path of the manifest; filed, they wait no more.

    Refused, they go on waiting with their bytes.
    """
    order = iter([entry.path for entry in first_of_each(manifest)])

    def within(document: Document) -> None:
        if draft := waiting.get(next(order)):
            drafts.marking(draft)(document)

    with ExitStack() as lent:
        of_drafts = {
            path: Upload(draft.original_name, path=lent.enter_context(arrivals.lent(draft.pk)))
            for path, draft in waiting.items()
        }
        receipts = file_package(
            actor=actor, expediente=expediente, manifest=manifest, uploads={**of_drafts, **uploads},
            duplicate=duplicate, batch=batch, within=within,
        )  # fmt: skip
    for draft in waiting.values():
        arrivals.remove(draft.pk)
    return receipts


def first_of_each(manifest: Manifest) -> Iterator[Entry]:
    """The entries, without those that name a path again."""
    met: set[str] = set()
    for entry in manifest.entries:
        if entry.path and entry.path not in met:
            yield entry
        met.add(entry.path)


def faults_of(manifest: Manifest, uploads: Mapping[str, Upload]) -> Iterator[Fault]:
    """What is wrong before any file is read: with the rows themselves, and between the rows and what came."""
    for entry in manifest.entries:
        yield from (Fault(entry.row, entry.path, error) for error in entry.faults)
        if entry.path and entry.path not in uploads:
            yield Fault(entry.row, entry.path, RuleViolation("file_absent"))
        elif entry.path and entry.size >= 0 and entry.size != size_of(uploads[entry.path]):
            yield Fault(entry.row, entry.path, RuleViolation("bytes_differ"))
    named = {entry.path for entry in manifest.entries}
    yield from (Fault(0, path, RuleViolation("file_unannounced")) for path in uploads if path not in named)


def size_of(upload: Upload) -> int:
    if isinstance(upload, OnDisk):
        return upload.size()
    if upload.path is not None:
        return upload.path.stat().st_size
    assert upload.stream is not None  # noqa: S101 - one of the two is always given
    place = upload.stream.tell()
    size = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(place)
    return size


def told(paired: Sequence[Entry], index: int, error: RecordsError) -> Fault:
    return Fault(paired[index].row, paired[index].path, error)


def matched(manifest: Manifest, names: Iterable[str]) -> dict[str, str]:
    """Received name → path of the manifest it is: the whole path, or its last part where only one path ends so.

    A browser sends the last part alone. Names that are none of the manifest's stay as they came.
    """
    paths = {entry.path for entry in manifest.entries}
    ends = Counter(last_of(path) for path in paths)
    by_end = {last_of(path): path for path in paths if ends[last_of(path)] == 1}
    return {name: name if name in paths else by_end.get(last_of(name), name) for name in names}


def last_of(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name
