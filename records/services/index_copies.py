"""An issued index leaves the house: whole for whoever reads every piece, else with what she does not read withheld."""

from __future__ import annotations

import tempfile
from typing import BinaryIO

from django.db import transaction

from records import audit, conf
from records.errors import NotFound
from records.fixity import healing
from records.indexes.copies import write_copy
from records.models import IndexIssue
from records.permissions import Actor
from records.selectors.indexes import knows_issues, unread_in

INDEX, COVER = "index", "cover"


def open_issue(*, actor: Actor, issue: IndexIssue, part: str = INDEX) -> BinaryIO:
    """The index (INDEX) or its signed cover (COVER), from its first byte, once the ledger tells who took it.

    A copy with something withheld is no longer the file that the cover names. Raises NotFound, IntegrityFailure or
    StoreUnavailable.
    """
    if not knows_issues(actor, issue.expediente):
        raise NotFound
    blob = issue.cover if part == COVER else issue.file
    place = healing.right_place(blob.digest, blob.size, digest=blob.digest)
    unread = unread_in(actor, issue.expediente) if part == INDEX else {}
    with transaction.atomic():
        audit.record(
            "index.downloaded", actor=actor, subject=issue.expediente, number=issue.number, part=part,
            withheld=len(unread),
        )  # fmt: skip
    source = place.store.open(blob.digest)
    return copied(source, unread) if unread else source


def copied(whole: BinaryIO, unread: dict[str, str]) -> BinaryIO:
    folder = conf.arrivals()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - whoever sends it closes it
    with whole as source:
        write_copy(source, copy, unread)
    copy.seek(0)
    return copy
