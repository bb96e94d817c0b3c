"""Files that lie in folders of the server: opened one at a time, when they are received, and never outside."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import conf, storage
from records.errors import RuleViolation
from records.services.receiving import Upload
from records.storage import Staged

#: Why a path cannot be read, by the system's number of the fault.
CAUSES: dict[int, Any] = {
    errno.ENOENT: gettext_lazy("no existe"),
    errno.ENOTDIR: gettext_lazy("no existe"),
    errno.EISDIR: gettext_lazy("es una carpeta"),
    errno.EACCES: gettext_lazy("no hay permiso de lectura"),
    errno.EPERM: gettext_lazy("no hay permiso de lectura"),
    errno.ELOOP: gettext_lazy("es un enlace a otra parte"),
    errno.EINVAL: gettext_lazy("no es un archivo"),
}
PLAIN = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


def cause_of(fault: Exception) -> str:
    number = fault.errno if isinstance(fault, OSError) else errno.EINVAL  # a NUL in the path is a ValueError
    return str(CAUSES.get(number or 0, _("el sistema no lo permite")))


class UnreadablePath(RuleViolation):
    """A file of the server that cannot be opened; `cause` says why."""

    code = "unreadable_path"

    def __init__(self, fault: Exception) -> None:
        super().__init__(self.code, cause=cause_of(fault))


@dataclass(frozen=True)
class OnDisk(Upload):
    """A file that stays where it is and is opened when it is received: thousands are never open at once."""

    opener: Callable[[], BinaryIO] | None = None

    def stage(self) -> Staged:
        """As any upload; raises UnreadablePath too."""
        with self.opened() as stream:
            return storage.store().stage(stream, limit=conf.max_upload_bytes())

    def opened(self) -> BinaryIO:
        assert self.opener is not None  # noqa: S101 - given by both makers below
        try:
            return self.opener()
        except (OSError, ValueError) as fault:
            raise UnreadablePath(fault) from fault

    def size(self) -> int:
        with self.opened() as stream:
            return os.fstat(stream.fileno()).st_size


def anywhere(path: str) -> OnDisk:
    """A file an operator names: her own rights on the machine are the limit, and links are followed."""
    return OnDisk(Path(path).name, opener=lambda: regular(os.open(path, PLAIN)))


def within(folder: Path, relative: str) -> OnDisk:
    """A file of a folder, named by something that came from outside: never anything beyond the folder.

    Parts that go up, roots, drives and links are refused as unreadable; "\\\\" separates as "/" does.
    """
    return OnDisk(parts_of(relative)[-1] if parts_of(relative) else "", opener=lambda: open_within(folder, relative))


def parts_of(relative: str) -> list[str]:
    return [part for part in relative.replace("\\", "/").split("/") if part not in ("", ".")]


def open_within(folder: Path, relative: str) -> BinaryIO:
    """Open part by part, following no link. Raises OSError or ValueError."""
    parts = parts_of(relative)
    if not parts or ".." in parts or relative.startswith(("/", "\\")) or ":" in parts[0]:
        raise OSError(errno.ELOOP, "not a path of the folder")
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)
            os.close(place)
            place = inner
        return regular(os.open(parts[-1], PLAIN | os.O_NOFOLLOW, dir_fd=place))
    finally:
        os.close(place)


def regular(descriptor: int) -> BinaryIO:
    """The open file, if it is one: a folder, a pipe or a device is none. Raises OSError."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, "not a file")
