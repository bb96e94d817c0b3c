"""Receiving: bytes hashed as they come, looked at in the cell, compared with what is already filed.

Nothing here is custody yet: what is received is filed or discarded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from records import conf, parsing, scanning, storage
from records.errors import (
    DuplicateFiling,
    Incomplete,
    QuarantinedUpload,
    RejectedUpload,
    RuleViolation,
    ScannerUnavailable,
)
from records.models import Blob, Document, Expediente
from records.permissions import Actor, Rights
from records.services import quarantine
from records.storage import Staged

#: Stands for what is no character.
UNTOLD = "\ufffd"


@dataclass(frozen=True)
class Upload:
    """What arrives: a name as the sender wrote it, and a readable binary stream or a file that is ours to take."""

    name: str
    stream: BinaryIO | None = None
    path: Path | None = None

    @property
    def kept_name(self) -> str:
        """The name as every database and every signature can hold it: NUL, and bytes that were no text where the
        name came from, are told by U+FFFD."""
        return "".join(UNTOLD if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in self.name)

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
    except ScannerUnavailable:
        leave_unjudged(actor, expediente, upload, staged)
        raise


def looked_at(upload: Upload, staged: Staged) -> parsing.Inspection:
    """What the cell says of it, once the scanner has found nothing in it.

    Raises RejectedUpload with every reason, QuarantinedUpload, ScannerUnavailable.
    """
    inspection = parsing.inspect(staged.path, upload.name)
    if inspection.refusals:
        raise RejectedUpload(inspection.refusals, name=upload.name)
    return scanned(staged, inspection)


def scanned(staged: Staged, inspection: parsing.Inspection) -> parsing.Inspection:
    """The same inspection if the file and all it brings are clean, flagged where there is no scanner to say so.

    What the cell could not open is not asked for what it brings: it is filed as not inspected, which says so.
    """
    inside = inspection.inspected or "cell_unavailable" in inspection.flags
    verdict = scanning.scan(staged.path, inspection.media_type, inside=inside)
    if verdict.clean:
        return inspection
    if verdict.state == "not_configured":
        return replace(inspection, flags=(*inspection.flags, scanning.NOT_SCANNED))
    if verdict.state == "infected":
        raise QuarantinedUpload(["malware"], signature=verdict.name, part=verdict.part)
    if verdict.name == "limits":
        raise QuarantinedUpload(["scanner_limits"], part=verdict.part)
    raise ScannerUnavailable(cause=verdict.name)


def leave_unjudged(actor: Actor, expediente: Expediente, upload: Upload, staged: Staged | None) -> None:
    """Nobody could judge it. What has a path is still the sender's, who tries again; a stream is all there is."""
    if upload.path is None:
        set_apart(actor, expediente, upload, QuarantinedUpload([ScannerUnavailable.code]), staged)
    elif staged:
        storage.store().discard(staged)


def set_apart(
    actor: Actor, expediente: Expediente, upload: Upload, refusal: RejectedUpload, staged: Staged | None
) -> None:
    """A refused file goes into quarantine with its reasons, and leaves its event."""
    quarantine.set_apart(actor=actor, expediente=expediente, upload=upload, refusal=refusal, staged=staged)


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
