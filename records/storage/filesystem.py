"""The local store: `<root>/ab/<sha256>`, read-only files, durable before `keep` returns.

Order of a filing (D6): hash while copying to a private file, fsync it, link it to its digest,
fsync the folder. A crash leaves litter in `incoming/`, never a name without its bytes. Damaged bytes whose right
ones were received again wait in `damaged/`, as `<sha256>.<any>`, until an operator takes them away.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import io
import logging
import os
import threading
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from records.errors import IntegrityFailure, RejectedUpload, StoreUnavailable
from records.storage.base import Pace, Staged, chunks, digest_of

logger = logging.getLogger(__name__)
INCOMING, DAMAGED = "incoming", "damaged"
#: Read at once when bytes are proved: small enough to stay in the processor's own memory.
BLOCK = 256 * 1024


class FilesystemStore:
    """A `BlobStore` on one file system; the folders are made at set-up, so a filing syncs twice."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def prepare(self) -> None:
        """Make the 256 folders, that of damaged bytes and the incoming one; cheap when they exist. The incoming one
        comes last: where it is, all are, also after an end in the middle of this."""
        for name in (*(f"{number:02x}" for number in range(256)), DAMAGED, INCOMING):
            (self.root / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self, stream: BinaryIO, *, limit: int) -> Staged:
        with refusals():
            path = self._incoming() / uuid.uuid4().hex
            try:
                return self._copy(stream, path, limit)
            except BaseException:
                path.unlink(missing_ok=True)
                raise

    def _incoming(self) -> Path:
        return self._folder(INCOMING)

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        if not folder.is_dir():
            self.prepare()
        return folder

    def _copy(self, stream: BinaryIO, path: Path, limit: int) -> Staged:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as sink:
            for block in chunks(stream):
                size += len(block)
                if size > limit:
                    raise RejectedUpload(["too_large"], limit=limit)
                digest.update(block)
                sink.write(block)
        return Staged(path, digest.hexdigest(), size)

    def adopt(self, path: Path, *, limit: int) -> Staged:
        """Hash a file of ours and take it: from then on it is read-only and the store's. Too large: left there."""
        with refusals():
            size = path.stat().st_size
            if size > limit:
                raise RejectedUpload(["too_large"], limit=limit)
            with path.open("rb") as stream:
                digest = digest_of(stream)
            taken = self._incoming() / uuid.uuid4().hex
            path.chmod(0o400)
            path.rename(taken)
        return Staged(taken, digest, size)

    def keep(self, staged: Staged) -> None:
        with refusals():
            sync(staged.path)
            target = self._named(staged)
            staged.path.unlink()
            sync(target.parent)

    def keep_all(self, staged: Sequence[Staged]) -> None:
        """As `keep`, with one sync of the file system before the names and one after them."""
        with refusals():
            sync_file_system(self.root)
            for one in staged:
                self._named(one)
                one.path.unlink()
            sync_file_system(self.root)

    def _named(self, staged: Staged) -> Path:
        """Give the bytes the name of their digest; a name that is taken is trusted only if its bytes are right."""
        target = self.path_of(staged.digest)
        try:
            os.link(staged.path, target)
        except FileExistsError:
            if problem := self.verify(staged.digest, staged.size):
                self._replace(target, staged)
                logger.critical("store: bytes of %s were %s: set aside, and received anew", staged.digest, problem)
        return target

    def _replace(self, target: Path, staged: Staged) -> None:
        """The right bytes take the name in one step; the damaged ones are kept aside first, for whoever looks into it.

        To refuse instead would tell the sender that somebody else had filed the same.
        """
        aside, spare = (
            self._folder(DAMAGED) / f"{staged.digest}.{uuid.uuid4().hex}",
            self._incoming() / uuid.uuid4().hex,
        )
        os.link(target, aside)
        sync(aside.parent)
        os.link(staged.path, spare)
        spare.replace(target)

    def set_aside(self) -> list[str]:
        with refusals(), contextlib.suppress(FileNotFoundError):
            return sorted({path.name.partition(".")[0] for path in (self.root / DAMAGED).iterdir()})
        return []

    @contextlib.contextmanager
    def alone(self, name: str, *, wait: bool) -> Iterator[bool]:
        """The kernel lets go when the process ends, however it ends."""
        with refusals():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.root / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                wait = True
            yield wait
        finally:
            os.close(lock)

    def discard(self, staged: Staged) -> None:
        staged.path.unlink(missing_ok=True)

    def open(self, digest: str) -> BinaryIO:
        with refusals():
            try:
                return self.path_of(digest).open("rb")
            except FileNotFoundError:
                raise IntegrityFailure("missing_bytes", digest=digest) from None

    def path_of(self, digest: str) -> Path:
        return self.root / digest[:2] / digest

    def verify(self, digest: str, size: int, pace: Pace | None = None) -> str:
        """ "" when the stored bytes are the filed ones; else "missing", "altered" or "unreadable"."""
        try:
            with self.path_of(digest).open("rb", buffering=0) as kept:
                intact = os.fstat(kept.fileno()).st_size == size and digest_read(kept, size, pace) == digest
        except FileNotFoundError:
            return "missing"
        except OSError:
            return "unreadable"
        return "" if intact else "altered"


class Room(threading.local):
    """A buffer for each thread that reads: making one anew for each small file costs a tenth of reading it."""

    def __init__(self) -> None:
        self.room = memoryview(bytearray(BLOCK))


own = Room()


def digest_read(kept: io.FileIO, size: int, pace: Pace | None) -> str:
    """Hex SHA-256 of what a file holds, read into the thread's own buffer: nothing is spent on copies."""
    digest, room = hashlib.sha256(), own.room
    if size > BLOCK and hasattr(os, "posix_fadvise"):
        os.posix_fadvise(kept.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
    while read := kept.readinto(room):
        digest.update(room[:read])
        if pace:
            pace(read)
    return digest.hexdigest()


def sync_file_system(folder: Path) -> None:
    """All that was written to the file system of `folder` is on the medium when this returns.

    `syncfs` reports a failed write since Linux 5.8; elsewhere every file system is synced.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if SYNCFS is None:
            os.sync()
        elif SYNCFS(descriptor) != 0:
            raise OSError(ctypes.get_errno(), "syncfs")
    finally:
        os.close(descriptor)


#: The C library's, which Python does not offer.
SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """A medium that refuses (full, read-only, gone) is one clear refusal, with the cause as a fact."""
    try:
        yield
    except OSError as fault:
        raise StoreUnavailable(errno=fault.errno) from fault
