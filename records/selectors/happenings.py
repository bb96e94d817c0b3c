"""What a person may ask to be told of beside what she searches: as it is now, for what she may read now."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from records import clock, permissions
from records.keys import as_uuid
from records.models import ClassificationAct, Document, Expediente
from records.permissions import Actor
from records.selectors.checklist import Checklist
from records.selectors.lacks import LOOKED_AT, checklists_in, has_charge, in_charge
from records.vocabulary import ActState, DocumentState

#: How long before its end a reserve is told of.
NOTICE = datetime.timedelta(days=30)


def list_levels_ending_for(actor: Actor) -> QuerySet[Document]:
    """Pieces she reads whose restriction ends within the notice, with the day as `due`. One that ended is no news."""
    today = clock.today()
    acts = ClassificationAct.objects.filter(document=OuterRef("pk"), state=ActState.IN_FORCE, until__isnull=False)
    pieces = permissions.visible_to(actor).exclude(state=DocumentState.ANNULLED).select_related("expediente")
    return pieces.annotate(due=Subquery(acts.values("until")[:1])).filter(due__gte=today, due__lte=today + NOTICE)


def find_complete_for(actor: Actor) -> set[str]:
    """Ids of expedientes in her charge that lack nothing at their stage, where something is demanded."""
    rights = permissions.rights_of(actor)
    if not has_charge(rights):
        return set()
    looked_at = list(in_charge(rights).order_by("opened_on", "code")[:LOOKED_AT])
    return {str(one.pk) for one, checklist in checklists_in(rights, looked_at) if is_complete(checklist)}


def is_complete(checklist: Checklist) -> bool:
    return not checklist.missing and any(line.demanded for line in checklist.present)


def list_in_charge_for(actor: Actor, keys: Iterable[str]) -> QuerySet[Expediente]:
    """Those of these expedientes that are in her charge now."""
    return in_charge(permissions.rights_of(actor)).filter(pk__in=[as_uuid(key) for key in keys])
