"""Whole programs on files nobody here wrote: one command per file, under bubblewrap or not at all.

Unlike the cell's children a program may start processes and write, but only in a folder in memory that ends with it.
It sees the system's libraries, its own settings and a copy of the file; no network, no process but its own, no user.
What it made comes back on its standard output, bounded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import jail, launch
from .limits import MIB, CellLimits

FOLDER = "/tmp"
#: Exit status by which a script says that its program was killed by a limit.
KILLED = 99
#: Settings of the programs: fonts, their cache, LibreOffice.
_SETTINGS = ("/etc/fonts", "/var/cache/fontconfig", "/etc/libreoffice")
_OPEN_FILES, _FOLDER_BYTES = 512, 512 * MIB
#: One at a time in each process: a program takes hundreds of megabytes.
_turn = threading.Semaphore(1)


@dataclass(frozen=True)
class Made:
    """What a program made of a file, or why it made nothing: ``damaged``, ``limits``, ``unreachable``."""

    data: bytes = b""
    fault: str = ""


def is_open() -> bool:
    """Whether programs can be closed in here; without that none is ever started."""
    return launch.has_bubblewrap() and shutil.which("prlimit") is not None


def run(path: Path | str, name: str, script: str, limits: CellLimits) -> Made:
    """Run a shell ``script`` with a copy of ``path`` as ``name`` in its folder; its standard output is the answer."""
    with _turn, _compiled_filter() as filter_fd:
        try:
            with Path(path).open("rb") as file:
                process = _started(file.fileno(), name, script, limits, filter_fd)
        except OSError:
            return Made(fault="unreachable")
        return _made(process, limits)


def _started(file: int, name: str, script: str, limits: CellLimits, filter_fd: int) -> subprocess.Popen[bytes]:
    command = [*_bounds(limits), *_walls(filter_fd), "--ro-bind-data", "0", f"{FOLDER}/{name}"]
    return subprocess.Popen(
        [*command, "--", "/bin/sh", "-c", script],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(filter_fd,) if filter_fd >= 0 else (),
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        cwd="/",
        start_new_session=True,
    )


def _made(process: subprocess.Popen[bytes], limits: CellLimits) -> Made:
    """The program's answer; it is killed, with all it started, when it takes too long or says too much."""
    clock = threading.Timer(limits.workshop_wall_seconds, process.kill)
    clock.start()
    try:
        with process:
            data = process.stdout.read(limits.part_bytes + 1) if process.stdout else b""
            if len(data) > limits.part_bytes:
                process.kill()
    finally:
        clock.cancel()
    if process.returncode < 0 or process.returncode == KILLED or len(data) > limits.part_bytes:
        return Made(fault="limits")
    return Made(data) if data else Made(fault="damaged")


def _bounds(limits: CellLimits) -> list[str]:
    cpu = limits.workshop_cpu_seconds
    return [
        str(shutil.which("prlimit")),
        f"--cpu={cpu}:{cpu + 1}",
        f"--as={limits.workshop_address_space}",
        f"--fsize={limits.file_size}",
        f"--nofile={_OPEN_FILES}",
        "--core=0",
    ]


def _walls(filter_fd: int) -> list[str]:
    walls = [str(shutil.which("bwrap")), *launch.SEALED, "--size", str(_FOLDER_BYTES), "--tmpfs", FOLDER]
    walls += ["--chdir", FOLDER, "--clearenv", "--setenv", "LANG", "C.UTF-8", "--setenv", "HOME", FOLDER]
    walls += ["--setenv", "PATH", "/usr/bin:/bin", *launch.system_binds()]
    for place in _SETTINGS:
        walls += ["--ro-bind-try", place, place]
    return [*walls, *(["--seccomp", str(filter_fd)] if filter_fd >= 0 else [])]


@cache
def _filter() -> bytes:
    return jail.build_program_filter()


@contextlib.contextmanager
def _compiled_filter() -> Iterator[int]:
    """A descriptor to read the system call filter from; -1 where there is none."""
    code = _filter()
    if not code:
        yield -1
        return
    descriptor = os.memfd_create("filter")
    try:
        os.write(descriptor, code)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
