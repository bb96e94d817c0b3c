"""The SHA-256 of every file of a partition: what tantivy would read as well when a byte was flipped is told here.

<partition>/manifest.json   name → digest of the segment files and of meta.json, replaced in one step after each commit
<partition>/being-written   there while a writer is at work: meta.json and new segments may be ahead of the manifest

Segment files never change, so each is read once when it is new. After a crash the mark is still there, and the next
writer notes what it finds; a file that differs without the mark is damaged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

_NAME, _MARK, _META = "manifest.json", "being-written", "meta.json"

_TRIES = 3
"""How often a partition that is being written is looked at again before it is taken for damaged."""

Digests = dict[str, str]

_proved: dict[Path, tuple[tuple[int, int, int], str]] = {}
"""What this process has read of files that never change: file → (its identity, its digest)."""


def begin(partition: Path) -> None:
    """Says that a writer is at work."""
    (partition / _MARK).touch()


def note(partition: Path) -> None:
    """Writes the manifest of what is committed now."""
    former = {} if (kept := _read(partition)) is None else kept
    if (digests := _digests(partition, former)) != former:
        # Not synced: what a loss of power leaves of it says "damaged", and costs a rebuild.
        draft = partition / f"{_NAME}.new"
        draft.write_text(json.dumps(digests, sort_keys=True), "utf-8")
        draft.replace(partition / _NAME)


def end(partition: Path) -> None:
    """Writes the manifest of what the writer leaves, its merges too, and says that it is done."""
    note(partition)
    (partition / _MARK).unlink(missing_ok=True)


def _digests(partition: Path, former: Digests) -> Digests:
    """Of the files that meta.json names; what a merge removes meanwhile is looked for again."""
    while True:
        meta = (partition / _META).read_bytes()
        names = [path.name for path in _files(partition, _segments(meta))]
        try:
            digests = {name: former.get(name) or _digest(partition / name) for name in names}
        except FileNotFoundError:
            continue
        if (partition / _META).read_bytes() == meta:
            return {**digests, _META: hashlib.sha256(meta).hexdigest()}


def faults(partition: Path, *, anew: bool = False) -> list[str]:
    """Names of the files that are missing or not as they were written; `anew` reads again also those that this
    process has read before. An unreadable manifest is a fault of its own."""
    found: list[str] = []
    for _try in range(_TRIES):
        found = _faults(partition, anew)
        if not found:
            break
    return found


def _faults(partition: Path, anew: bool) -> list[str]:
    being_written = (partition / _MARK).exists()
    kept = _read(partition)
    if kept is None:
        # The first writer of a partition has made it and not committed yet.
        return [] if being_written else [_NAME]
    try:
        meta = (partition / _META).read_bytes()
        live = _segments(meta)
    except (OSError, ValueError):
        return [_META]
    if not being_written and kept.get(_META) != hashlib.sha256(meta).hexdigest():
        return [_META]
    return list(_wrong(partition, kept, live, anew=anew, being_written=being_written))


def _wrong(partition: Path, kept: Digests, live: dict[str, str], *, anew: bool, being_written: bool) -> Iterator[str]:
    """Files of the segments in use. A segment that nobody noted is a fault, unless a writer is at work."""
    for name, digest in kept.items():
        if _is_live(name, live):
            path = partition / name
            if not path.exists() or (_digest(path) if anew else _digest_once(path)) != digest:
                yield name
    if not being_written:
        noted = {name.partition(".")[0] for name in kept}
        yield from (f"{segment}.*" for segment in live if segment not in noted)


def _read(partition: Path) -> Digests | None:
    try:
        held = json.loads((partition / _NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def _segments(meta: bytes) -> dict[str, str]:
    """Segment → name of its file of deletions, or nothing. Raises ValueError for what is no meta.json."""
    try:
        return {
            (name := one["segment_id"].replace("-", "")): _deletions(name, one["deletes"])
            for one in json.loads(meta)["segments"]
        }
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(_META) from fault


def _deletions(segment: str, deletes: dict[str, int] | None) -> str:
    return f"{segment}.{deletes['opstamp']}.del" if deletes else ""


def _files(partition: Path, live: dict[str, str]) -> Iterator[Path]:
    return (path for path in partition.iterdir() if _is_live(path.name, live))


def _is_live(name: str, live: dict[str, str]) -> bool:
    segment, _dot, kind = name.partition(".")
    return segment in live and (not kind.endswith("del") or live[segment] == name)


def _digest_once(path: Path) -> str:
    about = path.stat()
    identity = (about.st_ino, about.st_mtime_ns, about.st_size)
    if (known := _proved.get(path)) and known[0] == identity:
        return known[1]
    digest = _digest(path)
    _proved[path] = (identity, digest)
    return digest


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
