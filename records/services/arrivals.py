"""Bytes on their way in: one private file per draft, under its id, in the folder of arrivals.

How many bytes arrived is the size of that file and is written nowhere else, so it is right after any kill.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import io
import os
import time
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from records import conf
from records.errors import RuleViolation, StoreUnavailable

#: Small enough that the C library keeps none of it for later: bytes of any number of files leave no trace in memory.
BLOCK = 64 * 1024
#: Litter of interrupted acts is looked for this often, and is none before it is this old (seconds).
SWEEP_EVERY = 3600.0
MARK = "swept"
LENT = ".lent-"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """A request's body, or any binary stream."""

    def read(self, size: int, /) -> bytes: ...


class Busy(RuleViolation):
    """Somebody else is writing this arrival now."""

    code = "draft_busy"


class Gone(RuleViolation):
    """The arrival was discarded while it was being written."""

    code = "draft_gone"


def path_of(key: uuid.UUID) -> Path:
    return conf.arrivals() / str(key)


def arrived(key: uuid.UUID) -> int:
    """How many bytes are there; 0 when nothing is."""
    try:
        return path_of(key).stat().st_size
    except FileNotFoundError:
        return 0


def begin(key: uuid.UUID, size: int) -> None:
    """Make the empty file of an arrival of `size` bytes. Raises StoreUnavailable where they would not fit."""
    with refusals():
        folder = conf.arrivals()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_free(folder, size)
        os.close(os.open(path_of(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def check_free(folder: Path, size: int) -> None:
    """Raise OSError where so many bytes would not fit."""
    if (room := os.statvfs(folder)).f_bavail * room.f_frsize < size:
        raise OSError(errno.ENOSPC, "no room for what was announced")


#: To write it, made anew if it is not there; only to keep others away: what the store once took is read-only.
TO_WRITE = os.O_RDWR | os.O_APPEND | os.O_CREAT


@contextlib.contextmanager
def held(key: uuid.UUID, *, to_write: bool = False) -> Iterator[io.FileIO]:
    """The arrival for one request at a time in the whole installation. Raises Busy."""
    flags = (TO_WRITE if to_write else os.O_RDONLY) | os.O_CLOEXEC | os.O_NOFOLLOW
    with refusals():
        file = io.FileIO(os.open(path_of(key), flags, 0o600), "r+" if to_write else "r")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield file


def append(file: io.FileIO, stream: Readable, most: int) -> int:
    """Add at most `most` bytes of the stream, a block at a time, and say how many the arrival has then.

    A stream that breaks off leaves what came. Raises Gone when somebody discarded the arrival meanwhile, and
    StoreUnavailable when the disk takes no more; what it took stays.
    """
    left = most
    while left > 0 and (block := read(stream, min(left, BLOCK))):
        with refusals():
            write_all(file, block)
            status = os.fstat(file.fileno())
        if status.st_nlink == 0:
            raise Gone
        left -= len(block)
    return os.fstat(file.fileno()).st_size


def read(stream: Readable, size: int) -> bytes:
    """The next block; none when the sender went away."""
    try:
        return stream.read(size)
    except OSError:
        return b""


def write_all(file: io.FileIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]


def remove(key: uuid.UUID) -> None:
    """Bytes that are filed or not wanted go; a disk that refuses keeps them until they are swept."""
    with contextlib.suppress(OSError):
        path_of(key).unlink(missing_ok=True)


@contextlib.contextmanager
def lent(key: uuid.UUID) -> Iterator[Path]:
    """A second name of the arrival, for the store to take: whatever becomes of it, the arrival stays."""
    other = conf.arrivals() / f"{key}{LENT}{uuid.uuid4().hex}"
    with refusals():
        os.link(path_of(key), other)
    try:
        yield other
    finally:
        other.unlink(missing_ok=True)


def digests(key: uuid.UUID, size: int) -> list[str]:
    """SHA-256 of each block of `size` bytes that arrived, the last one shorter."""
    with refusals(), path_of(key).open("rb") as file:
        return [hashlib.sha256(block).hexdigest() for block in iter(lambda: file.read(size), b"")]


def sweep_is_due() -> bool:
    """Has nobody swept lately? Whoever asks first does it."""
    mark = conf.arrivals() / MARK
    try:
        due = time.time() - mark.stat().st_mtime > SWEEP_EVERY
    except FileNotFoundError:
        due = True
    if due:
        with contextlib.suppress(OSError):
            mark.touch(mode=0o600)
    return due


def sweep(wanted: Collection[uuid.UUID]) -> int:
    """Remove what interrupted acts left: files of no wanted draft, and lent names nobody took. How many went.

    A lent name is as old as its lending, not as the bytes it shares with the arrival: a link changes only `st_ctime`.
    """
    names, gone, old = {MARK, *map(str, wanted)}, 0, time.time() - SWEEP_EVERY
    with contextlib.suppress(OSError):
        for file in conf.arrivals().iterdir():
            if file.name not in names and file.stat().st_ctime < old:
                file.unlink(missing_ok=True)
                gone += 1
    return gone


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """A disk that refuses is one clear refusal, with its cause as a fact; a full one says that nothing is lost."""
    try:
        yield
    except OSError as fault:
        raise StoreUnavailable("arrivals_full" if fault.errno in FULL else "", errno=fault.errno) from fault
