"""Roles and invitations: one person asks, who manages people; another one, who does not, makes it rule (ADR 36).

An invitation has two halves. The address is seen by whoever asked for it, the code by whoever confirms it: neither of
them enters with an account that is not hers.
"""

from __future__ import annotations

import datetime
import hmac
import secrets
import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet

from records import acting, audit, clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation
from records.models import PersonAct, PersonActDecision
from records.models.person_acts import PersonActKind
from records.permissions import Actor
from records.services import roles
from records.vocabulary import Action

#: How long each may wait for its second person; a code serves as long from when it was given.
WAITS = {PersonActKind.ROLE: datetime.timedelta(days=30), PersonActKind.INVITATION: datetime.timedelta(days=3)}
#: Of a code: no letter that is read as another one. Fifty bits, tried at most so often as a password is.
LETTERS, LENGTH = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 10


def ask_role(
    *,
    actor: Actor,
    person: Any,
    role: str,
    act: str,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
) -> PersonAct:
    """Ask that a role be given; it rules from when another person confirms it.

    Raises AccessDenied, Incomplete with everything that is wrong, or RuleViolation when the same already waits.
    """
    roles.check_manages(actor)
    roles.check_assignment(actor, person, role, act, starts_on, until)
    if list_waiting().filter(person=person, role=role).exists():
        raise RuleViolation("role_waits")
    dates = {"starts_on": starts_on, "until": until}
    return asked(actor, person, PersonActKind.ROLE, act, role=role, **dates)


def ask_invitation(*, actor: Actor, person: Any, act: str) -> PersonAct:
    """Ask for the code of an invitation. Raises AccessDenied or Incomplete."""
    roles.check_manages(actor)
    rows = (("act", not act.strip()), ("person_disabled", not person.is_active), ("other", person.pk == actor.pk))
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)
    return asked(actor, person, PersonActKind.INVITATION, act)


def asked(actor: Actor, person: Any, kind: str, act: str, **facts: Any) -> PersonAct:
    with transaction.atomic():
        made = PersonAct.objects.create(
            kind=kind, person=person, act=act.strip(), asked_by=actor, asked_at=clock.now(), **facts
        )
        told = {"role": made.role} if made.role else {}
        audit.record(f"person.{kind}_asked", actor=actor, subject=person, asked=made.pk, **told)
    return made


def confirm(*, actor: Actor | None, asked: PersonAct) -> str:
    """Make it rule; the code of an invitation, which is kept nowhere, or "".

    `actor` None: an operator, only where nobody of the house could. Raises AccessDenied, SelfApproval, Incomplete when
    the role could not be asked for today, or RuleViolation (decided, lapsed, somebody of the house can).
    """
    with transaction.atomic():
        held = PersonAct.objects.select_for_update(of=("self",)).select_related("person", "asked_by").get(pk=asked.pk)
        check_open(held)
        check_second(actor, held)
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH)) if held.kind == PersonActKind.INVITATION else ""
        decide(actor, held, confirmed=True, mark=mark_of(held, code) if code else "")
        if held.kind == PersonActKind.ROLE:
            roles.assign_role(
                actor=held.asked_by, second=actor, by_operator=actor is None, person=held.person, role=held.role,
                act=held.act, starts_on=held.starts_on, until=held.until,
            )  # fmt: skip
    return code


def refuse(*, actor: Actor, asked: PersonAct, reason: str) -> None:
    """Say no, or take back what one asked. Raises AccessDenied, Incomplete, SelfApproval or RuleViolation."""
    if not reason.strip():
        raise Incomplete(["reason"])
    with transaction.atomic():
        held = PersonAct.objects.select_for_update(of=("self",)).select_related("person").get(pk=asked.pk)
        check_open(held, lapsed=False)
        if actor.pk != held.asked_by_id:
            check_second(actor, held)
        decide(actor, held, confirmed=False, reason=reason.strip())


