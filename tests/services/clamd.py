"""A real ClamAV daemon that lives as long as a test needs it, with signatures of our own.

It knows the EICAR test file and nothing else: the file's text is put together here from pieces, so that no
scanner takes this source for it. It listens on a socket of its own folder, as a user that is not root.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.postgres import as_user, unprivileged

#: The industry's test file (eicar.org), 68 bytes that every scanner must find and that do nothing.
EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS", b"-TEST-FILE!$H+H*"))
READY_SECONDS = 60
#: What the operations guide tells operators to set; tests change some of it.
OPTIONS = {
    "Foreground": "yes",
    "StreamMaxLength": "400M",
    "MaxScanSize": "400M",
    "MaxFileSize": "400M",
    "AlertExceedsMax": "yes",
    "MaxThreads": "4",
    "ReadTimeout": "30",
    "CommandReadTimeout": "30",
    "LogTime": "yes",
}


class Unavailable(RuntimeError):
    """ClamAV's daemon is not on this machine, or did not start; the message says which."""


class Daemon:
    """A running clamd; `address` is what RECORDS["SCANNER"] takes."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.process = folder, process
        self.socket = folder / "clamd.sock"

    @property
    def address(self) -> str:
        return f"unix:{self.socket}"

    def kill(self) -> None:
        """End it as a fault would, in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()


def program() -> str:
    place = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if place is None:
        raise Unavailable("no ClamAV daemon here; on Debian: apt-get install clamav-daemon")
    return place


def write_signatures(folder: Path) -> None:
    """EICAR whole, by its digest, and anywhere inside a file, by its bytes."""
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (folder / "local.hdb").write_text(f"{digest}:{len(EICAR)}:Prueba-Eicar\n")
    (folder / "local.ndb").write_text(f"Prueba-Eicar-Dentro:0:*:{EICAR.hex()}\n")


@contextmanager
def daemon(**options: str) -> Iterator[Daemon]:
    """A clamd that answers; ended when the block is left, however it is left."""
    clamd, user = program(), unprivileged()
    with tempfile.TemporaryDirectory(prefix="custodia-clamd-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("db", "tmp"):
            (folder / part).mkdir()
        write_signatures(folder / "db")
        places = {"DatabaseDirectory": "db", "TemporaryDirectory": "tmp", "LocalSocket": "clamd.sock", "PidFile": "pid"}
        given = {**OPTIONS, **{key: str(folder / part) for key, part in places.items()}, **options}
        (folder / "clamd.conf").write_text("".join(f"{key} {value}\n" for key, value in given.items()))
        if user is not None:
            for place in (folder, *folder.rglob("*")):
                os.chown(place, user.pw_uid, user.pw_gid)
        with (folder / "log").open("wb") as log:
            command = as_user(user, clamd, "--config-file", str(folder / "clamd.conf"))
            running = Daemon(folder, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log))
        try:
            wait_ready(running)
            yield running
        finally:
            stop(running)


def wait_ready(running: Daemon) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and running.process.poll() is None:
        if answers(running.socket):
            return
        time.sleep(0.02)
    raise Unavailable(f"clamd did not start:\n{(running.folder / 'log').read_text(errors='replace')[-2000:]}")


def answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(place))
            probe.sendall(b"zPING\0")
            return probe.recv(16) == b"PONG\0"
        except OSError:
            return False


def stop(running: Daemon) -> None:
    if running.process.poll() is None:
        running.process.terminate()
    try:
        running.process.wait(30)
    except subprocess.TimeoutExpired:
        running.kill()
