"""The self-test: try, from inside the cell, what no parser may do. Every answer must be *denied*."""

from __future__ import annotations

import _thread as _thread_module
import ctypes
import os
import resource
import socket
import time
from collections.abc import Callable

from .contents import Contents, Sink

HIGHEST = 1024
NOWHERE = b"/nonexistent"


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


def _call(name: str, *arguments: int | bytes | None) -> Callable[[], None]:
    """A call of the C library that answers -1 and a number of an error when it is denied."""

    def attempt() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if getattr(libc, name)(*arguments) == -1:
            raise OSError(ctypes.get_errno(), name)

    return attempt


def _socket(family: int, kind: int) -> Callable[[], None]:
    return lambda: socket.socket(family, kind).close()


def _thread() -> None:
    try:
        _thread_module.start_new_thread(time.sleep, (0,))
    except RuntimeError as fault:
        raise PermissionError("thread") from fault


def _raise_limit(which: int) -> Callable[[], None]:
    def attempt() -> None:
        soft, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY:
            return
        try:
            resource.setrlimit(which, (soft, hard + 1))
        except ValueError as fault:
            raise PermissionError("limit") from fault

    return attempt


def _make_folder() -> None:
    os.mkdir("/tmp/custodia-probe-folder")
    os.rmdir("/tmp/custodia-probe-folder")


def _make_link() -> None:
    os.symlink("/etc/passwd", "/tmp/custodia-probe-link")
    os.unlink("/tmp/custodia-probe-link")


def _change_rights() -> None:
    os.chmod("/tmp", os.stat("/tmp").st_mode & 0o7777)


def _others_limit() -> None:
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)


def _own_attempts(contents: Contents, sink: Sink) -> dict[str, Callable[[], None]]:
    """What only this child can try: other descriptors than its own, and its file, which is not its to change."""
    kept = {0, 1, 2, contents.descriptor, sink.stream.fileno()}

    def other_descriptors() -> None:
        if not {*map(_opened, set(range(HIGHEST)) - kept)} - {None, _opened(contents.descriptor)}:
            raise PermissionError("none but its own file, as it is mapped")

    def write() -> None:
        os.write(contents.descriptor, b"x")

    def reopen() -> None:
        os.close(os.open(f"/proc/self/fd/{contents.descriptor}", os.O_WRONLY))

    return {
        "other_descriptors": other_descriptors,
        "write_file": write,
        "cut_file": lambda: os.ftruncate(contents.descriptor, 0),
        "reopen_file": reopen,
    }


def _opened(descriptor: int) -> tuple[int, int] | None:
    """Which file is open there, if any."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


_NEW_USER, _NETLINK, _VSOCK, _PACKET = 0x10000000, 16, 40, 17

ATTEMPTS: dict[str, Callable[[], None]] = {
    "network_tcp6": _socket(socket.AF_INET6, socket.SOCK_STREAM),
    "network_raw": _socket(socket.AF_INET, socket.SOCK_RAW),
    "network_packet": _socket(_PACKET, socket.SOCK_RAW),
    "network_netlink": _socket(_NETLINK, socket.SOCK_RAW),
    "network_vsock": _socket(_VSOCK, socket.SOCK_STREAM),
    "thread": _thread,
    "new_user": _call("unshare", _NEW_USER),
    "mount": _call("mount", b"none", NOWHERE, b"tmpfs", 0, None),
    "change_root": _call("chroot", NOWHERE),
    "make_folder": _make_folder,
    "make_link": _make_link,
    "change_rights": _change_rights,
    "others_limit": _others_limit,
    "more_memory": _raise_limit(resource.RLIMIT_AS),
    "more_time": _raise_limit(resource.RLIMIT_CPU),
    "more_files": _raise_limit(resource.RLIMIT_NOFILE),
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
#: Tried on what is not there, so that nothing is harmed where it is possible: only a denial is a denial.
ON_NOTHING = frozenset({"execute", "mount", "change_root"})


def probe(contents: Contents, sink: Sink) -> None:
    """Try everything and say what was possible, plus ``extra`` paths to read that the caller names."""
    paths = contents.order.get("paths", [])
    attempts = {**ATTEMPTS, **_own_attempts(contents, sink), **{f"read:{path}": _read(path) for path in paths}}
    attempts["execute"] = attempts.pop("execute")  # last: where it is possible nothing follows it
    outcome = {name: _allowed(attempt, name in ON_NOTHING) for name, attempt in attempts.items()}
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
