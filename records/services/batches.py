"""Many files at once: all are received and checked, then all are kept and written, or none is (C9, K8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from records import clock, permissions, policies, signing, storage
from records.errors import DuplicateFiling, Incomplete, RecordsError, RejectedUpload, RuleViolation
from records.models import Blob, Expediente, TipoDocumental
from records.permissions import Actor, Rights
from records.services import filing
from records.services.filing import Filing, FilingMetadata
from records.services.receipts import FilingReceipt, receipt_of
from records.services.receiving import DuplicateDecision, Received, Upload, check_duplicate, looked_at, set_apart
from records.storage import Staged
from records.vocabulary import Action

#: Files hashed and looked at side by side; the cell takes no more at once.
ABREAST = 2


class RefusedBatch(RuleViolation):
    """Nothing was filed. `faults` lists every (index of the item, RecordsError)."""

    code = "refused_batch"

    def __init__(self, faults: Sequence[tuple[int, RecordsError]]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.code)


@dataclass(frozen=True)
class Item:
    """One file of a batch, with what is said of it."""

    upload: Upload
    metadata: FilingMetadata
    duplicate: DuplicateDecision | None = None


def file_batch(
    *, actor: Actor, expediente: Expediente, items: Sequence[Item], batch: uuid.UUID | None = None
) -> list[FilingReceipt]:
    """File all the items, in their order, in one transaction; the receipts come in the same order.

    Raises NotFound or AccessDenied (who), RefusedBatch with every fault of every item, StoreUnavailable or
    SigningKeyUnavailable. Nothing is filed, and nothing kept, unless all of it is.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.FILE, expediente)
    signing.signer()
    if not items:
        raise Incomplete(["files"])
    intake = Intake(actor, rights, expediente, items)
    try:
        intake.receive_all()
        intake.check_all()
        storage.store().keep_all(intake.staged())
    except BaseException:
        intake.discard_all()
        raise
    documents = filing.register(intake.filings(batch or uuid.uuid4()), expediente)
    return [receipt_of(document) for document in documents]


class Intake:
    """A batch while it is received: what came of each item, and every fault met."""

    def __init__(self, actor: Actor, rights: Rights, expediente: Expediente, items: Sequence[Item]) -> None:
        self.actor, self.rights, self.expediente, self.items = actor, rights, expediente, items
        self.tipos = {tipo.code: tipo for tipo in TipoDocumental.objects.filter(trd=expediente.trd_id)}
        self.received: dict[int, Received] = {}
        self.faults: list[tuple[int, RecordsError]] = []

    def receive_all(self) -> None:
        """Hash and look at every file; a refused one is set apart as if it had come alone."""
        with ThreadPoolExecutor(ABREAST, "batch") as pool:
            for index, outcome in enumerate(pool.map(received_of, (item.upload for item in self.items))):
                self._take(index, outcome)

    def _take(self, index: int, outcome: Outcome) -> None:
        if outcome.received:
            self.received[index] = outcome.received
            return
        if isinstance(outcome.fault, RejectedUpload):
            upload = self.items[index].upload
            set_apart(self.actor, self.expediente, upload, outcome.fault, outcome.staged)
        elif outcome.staged:
            storage.store().discard(outcome.staged)
        if outcome.fault and not isinstance(outcome.fault, RejectedUpload | RuleViolation):
            raise outcome.fault
        if outcome.fault:
            self.faults.append((index, outcome.fault))

    def check_all(self) -> None:
        """Every fault of every item, not the first. Raises RefusedBatch."""
        known = known_among({received.staged.digest for received in self.received.values()})
        met: set[str] = set()
        for index, item in enumerate(self.items):
            self._note(index, self._check_metadata, item)
            if index in self.received:
                self._note(index, self._check_bytes, index, known, met)
        if self.faults:
            raise RefusedBatch(sorted(self.faults, key=lambda fault: fault[0]))

    def _note(self, index: int, check: Callable[..., object], *given: object) -> None:
        try:
            check(*given)
        except RuleViolation as fault:
            self.faults.append((index, fault))

    def _check_metadata(self, item: Item) -> None:
        tipo = self.tipos.get(item.metadata.tipo)
        policies.check_accepts_filing(self.expediente, tipo, item.metadata.date, clock.today())

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


def received_of(upload: Upload) -> Outcome:
    """Receive one upload in a thread of the pool. It touches no database, which is the caller's."""
    staged = None
    try:
        staged = upload.stage()
        return Outcome(Received(upload, staged, looked_at(upload, staged)))
    except RecordsError as fault:
        return Outcome(fault=fault, staged=staged)


def known_among(digests: set[str]) -> set[str]:
    """Of these digests, the ones in custody for anybody."""
    listed = sorted(digests)
    parts = (listed[at : at + 500] for at in range(0, len(listed), 500))
    return {digest for part in parts for digest in Blob.objects.filter(pk__in=part).values_list("pk", flat=True)}
