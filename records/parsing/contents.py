"""What a child holds: the order with its limits, the file mapped read-only, and the way to answer."""

from __future__ import annotations

import functools
import io
import mmap
import os
import socket
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from . import wire
from .limits import CellLimits


class Damaged(Exception):
    """The file cannot be used: ``damaged``, ``limits`` or ``encrypted``."""

    def __init__(self, code: str = "damaged") -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Contents:
    """One file in the cell. ``data`` maps all its bytes; ``order`` is what the caller asked."""

    order: dict[str, Any]
    descriptor: int
    data: mmap.mmap | bytes

    @property
    def kind(self) -> str:
        """Kind of content as the caller knows it (`formats.Format.kind`)."""
        return str(self.order["kind"])

    @property
    def extension(self) -> str:
        """Extension of the received name, lower case, with its dot."""
        return str(self.order.get("extension", ""))

    @functools.cached_property
    def limits(self) -> CellLimits:
        """The limits of this order."""
        return CellLimits(**self.order["limits"])

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.data)

    def stream(self) -> BinaryIO:
        """A fresh binary stream over the file, at its start."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return open(self.descriptor, "rb", closefd=False)

    def small_bytes(self) -> bytes:
        """All bytes of a file whose format is read whole; raises Damaged("limits") beyond ``text_bytes``."""
        if self.size > self.limits.text_bytes:
            raise Damaged("limits")
        return bytes(self.data)


class Sink:
    """Where a child's answer goes, frame by frame, so that what was read before a crash is not lost."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.last: dict[str, Any] = {}

    def say(self, **facts: Any) -> None:
        """Send facts at once; later facts of the same name replace earlier ones."""
        self.stream.sendall(wire.json_frame(facts))

    def say_at_end(self, **facts: Any) -> None:
        """Send facts with the answer's last frame, whatever that says."""
        self.last.update(facts)

    def page(
        self, number: int, text: str, corners: array[float] | None = None, matrix: list[float] | None = None
    ) -> None:
        """Send one page; for ``corners`` and ``matrix`` see `words`."""
        if not corners or not matrix:
            self.say(page=number, text=text)
            return
        head = wire.json_frame({"page": number, "text": text, "matrix": matrix})
        self.stream.sendall(head + wire.frame(b"B", corners.tobytes()))

    def pages(self, texts: Iterable[str]) -> None:
        """Send pages without boxes, numbered from 1."""
        for number, text in enumerate(texts, 1):
            self.page(number, text)

    def blob(self, payload: bytes) -> None:
        """Send raw bytes."""
        self.stream.sendall(wire.frame(b"B", payload))

    def end(self) -> None:
        """Say that all went to its end."""
        self.say(**self.last, end=True)

    def fail(self, code: str, detail: str = "") -> None:
        """Say why it could not be done."""
        try:
            self.say(**self.last, fault=code, detail=detail)
        except OSError:  # the caller has gone; nobody is left to tell
            return


class Bounded(io.RawIOBase):
    """A reader that counts what really comes out and refuses to go past ``limit`` bytes (headers lie)."""

    def __init__(self, source: Any, limit: int) -> None:
        self.source = source
        self.left = limit

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most ``size`` bytes; raises Damaged("limits")."""
        wanted = self.left + 1 if size < 0 else min(size, self.left + 1)
        data: bytes = self.source.read(wanted)
        self.left -= len(data)
        if self.left < 0:
            raise Damaged("limits")
        return data
