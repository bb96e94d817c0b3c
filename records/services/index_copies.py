"""An issued index leaves the house: whole for whoever reads every piece, else with what she does not read withheld."""

from __future__ import annotations

import tempfile
from typing import BinaryIO

from django.db import transaction

from records import audit, conf
from records.errors import NotFound
from records.fixity import healing
from records.indexes.copies import write_copy
from records.models import Blob, IndexIssue
from records.permissions import Actor
from records.selectors.indexes import knows_issues, unread_in

INDEX, COVER = "index", "cover"


def open_issue(*, actor: Actor, issue: IndexIssue, part: str = INDEX) -> BinaryIO:
    """The index (INDEX) or its signed cover (COVER), from its first byte, once the ledger tells who took it.

    A copy with something withheld is no longer the file that the cover names. Raises NotFound, IntegrityFailure or
    StoreUnavailable.
    """
    blob, unread = asked(actor, issue, part)
    with healing.opened_right(blob.digest, blob.size, digest=blob.digest) as source, transaction.atomic():
        audit.record(
            "index.downloaded", actor=actor, subject=issue.expediente, number=issue.number, part=part,
            withheld=len(unread),
        )  # fmt: skip
    return copied(source, unread) if unread else source


def size_for(*, actor: Actor, issue: IndexIssue, part: str = INDEX) -> int | None:
    """Bytes that `open_issue` would give this person; None of a copy with something withheld. Raises NotFound."""
    blob, unread = asked(actor, issue, part)
    return None if unread else blob.size


def asked(actor: Actor, issue: IndexIssue, part: str) -> tuple[Blob, dict[str, str]]:
    """The bytes of that part, and what of it this person does not read."""
    if not knows_issues(actor, issue.expediente):
        raise NotFound
    if part == COVER:
        return issue.cover, {}
    return issue.file, unread_in(actor, issue.expediente)


def copied(whole: BinaryIO, unread: dict[str, str]) -> BinaryIO:
    folder = conf.arrivals()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - whoever sends it closes it
    with whole as source:
        write_copy(source, copy, unread)
    copy.seek(0)
    return copy
