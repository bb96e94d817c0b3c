"""The preloaded parent: imports the engines once, then forks a fresh child per file and never opens a file itself.

It runs alone in its own process (see `launch`). One sequenced-packet socket brings orders: a JSON order and two
descriptors, the caller's answer stream and the file, open for reading only. The child answers on the stream by
itself; this process only forks, watches the clock and buries.
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
Serve = Callable[[dict[str, Any], socket.socket, int], None]


class Zygote:
    """The children alive and their deadlines (monotonic seconds)."""

    def __init__(self, control: socket.socket, filter_code: bytes, serve_one: Serve) -> None:
        self.control = control
        self.filter_code = filter_code
        self.serve_one = serve_one
        self.deadlines: dict[int, float] = {}
        self.wake = _wakes_on_child_death()

    def run(self) -> None:
        """Serve until the far end of the control socket closes; then all children are killed."""
        try:
            while self._step():
                pass
        finally:
            for pid in self.deadlines:
                _kill(pid)

    def _step(self) -> bool:
        ready, _, _ = select.select([self.control, self.wake], [], [], self._patience())
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
        order, descriptors = _receive(self.control)
        if order is None:
            return False
        if len(descriptors) == 2:
            self._fork(order, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _fork(self, order: dict[str, Any], answer: int, file: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._live(order, answer, file)
        self.deadlines[pid] = time.monotonic() + order["limits"]["wall_seconds"]

    def _live(self, order: dict[str, Any], answer: int, file: int) -> None:
        """The whole life of a child. It never returns and runs no exit handler of the parent."""
        code = 1
        try:
            self.control.close()
            _confine(order["limits"], file, self.filter_code)
            self.serve_one(order, socket.socket(fileno=answer), file)
            code = 0
        finally:
            os._exit(code)

    def _bury(self) -> None:
        while self.deadlines:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.deadlines.pop(pid, None)

    def _kill_the_late(self) -> None:
        now = time.monotonic()
        for pid, deadline in self.deadlines.items():
            if deadline <= now:
                _kill(pid)


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


def _receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    data, ancillary, _, _ = control.recvmsg(MAX_ORDER, socket.CMSG_SPACE(2 * 4))
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % 4])
    return (json.loads(data) if data else None), list(descriptors)


def _confine(limits: dict[str, int], file: int, filter_code: bytes) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    jail.limit_resources(limits, os.fstat(file).st_size)
    jail.install_filter(filter_code)


def main(fd: int, readable: list[str]) -> None:
    """Entry of the process: preload, raise the walls, say which stand, serve."""
    jail.die_with_parent()
    from . import work

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
    gc.collect()
    gc.freeze()
    Zygote(control, filter_code, work.serve).run()
