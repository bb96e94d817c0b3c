"""The caller's side of the cell: one preloaded parent per calling process, started when first needed.

Every request opens its own socket pair and hands one end, with the file's descriptor, to the preloaded parent, which
forks a child for it; so any number of threads may ask at once. A preloaded parent that dies is replaced and the
request repeated once. After a fork the new process forgets its parent's cell and starts its own.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import dataclasses
import json
import os
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import launch, wire
from .limits import CellLimits, configured_limits

START_SECONDS = 20.0
GRACE_SECONDS = 10.0


class CellUnavailable(Exception):
    """The cell cannot be started, or isolation is required and cannot be had."""


@dataclasses.dataclass
class Running:
    """A preloaded parent that has said it is ready."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    layers: tuple[str, ...]

    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None


class Cell:
    """The cell as one calling process sees it. Safe for threads and across forks."""

    def __init__(self, limits: CellLimits | None = None) -> None:
        self._given = limits
        self._forget()
        os.register_at_fork(after_in_child=self._forget_after_fork)
        atexit.register(self.close)

    @property
    def limits(self) -> CellLimits:
        """Limits given at construction, else those of the settings."""
        if self._limits is None:
            self._limits = self._given or configured_limits()
        return self._limits

    def ask(self, order: dict[str, Any], file: int) -> Iterator[tuple[bytes, bytes]]:
        """Frames of the answer to ``order`` about the open file; raises WireError, CellUnavailable.

        WireError("ended") means that the child died; the cell itself is well then.
        """
        with self._slots():
            running, stream = self._send(order, file)
            answered = False
            try:
                for frame in wire.frames(stream, self.limits.answer_bytes):
                    answered = True
                    yield frame
            finally:
                stream.close()
        if not answered and not self._still(running):
            raise CellLost

    def running(self) -> Running:
        """The preloaded parent, started now if there is none; raises CellUnavailable."""
        with self._lock:
            if self._running is None or not self._running.alive():
                self._drop()
                self._running = self._keeper().call(lambda: _started(self.limits))
            return self._running

    def close(self) -> None:
        """End the preloaded parent and, with it, every child."""
        with self._lock:
            self._drop()

    def _send(self, order: dict[str, Any], file: int) -> tuple[Running, socket.socket]:
        message = json.dumps({**order, "limits": dataclasses.asdict(self.limits)}).encode()
        for _ in range(3):
            running = self.running()
            ours, theirs = socket.socketpair()
            ours.settimeout(self.limits.wall_seconds + GRACE_SECONDS)
            with theirs:
                if self._deliver(running, message, (theirs.fileno(), file)):
                    return running, ours
            ours.close()
        raise CellUnavailable("the cell does not take orders")

    def _deliver(self, running: Running, message: bytes, descriptors: tuple[int, int]) -> bool:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        try:
            running.control.sendmsg([message], rights)
        except OSError:
            self._discard(running)
            return False
        return True

    def _still(self, running: Running) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(0.2)
        return running.alive()

    def _discard(self, running: Running) -> None:
        with self._lock:
            if self._running is running:
                self._drop()

    def _drop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.control.close()
            running.process.kill()
            running.process.wait()

    def _slots(self) -> threading.BoundedSemaphore:
        with self._lock:
            if self._slot is None:
                self._slot = threading.BoundedSemaphore(self.limits.slots)
            return self._slot

    def _keeper(self) -> Keeper:
        if self._keeper_thread is None:
            self._keeper_thread = Keeper()
        return self._keeper_thread

    def _forget(self) -> None:
        self._limits: CellLimits | None = None
        self._lock = threading.RLock()
        self._running: Running | None = None
        self._slot: threading.BoundedSemaphore | None = None
        self._keeper_thread: Keeper | None = None

    def _forget_after_fork(self) -> None:
        if self._running is not None:
            self._running.control.close()
            self._running.process.returncode = 0
        self._forget()


class CellLost(Exception):
    """The preloaded parent went away before the child said anything; asking again is right."""


class Keeper:
    """A thread that lives as long as the process and starts the preloaded parents.

    The kernel's "die with parent" watches the *thread* that started a process: a request's own thread would take the
    cell with it when it ends.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[tuple[Callable[[], Running], queue.SimpleQueue[Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="cell-keeper", daemon=True).start()

    def call(self, start: Callable[[], Running]) -> Running:
        """Run ``start`` in the keeper's thread; raises CellUnavailable."""
        answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._work.put((start, answer))
        result = answer.get()
        if isinstance(result, Running):
            return result
        raise CellUnavailable(str(result))

    def _run(self) -> None:
        while True:
            start, answer = self._work.get()
            try:
                answer.put(start())
            except (CellUnavailable, OSError, ValueError) as fault:
                answer.put(fault)


def _started(limits: CellLimits) -> Running:
    if limits.use_bubblewrap and launch.has_bubblewrap():
        running = _try(launch.bubblewrap_command, ("bubblewrap",))
        if running is not None:
            return running
    if limits.require_isolation:
        raise CellUnavailable("bubblewrap is required and does not work here")
    running = _try(launch.plain_command, ())
    if running is None:
        raise CellUnavailable("the cell's process does not start")
    return running


def _try(command: Callable[[int], list[str]], layers: tuple[str, ...]) -> Running | None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = launch.start(command(theirs.fileno()), theirs.fileno())
    ours.settimeout(START_SECONDS)
    try:
        hello = json.loads(ours.recv(4096) or b"{}")
    except (OSError, ValueError):
        hello = {}
    if "layers" not in hello:
        ours.close()
        process.kill()
        process.wait()
        return None
    return Running(process, ours, (*layers, *hello["layers"]))


@contextlib.contextmanager
def opened(path: Path | str) -> Iterator[int]:
    """A read-only descriptor of ``path``; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
