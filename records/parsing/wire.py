"""Frames between a caller and the child that serves it: one letter, four bytes of length, the payload.

``J`` = JSON object, ``B`` = raw bytes. The caller bounds what it accepts; a child that says more is cut off.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

HEAD = struct.Struct("!cI")


class WireError(Exception):
    """The answer ended early, was too large or made no sense. ``code``: ended, timeout, limits, nonsense."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_json(stream: socket.socket, value: dict[str, Any]) -> None:
    """Send one JSON frame."""
    send(stream, b"J", json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def send(stream: socket.socket, letter: bytes, payload: bytes) -> None:
    """Send one frame."""
    stream.sendall(HEAD.pack(letter, len(payload)) + payload)


def frames(stream: socket.socket, limit: int) -> Iterator[tuple[bytes, bytes]]:
    """Frames as they arrive, until the far end closes; raises WireError("limits") past ``limit`` bytes in all."""
    left = limit
    while head := _exactly(stream, HEAD.size, optional=True):
        letter, size = HEAD.unpack(head)
        left -= size
        if left < 0:
            raise WireError("limits")
        yield letter, _exactly(stream, size)


def decoded(payload: bytes) -> dict[str, Any]:
    """The object of a JSON frame; raises WireError("nonsense")."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as fault:
        raise WireError("nonsense") from fault
    if not isinstance(value, dict):
        raise WireError("nonsense")
    return value


def _exactly(stream: socket.socket, size: int, optional: bool = False) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = stream.recv(min(size - len(parts), 1 << 20))
        except TimeoutError as fault:
            raise WireError("timeout") from fault
        except OSError:
            part = b""
        if not part:
            if optional and not parts:
                return b""
            raise WireError("ended")
        parts += part
    return bytes(parts)
