"""Nothing leaves, and nothing is made, from bytes that are not the filed ones (K1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from records import storage
from records.fixity import healing
from records.fixity.places import Place
from records.models import Document

Made = TypeVar("Made")
#: Seconds for which bytes that were found right are trusted for another page image, if nothing touched their file.
TRUSTED_FOR = 600.0
MOST_TRUSTED = 4_096
_trusted: dict[tuple[str, tuple[int, ...]], float] = {}


def check_intact(document: Document) -> Place:
    """Re-hash the stored bytes; damaged ones are written anew from a copy that has them right, where there is one.

    The place to read them from: the store, or that copy while the store takes no bytes. Raises IntegrityFailure
    (missing, altered, unreadable).
    """
    return healing.right_place(document.blob_id, document.blob.size, document=str(document.pk))


def intact_path(document: Document) -> Path:
    """The file that holds the bytes of a piece, just proved. Raises as `check_intact`."""
    return check_intact(document).store.path_of(document.blob_id)


def made_from(document: Document, make: Callable[[Path], Made]) -> Made:
    """What `make` makes of the stored bytes, which are re-hashed meanwhile: it is given only if they are right.

    A piece of a gigabyte is not hashed again for each of its pages: for some minutes its file is trusted, as long as
    the file system says that it was not touched. Raises as `check_intact`, and what `make` raises.
    """
    source = storage.store().path_of(document.blob_id)
    mark = (document.blob_id, identity(source))
    if _trusted.get(mark, 0.0) > time.monotonic():
        return make(source)
    with ThreadPoolExecutor(1, "intact") as pool:
        proof = pool.submit(storage.store().verify, document.blob_id, document.blob.size)
        try:
            made = make(source)
        except Exception:
            if not proof.result():
                raise
    if proof.result():
        source = intact_path(document)  # writes the bytes anew, or raises
        made = make(source)
    trust((document.blob_id, identity(source)))
    return made


def identity(source: Path) -> tuple[int, ...]:
    """What changes when anybody writes, replaces or retouches the file; nothing for one that is not there."""
    try:
        told = source.stat()
    except OSError:
        return ()
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def trust(mark: tuple[str, tuple[int, ...]]) -> None:
    if len(_trusted) >= MOST_TRUSTED:
        forget()
    if mark[1]:
        _trusted[mark] = time.monotonic() + TRUSTED_FOR


def forget() -> None:
    """Trust no bytes until they are hashed again."""
    _trusted.clear()
