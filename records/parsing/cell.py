"""The caller's side of the cell: one preloaded parent per calling process, started when first needed.

Every request opens its own socket pair and hands one end, with the file's descriptor, to the preloaded parent, which
forks a child for it; so any number of threads may ask at once. A preloaded parent that dies is replaced and the
request repeated once. After a fork the new process forgets its parent's cell and starts its own.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import json
import os
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from . import launch, wire
from .limits import CellLimits, configured_limits

START_SECONDS = 60.0
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


@dataclasses.dataclass
class State:
    """What one process knows of its cell; a forked process begins with a new one."""

    limits: CellLimits | None = None
    lock: threading.RLock = dataclasses.field(default_factory=threading.RLock)
    running: Running | None = None
    slots: threading.BoundedSemaphore | None = None
    keeper: Keeper | None = None


class Cell:
    """The cell as one calling process sees it. Safe for threads and across forks."""

    def __init__(self, limits: CellLimits | None = None) -> None:
        self._given = limits
        self._state = State()
        os.register_at_fork(after_in_child=self._begin_anew)
        atexit.register(self.close)

    @property
    def limits(self) -> CellLimits:
        """Limits given at construction, else those of the settings."""
        if self._state.limits is None:
            self._state.limits = self._given or configured_limits()
        return self._state.limits

    def ask(self, order: dict[str, Any], file: int) -> Generator[tuple[bytes, bytes], None, None]:
        """Frames of the answer to ``order`` about the open file.

        The caller stops at the frame that says ``end`` or ``fault``. A stream that ends without it means that the
        child died. Raises CellUnavailable, WireError, and CellLost when the whole cell died with the child.
        """
        with self._slots():
            running, stream = self._send(order, file)
            with stream:
                yield from wire.frames(stream, self.limits.answer_bytes)
        if not _survives(running):
            raise CellLost

    def running(self) -> Running:
        """The preloaded parent, started now if there is none; raises CellUnavailable."""
        with self._state.lock:
            if self._state.running is None or not self._state.running.alive():
                self._drop()
                self._state.keeper = self._state.keeper or Keeper()
                self._state.running = self._state.keeper.call(lambda: _started(self.limits))
            return self._state.running

    def close(self) -> None:
        """End the preloaded parent and, with it, every child."""
        with self._state.lock:
            self._drop()

    def _send(self, order: dict[str, Any], file: int) -> tuple[Running, socket.socket]:
        message = json.dumps(order).encode()
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
        try:
            wire.send_order(running.control, message, descriptors)
        except OSError:
            self._discard(running)
            return False
        return True

    def _discard(self, running: Running) -> None:
        with self._state.lock:
            if self._state.running is running:
                self._drop()

    def _drop(self) -> None:
        running, self._state.running = self._state.running, None
        if running is not None:
            running.control.close()
            running.process.kill()
            running.process.wait()

    def _slots(self) -> threading.BoundedSemaphore:
        with self._state.lock:
            if self._state.slots is None:
                self._state.slots = threading.BoundedSemaphore(self.limits.slots)
            return self._state.slots

    def _begin_anew(self) -> None:
        """In a forked child: the parent's cell stays the parent's."""
        inherited, self._state = self._state.running, State()
        if inherited is not None:
            inherited.control.close()
            inherited.process.returncode = 0


def _survives(running: Running) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.process.wait(0.2)
    return running.alive()


class CellLost(Exception):
    """The preloaded parent went away and took the child with it; asking again is right."""


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
        running = _try(launch.bubblewrap_command, ("bubblewrap",), limits)
        if running is not None:
            return running
    if limits.require_isolation:
        raise CellUnavailable("bubblewrap is required and does not work here")
    running = _try(launch.plain_command, (), limits)
    if running is None:
        raise CellUnavailable("the cell's process does not start")
    return running


def _try(command: Callable[[int], list[str]], layers: tuple[str, ...], limits: CellLimits) -> Running | None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.send(json.dumps(dataclasses.asdict(limits)).encode())
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
