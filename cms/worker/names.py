"""A worker's name says which process it is, so that another one knows at once when that process is dead."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def own_name() -> str:
    """`host/pid/start`: the start in kernel ticks tells a process from a later one with the same number."""
    return f"{host()}/{os.getpid()}/{started(os.getpid())}"


def host() -> str:
    return socket.gethostname()[:30].replace("/", "-")


def started(pid: int) -> str:
    """When a process started, in kernel ticks; empty when there is no such process or no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19] if fields[0] != "Z" else ""


def is_gone(name: str) -> bool | None:
    """Whether the named worker's process has ended; None when this machine cannot tell."""
    where, _, rest = name.partition("/")
    pid, _, start = rest.partition("/")
    if where != host() or not pid.isdigit() or not start:
        return None
    return started(int(pid)) != start
