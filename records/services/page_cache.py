"""The folder of what is made again when lost: images of pages, and parts set down while the cell looks at them.

It holds so many bytes; beyond them the images of the pieces that nobody has looked at for longest go. What a killed
process left half written goes once it is old.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from records import conf
from records.holds import standing
from records.keys import NOBODY, as_uuid

#: What an act that ended halfway left is litter once it is this old (seconds).
LITTER_AGE = 3600.0
PART = "part-"
IMAGE = ".png"


@dataclass(frozen=True)
class Images:
    """Of one piece: its folder, the bytes in it, and when one of its images was last made or shown (POSIX time)."""

    folder: Path
    size: int
    used_at: float


def note_use(file: Path) -> None:
    """The image was shown now. Its time is set, since many disks note no reading."""
    with contextlib.suppress(OSError):
        os.utime(file)


def sweep() -> int:
    """Remove litter, and images beyond `conf.page_cache_bytes`, of the pieces longest unused first.

    How many pieces lost their images. What a disk does not let go, or goes meanwhile, is left for the next time.
    """
    gone, root = 0, conf.page_cache()
    with contextlib.suppress(OSError):
        remove_litter(root)
        kept = sorted(images_in(root), key=lambda images: images.used_at)
        for images in in_excess(kept):
            shutil.rmtree(images.folder, ignore_errors=True)
            gone += 1
    return gone


def without_held(kept: list[Images]) -> list[Images]:
    """Those of pieces that no hold reaches: what was made of the others stays as it was shown."""
    named = {images.folder.name for images in kept}
    held = standing.held_documents(name for name in named if as_uuid(name) != NOBODY)
    return [images for images in kept if images.folder.name not in held]


def in_excess(kept: list[Images]) -> Iterator[Images]:
    """The first of them that may go, without which the others fit, as far as those under a hold let them."""
    excess = sum(images.size for images in kept) - conf.page_cache_bytes()
    for images in without_held(kept) if excess > 0 else ():
        if excess <= 0:
            return
        excess -= images.size
        yield images


def remove_litter(root: Path) -> None:
    """Parts set down and images half written by what ended halfway."""
    old = time.time() - LITTER_AGE
    for file in chain(root.glob(f"{PART}*"), root.glob("*/*")):
        with contextlib.suppress(FileNotFoundError):
            if (file.parent == root or file.suffix != IMAGE) and file.stat().st_ctime < old:
                file.unlink()


def images_in(root: Path) -> Iterator[Images]:
    for folder in root.iterdir():
        if folder.is_dir() and (files := list(statuses(folder))):
            yield Images(folder, sum(file.st_size for file in files), max(file.st_mtime for file in files))


def statuses(folder: Path) -> Iterator[os.stat_result]:
    with contextlib.suppress(FileNotFoundError):  # somebody else sweeps it
        for file in folder.iterdir():
            yield file.stat()
