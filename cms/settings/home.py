"""The installation's own folder: made private, with the secrets an embedded profile keeps to itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDERS = (
    *("store", "copies", "index", "renditions", "incoming", "arrivals", "quarantine", "keys", "witness"),
    *("mail", "public-media", "static"),
)


SIGNING_FILE = "secret_key"


def prepare_home(home: Path) -> None:
    """Make the folder and its rooms readable by their owner only.

    An empty folder that somebody made for us is closed too; an installation that was opened to others
    later is left as it is, for the start-up check to refuse (criterion 37).
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(home.iterdir()):
        home.chmod(0o700)
    for name in FOLDERS:
        (home / name).mkdir(mode=0o700, exist_ok=True)


def private_file(file: Path) -> None:
    """An empty file of its owner alone, if there is none: what SQLite then keeps the modes of."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=True)


def local_secret(home: Path) -> str:
    """The installation's signing secret, made once (mode 0600) and the same after a restart."""
    file = home / SIGNING_FILE
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as sink:
        sink.write(secrets.token_urlsafe(64))
    return file.read_text().strip()
