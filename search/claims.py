"""Claims that say who holds them: what a killed worker held is free at once, not when its lease ends.

A token is 4 bytes of the machine's name, 4 of the process id, 6 of the process's start, 2 of chance. Where /proc does
not tell, and for workers of other machines, the lease alone decides. A wrong guess does work twice, never harm.
"""

from __future__ import annotations

import os
import secrets
import socket
import uuid
import zlib
from pathlib import Path


def new_token() -> uuid.UUID:
    """A claim of this process, unlike its other ones."""
    return uuid.UUID(bytes=_machine() + _process(os.getpid()) + secrets.token_bytes(2))


def is_abandoned(token: uuid.UUID) -> bool:
    """Whether the process that made the claim ran on this machine and has ended."""
    machine, pid = token.bytes[:4], int.from_bytes(token.bytes[4:8], "big")
    return machine == _machine() and _process(os.getpid())[4:] != bytes(6) and token.bytes[4:14] != _process(pid)


def _machine() -> bytes:
    return zlib.crc32(socket.gethostname().encode()).to_bytes(4, "big")


def _process(pid: int) -> bytes:
    """Process id and its start in kernel ticks; no start for one that ended, or where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        started = 0 if fields[0] == "Z" else int(fields[19])
    except (OSError, ValueError, IndexError):
        started = 0
    return pid.to_bytes(4, "big") + started.to_bytes(6, "big")
