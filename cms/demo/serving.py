"""Site and worker as one command: children that live no longer than it does."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

HOST = "127.0.0.1"
#: Linux: the kernel sends this process a signal when its parent dies, however it dies.
PR_SET_PDEATHSIG = 1
#: Seconds that children are given to end, and that the site is given to answer its first page.
GRACE = 10.0
PATIENCE = 60.0
#: A worker that ends on its own is started again this many times.
RESTARTS = 5
WATCH = 0.2


def is_free(port: int) -> bool:
    """Whether somebody may listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[bool]:
    """True for the one process that loads or serves this installation; the lock ends with the process."""
    with (home / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def site_command(port: int) -> list[str]:
    """Granian over WSGI, on loopback, without access log (it would keep what people search)."""
    options = {
        "interface": "wsgi",
        "host": HOST,
        "port": str(port),
        "workers": str(min(os.cpu_count() or 1, 4)),
        "blocking-threads": "4",
        "workers-kill-timeout": "10",  # otherwise one that does not heed the signal is waited for without end
        "http": "1",
        "log-level": "warning",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "granian", *flags, "--no-ws", "cms.wsgi:application"]


def worker_command(root: Path) -> list[str]:
    return [sys.executable, str(root / "manage.py"), "worker"]


@dataclass
class Child:
    """A process of ours, in a group of its own, with its words in a log file."""

    name: str
    command: list[str]
    root: Path
    log: Path
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509  no thread of ours runs yet
            )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def die_with(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel to be ended with its parent."""
    library = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died while we were being born
            os.kill(os.getpid(), signal.SIGTERM)

    return ask if sys.platform == "linux" else lambda: None


class ChildLost(Exception):
    """A child ended and will not be started again; `name` and its `log` say which."""

    def __init__(self, child: Child) -> None:
        self.name, self.log = child.name, child.log
        super().__init__(child.name)

    def last_words(self) -> str:
        """The end of what it wrote, for the person in front of the terminal."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


class Household:
    """The site and its worker, started, watched and ended together."""

    def __init__(self, root: Path, home: Path, port: int) -> None:
        self.port, self.stop = port, threading.Event()
        self.site = Child("site", site_command(port), root, home / "log" / "site.log")
        self.worker = Child("worker", worker_command(root), root, home / "log" / "worker.log")

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_signal: self.stop.set())
        self.site.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        end_all((self.worker, self.site))

    def wait_until_ready(self) -> None:
        """Return when the first page can be had, or when asked to stop. Raises ChildLost.

        The worker starts after that: nobody waits for it, and both would share the cores meanwhile.
        """
        deadline = time.monotonic() + PATIENCE
        while not self.stop.is_set() and not answers(self.port):
            if self.site.ended() or time.monotonic() > deadline:
                raise ChildLost(self.site)
            self.stop.wait(0.05)
        if not self.stop.is_set():
            self.worker.start()

    def watch(self) -> None:
        """Return when asked to stop. Raises ChildLost when the site ends, or the worker once too often."""
        while not self.stop.wait(WATCH):
            if self.site.ended():
                raise ChildLost(self.site)
            if self.worker.ended():
                self.replace_worker()

    def replace_worker(self) -> None:
        if self.worker.restarts >= RESTARTS:
            raise ChildLost(self.worker)
        self.stop.wait(self.worker.restarts)
        self.worker.restarts += 1
        self.worker.start()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/salud/")
        return connection.getresponse().status < http.client.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def end_all(children: tuple[Child, ...]) -> None:
    """Ask every child's whole group to end, wait, and end by force what is left."""
    for child in children:
        child.signal_group(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for child in children:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
    for child in children:
        child.signal_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
