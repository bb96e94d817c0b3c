"""What was set apart, for whoever attends to it in the expedientes she knows. Nobody else learns of it."""

from __future__ import annotations

from django.db.models import QuerySet

from records import permissions
from records.errors import AccessDenied, NotFound
from records.keys import Key, as_uuid
from records.models import Quarantined
from records.permissions import Actor, Rights
from records.vocabulary import Action


def list_quarantined_for(actor: Actor) -> QuerySet[Quarantined]:
    """Everything refused, newest first. Raises AccessDenied for who has no such duty."""
    rights = permissions.rights_of(actor)
    if not rights.allows(Action.HANDLE_QUARANTINE):
        raise AccessDenied(action=Action.HANDLE_QUARANTINE)
    return known_to(rights)


def list_waiting(rights: Rights) -> QuerySet[Quarantined]:
    """What lies in quarantine and nobody has attended to; nothing for who has no such duty."""
    if not rights.allows(Action.HANDLE_QUARANTINE):
        return Quarantined.objects.none()
    return waiting(known_to(rights))


def waiting(rows: QuerySet[Quarantined]) -> QuerySet[Quarantined]:
    return rows.filter(kept=True, settled_at=None)


def known_to(rights: Rights) -> QuerySet[Quarantined]:
    known = permissions.expedientes_visible_to(rights.actor).order_by().values("pk")
    rows = Quarantined.objects.filter(expediente__in=known).order_by("-at", "pk")
    return rows.select_related("expediente", "person", "settled_by")


def get_quarantined_for(actor: Actor, key: Key) -> Quarantined:
    """Raises NotFound, also for who may not know that it is there."""
    rights = permissions.rights_of(actor)
    found = known_to(rights).filter(pk=as_uuid(key)).first() if rights.allows(Action.HANDLE_QUARANTINE) else None
    if found is None:
        raise NotFound
    return found
