"""What must hold when a killed installation opens again, looked at by a process that saw nothing of the act."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tests.crash.steps.acts import NOTHING, WHOLE, Act, Keys, events, person, piece
from tests.security.disk import shim
from tests.security.disk.driver import unsound

#: What the sweeps call old is younger than this (seconds).
LATER = 3 * 24 * 3600


def problems_of(home: Path, act: Act, keys: Keys, acknowledged: Keys | None) -> Iterator[str]:
    """Everything that is wrong, after the kill, after the act is done again, and after the sweeps."""
    yield from unsound(home)
    reached = act.reached(keys)
    if reached not in (NOTHING, WHOLE):
        yield reached
    if acknowledged is not None:
        if reached != WHOLE:
            yield f"acknowledged, and {reached} is there"
        yield from unkept(acknowledged)
    yield from (f"the ledger: {found}" for found in ledger_findings())
    if reached == NOTHING:
        yield from unfinished(act, keys)
    yield from (f"the custody: {found}" for found in custody_findings())
    yield from unsound(home)
    yield from litter(home)


def unkept(acknowledged: Keys) -> Iterator[str]:
    """What was acknowledged is read through its door, with its digest, and the ledger tells it once."""
    from records.services import viewing

    for key, digest in acknowledged.get("documents", ()):
        with viewing.open_original(actor=person("archivista"), document=piece(key)) as stream:
            if hashlib.sha256(stream.read()).hexdigest() != digest:
                yield f"acknowledged and other bytes: {key}"
        if events("document.filed", key) != 1:
            yield f"acknowledged without its event: {key}"
    for action, subject in acknowledged.get("events", ()):
        if events(action, subject) < 1:
            yield f"acknowledged without its event {action}"


def unfinished(act: Act, keys: Keys) -> Iterator[str]:
    """Who was told nothing does it again, and it is done."""
    try:
        act.act(keys)
    except Exception as fault:  # noqa: BLE001 - whatever escapes is what is looked for
        yield f"it cannot be done again: {type(fault).__name__}: {fault}"
        return
    if (reached := act.reached(keys)) != WHOLE:
        yield f"done again, and {reached} is there"


def ledger_findings() -> list[dict[str, object]]:
    """Also of the copy outside, which must go on from wherever the kill left it."""
    from records.ledger import checkpoints, rollback
    from records.ledger.verification import verify_ledger

    closed = [{"problem": "the desk is closed"}] if rollback.look() else []
    checkpoints.issue(checkpoints.REQUEST)
    return [*closed, *verify_ledger().findings]


def custody_findings() -> list[dict[str, str]]:
    from records.fixity.care import care_now
    from records.services.fixity import verify_custody

    care_now()
    return verify_custody().findings


def litter(home: Path) -> Iterator[str]:
    """Days later the sweeps leave no file on its way, and nothing under a name that no row knows."""
    from records.certificates.keeping import sweep_certificates
    from records.fixity.litter import sweep_litter
    from records.models import Blob, Certificate, Draft
    from records.services.drafts import sweep_drafts

    disk = shim.Disk(home)
    disk.later(LATER)
    try:
        sweep_litter(set_orphans_aside=True)
        sweep_certificates()
        sweep_drafts()
    finally:
        disk.later(0)
    kept = {f"{key}.zip" for key in Certificate.objects.values_list("pk", flat=True)}
    waiting = {
        str(key) for key in Draft.objects.filter(state__in=("receiving", "waiting")).values_list("pk", flat=True)
    }
    blobs = set(Blob.objects.values_list("digest", flat=True))
    for folder, named in {"store": blobs, "copies": blobs}.items():
        known = {*named, "copia-de-custodia", "mending.lock", "sweeping.lock"}
        apart = ("orphans", "damaged")
        files = [file for file in (home / folder).rglob("*") if file.is_file() and file.parent.name not in apart]
        if left := sorted(file.name for file in files if file.name not in known):
            yield f"left in {folder}: {left}"
    left = [file.name for file in (home / "certificates").glob("*.part")]
    left += [file.name for file in (home / "arrivals").glob("*-*") if file.name not in waiting]
    left += [file.name for file in (home / "incoming").glob("*")]
    if left:
        yield f"left on the way: {left} besides {len(kept)} certificates"
