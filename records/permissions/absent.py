"""Something to decide about where there is nothing: deciding takes time, and the clock must not tell what is absent
from what one may not know (I8, D11)."""

from __future__ import annotations

import uuid

from records.models import Document, Expediente
from records.vocabulary import Level


def no_expediente() -> Expediente:
    """An expediente that is nowhere: nobody but staff of all of them is told that it is there."""
    return Expediente(pk=uuid.uuid4())


def no_document() -> Document:
    """A piece that is nowhere and that nothing opens."""
    return Document(pk=uuid.uuid4(), expediente=no_expediente(), level=Level.RESERVED)
