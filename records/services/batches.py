"""Many files at once: all are received and checked, then all are kept and written, or none is (C9, K8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from django.db import transaction

from records import audit, clock, permissions, policies, signing, storage
from records.errors import DuplicateFiling, Incomplete, RecordsError, RejectedUpload, RuleViolation
from records.models import Blob, Expediente, TipoDocumental
from records.permissions import Actor
from records.services import filing
from records.services.filing import Filing, FilingMetadata, Within
from records.services.receipts import FilingReceipt, receipt_of
from records.services.receiving import DuplicateDecision, Received, Upload, check_duplicate, looked_at, set_apart
from records.storage import Staged
from records.vocabulary import Action

#: Files hashed and looked at side by side; the cell takes no more at once.
ABREAST = 2
#: (index of the item, what is wrong with it).
Fault: TypeAlias = tuple[int, RecordsError]


class RefusedBatch(RuleViolation):
    """Nothing was filed. `faults` lists every (index of the item, RecordsError)."""

    code = "refused_batch"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.code)


@dataclass(frozen=True)
class Item:
    """One file of a batch, with what is said of it. `sha256`: the digest it was announced with, if any."""

    upload: Upload
    metadata: FilingMetadata
    duplicate: DuplicateDecision | None = None
    sha256: str = ""


def file_batch(
    *,
    actor: Actor,
    expediente: Expediente,
    items: Sequence[Item],
    batch: uuid.UUID | None = None,
    manifest: str = "",
    within: Within | None = None,
) -> list[FilingReceipt]:
    """File all the items, in their order, in one transaction; the receipts come in the same order.

    `manifest` is the SHA-256 of the file that announced them, if one did; `within` as in `filing.file_document`.
    Raises NotFound or AccessDenied (who), RefusedBatch with every fault of every item, StoreUnavailable or
    SigningKeyUnavailable. Nothing is filed, and nothing kept, unless all of it is.
    """
    intake, key = Intake(actor, expediente, items), batch or uuid.uuid4()
    try:
        intake.receive_all()
        if faults := intake.all_faults():
            raise RefusedBatch(faults)
        storage.store().keep_all(intake.staged())
    except RefusedBatch as refused:
        intake.discard_all()
        note_refusal(actor, expediente, refused.faults, manifest)
        raise
    except BaseException:
        intake.discard_all()
        raise
    with transaction.atomic():
        documents = filing.register(intake.filings(key), expediente, within)
        facts = {"batch": key, "count": len(documents), "manifest": manifest}
        audit.record("batch.filed", actor=actor, subject=expediente, **facts)
    return [receipt_of(document) for document in documents]


def check_batch(*, actor: Actor, expediente: Expediente, items: Sequence[Item]) -> list[Fault]:
    """Every fault that would refuse these items; nothing is filed. Raises as `file_batch`, but RefusedBatch."""
    intake = Intake(actor, expediente, items)
    try:
        intake.receive_all()
        return intake.all_faults()
    finally:
        intake.discard_all()


def note_refusal(actor: Actor, expediente: Expediente, faults: Sequence[Fault], manifest: str = "") -> None:
    """The event of a batch that was not filed: how many faults, and of which kinds."""
    codes = sorted({error.code for _index, error in faults})
    with transaction.atomic():
        facts = {"faults": len(faults), "codes": codes, "manifest": manifest}
        audit.record("batch.refused", actor=actor, subject=expediente, **facts)


class Intake:
    """A batch while it is received: what came of each item, and every fault met.

    Raises NotFound or AccessDenied (who), Incomplete (no items), SigningKeyUnavailable.
    """

    def __init__(self, actor: Actor, expediente: Expediente, items: Sequence[Item]) -> None:
        self.actor, self.rights = actor, permissions.rights_of(actor)
        self.rights.check(Action.FILE, expediente)
        signing.signer()
        if not items:
            raise Incomplete(["files"])
        self.expediente, self.items = expediente, items
        self.tipos = {tipo.code: tipo for tipo in TipoDocumental.objects.filter(trd=expediente.trd_id)}
        named = any(item.metadata.annex for item in items)
        self.annexes = set(expediente.annexes.values_list("key", flat=True)) if named else set()
        self.received: dict[int, Received] = {}
        self.faults: list[Fault] = []

    def receive_all(self) -> None:
        """Hash and look at every file; a refused one is set apart as if it had come alone.

        Raises what keeps files from being received at all, once those already received can be put away.
        """
        outages: list[RecordsError] = []
        with ThreadPoolExecutor(ABREAST, "batch") as pool:
            for index, outcome in enumerate(pool.map(receiving(outages), (item.upload for item in self.items))):
                self._take(index, outcome)
        if outages:
            raise outages[0]

    def _take(self, index: int, outcome: Outcome) -> None:
        if outcome.received:
            self.received[index] = outcome.received
        elif isinstance(outcome.fault, RejectedUpload):
            upload = self.items[index].upload
            set_apart(self.actor, self.expediente, upload, outcome.fault, outcome.staged)
        elif outcome.staged:
            storage.store().discard(outcome.staged)
        if isinstance(outcome.fault, RejectedUpload | RuleViolation):
            self.faults.append((index, outcome.fault))

    def all_faults(self) -> list[Fault]:
        """Every fault of every item, not the first, in their order."""
        known = known_among({received.staged.digest for received in self.received.values()})
        met: set[str] = set()
        for index, item in enumerate(self.items):
            self._note(index, self._check_metadata, item)
            if index in self.received:
                self._note(index, self._check_digest, index)
                self._note(index, self._check_bytes, index, known, met)
        return sorted(self.faults, key=lambda fault: fault[0])

    def _note(self, index: int, check: Callable[..., object], *given: object) -> None:
        try:
            check(*given)
        except RuleViolation as fault:
            self.faults.append((index, fault))

    def _check_metadata(self, item: Item) -> None:
        tipo = self.tipos.get(item.metadata.tipo)
        policies.check_accepts_filing(self.expediente, tipo, item.metadata.date, clock.today())
        policies.check_annexes_known({item.metadata.annex} - {""}, self.annexes)

    def _check_digest(self, index: int) -> None:
        announced = self.items[index].sha256
        if announced and announced.lower() != self.received[index].staged.digest:
            raise RuleViolation("digest_differs")

    def _check_bytes(self, index: int, known: set[str], met: set[str]) -> None:
        """Bytes filed before, or met before in this batch, need a decision (C8)."""
        received, decision = self.received[index], self.items[index].duplicate
        repeated, digest = received.staged.digest in met, received.staged.digest
        met.add(digest)
        if decision is None and repeated:
            raise DuplicateFiling
        if decision is not None or digest in known:
            check_duplicate(self.rights, received, decision)

    def staged(self) -> list[Staged]:
        return [self.received[index].staged for index in range(len(self.items))]

    def filings(self, batch: uuid.UUID) -> list[Filing]:
        return [self._filing(index, item, batch) for index, item in enumerate(self.items)]

    def _filing(self, index: int, item: Item, batch: uuid.UUID) -> Filing:
        tipo = self.tipos[item.metadata.tipo]
        return Filing(self.actor, self.rights, tipo, self.received[index], item.metadata, item.duplicate, batch)

    def discard_all(self) -> None:
        for received in self.received.values():
            storage.store().discard(received.staged)


@dataclass(frozen=True)
class Outcome:
    """What came of receiving one upload: it, or the fault and the bytes to be put away."""

    received: Received | None = None
    fault: RecordsError | None = None
    staged: Staged | None = None


def receiving(outages: list[RecordsError]) -> Callable[[Upload], Outcome]:
    """What receives one upload in a thread of the pool, and nothing more once an outage was met.

    It touches no database, which is the caller's.
    """

    def receive(upload: Upload) -> Outcome:
        staged = None
        try:
            staged = None if outages else upload.stage()
            return Outcome(Received(upload, staged, looked_at(upload, staged))) if staged else Outcome()
        except RecordsError as fault:
            if not isinstance(fault, RejectedUpload | RuleViolation):
                outages.append(fault)
            return Outcome(fault=fault, staged=staged)

    return receive


def known_among(digests: set[str]) -> set[str]:
    """Of these digests, the ones in custody for anybody."""
    listed = sorted(digests)
    parts = (listed[at : at + 500] for at in range(0, len(listed), 500))
    return {digest for part in parts for digest in Blob.objects.filter(pk__in=part).values_list("pk", flat=True)}
