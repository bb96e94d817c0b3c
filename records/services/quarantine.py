"""Quarantine: what was refused is set apart with its reasons, and is never opened, read or given again (C5).

Its bytes lie under the row's id in a folder of their own, until somebody attends to it or its days are over. They
prove nothing and nobody is promised them: what does not fit, or cannot be moved, leaves its digest and reasons.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from records import audit, clock, conf, permissions, storage
from records.errors import Incomplete, RejectedUpload, RuleViolation
from records.holds import standing
from records.ledger import rollback
from records.models import Expediente, Quarantined
from records.permissions import Actor
from records.storage import Staged
from records.vocabulary import Action

if TYPE_CHECKING:
    from records.services.receiving import Upload

#: A file without a row is litter of an interrupted act once it is this old (seconds).
LITTER_AGE = 3600.0
SWEPT_AT_ONCE = 200
EXPIRED = "Venció el plazo de conservación en cuarentena."


def set_apart(
    *, actor: Actor, expediente: Expediente, upload: Upload, refusal: RejectedUpload, staged: Staged | None
) -> None:
    """Keep a refused file away from everything else, with why; its event tells digest and reasons.

    `staged` is taken or discarded; None for what was not even received whole.
    """
    row = Quarantined(
        expediente=expediente,
        person_id=actor.pk,
        original_name=upload.kept_name,
        digest=staged.digest if staged else "",
        size=staged.size if staged else 0,
        reasons=list(refusal.reasons),
        detail=detail_of(refusal),
        at=clock.now(),
        kept=False,
    )
    row.kept = staged is not None and taken(staged, row)
    try:
        write(row, actor)
    except BaseException:
        discard_bytes(row.pk)
        raise


def detail_of(refusal: RejectedUpload) -> str:
    """The signature that was found, and in which inner file, as far as the scanner said."""
    found = (str(refusal.facts.get(name, "")) for name in ("signature", "part"))
    return " · ".join(part for part in found if part)[:300]


def write(row: Quarantined, actor: Actor) -> None:
    with transaction.atomic():
        row.save(force_insert=True)
        audit.record(
            "document.refused",
            actor=actor,
            subject=row.expediente,
            reasons=row.reasons,
            sha256=row.digest,
            quarantined=row.pk if row.kept else "",
        )


# Bytes ------------------------------------------------------------------------------------------


def path_of(key: uuid.UUID) -> Path:
    return conf.quarantine() / str(key)


def taken(staged: Staged, row: Quarantined) -> bool:
    """Move the bytes into quarantine if they fit; they are gone from where they were either way."""
    try:
        return row.size > 0 and fits(row.size) and moved(staged.path, path_of(row.pk))
    finally:
        storage.store().discard(staged)


def fits(size: int) -> bool:
    held = Quarantined.objects.filter(kept=True).aggregate(total=Sum("size"))["total"] or 0
    return bool(held + size <= conf.quarantine_bytes())


def moved(source: Path, target: Path) -> bool:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        move(source, target)
        target.chmod(0o400)
    except OSError:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        return False
    return True


def move(source: Path, target: Path) -> None:
    """By name where that is one file system; else by copy, never readable to others on the way."""
    try:
        source.rename(target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        with (
            source.open("rb") as read,
            os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
        ):
            shutil.copyfileobj(read, out, 1024 * 1024)


def discard_bytes(key: uuid.UUID) -> None:
    """The bytes go; a disk that refuses keeps them until they are swept."""
    with contextlib.suppress(OSError):
        path_of(key).unlink(missing_ok=True)


# Settling ---------------------------------------------------------------------------------------


def settle(*, actor: Actor, quarantined: Quarantined, reason: str) -> None:
    """Attend to what was set apart: its bytes are discarded for good, the row and why stay.

    Raises NotFound or AccessDenied (who), Incomplete ("reason"), RuleViolation ("already_settled").
    """
    permissions.check(actor, Action.HANDLE_QUARANTINE, quarantined.expediente)
    if not reason.strip():
        raise Incomplete(["reason"])
    close(quarantined, actor, reason.strip()[:300])


def close(quarantined: Quarantined, actor: Actor | None, settlement: str) -> None:
    standing.check_free(quarantined.expediente_id)
    with transaction.atomic():
        changed = {"settled_by": actor, "settled_at": clock.now(), "settlement": settlement, "kept": False}
        if not Quarantined.objects.filter(pk=quarantined.pk, settled_at=None).update(**changed):
            raise RuleViolation("already_settled")
        facts = {"expediente": quarantined.expediente_id, "sha256": quarantined.digest}
        audit.record("quarantine.settled", actor=actor, subject=quarantined, discarded=quarantined.kept, **facts)
    discard_bytes(quarantined.pk)


def sweep() -> int:
    """Close what nobody attended to in its days, and remove bytes that no row holds; how many rows were closed.

    Nothing of it in a restored database: there, what arrived since has no row either.
    """
    if rollback.is_closed():
        return 0
    oldest = clock.now() - datetime.timedelta(days=conf.quarantine_days())
    free = Quarantined.objects.exclude(expediente__in=standing.held_places())
    expired = list(free.filter(kept=True, settled_at=None, at__lt=oldest).order_by("at")[:SWEPT_AT_ONCE])
    for row in expired:
        with contextlib.suppress(RuleViolation):  # somebody attended to it a moment ago
            close(row, None, EXPIRED)
    remove_litter()
    return len(expired)


def remove_litter() -> None:
    """Files of interrupted acts: of no row, or of one whose bytes were discarded."""
    if not conf.quarantine().is_dir():
        return
    old = time.time() - LITTER_AGE
    names = {file.name: file for file in conf.quarantine().iterdir() if file.is_file() and file.stat().st_ctime < old}
    held = set(map(str, Quarantined.objects.filter(kept=True).values_list("pk", flat=True))) if names else set()
    for name in names.keys() - held:
        with contextlib.suppress(OSError):
            names[name].unlink(missing_ok=True)
