"""Pieces, their pages and their life, as far as one person may know them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from records import permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import ClassificationAct, Document, Expediente, Grant, LedgerEvent, PageText
from records.permissions import Actor
from records.vocabulary import Action, ActState


def get_document_for(actor: Actor, key: Key) -> Document:
    """The piece with its content open to this person, or NotFound."""
    document = find_document(key)
    if not permissions.allows(actor, Action.VIEW, document or permissions.no_document()) or document is None:
        raise NotFound
    return document


def find_document(key: Key) -> Document | None:
    """The piece with this id, for whoever decides next; None for an unknown or malformed id."""
    related = Document.objects.select_related("expediente", "tipo", "blob", "reading", "filed_by", "annex")
    return related.filter(pk=as_uuid(key)).first()


def find_named(reference: str) -> Document | None:
    """The piece with this id or this radicado, for whoever decides next."""
    found = find_document(reference)
    number = (
        Document.objects.filter(radicado=reference.strip().replace("\x00", "")).values_list("pk", flat=True).first()
    )
    return found or (find_document(number) if number else None)


def find_by_radicado(actor: Actor, radicado: str) -> Document | None:
    """The piece with this number, if the person reads it."""
    return list_documents_for(actor).filter(radicado=radicado).first()


def list_documents_for(actor: Actor) -> QuerySet[Document]:
    return permissions.visible_to(actor).select_related("expediente", "tipo", "reading")


def list_batch_for(actor: Actor, batch: uuid.UUID) -> QuerySet[Document]:
    """Pieces filed together, in order, as far as this person reads them."""
    return list_documents_for(actor).filter(batch=batch).select_related("blob").order_by("order")


def is_own_batch(actor: Actor, expediente: Expediente, batch: uuid.UUID) -> bool:
    """Is everything that bears this gesture's id of this person and in this expediente (or is there nothing)?"""
    return not Document.objects.filter(batch=batch).exclude(filed_by=actor, expediente=expediente).exists()


def page_texts(places: Iterable[tuple[object, int]]) -> dict[tuple[str, int], str]:
    """Text of many pages in one query, by (document id, page)."""
    wanted = {(as_uuid(str(document)), number) for document, number in places}
    if not wanted:
        return {}
    # As SQL: for these pages and no others of their documents the ORM takes five times as long, at every search. The
    # text alone: the words with their places are many times as large.
    key = PageText._meta.get_field("document")
    values = [value for document, number in wanted for value in (key.get_db_prep_value(document, connection), number)]
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS.format(", ".join(["(%s, %s)"] * len(wanted))), values)
        return {(str(as_uuid(document)), number): text for document, number, text in cursor.fetchall()}


# A join: SQLite would read the whole table for a list of pairs.
_TEXTS = """
WITH wanted (document, page) AS (VALUES {})
SELECT document_id, number, text FROM wanted JOIN records_pagetext ON document_id = document AND number = page
"""


def current_act(document: Document) -> ClassificationAct | None:
    """The act that gives the piece its present level, with who decided it."""
    return (
        document.classification_acts.filter(state=ActState.IN_FORCE)
        .select_related("proposed_by", "decided_by", "responsible")
        .first()
    )


def pending_act(document: Document) -> ClassificationAct | None:
    return document.classification_acts.filter(state=ActState.PROPOSED).select_related("proposed_by").first()


def returned_act(document: Document) -> ClassificationAct | None:
    """The last proposal, when it was returned and nobody has proposed again."""
    last = document.classification_acts.order_by("-proposed_at").first()
    return last if last and last.state == ActState.REFUSED else None


def list_events_of(document: Document) -> QuerySet[LedgerEvent]:
    """The ledger's events about a piece; the caller has decided that the reader may see it."""
    return LedgerEvent.objects.filter(object_id=str(document.pk)).order_by("index")


def list_grants_of(document: Document) -> QuerySet[Grant]:
    return document.grants.select_related("person", "granted_by", "withdrawal").order_by("-granted_at")
