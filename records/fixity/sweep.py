"""The sweep: what is due is read and proved a slice at a time, by threads, and noted slice by slice (K1).

A kill loses at most the slice it falls in; a second sweep of the same installation finds the first one at work.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from records.fixity import checks, healing
from records.fixity.places import Place, places, store
from records.models import Blob
from records.storage.base import Pace

#: Read before results are noted: so many digests, or so many bytes.
AT_ONCE, BYTES_AT_ONCE = 256, 512 * 1024**2
#: How many due digests are asked for at once.
ASKED = 8_192
#: SHA-256 lets other threads run: two read nearly twice as fast as one; more gain little and disturb the rest.
THREADS = min(2, os.cpu_count() or 1)
#: A thread takes small files some at a time: handing each over costs a third of reading it.
HANDED_OVER = 2 * 1024**2


@dataclass
class Swept:
    """Checks made and bytes read; digests of what was wrong by place, and how many of those were mended."""

    checked: int = 0
    bytes: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    mended: int = 0

    def add(self, other: Swept) -> None:
        self.checked += other.checked
        self.bytes += other.bytes
        self.wrong += other.wrong
        self.mended += other.mended


class Sweeper:
    """Goes through what is due, a slice at each call. What is due is asked in long lists: asking looks at every
    digest of the installation."""

    def __init__(self) -> None:
        self.place, self.waiting = store(), list[Blob]()

    def slice(self, pace: Pace | None = None) -> Swept:
        """Prove the next slice of what is due, the store's first. Nothing checked: nothing is due."""
        if not self.waiting:
            self.ask()
        some = checks.within(self.waiting[:AT_ONCE], BYTES_AT_ONCE)
        if not some or not self.place.stands():
            self.waiting = []
            return Swept()
        swept = prove(self.place, some, pace)
        self.waiting = self.waiting[len(some) :]
        return swept

    def ask(self) -> None:
        for place in places():
            self.place, self.waiting = place, list(checks.due(place)[:ASKED]) if place.stands() else []
            if self.waiting:
                return


def handed_over(blobs: list[Blob]) -> Iterator[list[Blob]]:
    done = 0
    while some := checks.within(blobs[done : done + AT_ONCE], HANDED_OVER):
        yield some
        done += len(some)


def prove(place: Place, blobs: list[Blob], pace: Pace | None = None) -> Swept:
    """Read these bytes in one place, note the result of each, and mend what is wrong."""
    results = dict(faults(place, blobs, pace))
    right = {digest: "" for digest, fault in results.items() if not fault}
    if right:
        healing.note_found(place, right)
    wrong = [blob for blob in blobs if results[blob.digest]]
    mended = sum(healing.mend(place, blob.digest, blob.size) == "" for blob in wrong)
    told = [(place.name, blob.digest) for blob in wrong]
    return Swept(len(blobs), sum(blob.size for blob in blobs), told, mended)


def faults(place: Place, blobs: list[Blob], pace: Pace | None = None) -> Iterator[tuple[str, str]]:
    """(digest, fault or "") of each, read by several threads."""

    def read(some: list[Blob]) -> list[tuple[str, str]]:
        return [(blob.digest, place.store.verify(blob.digest, blob.size, pace)) for blob in some]

    with ThreadPoolExecutor(THREADS, "fixity") as pool:
        for found in pool.map(read, handed_over(blobs)):
            yield from found
