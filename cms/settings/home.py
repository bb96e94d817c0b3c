"""The installation's own folder: made private, with the secrets an embedded profile keeps to itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FOLDERS = ("store", "index", "renditions", "incoming", "mail", "public-media", "static", "bench")


def prepare_home(home: Path) -> None:
    """Make the folder and its rooms readable by their owner only; existing ones are left alone."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (home / name).mkdir(mode=0o700, exist_ok=True)


def local_secret(home: Path) -> str:
    """The installation's signing secret, made once (mode 0600) and the same after a restart."""
    prepare_home(home)
    file = home / "secret_key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as sink:
        sink.write(secrets.token_urlsafe(64))
    return file.read_text().strip()
