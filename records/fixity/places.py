"""Where stored bytes lie: the store, and the copies that settings name (K2).

A copy's folder bears a mark. Without it the medium is not there (a disk that was not mounted, a folder somebody
emptied): nothing is written into what is left, and the copy is never taken for lost piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from records import conf, storage
from records.errors import StoreUnavailable
from records.storage import BlobStore

#: Name of the store itself, among the places.
STORE = "store"
MARK = "copia-de-custodia"
MARK_TEXT = "Copia de los documentos en custodia. Sin este archivo, el sistema no escribe ni repara aquí.\n"


@dataclass(frozen=True)
class Place:
    """A store of bytes by the name that rows and events give it."""

    name: str
    store: BlobStore

    @property
    def is_copy(self) -> bool:
        return self.name != STORE

    @property
    def root(self) -> Path:
        return self.store.path_of("0" * 64).parent.parent

    def stands(self) -> bool:
        """Is the medium there? The store itself answers for each of its bytes; its own folder is no copy of it."""
        return not self.is_copy or ((self.root / MARK).is_file() and not self.is_the_store())

    def is_the_store(self) -> bool:
        """Does it lie in the store's own folder, under whatever name? Then it copies nothing and mends nothing."""
        other = store().root
        try:
            return self.is_copy and (self.root.resolve() == other.resolve() or self.root.samefile(other))
        except OSError:
            return False

    def begin(self) -> None:
        """Take the folder for a copy from now on. Raises StoreUnavailable."""
        if self.is_the_store():
            raise StoreUnavailable("copy_unavailable", place=self.name)
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.root / MARK).write_text(MARK_TEXT, "utf-8")
        except OSError as fault:
            raise StoreUnavailable("copy_unavailable", errno=fault.errno, place=self.name) from fault

    def shares_disk(self) -> bool:
        """Does it lie on the store's own file system? Then one broken disk takes both."""
        try:
            return self.is_copy and self.root.stat().st_dev == store().root.stat().st_dev
        except OSError:
            return False


def store() -> Place:
    return Place(STORE, storage.store())


def copies() -> list[Place]:
    return [Place(name, storage.made(chosen)) for name, chosen in conf.copies().items()]


def places() -> list[Place]:
    """The store first, then its copies."""
    return [store(), *copies()]


def place_named(name: str) -> Place | None:
    return next((place for place in places() if place.name == name), None)
