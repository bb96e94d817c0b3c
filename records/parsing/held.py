"""Bytes in memory that can be asked about like a file, for as long as they are needed; nothing is left behind."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

BLOCK = 1 << 20


@contextlib.contextmanager
def held(data: bytes) -> Iterator[Path]:
    """A path where ``data`` can be read."""
    with _memory() as (file, path):
        _write_all(file, data)
        yield path


@contextlib.contextmanager
def joined(paths: Sequence[Path | str], limit: int, last: bytes) -> Iterator[tuple[Path, list[int]]]:
    """A path where the files stand one after the other and then ``last``, and the size of each file; raises OSError.

    Raises ValueError when they have more than ``limit`` bytes together.
    """
    with _memory() as (file, path):
        sizes: list[int] = []
        for each in paths:
            sizes.append(_append(file, each, limit - sum(sizes)))
        _write_all(file, last)
        yield path, sizes


@contextlib.contextmanager
def _memory() -> Iterator[tuple[int, Path]]:
    file = os.memfd_create("held", os.MFD_CLOEXEC)
    try:
        yield file, Path(f"/proc/self/fd/{file}")
    finally:
        os.close(file)


def _append(file: int, path: Path | str, limit: int) -> int:
    size = 0
    with open(path, "rb") as source:
        while block := source.read(BLOCK):
            size += len(block)
            if size > limit:
                raise ValueError("more than may be held")
            _write_all(file, block)
    return size


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
