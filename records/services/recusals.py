"""Recusals written and ended: by who keeps the papers, and by the committee that heard of the conflict (I11).

The committees write theirs with no `actor`: their own act says who decided.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from records import audit, clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import Document, Expediente, Recusal, RecusalEnd
from records.permissions import Actor
from records.vocabulary import Action


def recuse(
    *,
    actor: Actor | None,
    person: Any,
    subject: Document | Expediente,
    act: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Recusal:
    """Shut an expediente or a piece to a person from a day (today without one) to the end of another, or until ended.

    What was shut reads as absent from her next request on. Raises NotFound, AccessDenied, or Incomplete with
    everything that is wrong.
    """
    if actor is not None:
        permissions.check(actor, Action.RECUSE, subject)
    begins = starts_on or clock.today()
    rows = (
        ("act", not act.strip()),
        ("person", person is None),
        ("recusal_of_oneself", actor is not None and person is not None and person.pk == actor.pk),
        ("until_before_start", until is not None and until < begins),
    )
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)
    with transaction.atomic():
        recusal = Recusal.objects.create(
            person=person,
            document=subject if isinstance(subject, Document) else None,
            expediente=subject if isinstance(subject, Expediente) else None,
            starts_on=begins,
            until=until,
            act=act.strip(),
            noted_by=actor,
            noted_at=clock.now(),
        )
        audit.record("access.recused", actor=actor, subject=subject, recusal=recusal.pk, person=person, until=until)
    return recusal


def end_recusal(*, actor: Actor | None, recusal: Recusal, act: str) -> RecusalEnd:
    """End a recusal by an act, one that has not begun too, and never one's own.

    Raises NotFound, AccessDenied, Incomplete, or RuleViolation when it has ended.
    """
    if actor is not None:
        permissions.check(actor, Action.RECUSE, recusal.subject)
    rows = (("act", not act.strip()), ("recusal_of_oneself", actor is not None and recusal.person_id == actor.pk))
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)
    with transaction.atomic():
        held = Recusal.objects.select_for_update(of=("self",)).get(pk=recusal.pk)
        if RecusalEnd.objects.filter(recusal=held).exists():
            raise RuleViolation("already_ended")
        end = RecusalEnd.objects.create(recusal=held, ended_at=clock.now(), ended_by=actor, act=act.strip())
        audit.record("access.recusal_ended", actor=actor, subject=recusal.subject, recusal=held.pk, person=held.person)
    return end


def get_recusal_for(actor: Actor, key: Key) -> Recusal:
    """A recusal over something the person answers for. Raises NotFound."""
    rows = Recusal.objects.select_related("document__expediente", "expediente", "person")
    found = rows.filter(pk=as_uuid(key)).first()
    subject = found.subject if found else permissions.no_document()
    if not permissions.allows(actor, Action.RECUSE, subject) or found is None:
        raise NotFound
    return found
