"""The life of a piece and of an expediente, as the ledger tells it and as far as one person may know it.

Acts of custody are told to whoever reads the piece. Who else read it, and who was given access, is told to
those who answer for it as custodians; a reader sees only her own readings.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from records import permissions
from records.models import Document, Expediente, LedgerEvent
from records.permissions import Actor
from records.vocabulary import Action

#: Acts that any reader of a piece is told.
CUSTODY_ACTS = frozenset(
    {
        "expediente.opened",
        "document.filed",
        "document.read",
        "level.proposed",
        "level.raised",
        "level.approved",
        "level.returned",
        "level.overtaken",
        "custody.verified",
    }
)
#: Readings: one's own, or those of all for whoever answers for the piece.
READINGS = frozenset({"document.viewed", "document.page_viewed", "document.downloaded"})


def list_history_of(actor: Actor, document: Document) -> QuerySet[LedgerEvent]:
    """Events about one piece, newest first. The caller has decided that the person reads it."""
    return told_to(actor, document, LedgerEvent.objects.filter(object_id=str(document.pk)))


def list_expediente_history(actor: Actor, expediente: Expediente) -> QuerySet[LedgerEvent]:
    """Events about an expediente and those of its pieces this person reads, newest first."""
    pieces = permissions.visible_to(actor).filter(expediente=expediente).order_by()
    # The ledger keeps ids as text, which the databases write differently: they are spelled here.
    told = [str(key) for key in pieces.values_list("pk", flat=True)]
    if permissions.is_staff_of(permissions.grounds_for(actor), expediente):
        told.append(str(expediente.pk))
    return told_to(actor, expediente, LedgerEvent.objects.filter(object_id__in=told))


def told_to(actor: Actor, subject: Document | Expediente, events: QuerySet[LedgerEvent]) -> QuerySet[LedgerEvent]:
    newest_first = events.order_by("-index")
    if permissions.allows(actor, Action.EXPLAIN_OTHERS, subject):
        return newest_first
    own = Q(action__in=READINGS, actor=actor.get_username())
    return newest_first.filter(Q(action__in=CUSTODY_ACTS) | own)
