"""Break-glass: in an emergency two people open a piece for minutes; its custodian is told at once and reviews after.

What opens is a grant like any other, on its own basis, that ends at a moment: it shuts by itself.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from records import audit, clock, events, permissions
from records.errors import Incomplete, NotFound, RuleViolation, SelfApproval
from records.events import EmergencyOpened
from records.keys import Key, as_uuid
from records.models import (
    BreakGlass,
    BreakGlassConfirmation,
    BreakGlassReview,
    Document,
    Expediente,
    LedgerEvent,
    Placement,
)
from records.permissions import Actor
from records.services import access
from records.services.access import Terms
from records.services.told import reads_on
from records.vocabulary import Action, GrantBasis

MOST_MINUTES = 60
#: How long a second person may take to confirm.
WAITS = datetime.timedelta(hours=1)


def ask_to_break(*, actor: Actor, document: Document, reason: str, minutes: int = MOST_MINUTES) -> BreakGlass:
    """Ask to read a piece one knows of and may not read. Nothing opens until another person confirms.

    Raises NotFound, AccessDenied, Incomplete, or RuleViolation when she reads it as it is.
    """
    permissions.check(actor, Action.BREAK_GLASS, document)
    rows = (("reason", not reason.strip()), ("minutes", not 1 <= minutes <= MOST_MINUTES))
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)
    if permissions.allows(actor, Action.VIEW, document):
        raise RuleViolation("already_reads")
    with transaction.atomic():
        emergency = BreakGlass.objects.create(
            document=document, reason=reason.strip(), minutes=minutes, asked_by=actor, asked_at=clock.now()
        )
        audit.record("glass.asked", actor=actor, subject=document, emergency=emergency.pk, minutes=minutes)
    return emergency


def piece_at(actor: Actor, expediente: Expediente, order: int) -> Document:
    """The piece of a line of an expediente, for staff of it, who know that it is there. Raises NotFound."""
    piece = Document.objects.filter(expediente=expediente, order=order).select_related("expediente").first()
    placed = Placement.objects.filter(expediente=expediente, order=order).select_related("document__expediente").first()
    found = piece or (placed.document if placed else None)
    if found is None or not permissions.sees(actor, found):
        raise NotFound
    return found


def confirm_break(*, actor: Actor, emergency: BreakGlass) -> BreakGlassConfirmation:
    """Open the piece to whoever asked, from now on and for the minutes she asked for.

    Raises NotFound, AccessDenied, SelfApproval, or RuleViolation (confirmed already, asked too long ago, or the one
    who asked could not ask it today, or reads the piece by now).
    """
    with transaction.atomic():
        held = (
            BreakGlass.objects.select_for_update(of=("self",))
            .select_related("document__expediente")
            .get(pk=emergency.pk)
        )
        permissions.check(actor, Action.CONFIRM_BREAK_GLASS, held.document)
        check_confirmable(actor, held)
        person = get_user_model().objects.get(pk=held.asked_by_id)
        if not permissions.allows(person, Action.BREAK_GLASS, held.document):
            raise RuleViolation("glass_lapsed")
        if permissions.allows(person, Action.VIEW, held.document):  # it would take the place of what she was given
            raise RuleViolation("glass_needless")
        return open_door(actor, person, held)


def check_confirmable(actor: Actor, emergency: BreakGlass) -> None:
    if actor.pk == emergency.asked_by_id:
        raise SelfApproval
    if BreakGlassConfirmation.objects.filter(emergency=emergency).exists():
        raise RuleViolation("glass_confirmed")
    if emergency.asked_at + WAITS < clock.now():
        raise RuleViolation("glass_lapsed")


def open_door(actor: Actor, person: Any, emergency: BreakGlass) -> BreakGlassConfirmation:
    ends = clock.now() + datetime.timedelta(minutes=emergency.minutes)
    terms = Terms(
        timezone.localdate(ends), emergency.reason, case_number=str(emergency.pk), basis=GrantBasis.BREAK_GLASS
    )
    earlier = access.standing(emergency.document, person, None)
    grant = access.write(actor, emergency.document, person, None, terms, earlier, None, expires_at=ends)
    confirmation = BreakGlassConfirmation.objects.create(
        emergency=emergency, grant=grant, asked_by=person, confirmed_by=actor, confirmed_at=clock.now()
    )
    events.announce(EmergencyOpened(emergency.pk, emergency.document.expediente_id))
    audit.record("glass.broken", actor=actor, subject=emergency.document, emergency=emergency.pk, grant=grant.pk)
    return confirmation


def review_break(*, actor: Actor, emergency: BreakGlass, observations: str) -> BreakGlassReview:
    """Say what is made of it afterwards: whoever keeps the papers, and neither of the two people.

    Raises NotFound, AccessDenied, SelfApproval, Incomplete, or RuleViolation (still open, or reviewed already).
    """
    permissions.check(actor, Action.REVIEW_BREAK_GLASS, emergency.document)
    if not observations.strip():
        raise Incomplete(["observations"])
    with transaction.atomic():
        held = BreakGlass.objects.select_for_update(of=("self",)).get(pk=emergency.pk)
        confirmation = BreakGlassConfirmation.objects.select_related("grant").filter(emergency=held).first()
        check_reviewable(actor, held, confirmation)
        review = BreakGlassReview.objects.create(
            emergency=held, observations=observations.strip(), reviewed_by=actor, reviewed_at=clock.now()
        )
        audit.record("glass.reviewed", actor=actor, subject=emergency.document, emergency=held.pk)
    return review


def check_reviewable(actor: Actor, emergency: BreakGlass, confirmation: BreakGlassConfirmation | None) -> None:
    if confirmation is None:
        raise RuleViolation("glass_unconfirmed")
    if actor.pk in (emergency.asked_by_id, confirmation.confirmed_by_id):
        raise SelfApproval
    if is_open(confirmation):
        raise RuleViolation("glass_open")
    if BreakGlassReview.objects.filter(emergency=emergency).exists():
        raise RuleViolation("glass_reviewed")


def is_open(confirmation: BreakGlassConfirmation) -> bool:
    """Does the door stand open still?"""
    grant = confirmation.grant
    return grant.expires_at is not None and grant.expires_at > clock.now() and not hasattr(grant, "withdrawal")


# Who sees what of it ------------------------------------------------------------------------------------------

TOLD = ("document__expediente", "asked_by", "confirmation__confirmed_by", "confirmation__grant", "review")


def list_to_review(actor: Actor) -> QuerySet[BreakGlass]:
    """Doors that were opened over what this person keeps and that nobody has reviewed: from the moment they open."""
    rights = permissions.rights_of(actor)
    waiting = BreakGlass.objects.filter(document__expediente__in=rights.kept(), review=None).exclude(confirmation=None)
    rows = waiting.filter(rights.not_shut("document"))
    return rows.select_related(*TOLD).order_by("asked_at", "pk")


def waits_for_review(actor: Actor, key: Key) -> bool:
    """Is this emergency among those that this person must review now?"""
    return list_to_review(actor).filter(pk=as_uuid(key)).exists()


def list_kept(actor: Actor) -> QuerySet[BreakGlass]:
    """Every emergency over what this person keeps, confirmed or not, newest first."""
    rights = permissions.rights_of(actor)
    rows = BreakGlass.objects.filter(rights.not_shut("document"), document__expediente__in=rights.kept())
    return rows.select_related(*TOLD).order_by("-asked_at", "pk")


def count_by_month(actor: Actor) -> list[tuple[datetime.date, int, int]]:
    """(first day, doors opened, of these without review) of each month over what this person keeps, newest first."""
    opened = list_kept(actor).exclude(confirmation=None).order_by()
    months: dict[datetime.date, list[bool]] = {}
    for moment, review in opened.values_list("confirmation__confirmed_at", "review"):
        months.setdefault(timezone.localdate(moment).replace(day=1), []).append(review is None)
    return [(month, len(told), sum(told)) for month, told in sorted(months.items(), reverse=True)]


def list_to_confirm(actor: Actor) -> QuerySet[BreakGlass]:
    """Emergencies that this person may confirm: asked by others within the hour."""
    rights = permissions.rights_of(actor)
    waiting = BreakGlass.objects.filter(confirmation=None, asked_at__gte=clock.now() - WAITS)
    if not rights.allows(Action.CONFIRM_BREAK_GLASS):
        return waiting.none()
    rows = waiting.filter(rights.not_shut("document")).exclude(asked_by=actor)
    return rows.select_related(*TOLD).order_by("asked_at", "pk")


def list_own_emergencies(actor: Actor) -> QuerySet[BreakGlass]:
    """What this person asked for, but of what is shut to her since."""
    rows = BreakGlass.objects.filter(permissions.rights_of(actor).not_shut("document"), asked_by=actor)
    return rows.select_related(*TOLD).order_by("-asked_at", "pk")


def get_emergency_for(actor: Actor, key: Key) -> BreakGlass:
    """One's own, one that one may confirm, or one over what one keeps. Raises NotFound."""
    found = BreakGlass.objects.select_related(*TOLD).filter(pk=as_uuid(key)).first()
    if not permissions.sees(actor, found.document if found else permissions.no_document()) or found is None:
        raise NotFound
    rights = permissions.rights_of(actor)
    acts = (Action.CONFIRM_BREAK_GLASS, Action.REVIEW_BREAK_GLASS)
    if found.asked_by_id != actor.pk and not any(rights.allows(act, found.document) for act in acts):
        raise NotFound
    return found


def reads_under(emergency: BreakGlass) -> list[LedgerEvent]:
    """Every event of whoever asked that rested on the open door, oldest first."""
    confirmation = BreakGlassConfirmation.objects.select_related("grant").filter(emergency=emergency).first()
    if confirmation is None:
        return []
    ends = confirmation.grant.expires_at
    return reads_on({confirmation.grant_id}, emergency.asked_by, confirmation.confirmed_at, ends)
