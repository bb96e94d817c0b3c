"""The port of a store of bytes addressed by their SHA-256 (D6, D7). Own code: it is what the product is for."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1024 * 1024
#: Told how many bytes were just read, so that it may slow the reader down or end it by raising.
Pace = Callable[[int], None]


@dataclass(frozen=True)
class Staged:
    """Received bytes, hashed while copied, not yet in the store: either kept or discarded."""

    path: Path
    digest: str
    size: int


class BlobStore(Protocol):
    """Bytes go in once and never change; kept again, the right ones take the place of damaged ones, set aside.

    `stage` hashes a stream into a private file; `adopt` does so with a file that is already on the store's
    file system and moves it; `keep` makes one durable under its digest and returns only when it is, `keep_all`
    several with as few sync calls as one; `open` gives the bytes of a digest; `verify` re-hashes what is stored;
    `set_aside` tells the digests of which damaged bytes were; `alone` lets one process of the installation at a time
    into what the name says, and gives False where somebody is in and one does not wait.
    All raise `StoreUnavailable` when the medium refuses; `open` raises `IntegrityFailure` when absent.
    """

    def stage(self, stream: BinaryIO, *, limit: int) -> Staged: ...

    def adopt(self, path: Path, *, limit: int) -> Staged: ...

    def keep(self, staged: Staged) -> None: ...

    def keep_all(self, staged: Sequence[Staged]) -> None: ...

    def discard(self, staged: Staged) -> None: ...

    def open(self, digest: str) -> BinaryIO: ...

    def path_of(self, digest: str) -> Path: ...

    def verify(self, digest: str, size: int, pace: Pace | None = None) -> str: ...

    def alone(self, name: str, *, wait: bool) -> contextlib.AbstractContextManager[bool]: ...

    def set_aside(self) -> list[str]: ...


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(CHUNK):
        yield block


def digest_of(stream: BinaryIO) -> str:
    """Hex SHA-256 of a stream read from its present position."""
    digest = hashlib.sha256()
    for block in chunks(stream):
        digest.update(block)
    return digest.hexdigest()
