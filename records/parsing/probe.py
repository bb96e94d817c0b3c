"""The self-test: try, from inside the cell, what no parser may do. Every answer must be *denied*."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Callable

from .contents import Contents, Sink


def _inet() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=0.5).close()


def _udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(b"x", ("192.0.2.1", 9))


def _unix() -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def _write(path: str) -> Callable[[], None]:
    def attempt() -> None:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        os.unlink(path)

    return attempt


def _read(path: str) -> Callable[[], None]:
    def attempt() -> None:
        os.close(os.open(path, os.O_RDONLY))

    return attempt


def _list(path: str) -> Callable[[], None]:
    def attempt() -> None:
        os.listdir(path)

    return attempt


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _execute() -> None:
    os.execv("/nonexistent", ["/nonexistent"])


def _signal() -> None:
    os.kill(os.getppid(), 0)


def _trace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0, 0, 0, 0) != 0:
        raise PermissionError(ctypes.get_errno(), "ptrace")


ATTEMPTS: dict[str, Callable[[], None]] = {
    "network_tcp": _inet,
    "network_udp": _udp,
    "unix_socket": _unix,
    "read_passwd": _read("/etc/passwd"),
    "read_processes": _list("/proc"),
    "list_home": _list("/home"),
    "write_tmp": _write("/tmp/custodia-probe"),
    "write_var": _write("/var/tmp/custodia-probe"),
    "write_usr": _write("/usr/custodia-probe"),
    "fork": _fork,
    "trace": _trace,
    "signal_parent": _signal,
    "execute": _execute,
}


def probe(contents: Contents, sink: Sink) -> None:
    """Try everything and say what was possible, plus ``extra`` paths to read that the caller names."""
    paths = contents.order.get("paths", [])
    attempts = {**ATTEMPTS, **{f"read:{path}": _read(path) for path in paths}}
    execute = attempts.pop("execute")
    outcome = {name: _allowed(attempt) for name, attempt in attempts.items()}
    outcome["execute"] = _allowed(execute, absent_is_allowed=True)
    sink.say(
        allowed=[name for name, allowed in outcome.items() if allowed], tried=list(outcome), env=sorted(os.environ)
    )


def _allowed(attempt: Callable[[], None], absent_is_allowed: bool = False) -> bool:
    try:
        attempt()
    except FileNotFoundError:
        return absent_is_allowed
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return True
