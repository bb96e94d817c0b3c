"""The preloaded parent: imports the engines once, then forks a fresh child per file and never opens a file itself.

It runs alone in its own process (see `launch`). Children forked ahead wait on one sequenced-packet socket; each takes
one order from it: JSON and two descriptors, the caller's answer stream and the file, open for reading only. So an
order goes from the caller to a child that is ready, past nobody. A child says that it took one on a pipe before it
looks at the file, and lets go of the socket and the pipe; this process only forks, watches the clock and buries.
"""

from __future__ import annotations

import array
import gc
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import jail, wire

#: Children kept waiting; below FEW another is forked at once, above it only when no file came or was done for QUIET
#: seconds, or for LULL while files are at work, so that the fork and what follows it do not compete with them.
WAITING, FEW, QUIET, LULL = 6, 2, 0.01, 0.1
MAX_STILLBORN = 20
HIGHEST_DESCRIPTOR = 1024
PID_BYTES = 4
Serve = Callable[[dict[str, Any], socket.socket, int], None]
ServeMessage = Callable[[bytes, list[int], int], None]


class Zygote:
    """Children waiting for their one file, and the deadlines (monotonic seconds) of those at work."""

    def __init__(
        self,
        control: socket.socket,
        limits: Mapping[str, Any],
        filter_code: bytes,
        serve_one: Serve,
        rehearse: Callable[[ServeMessage], None],
    ) -> None:
        self.control = control
        self.limits = limits
        self.filter_code = filter_code
        self.serve_one = serve_one
        self.rehearse = rehearse
        self.deadlines: dict[int, float] = {}
        self.waiting: set[int] = set()
        self.stillborn = 0
        self.latest = 0.0
        self.wake = _wakes_on_child_death()
        self.taken, self.taking = _pipe()
        self.watch = select.poll()
        self.watch.register(control, 0)  # only whether the far end has gone: what arrives is the children's
        self.watch.register(self.taken, select.POLLIN)
        self.watch.register(self.wake, select.POLLIN)

    def run(self) -> None:
        """Serve until the far end of the control socket closes; then all children are killed."""
        try:
            self._keep_some_waiting()
            while self._step():
                self._keep_some_waiting()
        finally:
            for pid in (*self.deadlines, *self.waiting):
                _kill(pid)

    def _step(self) -> bool:
        ready = dict(self.watch.poll(self._patience()))
        if self.taken in ready:
            self._note_taken()
        if self.wake in ready:
            os.read(self.wake, 4096)
            self._note_taken()
            self._bury()
        self._kill_the_late()
        return self.control.fileno() not in ready

    def _patience(self) -> float | None:
        """Milliseconds until something is due: a deadline, or filling up after an order."""
        due = list(self.deadlines.values())
        due += [self._quiet_from()] if len(self.waiting) < WAITING else []
        return max(0.0, (min(due) - time.monotonic()) * 1000) if due else None

    def _quiet_from(self) -> float:
        """When (monotonic seconds) a fork ahead, and its practice, are in nobody's way."""
        return self.latest + (LULL if self.deadlines else QUIET)

    def _note_taken(self) -> None:
        """Children that took an order have from now on as long as a file may take."""
        try:
            told = array.array("i", os.read(self.taken, PID_BYTES * 1024))
        except BlockingIOError:
            return
        self.latest = time.monotonic()
        for pid in told:
            if pid in self.waiting:
                self.waiting.remove(pid)
                self.deadlines[pid] = self.latest + self.limits["wall_seconds"]

    def _keep_some_waiting(self) -> None:
        """Fork ahead of need: a fresh child per file must not make the file wait for the fork."""
        quiet = time.monotonic() >= self._quiet_from()
        while len(self.waiting) < (WAITING if quiet else FEW):
            pid = os.fork()
            if pid == 0:
                self._live(practise=quiet)
            self.waiting.add(pid)

    def _live(self, practise: bool) -> None:
        """The whole life of a child: one order. It never returns and runs no exit handler of the parent."""
        code = 1
        try:
            jail.die_with_parent()
            message, descriptors = _at_once(self.control)
            if practise and not message:
                self.rehearse(self._serve)
            _let_go_of_all_but(self.control.fileno(), self.taking, *descriptors)
            jail.limit_resources(self.limits)
            jail.install_filter(self.filter_code)
            if not message:
                message, descriptors = wire.receive_order(self.control)
            if len(descriptors) == 2:
                os.write(self.taking, os.getpid().to_bytes(PID_BYTES, "little"))
                os.close(self.taking)
                self.control.close()
                self._serve(message, descriptors, self.limits["address_space"])
                code = 0
        finally:
            os._exit(code)

    def _serve(self, message: bytes, descriptors: list[int], memory: int) -> None:
        """Serve one order within ``memory`` bytes beyond what maps the file."""
        answer, file = descriptors
        jail.limit_memory(memory + os.fstat(file).st_size)
        self.serve_one({**json.loads(message), "limits": self.limits}, socket.socket(fileno=answer), file)

    def _bury(self) -> None:
        while self.deadlines or self.waiting:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if self.deadlines.pop(pid, None):
                self.latest = time.monotonic()
            if pid in self.waiting:
                self.waiting.remove(pid)
                self._count_stillborn()

    def _count_stillborn(self) -> None:
        """Children that die before their order mean a broken machine: end, rather than fork for ever."""
        self.stillborn += 1
        if self.stillborn > MAX_STILLBORN:
            raise SystemExit(1)

    def _kill_the_late(self) -> None:
        now = time.monotonic()
        for pid, deadline in self.deadlines.items():
            if deadline <= now:
                _kill(pid)


def _let_go_of_all_but(*kept: int) -> None:
    """Close every inherited descriptor but the standard ones and ``kept``."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first = 3
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, HIGHEST_DESCRIPTOR)


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    return reader, writer


def _wakes_on_child_death() -> int:
    reader, writer = _pipe()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _at_once(control: socket.socket) -> tuple[bytes, list[int]]:
    """An order that is already there; nothing where none is."""
    try:
        return wire.receive_order(control, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return b"", []


def main(fd: int, readable: list[str]) -> None:
    """Entry of the process: take the limits, preload, raise the walls, say which stand, serve."""
    jail.die_with_parent()
    from . import warmup, work

    control = socket.socket(fileno=fd)
    limits = json.loads(control.recv(wire.MAX_ORDER))
    rehearsal = warmup.Rehearsal()
    rehearsal.full(work.serve)
    work.load_engines(limits["engines"])
    filter_code = jail.build_filter()
    layers = ["rlimits"]
    if jail.forbid_new_privileges():
        layers.append("no_new_privs")
    if jail.restrict_files(readable):
        layers.append("landlock")
    if filter_code:
        layers.append("seccomp")
    control.send(json.dumps({"layers": layers}).encode())
    gc.disable()
    gc.freeze()
    Zygote(control, limits, filter_code, work.serve, rehearsal.short).run()
