"""`make demo-reset`: empties an installation's folder of what Custodia put there, and of nothing else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from cms.settings.home import FOLDERS, SIGNING_FILE

#: What else the embedded profile keeps at the top of its folder; the secret goes last, as the mark of a home.
FILES = ("custodia.sqlite3", "custodia.sqlite3-wal", "custodia.sqlite3-shm", "clock.json", SIGNING_FILE)


def reset(home: Path) -> list[str]:
    """Remove Custodia's own files and folders under `home`; returns the names it left, which are not its own.

    Raises `ValueError`, having removed nothing, for a folder that has such names but not the secret that
    every installation makes first: it is somebody else's.
    """
    if not (home / SIGNING_FILE).is_file():
        if any((home / name).exists() for name in (*FOLDERS, *FILES)):
            raise ValueError(f"{home} no parece una instalación de Custodia; no se borró nada")
        return []
    for name in FOLDERS:
        if (home / name).is_dir():
            shutil.rmtree(home / name)
    for name in FILES:
        (home / name).unlink(missing_ok=True)
    return sorted(entry.name for entry in home.iterdir())


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
