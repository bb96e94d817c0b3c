"""Holds as one person may know them: staff of an expediente see those over it and over its pieces (R5)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from records import permissions
from records.holds.standing import standing
from records.models import Document, Expediente, Hold
from records.permissions import Actor, Rights


def list_holds_for(actor: Actor) -> QuerySet[Hold]:
    """Holds over the expedientes in which the person works, standing or lifted, newest first."""
    rights = permissions.rights_of(actor)
    rows = Hold.objects.select_related("expediente", "document__expediente", "placed_by", "lift__lifted_by")
    own = rights.works_in("expediente") | rights.works_in("document__expediente") & rights.not_shut("document")
    return rows.filter(own).order_by("-placed_at", "pk")


def count_over(rights: Rights, expediente: Expediente) -> int:
    """How many holds stand over an expediente or a piece filed in it, for staff of it; none for others."""
    if not rights.is_staff_of(expediente):
        return 0
    over = Q(expediente=expediente) | Q(document__expediente=expediente) & rights.not_shut("document")
    return standing().filter(over).count()


def count_over_document(rights: Rights, document: Document) -> int:
    """How many holds reach a piece, for staff of its expediente."""
    if not rights.is_staff_of(document.expediente):
        return 0
    own = Q(document=document) | Q(expediente=document.expediente_id)
    return standing().filter(own | Q(expediente__placements__document=document)).distinct().count()
