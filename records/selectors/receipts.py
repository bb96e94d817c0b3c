"""Receipts as far as one person may know them: of a piece, of a gesture, and the keys they are checked with."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records import permissions
from records.errors import NotFound
from records.keys import Key
from records.models import Document, SigningKey
from records.permissions import Actor
from records.selectors.documents import get_document_for, list_batch_for
from records.services.receipts import Witness, our_keys


@dataclass(frozen=True)
class ShownReceipt:
    """A piece's receipt for one reader.

    `standing`: see `receipts.Witness`. `twin`: the piece with the same bytes it was linked to, if the reader
    reads that one too.
    """

    piece: Document
    standing: str
    public_key: str = ""
    twin: Document | None = None


@dataclass(frozen=True)
class ShownBatch:
    """What a reader reads of one gesture; `total`, for whoever filed it alone, says how many pieces it had."""

    batch: uuid.UUID
    receipts: Sequence[ShownReceipt]
    total: int | None = None

    @property
    def pieces(self) -> list[Document]:
        return [receipt.piece for receipt in self.receipts]


def get_receipt_for(actor: Actor, key: Key) -> ShownReceipt:
    """Raises NotFound for a piece that this person does not read."""
    return shown([get_document_for(actor, key)], actor)[0]


def get_batch_for(actor: Actor, batch: uuid.UUID) -> ShownBatch:
    """Raises NotFound when she reads nothing of it: the same as no such gesture."""
    pieces = list(list_batch_for(actor, batch).select_related("blob", "filed_by"))
    if not pieces:
        raise NotFound
    own = all(piece.filed_by_id == actor.pk for piece in pieces)
    total = Document.objects.filter(batch=batch, filed_by=actor).count() if own else None
    return ShownBatch(batch, shown(pieces, actor), total)


def shown(pieces: Sequence[Document], actor: Actor) -> list[ShownReceipt]:
    witness, twins = Witness.of(pieces), twins_of(pieces, actor)
    return [
        ShownReceipt(
            piece,
            witness.standing_of(piece),
            witness.keys.get(piece.receipt_key, ""),
            twins.get(piece.duplicate_of_id),
        )
        for piece in pieces
    ]


def twins_of(pieces: Sequence[Document], actor: Actor) -> Mapping[uuid.UUID | None, Document]:
    linked = {piece.duplicate_of_id for piece in pieces if piece.duplicate_of_id}
    if not linked:
        return {}
    return {twin.pk: twin for twin in permissions.visible_to(actor).filter(pk__in=linked)}


def list_signing_keys() -> list[SigningKey]:
    """Every key this installation has signed with, the newest first; none that nothing else vouches for."""
    noted = list(SigningKey.objects.order_by("-since", "pk"))
    ours = our_keys({key.pk for key in noted})
    return [key for key in noted if key.pk in ours]