def decide(actor: Actor | None, held: PersonAct, *, confirmed: bool, **facts: str) -> None:
    PersonActDecision.objects.create(asked=held, confirmed=confirmed, decided_by=actor, decided_at=clock.now(), **facts)
    told = {"role": held.role} if held.role else {}
    word = "confirmed" if confirmed else "refused"
    audit.record(f"person.{held.kind}_{word}", actor=actor, subject=held.person, asked=held.pk, **told)


def check_open(held: PersonAct, *, lapsed: bool = True) -> None:
    if PersonActDecision.objects.filter(asked=held).exists():
        raise RuleViolation("person_act_decided")
    if lapsed and is_lapsed(held):
        raise RuleViolation("person_act_lapsed")


def is_lapsed(held: PersonAct) -> bool:
    return held.asked_at + WAITS[PersonActKind(held.kind)] < clock.now()


def check_second(actor: Actor | None, held: PersonAct) -> None:
    if actor is not None:
        roles.check_second(actor, held.asked_by_id, held.person_id)
    elif seconds_for(held):
        raise RuleViolation("second_person_exists")


def seconds_for(held: PersonAct) -> list[Any]:
    """People of the house who could confirm this today: who never entered with a password of hers cannot."""
    people = get_user_model().objects.filter(is_active=True).exclude(pk__in=(held.person_id, held.asked_by_id))
    able = people.filter(groups__name__in=permissions.OFFICE_ACTS[Action.CONFIRM_PERSON]).distinct()
    return [one for one in able if one.has_usable_password() and permissions.allows(one, Action.CONFIRM_PERSON)]


# Who sees them ------------------------------------------------------------------------------------------------


def list_waiting() -> QuerySet[PersonAct]:
    """Undecided and not lapsed, oldest first."""
    now, open_ones = clock.now(), Q()
    for kind, time in WAITS.items():
        open_ones |= Q(kind=kind, asked_at__gte=now - time)
    waiting = PersonAct.objects.filter(open_ones, decision=None).select_related("person", "asked_by")
    return waiting.order_by("asked_at", "pk")


def acts_of(person: Any) -> QuerySet[PersonAct]:
    """All that was ever asked for this person, newest first."""
    return PersonAct.objects.filter(person=person)


def list_person_acts_for(actor: Actor) -> QuerySet[PersonAct]:
    """Those that wait for this person's word."""
    if not permissions.allows(actor, Action.CONFIRM_PERSON):
        return PersonAct.objects.none()
    return list_waiting().exclude(Q(asked_by=actor) | Q(person=actor))


def get_person_act_for(actor: Actor, key: uuid.UUID | str) -> PersonAct:
    """Any of them, decided or not, for who manages people and for who confirms. Raises NotFound for anybody else."""
    mine = (Action.CONFIRM_PERSON, Action.MANAGE_PEOPLE)
    found = PersonAct.objects.filter(pk=key).select_related("person", "asked_by", "decision__decided_by").first()
    if found is None or not any(permissions.allows(actor, action) for action in mine):
        raise NotFound
    return found


# The code of an invitation ------------------------------------------------------------------------------------


def mark_of(asked: PersonAct, code: str) -> str:
    return acting.digest_of(f"invitation:{asked.pk}:{code}")


def last_invitation(person: Any) -> PersonAct | None:
    invitations = PersonAct.objects.filter(person=person, kind=PersonActKind.INVITATION)
    return invitations.select_related("decision").order_by("-asked_at", "-pk").first()


def is_code_of(person: Any, code: str) -> bool:
    """Is this the code of the last invitation of the person, confirmed and recent? True for somebody whom nobody of
    the house invited: an operator made her address."""
    last = last_invitation(person)
    if last is None:
        return True
    decision = getattr(last, "decision", None)
    if decision is None or not decision.confirmed:
        return False
    if decision.decided_at + WAITS[PersonActKind.INVITATION] < clock.now():
        return False
    typed = "".join(code.upper().split()).replace("-", "")
    return hmac.compare_digest(decision.mark, mark_of(last, typed))
