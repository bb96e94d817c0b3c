"""How the preloaded parent of the cell is started: the command line, with bubblewrap and without."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ENGINES = ("pypdfium2", "pypdfium2_raw", "pikepdf", "lxml", "PIL", "pyseccomp", "pyhanko")
INSIDE = "/cell"
#: qpdf draws random numbers to check passwords.
DEVICES = ("/dev/urandom",)
#: Options under which nothing of the machine is shared: no network, no other process, no user, no rights.
SEALED = (
    "--unshare-all --die-with-parent --new-session --cap-drop ALL --uid 65534 --gid 65534 --hostname cell --dev /dev"
).split()
_PACKAGE = Path(__file__).resolve().parent
_SYSTEM_LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin")
_START = "import sys;sys.path[:0]={paths!r};from records.parsing.zygote import main;main({fd},{readable!r})"


def engine_folders() -> list[str]:
    """Folders the engines are imported from (usually one: site-packages)."""
    found = []
    for name in ENGINES:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin:
            place = Path(spec.origin).resolve()
            found.append(str(place.parent.parent if place.name == "__init__.py" else place.parent))
    return list(dict.fromkeys(found))


def interpreter() -> str:
    """The real interpreter behind the virtual environment's link."""
    return os.path.realpath(sys.executable)


def readable_folders() -> list[str]:
    """Folders the cell may read: the system's libraries and fonts, Python, the engines."""
    return ["/usr", os.path.realpath(sys.base_prefix), *engine_folders()]


def plain_command(fd: int) -> list[str]:
    """Command without bubblewrap: the same program, with only the walls it can raise itself."""
    code = str(_PACKAGE.parent.parent)
    return [*_python(), _start(fd, [code, *engine_folders()], [str(_PACKAGE), *readable_folders(), *DEVICES])]


def bubblewrap_command(fd: int) -> list[str]:
    """Command under bubblewrap: no network, no other process, nothing of the machine but what must be read.

    There is no /proc on purpose: through it a read-only descriptor could be opened again for writing.
    """
    program = [*_python(), _start(fd, [INSIDE, *engine_folders()], [INSIDE, *readable_folders(), *DEVICES])]
    return [str(shutil.which("bwrap")), *_walls(), *_binds(), "--", *program]


def has_bubblewrap() -> bool:
    """Whether a ``bwrap`` program is installed (whether it works is only known by starting it)."""
    return shutil.which("bwrap") is not None


def start(command: list[str], fd: int) -> subprocess.Popen[bytes]:
    """Start the program with ``fd`` as its only inherited descriptor, an empty environment and its own session."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(fd,),
        env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        start_new_session=True,
    )


def _python() -> list[str]:
    return [interpreter(), "-I", "-S", "-B", "-c"]


def _start(fd: int, paths: list[str], readable: list[str]) -> str:
    return _START.format(paths=paths, fd=fd, readable=readable)


def _walls() -> list[str]:
    own = "--size 67108864 --tmpfs /tmp --chdir /tmp --clearenv --setenv LANG C.UTF-8"
    return [*SEALED, *own.split()]


def system_binds() -> list[str]:
    """What shows the system's programs and libraries inside, read-only."""
    binds = ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for link in _SYSTEM_LINKS:
        binds += _like_outside(link)
    return binds


def _binds() -> list[str]:
    binds = system_binds()
    for folder in dict.fromkeys(readable_folders()[1:]):
        if not folder.startswith("/usr/"):
            binds += ["--ro-bind", folder, folder]
    return [*binds, "--ro-bind", str(_PACKAGE), f"{INSIDE}/records/parsing"]


def _like_outside(path: str) -> list[str]:
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind", path, path] if os.path.isdir(path) else []
