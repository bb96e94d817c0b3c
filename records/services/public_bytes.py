"""Bytes that leave custody for the public copy: of public pieces alone, and only if they are the filed ones."""

from __future__ import annotations

from typing import BinaryIO

from records.errors import NotFound
from records.fixity import healing
from records.keys import Key, as_uuid
from records.models import Document
from records.vocabulary import DocumentState, Level


def open_public_bytes(document_id: Key) -> BinaryIO:
    """The filed bytes of a piece that is public now, proved as they are opened.

    The level is asked here and not of whoever calls: a copy that is late never carries what was closed meanwhile.
    Raises NotFound (absent, not public, annulled), IntegrityFailure or StoreUnavailable.
    """
    public = Document.objects.filter(level=Level.PUBLIC).exclude(state=DocumentState.ANNULLED)
    piece = public.select_related("blob").filter(pk=as_uuid(document_id)).first()
    if piece is None:
        raise NotFound
    with healing.opened_right(piece.blob_id, piece.blob.size, document=str(piece.pk)) as stream:
        return stream
