"""What a certificate is about, and who may have it issued: the custodian, of pieces she reads."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from records import permissions
from records.errors import NotFound
from records.models import Document, Expediente, LedgerEvent
from records.permissions import Actor
from records.vocabulary import Action

DOCUMENT, EXPEDIENTE, PACKAGE = "document", "expediente", "package"
#: Values of one query: what every database takes.
AT_ONCE = 500
MOST_EVENTS = 2**62


@dataclass(frozen=True)
class Scope:
    """`kind` is one of the three above, `id` that of the document, the expediente or the package; `documents` are the
    pieces its reader reads, in their order. `subject` is what the ledger says that it was issued of."""

    kind: str
    id: uuid.UUID
    expediente: Expediente
    subject: Document | Expediente
    documents: QuerySet[Document]

    @property
    def own(self) -> list[str]:
        """Ids of what is no piece and the ledger may tell something of."""
        return {EXPEDIENTE: [str(self.expediente.pk)], PACKAGE: [str(self.id)]}.get(self.kind, [])


def events_about(objects: Sequence[str], size: int = MOST_EVENTS) -> list[int]:
    """Indexes of the ledger's events about these objects, by id, among its first `size`, in order."""
    found = set[int]()
    for at in range(0, len(objects), AT_ONCE):
        some = LedgerEvent.objects.filter(object_id__in=objects[at : at + AT_ONCE], index__lt=size)
        found.update(some.order_by().values_list("index", flat=True))
    return sorted(found)


@dataclass(frozen=True)
class Weight:
    """What a certificate would hold: pieces, their bytes, events of the ledger."""

    pieces: int
    bytes: int
    events: int


def of_document(actor: Actor, document: Document) -> Scope:
    """Raises NotFound for whoever does not read the piece, AccessDenied for whoever is not its custodian."""
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.ISSUE_CERTIFICATE, document)
    pieces = permissions.visible_to(actor).filter(pk=document.pk)
    return Scope(DOCUMENT, document.pk, document.expediente, document, pieces)


def of_expediente(actor: Actor, expediente: Expediente) -> Scope:
    """Pieces incorporated from another expediente are certified there. Raises NotFound or AccessDenied."""
    permissions.check(actor, Action.ISSUE_CERTIFICATE, expediente)
    pieces = permissions.visible_to(actor).filter(expediente=expediente)
    return Scope(EXPEDIENTE, expediente.pk, expediente, expediente, pieces)


def of_package(actor: Actor, batch: uuid.UUID) -> Scope:
    """What was filed in one gesture. Raises NotFound when she reads nothing of it, or AccessDenied."""
    pieces = permissions.visible_to(actor).filter(batch=batch)
    first = pieces.select_related("expediente").order_by("order").first()
    if first is None:
        raise NotFound
    permissions.check(actor, Action.ISSUE_CERTIFICATE, first.expediente)
    return Scope(PACKAGE, batch, first.expediente, first.expediente, pieces.filter(expediente=first.expediente))


def weight_of(scope: Scope) -> Weight:
    found = scope.documents.order_by().aggregate(pieces=Count("pk"), bytes=Sum("blob__size"))
    events = events_about([*scope.own, *map(str, scope.documents.order_by().values_list("pk", flat=True))])
    return Weight(found["pieces"], found["bytes"] or 0, len(events))


def pieces_of(scope: Scope) -> Iterator[Document]:
    """The pieces in their order, with what their receipts are made from, some at a time.

    By their keys and not by a cursor of the database: one that an act leaves half read, as when a piece is damaged,
    would outlive its transaction.
    """
    related = scope.documents.select_related("expediente", "tipo", "blob", "filed_by")
    keys = list(scope.documents.order_by("order").values_list("pk", flat=True))
    for at in range(0, len(keys), AT_ONCE):
        some = related.in_bulk(keys[at : at + AT_ONCE])
        yield from (some[key] for key in keys[at : at + AT_ONCE] if key in some)
