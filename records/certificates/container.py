"""The ZIP of a certificate while it is written: stored entries, each byte of it foreseen by `verify.py`.

Nothing is compressed: what is stored can neither be a bomb nor be written in two ways, so that the verifier judges
every byte. The layout has one definition, the verifier's own.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from records.certificates import verify


class Container:
    """Writes to a seekable stream; `written` tells each entry as the manifest names it."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.directory = target, bytearray()
        self.written: list[dict[str, str | int]] = []

    def add(self, name: str, content: bytes) -> str:
        """An entry of these bytes; its SHA-256 in hex."""
        return self.add_blocks(name, [content], len(content))

    def add_blocks(self, name: str, blocks: Iterable[bytes], size: int = 0) -> str:
        """An entry of these bytes; `size` is needed where it may reach 4 GiB. Its SHA-256 in hex."""
        raw, offset, (sha, crc, length) = name.encode("ascii"), self.target.tell(), (hashlib.sha256(), 0, 0)
        header = verify.local_header(raw, size, 0)
        self.target.write(header)
        for block in blocks:
            sha.update(block)
            crc, length = zlib.crc32(block, crc), length + len(block)
            self.target.write(block)
        self._settle(verify.local_header(raw, length, crc), len(header), offset)
        self.directory += verify.directory_record(raw, length, crc, offset)
        self.written.append({"name": name, "bytes": length, "sha256": sha.hexdigest()})
        return sha.hexdigest()

    def mark(self) -> tuple[int, int, int]:
        """Where the container stands, for `go_back`."""
        return self.target.tell(), len(self.directory), len(self.written)

    def go_back(self, mark: tuple[int, int, int]) -> None:
        """Undo whatever was written since the mark, a half-written entry too."""
        offset, directory, written = mark
        self.target.seek(offset)
        self.target.truncate()
        del self.directory[directory:], self.written[written:]

    def _settle(self, header: bytes, reserved: int, offset: int) -> None:
        if len(header) != reserved:
            raise ValueError("an entry of 4 GiB or more was not announced with its size")
        end = self.target.tell()
        self.target.seek(offset)
        self.target.write(header)
        self.target.seek(end)

    def close(self) -> None:
        offset = self.target.tell()
        self.target.write(self.directory)
        self.target.write(verify.ending(len(self.written), len(self.directory), offset))
