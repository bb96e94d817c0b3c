"""Signed heads of the ledger: made on a schedule and at each closing, kept in the database and outside it (D9, K5)."""

from __future__ import annotations

import logging

from django.db import IntegrityError, transaction

from records import clock, signing
from records.errors import RecordsError
from records.ledger import heads, witness
from records.ledger.merkle import Frontier
from records.models import Checkpoint

SCHEDULE, CLOSING, REQUEST = "schedule", "closing", "request"
OCCASIONS = (SCHEDULE, CLOSING, REQUEST)
logger = logging.getLogger(__name__)


def issue(occasion: str) -> Checkpoint | None:
    """Sign the ledger's present head and keep it, here and outside; None when nothing was ever written.

    A head that stands already is answered again. Raises SigningKeyUnavailable, or StoreUnavailable when the copy
    outside could not be made: the head then stands in the database, and the next one takes it along.
    """
    last = Checkpoint.objects.order_by("-size").first()
    frontier = grown(last)
    if frontier.size == 0:
        return None
    made = last if last and last.size == frontier.size else placed(frontier, occasion)
    witness.keep()
    return made


def grown(last: Checkpoint | None) -> Frontier:
    """The tree as it stands, going on from the last head. Events commit in order, so that no lock is needed."""
    frontier = Frontier(last.size, map(bytes.fromhex, last.peaks)) if last else Frontier()
    for leaf in heads.leaves(frontier.size):
        frontier.append(leaf)
    return frontier


def placed(frontier: Frontier, occasion: str) -> Checkpoint:
    """Write the head down. Two at once make the same one: the first to come is kept."""
    signer = signing.signer()
    signing.note(signer)
    row = Checkpoint(
        size=frontier.size, root=frontier.root().hex(), peaks=[peak.hex() for peak in frontier.peaks],
        at=clock.now(), occasion=occasion, key=signer.key_id,
    )  # fmt: skip
    row.signature = signer.sign(heads.head_of(row, signer.public_key).facts)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Checkpoint.objects.get(size=row.size)
    return row


def issue_later(occasion: str) -> None:
    """After the present transaction; a head that cannot be made now is made by the schedule."""
    transaction.on_commit(lambda: issue_if_possible(occasion), robust=True)


def issue_if_possible(occasion: str = SCHEDULE) -> None:
    try:
        issue(occasion)
    except RecordsError as fault:  # the start-up checks and `verify_ledger` tell it too
        logger.warning("ledger: no checkpoint: %s", fault.code)
