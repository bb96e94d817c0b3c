"""Frames between a caller and the child that serves it: one letter, four bytes of length, the payload.

``J`` = JSON object, ``B`` = raw bytes. The caller bounds what it accepts; a child that says more is cut off.
An order is one message with two descriptors: the stream for the answer, and the file.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

HEAD = struct.Struct("!cI")
#: Bytes of an order; the longest names the authorities that are trusted in.
MAX_ORDER = 160 * 1024
BLOCK = 1 << 18


class WireError(Exception):
    """The answer ended early, was too large or made no sense. ``code``: ended, timeout, limits, nonsense."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_order(control: socket.socket, message: bytes, descriptors: tuple[int, int]) -> None:
    """Send an order; raises OSError when nobody is there to take it."""
    control.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])


def receive_order(control: socket.socket, flags: int = 0) -> tuple[bytes, list[int]]:
    """A message and the descriptors that came with it; nothing when the far end has closed."""
    message, ancillary, _, _ = control.recvmsg(MAX_ORDER, socket.CMSG_SPACE(2 * 4), flags)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % 4])
    return message, list(descriptors)


def json_frame(value: dict[str, Any]) -> bytes:
    """One JSON frame."""
    return frame(b"J", json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def frame(letter: bytes, payload: bytes) -> bytes:
    """One frame."""
    return HEAD.pack(letter, len(payload)) + payload


def frames(stream: socket.socket, limit: int) -> Iterator[tuple[bytes, bytes]]:
    """Frames as they arrive, until the far end closes; raises WireError("limits") past ``limit`` bytes in all."""
    left = limit
    held = bytearray()
    while _held(stream, held, HEAD.size, optional=True):
        letter, size = HEAD.unpack_from(held)
        left -= size
        if left < 0:
            raise WireError("limits")
        _held(stream, held, HEAD.size + size)
        yield letter, bytes(memoryview(held)[HEAD.size : HEAD.size + size])
        del held[: HEAD.size + size]


def decoded(payload: bytes) -> dict[str, Any]:
    """The object of a JSON frame; raises WireError("nonsense")."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as fault:
        raise WireError("nonsense") from fault
    if not isinstance(value, dict):
        raise WireError("nonsense")
    return value


def _held(stream: socket.socket, held: bytearray, size: int, optional: bool = False) -> bool:
    """Receive until ``held`` has ``size`` bytes; False when the far end closes before the first of them."""
    while len(held) < size:
        try:
            part = stream.recv(BLOCK)
        except TimeoutError as fault:
            raise WireError("timeout") from fault
        except OSError:
            part = b""
        if not part:
            if optional and not held:
                return False
            raise WireError("ended")
        held += part
    return True
