"""The links of a piece's chain, as far as one person may know them, and their leaving as a file."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from records import audit, permissions
from records.custody_chain import kinds, premis
from records.models import Document, LedgerEvent
from records.permissions import Actor
from records.selectors.history import list_history_of
from records.vocabulary import Action


def list_links_of(actor: Actor, document: Document, link: str = "") -> QuerySet[LedgerEvent]:
    """Events of the chain, newest first; of one kind of link, or of all. The caller has decided that the person reads
    the piece; what others read is told to who answers for it alone, as in every history."""
    return list_history_of(actor, document).filter(action__in=kinds.acts_of(link))


def export_chain(*, actor: Actor, document: Document) -> bytes:
    """The chain as PREMIS 3 (XML, UTF-8), oldest first; its own event is committed before and is its last link.

    Raises NotFound for whoever does not read the piece.
    """
    permissions.check(actor, Action.VIEW, document)
    with transaction.atomic():
        audit.record("chain.exported", actor=actor, subject=document, level=document.level)
    links = list_links_of(actor, document).order_by("index")
    return premis.written(document, links.iterator(chunk_size=500))
