"""Is this the database whose heads are kept outside? One restored from an earlier day, or rewritten, is not: the desk
stays closed until somebody who answers for it acknowledges that (criterion 13).

Looked at when a process starts and every LOOK_SECONDS while it serves. The old copy is put aside and never lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from records import audit, clock, conf, permissions
from records.errors import LedgerDiverged, RuleViolation
from records.ledger import checkpoints, witness
from records.permissions import Actor
from records.vocabulary import Action

ASIDE, REASON = "aparte", "reconocimiento.json"
logger = logging.getLogger(__name__)


@dataclass
class Look:
    """What the last look found, and when it was, in this process's own seconds."""

    closed: bool = False
    at: float = time.monotonic()


_last = Look()


def is_closed() -> bool:
    """Must the desk stay closed? From memory, until another look is due."""
    if time.monotonic() - _last.at >= conf.look_seconds():
        look()
    return _last.closed


def look() -> bool:
    """Compare the copy outside with the database now. One that cannot be read closes nothing: `verify_ledger` and the
    next head tell it."""
    _last.at = time.monotonic()
    try:
        witness.check_known()
    except LedgerDiverged as found:
        if not _last.closed:
            logger.warning("ledger: the database is not the one whose heads are kept outside: %s", found.facts)
        _last.closed = True
    except (OSError, DatabaseError) as fault:
        logger.warning("ledger: the copy outside could not be compared: %s", type(fault).__name__)
    else:
        _last.closed = False
    return _last.closed


def check_open() -> None:
    """Raise LedgerDiverged while the desk must stay closed; looked at now."""
    if look():
        raise LedgerDiverged


def acknowledge(*, actor: Actor, reason: str) -> dict[str, Any]:
    """Go on from the database as it is: the event, then the old copy aside, then a new one with a head that covers it.

    The event tells the last head of the old copy, where it is kept and the digest of the reason; the reason itself,
    which is prose, lies with the old copy. Safe to ask again after a cut. Raises AccessDenied, RuleViolation when
    nothing is to be acknowledged, StoreUnavailable.
    """
    permissions.check(actor, Action.ACKNOWLEDGE_ROLLBACK)
    if not look():
        raise RuleViolation("nothing_rolled_back")
    if not reason.strip():
        raise RuleViolation("no_reason")
    told = {"reason": reason.strip(), "by": actor.get_username(), "at": clock.now().isoformat()}
    with witness.kept_or_refused(), witness.held() as folder:
        facts = {**last_told(folder), "aside": free_name(folder)}
        digest = hashlib.sha256(told["reason"].encode()).hexdigest()
        with transaction.atomic():
            audit.record("rollback.acknowledged", actor=actor, subject="ledger", reason=digest, **facts)
        put_aside(folder, folder / ASIDE / facts["aside"], {**told, **facts})
    checkpoints.issue(checkpoints.REQUEST)
    look()
    return facts


def last_told(folder: Path) -> dict[str, Any]:
    """Size and root of the last head of the copy; nothing where it cannot be understood."""
    with contextlib.suppress(ValueError):
        if known := witness.kept_heads(folder / witness.HEADS):
            return {"size": known[-1].size, "root": known[-1].root}
    return {}


def free_name(folder: Path) -> str:
    number = 1
    while (folder / ASIDE / f"{number:04d}").exists():
        number += 1
    return f"{number:04d}"


def put_aside(folder: Path, place: Path, told: dict[str, Any]) -> None:
    """The old files in a folder of their own, by renaming, with what was said when they were put there."""
    place.mkdir(mode=0o700, parents=True)
    (place / REASON).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name in (witness.LEAVES, witness.HEADS, witness.STAMPS):
        with contextlib.suppress(FileNotFoundError):
            (folder / name).rename(place / name)
    for held in (place, folder):
        descriptor = os.open(held, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
