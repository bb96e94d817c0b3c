"""ClamAV's daemon over its socket: commands, and INSTREAM for bytes. Never a path: the daemon opens no file of ours.

Own client: the package `clamd` (1.0.2, of 2014, LGPL) sends with `send`, whose short writes go unnoticed, has no time
limit for a whole scan and takes any answer; the protocol is what follows (man clamd, "INSTREAM").
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator

LONGEST_ANSWER = 1024
#: What one scan may take in all: so many seconds, and one more for each so many bytes.
BYTES_A_SECOND = 4 * 1024 * 1024
FOUND = re.compile(r"stream: (?P<name>[\x21-\x7e]{1,200}) FOUND")
CLEAN = "stream: OK"
TOO_LONG = "INSTREAM size limit exceeded. ERROR"


class Fault(Exception):
    """No answer that says clean or infected; `code`: "unreachable", "timeout", "odd_answer" or "limits"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Deadline:
    """The moment by which a whole exchange must be over."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises Fault ("timeout") when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise Fault("timeout")
        return left


def seconds_for(size: int, least: float) -> float:
    return least + size / BYTES_A_SECOND


def scan_stream(address: str, chunks: Iterable[bytes], seconds: float) -> str:
    """Name of what the daemon found in these bytes, empty when it found nothing. Raises Fault."""
    deadline = Deadline(seconds)
    with connected(address, deadline) as link:
        said = sent(link, chunks, deadline) or answer(link, deadline)
    return understood(said)


def command(address: str, name: str, seconds: float) -> str:
    """The daemon's answer to a command without data ("PING", "VERSION"). Raises Fault."""
    deadline = Deadline(seconds)
    with connected(address, deadline) as link:
        send(link, b"z" + name.encode("ascii") + b"\0", deadline)
        return answer(link, deadline)


def understood(said: str) -> str:
    """Only the two sentences of a finished scan count: whatever else it says, the bytes are not clean."""
    if said == CLEAN:
        return ""
    if said == TOO_LONG:
        raise Fault("limits")
    found = FOUND.fullmatch(said)
    if found is None:
        raise Fault("odd_answer")
    return found["name"]


@contextlib.contextmanager
def connected(address: str, deadline: Deadline) -> Iterator[socket.socket]:
    """A connection to "unix:/path" or "tcp:host:port"; what goes wrong with it is a Fault."""
    kind, _, place = address.partition(":")
    try:
        with opened(kind, place, deadline) as link:
            yield link
    except TimeoutError as fault:
        raise Fault("timeout") from fault
    except (OSError, ValueError) as fault:
        raise Fault("unreachable") from fault


def opened(kind: str, place: str, deadline: Deadline) -> socket.socket:
    if kind == "tcp":
        host, _, port = place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=deadline.left())
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(deadline.left())
        link.connect(place)
    except BaseException:
        link.close()
        raise
    return link


def sent(link: socket.socket, chunks: Iterable[bytes], deadline: Deadline) -> str:
    """Send everything; empty when the answer is still to come.

    A daemon that speaks before the end has not seen it all: what it then says is its reason, never "clean".
    """
    try:
        send(link, b"zINSTREAM\0", deadline)
        for chunk in chunks:
            if not chunk:
                continue  # an empty chunk would be the end
            send(link, struct.pack("!I", len(chunk)) + chunk, deadline)
        if not spoke_early(link):
            send(link, struct.pack("!I", 0), deadline)
            return ""
    except (BrokenPipeError, ConnectionResetError):
        pass  # it hung up on us: it may have said why
    said = answer(link, deadline)
    if said == CLEAN:
        raise Fault("odd_answer")
    return said


def spoke_early(link: socket.socket) -> bool:
    readable, _, _ = select.select([link], [], [], 0)
    return bool(readable)


def send(link: socket.socket, data: bytes, deadline: Deadline) -> None:
    link.settimeout(deadline.left())
    link.sendall(data)


def answer(link: socket.socket, deadline: Deadline) -> str:
    """What it says up to the NUL that ends it. Raises Fault ("odd_answer") for anything cut, long or beyond it."""
    said = b""
    while b"\0" not in said and len(said) <= LONGEST_ANSWER:
        link.settimeout(deadline.left())
        piece = link.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    text, end, rest = said.partition(b"\0")
    if not end or rest or len(text) > LONGEST_ANSWER:
        raise Fault("odd_answer" if said else "unreachable")
    return text.decode("ascii", "replace")
