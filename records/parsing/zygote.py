"""The preloaded parent: imports the engines once, then forks a fresh child per file and never opens a file itself.

It runs alone in its own process (see `launch`). One sequenced-packet socket brings orders: JSON and two descriptors,
the caller's answer stream and the file, open for reading only. A child forked ahead takes the order and answers on
the stream by itself; this process only forks, hands over, watches the clock and buries.
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
from collections.abc import Callable
from typing import Any

from . import jail

MAX_ORDER = 16 * 1024
WAITING = 3
MAX_STILLBORN = 20
HIGHEST_DESCRIPTOR = 1024
Serve = Callable[[dict[str, Any], socket.socket, int], None]


class Zygote:
    """Children waiting for their one file, and the deadlines (monotonic seconds) of those at work."""

    def __init__(
        self, control: socket.socket, filter_code: bytes, serve_one: Serve, rehearse: Callable[[Serve], None]
    ) -> None:
        self.control = control
        self.filter_code = filter_code
        self.serve_one = serve_one
        self.rehearse = rehearse
        self.deadlines: dict[int, float] = {}
        self.waiting: dict[int, socket.socket] = {}
        self.stillborn = 0
        self.wake = _wakes_on_child_death()

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
        watched: list[socket.socket | int] = [self.control, self.wake]
        ready, _, _ = select.select(watched, [], [], self._patience())
        if self.wake in ready:
            os.read(self.wake, 4096)
        self._bury()
        self._kill_the_late()
        return self._take_order() if self.control in ready else True

    def _patience(self) -> float | None:
        if not self.deadlines:
            return None
        return max(0.0, min(self.deadlines.values()) - time.monotonic())

    def _take_order(self) -> bool:
        message, descriptors = _receive(self.control)
        if not message:
            return False
        if len(descriptors) == 2:
            self._hand_over(message, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _hand_over(self, message: bytes, descriptors: list[int]) -> None:
        """Give the order to a waiting child; one that died meanwhile is passed over, a few times."""
        for _ in range(WAITING + 1):
            self._keep_some_waiting()
            pid, private = self.waiting.popitem()
            wall = json.loads(message)["limits"]["wall_seconds"]
            self.deadlines[pid] = time.monotonic() + wall
            with private:
                if _passed_on(private, message, descriptors):
                    return

    def _keep_some_waiting(self) -> None:
        """Fork ahead of need: a fresh child per file must not make the file wait for the fork."""
        while len(self.waiting) < WAITING:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            pid = os.fork()
            if pid == 0:
                self._live(theirs)
            theirs.close()
            self.waiting[pid] = ours

    def _live(self, private: socket.socket) -> None:
        """The whole life of a child: one order. It never returns and runs no exit handler of the parent."""
        code = 1
        try:
            jail.die_with_parent()
            self.rehearse(self.serve_one)
            _let_go_of_all_but(private.fileno())
            message, descriptors = _receive(private)
            if message and len(descriptors) == 2:
                self._work(json.loads(message), private, *descriptors)
                code = 0
        finally:
            os._exit(code)

    def _work(self, order: dict[str, Any], private: socket.socket, answer: int, file: int) -> None:
        private.close()
        _confine(order["limits"], file, self.filter_code)
        self.serve_one(order, socket.socket(fileno=answer), file)

    def _bury(self) -> None:
        while self.deadlines or self.waiting:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.deadlines.pop(pid, None)
            if private := self.waiting.pop(pid, None):
                private.close()
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


def _passed_on(private: socket.socket, message: bytes, descriptors: list[int]) -> bool:
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    try:
        private.sendmsg([message], rights)
    except OSError:
        return False
    return True


def _let_go_of_all_but(kept: int) -> None:
    """Close every inherited descriptor but the standard ones and ``kept``: other children's sockets among them."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.closerange(3, kept)
    os.closerange(kept + 1, HIGHEST_DESCRIPTOR)


def _wakes_on_child_death() -> int:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """A message and the descriptors that came with it; nothing when the far end has closed."""
    message, ancillary, _, _ = control.recvmsg(MAX_ORDER, socket.CMSG_SPACE(2 * 4))
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % 4])
    return message, list(descriptors)


def _confine(limits: dict[str, int], file: int, filter_code: bytes) -> None:
    jail.limit_resources(limits, os.fstat(file).st_size)
    jail.install_filter(filter_code)


def main(fd: int, readable: list[str]) -> None:
    """Entry of the process: preload, raise the walls, say which stand, serve."""
    jail.die_with_parent()
    from . import warmup, work

    rehearsal = warmup.Rehearsal()
    rehearsal.full(work.serve)
    filter_code = jail.build_filter()
    layers = ["rlimits"]
    if jail.forbid_new_privileges():
        layers.append("no_new_privs")
    if jail.restrict_files(readable):
        layers.append("landlock")
    if filter_code:
        layers.append("seccomp")
    control = socket.socket(fileno=fd)
    control.send(json.dumps({"layers": layers}).encode())
    gc.disable()
    gc.freeze()
    Zygote(control, filter_code, work.serve, rehearsal.short).run()
