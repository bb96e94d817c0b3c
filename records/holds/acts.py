"""Suspending the disposition and lifting the suspension: two people, each with an authority and a reason (R5)."""

from __future__ import annotations

import uuid

from django.db import transaction

from records import audit, clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation, SelfApproval
from records.holds.standing import standing
from records.models import Document, Expediente, Hold, HoldLift
from records.permissions import Actor
from records.vocabulary import Action, HoldKind


def place_hold(*, actor: Actor, target: Document | Expediente, kind: str, authority: str, reason: str) -> Hold:
    """Suspend the disposition of an expediente or a piece from now on.

    Raises NotFound, AccessDenied (only who keeps the expediente), or Incomplete with all that is missing.
    """
    permissions.check(actor, Action.PLACE_HOLD, target)
    check_told(authority, reason, kind)
    over = {"document" if isinstance(target, Document) else "expediente": target}
    with transaction.atomic():
        hold = Hold.objects.create(
            kind=kind, **over, authority=authority.strip(), reason=reason.strip(),
            placed_by=actor, placed_at=clock.now(),
        )  # fmt: skip
        audit.record("hold.placed", actor=actor, subject=target, hold=hold.pk, kind=kind)
    return hold


def check_told(authority: str, reason: str, kind: str) -> None:
    missing = [] if kind in HoldKind.values else ["hold_kind"]
    missing += [] if authority.strip() else ["authority"]
    missing += [] if reason.strip() else ["reason"]
    if missing:
        raise Incomplete(missing)


def lift_hold(*, actor: Actor, hold: Hold, authority: str, reason: str) -> HoldLift:
    """Lift a hold; what it named is free again unless another one stands.

    Raises NotFound, AccessDenied, SelfApproval (who placed it), Incomplete or RuleViolation ("already_lifted").
    """
    permissions.check(actor, Action.LIFT_HOLD, subject_of(hold))
    if hold.placed_by_id == actor.pk:
        raise SelfApproval("hold_own")
    check_told(authority, reason, hold.kind)
    with transaction.atomic():
        held = Hold.objects.select_for_update().get(pk=hold.pk)
        if not standing().filter(pk=held.pk).exists():
            raise RuleViolation("already_lifted")
        lift = HoldLift.objects.create(
            hold=held, authority=authority.strip(), reason=reason.strip(), lifted_by=actor, lifted_at=clock.now()
        )
        audit.record("hold.lifted", actor=actor, subject=subject_of(held), hold=held.pk, kind=held.kind)
    return lift


def subject_of(hold: Hold) -> Document | Expediente:
    found = hold.document or hold.expediente
    if found is None:  # the table's own constraint forbids it
        raise NotFound
    return found


def get_hold_for(actor: Actor, key: uuid.UUID) -> Hold:
    """A hold, for staff of its expediente. Raises NotFound."""
    rows = Hold.objects.select_related("expediente", "document__expediente", "placed_by", "lift__lifted_by")
    hold = rows.filter(pk=key).first()
    place = place_of(hold) if hold else permissions.no_expediente()
    if not permissions.rights_of(actor).is_staff_of(place) or hold is None:
        raise NotFound
    return hold


def place_of(hold: Hold) -> Expediente:
    """The expediente that is held, or in which the held piece was filed."""
    subject = subject_of(hold)
    return subject.expediente if isinstance(subject, Document) else subject
