"""The failing disk: compiled once for a test run, loaded into one process, armed from within it."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
WRITES, SYNCS, NAMES, UNLINKS = 1, 2, 4, 8
#: Every call that may fail of a disk; taking a name away is among those a process may be killed at.
ANY = WRITES | SYNCS | NAMES
STEPS = ANY | UNLINKS


class NoCompiler(RuntimeError):
    """There is no C compiler here."""


def compiled(folder: Path) -> Path:
    """The shared library, made if it is not there yet."""
    library = folder / "faults.so"
    if library.exists():
        return library
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NoCompiler
    draft = folder / f"faults.{os.getpid()}.so"
    flags = ["-O1", "-shared", "-fPIC", "-ldl", "-lpthread"]
    subprocess.run([compiler, str(SOURCE), "-o", str(draft), *flags], check=True)
    draft.replace(library)
    return library


@dataclass
class Disk:
    """The disk under one folder, in a process that was started with the library. Calls outside it never fail."""

    folder: Path

    def __post_init__(self) -> None:
        self.library = ctypes.CDLL(None)
        self.library.fault_disarm.restype = ctypes.c_long

    def fail(self, nth: int, error: int, *, kinds: int = ANY, sticky: bool = False) -> None:
        """From now on the `nth` call that writes fails, and with `sticky` every one after it too."""
        self.library.fault_arm(str(self.folder).encode(), kinds, ctypes.c_long(nth), error, int(sticky))

    def heal(self) -> int:
        """Nothing fails any more; how many calls were met since `fail`."""
        return int(self.library.fault_disarm())

    def kill(self, nth: int, *, kinds: int = STEPS) -> None:
        """From now on this process ends by SIGKILL in the place of its `nth` call. Each call up to it is a line of its
        standard error: "call", the number of its kind, and the path below the folder."""
        self.library.fault_arm(str(self.folder).encode(), kinds, ctypes.c_long(nth), -signal.SIGKILL, 0)

    def later(self, seconds: int) -> None:
        """The wall clock of this process is so much ahead from now on."""
        self.library.fault_later(ctypes.c_long(seconds))
