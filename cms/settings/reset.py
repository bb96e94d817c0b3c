"""`make demo-reset`: empties an installation's folder of what Custodia put there, and of nothing else."""

from __future__ import annotations

import fcntl
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cms.settings.home import FOLDERS, SIGNING_FILE

#: Held by the demo while it loads or serves (`cms.demo.serving.only_one`).
LOCK = "demo.lock"
#: What else the embedded profile keeps at the top of its folder; the secret goes last, as the mark of a home.
FILES = ("custodia.sqlite3", "custodia.sqlite3-wal", "custodia.sqlite3-shm", "clock.json", LOCK, SIGNING_FILE)
MADE_LATER = ("log",)


def reset(home: Path) -> list[str]:
    """Remove Custodia's own files and folders under `home`; returns the names it left, which are not its own.

    Raises `ValueError`, having removed nothing, while the demo runs there, and for a folder that has such
    names but not the secret that every installation makes first: it is somebody else's.
    """
    if not (home / SIGNING_FILE).is_file():
        if any((home / name).exists() for name in (*FOLDERS, *FILES)):
            raise ValueError(f"{home} no parece una instalación de Custodia; no se borró nada")
        return []
    with at_rest(home):
        for name in (*FOLDERS, *MADE_LATER):
            if (home / name).is_dir():
                shutil.rmtree(home / name)
        for name in FILES:
            (home / name).unlink(missing_ok=True)
    return sorted(entry.name for entry in home.iterdir())


@contextmanager
def at_rest(home: Path) -> Iterator[None]:
    with (home / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise ValueError(f"La demostración de {home} está en marcha; termínela primero") from busy
        yield


def main() -> int:
    from cms.settings.base import CUSTODIA_HOME, environment

    environment.finish()
    try:
        left = reset(CUSTODIA_HOME)
    except ValueError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(f"Se vació {CUSTODIA_HOME}" + (f"; quedó lo ajeno: {', '.join(left)}" if left else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
