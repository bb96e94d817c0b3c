"""The public copy of public bytes: a folder of its own, by digest, which is all that the public process serves.

Rows say what must be there. The worker, who may read custody, copies what lacks and removes what no row names;
an end at any point leaves either a whole file or none. Until its bytes are there, a document says that they come.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from cms.publication.copies import folder, path_of
from cms.publication.models import PublishedDocument
from records.api import RecordsError, open_public_bytes

logger = logging.getLogger(__name__)

CHUNK = 1024 * 1024
#: Seconds after which a copy that was being written is nobody's any more.
STALE = 3600


def settle() -> int:
    """Copy what lacks, remove what no row names; how many copies were made. What cannot be read is left for later."""
    wanted = dict(PublishedDocument.objects.order_by("document_id").values_list("digest", "document_id"))
    for file in folder().glob("*/*"):
        if file.name not in wanted and not is_being_written(file):
            file.unlink(missing_ok=True)
    return sum(copied(digest, key) for digest, key in wanted.items() if not path_of(digest).is_file())


def is_being_written(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return file.name.startswith(".") and time.time() - file.stat().st_mtime < STALE
    return False


def copied(digest: str, document_id: uuid.UUID) -> bool:
    try:
        with open_public_bytes(document_id) as source:
            return write(source, digest)
    except (RecordsError, OSError):
        logger.warning("a public copy could not be made; it is tried again")
        return False


def write(source: BinaryIO, digest: str) -> bool:
    """Bytes under another name until they are all there and right."""
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", dir=place.parent)
    with contextlib.ExitStack() as unless_kept:
        unless_kept.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as target:
            found = hashlib.sha256()
            while block := source.read(CHUNK):
                found.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        if found.hexdigest() != digest:
            return False
        Path(name).rename(place)
        unless_kept.pop_all()
    return True
