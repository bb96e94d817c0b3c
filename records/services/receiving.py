"""Receiving: bytes hashed as they come, looked at in the cell, compared with what is already filed.

Nothing here is custody yet: what is received is filed or discarded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from records import audit, conf, parsing, storage
from records.errors import DuplicateFiling, Incomplete, RejectedUpload, RuleViolation
from records.models import Blob, Document, Expediente
from records.permissions import Actor, Rights
from records.storage import Staged


@dataclass(frozen=True)
class Upload:
    """What arrives: a name as the sender wrote it, and a readable binary stream or a file that is ours to take."""

    name: str
    stream: BinaryIO | None = None
    path: Path | None = None

    def stage(self) -> Staged:
        """The bytes, hashed, in the store's own folder. Raises RejectedUpload ("too_large"), StoreUnavailable."""
        limit = conf.max_upload_bytes()
        if self.path is not None:
            return storage.store().adopt(self.path, limit=limit)
        assert self.stream is not None  # noqa: S101 - one of the two is always given
        return storage.store().stage(self.stream, limit=limit)


@dataclass(frozen=True)
class DuplicateDecision:
    """What to do with bytes already filed: "link" to that piece, or "keep" both, with a reason (C8)."""

    choice: str
    reason: str = ""


@dataclass(frozen=True)
class Received:
    """An upload that was hashed and looked at, and may be filed."""

    upload: Upload
    staged: Staged
    inspection: parsing.Inspection


Refuse = Callable[[RejectedUpload, Staged | None], None]


def receive(upload: Upload, *, actor: Actor, expediente: Expediente) -> Received:
    """Hash the stream into a private file and have the cell look at it; a refusal leaves an event."""
    staged = None
    try:
        staged = upload.stage()
        return Received(upload, staged, looked_at(upload, staged))
    except RejectedUpload as refusal:
        set_apart(actor, expediente, upload, refusal, staged)
        raise


def looked_at(upload: Upload, staged: Staged) -> parsing.Inspection:
    """What the cell says of it. Raises RejectedUpload with every reason."""
    inspection = parsing.inspect(staged.path, upload.name)
    if inspection.refusals:
        raise RejectedUpload(inspection.refusals, name=upload.name)
    return inspection


def set_apart(
    actor: Actor, expediente: Expediente, upload: Upload, refusal: RejectedUpload, staged: Staged | None
) -> None:
    """A refused file leaves its event, and its bytes go."""
    del upload
    if staged:
        storage.store().discard(staged)
    with transaction.atomic():
        audit.record(
            "document.refused",
            actor=actor,
            subject=expediente,
            reasons=refusal.reasons,
            sha256=staged.digest if staged else "",
        )


def check_duplicate(rights: Rights, received: Received, decision: DuplicateDecision | None) -> None:
    """Ask for a decision about bytes already filed, as far as this person may see them (C8)."""
    if decision is not None:
        return check_decision(decision)
    if is_known(received.staged.digest) and twin_of(rights, received.staged.digest):
        raise DuplicateFiling
    return None


def is_known(digest: str) -> bool:
    """Are these bytes in custody for anybody? Nearly always not, and then nobody's rights need be read.

    The store tells the two apart by time as well: it hashes known bytes again before it trusts them.
    """
    return Blob.objects.filter(pk=digest).exists()


def check_decision(decision: DuplicateDecision) -> None:
    if decision.choice not in ("link", "keep"):
        raise RuleViolation("unknown_duplicate_choice")
    if decision.choice == "keep" and not decision.reason.strip():
        raise Incomplete(["duplicate_reason"])


def twin_of(rights: Rights, digest: str) -> Document | None:
    """The first piece with these bytes that the person may read."""
    twins = Document.objects.filter(blob=digest).order_by("filed_at").only("pk", "level", "expediente_id")
    return next((twin for twin in twins if rights.reads(twin)), None)
