"""The ledger's copy outside the database: the leaf hashes in order and the signed heads (criterion 12).

Two files of a folder that belongs on another disk, or that another body fetches. `leaves` has 32 bytes for each event
that a head covers; `checkpoints.jsonl` a signed head for each line. Whoever owns the database can rewrite its rows,
but not these: they name the event that is no longer what it was, and tell a database restored from an earlier day.
Neither holds anything about content.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from records import conf
from records.errors import LedgerDiverged, StoreUnavailable
from records.ledger import heads as telling
from records.ledger.heads import Head
from records.models import Checkpoint

LEAVES, HEADS, STAMPS = "leaves", "checkpoints.jsonl", "estampas"
HASH = 32
#: Leaf hashes written at once: a megabyte.
MANY = 32_768


def keep() -> None:
    """Bring the copy up to the last head of the database. Nothing already there is ever changed.

    Raises StoreUnavailable, or LedgerDiverged when the database no longer has the last head of the copy: it was
    restored from an earlier day, or somebody rewrote it, and the copy keeps what it knows.
    """
    with kept_or_refused(), held() as folder, (folder / HEADS).open("ab+") as heads:
        repair(heads)
        for row in Checkpoint.objects.filter(size__gt=size_kept(heads)).order_by("size"):
            extend(folder / LEAVES, row.size)
            heads.write(telling.exported(row).encode() + b"\n")
            settle(heads)


@contextlib.contextmanager
def held() -> Iterator[Path]:
    """The folder, for one writer at a time."""
    folder = conf.witness()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@contextlib.contextmanager
def kept_or_refused() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreUnavailable(errno=fault.errno) from fault


def repair(heads: IO[bytes]) -> None:
    """Take away half a line that an interrupted write left at the end."""
    content = tail(heads)
    if content and not content.endswith(b"\n"):
        heads.seek(0, os.SEEK_END)
        heads.truncate(heads.tell() - len(content) + content.rfind(b"\n") + 1)


def tail(heads: IO[bytes]) -> bytes:
    """The last bytes of the file: more than one line."""
    size = heads.seek(0, os.SEEK_END)
    heads.seek(max(0, size - 4096))
    return heads.read()


def size_kept(heads: IO[bytes]) -> int:
    """Events of the last head outside, which the database must know as well."""
    return check_last(tail(heads).splitlines())


def check_last(lines: list[bytes]) -> int:
    """Events of the last head among these lines. Raises LedgerDiverged when the database does not know it."""
    if not lines:
        return 0
    try:
        last = telling.head_in(json.loads(lines[-1]))
    except ValueError as fault:
        raise LedgerDiverged from fault
    if not Checkpoint.objects.filter(size=last.size, root=last.root).exists():
        raise LedgerDiverged(size=last.size)
    return last.size


def check_known() -> None:
    """Raise LedgerDiverged when the database does not know the last head outside; a line being written is let by."""
    try:
        with (conf.witness() / HEADS).open("rb") as heads:
            content = tail(heads)
    except FileNotFoundError:
        return
    check_last(content[: content.rfind(b"\n") + 1].splitlines())


def extend(file: Path, size: int) -> None:
    """Add the leaf hashes that are not there yet, up to `size` of them, durably, before the head that covers them."""
    with file.open("ab") as copy:
        kept = copy.tell() // HASH
        copy.truncate(kept * HASH)  # an interrupted write left part of one
        waiting: list[bytes] = []
        for leaf in telling.leaves(kept, size):
            waiting.append(leaf)
            if len(waiting) == MANY:
                copy.write(b"".join(waiting))
                waiting.clear()
        copy.write(b"".join(waiting))
        settle(copy)


def settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def kept_leaves() -> Iterator[bytes]:
    """The leaf hashes outside, in order; none where there is no copy."""
    with contextlib.suppress(FileNotFoundError), (conf.witness() / LEAVES).open("rb") as copy:
        while block := copy.read(HASH * MANY):
            yield from (block[at : at + HASH] for at in range(0, len(block) - HASH + 1, HASH))


def kept_blocks() -> Callable[[int], bytes]:
    """A reader of the leaf hashes outside, in order: so many of them at once, fewer at the end, whole ones only."""
    leaves = kept_leaves()
    return lambda count: b"".join(islice(leaves, count))


@contextlib.contextmanager
def opened_leaves() -> Iterator[Callable[[int], bytes]]:
    """The leaf hash at an index of the copy outside; empty bytes where it has none."""
    file = conf.witness() / LEAVES
    if not file.exists():
        yield lambda _index: b""
        return
    with file.open("rb") as copy:
        yield lambda index: os.pread(copy.fileno(), HASH, index * HASH)


def kept_heads(file: Path | None = None) -> list[Head]:
    """The heads kept outside, or in a file that somebody else kept, by size.

    Raises ValueError when a line tells none. A file of one head, on one line or several, is understood too.
    """
    try:
        content = (file or conf.witness() / HEADS).read_text(encoding="utf-8")
    except FileNotFoundError:
        if file:
            raise
        return []
    return sorted((telling.head_in(one) for one in documents(content)), key=lambda head: head.size)


def documents(content: str) -> Iterator[Any]:
    decoder, rest = json.JSONDecoder(), content.lstrip()
    while rest:
        found, end = decoder.raw_decode(rest)
        yield found
        rest = rest[end:].lstrip()
