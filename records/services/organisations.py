"""Suppliers and receptors, their people and what is theirs (I7): noted by operators and by who manages people.

What is an organisation's is said by who keeps the papers.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from records import audit, clock, permissions
from records.errors import Incomplete, RuleViolation
from records.models import Document, Expediente, MemberEnd, Organisation, OrganisationMember, Tie, TieEnd
from records.permissions import Actor
from records.services.roles import check_manages
from records.vocabulary import Action, OrganisationKind, TieKind


def note_organisation(*, actor: Actor | None, kind: str, name: str, tax_id: str = "") -> Organisation:
    """The organisation of this kind and name, made when it is not there. Raises AccessDenied or Incomplete."""
    check_manages(actor)
    if not name.strip() or kind not in OrganisationKind.values:
        raise Incomplete(["organisation"])
    with transaction.atomic():
        found, made = Organisation.objects.get_or_create(
            kind=kind,
            name=name.strip(),
            defaults={"tax_id": tax_id.strip(), "noted_by": actor, "noted_at": clock.now()},
        )
        if made:
            audit.record("organisation.noted", actor=actor, subject=found, kind=kind)
    return found


def join_organisation(
    *,
    actor: Actor | None,
    organisation: Organisation,
    person: Any,
    act: str,
    starts_on: datetime.date,
    until: datetime.date | None = None,
) -> OrganisationMember:
    """A person acts for an organisation between two days. Raises AccessDenied, Incomplete with all that is wrong, or
    RuleViolation when she acts for it as it is."""
    check_manages(actor)
    rows = (
        ("act", not act.strip()),
        ("person_disabled", not person.is_active),
        ("role_to_oneself", actor is not None and person.pk == actor.pk),
        ("until_before_start", until is not None and until < starts_on),
    )
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        lasting = Q(until=None) | Q(until__gte=max(starts_on, clock.today()))
        if organisation.members.filter(lasting, person=person, end=None).exists():
            raise RuleViolation("member_stands")
        member = OrganisationMember.objects.create(
            organisation=organisation, person=person, act=act.strip(), starts_on=starts_on, until=until,
            noted_by=actor, noted_at=clock.now(),
        )  # fmt: skip
        audit.record("organisation.joined", actor=actor, subject=organisation, person=person, member=member.pk)
    return member


def leave_organisation(*, actor: Actor | None, member: OrganisationMember, act: str) -> MemberEnd:
    """Raises AccessDenied, Incomplete, or RuleViolation when it has ended."""
    check_manages(actor)
    if not act.strip():
        raise Incomplete(["act"])
    with transaction.atomic():
        held = OrganisationMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
        if MemberEnd.objects.filter(member=held).exists():
            raise RuleViolation("already_ended")
        end = MemberEnd.objects.create(member=held, ended_at=clock.now(), ended_by=actor, act=act.strip())
        audit.record("organisation.left", actor=actor, subject=held.organisation, person=held.person, member=held.pk)
    return end


def tie(
    *, actor: Actor | None, organisation: Organisation, subject: Document | Expediente, kind: str, act: str = ""
) -> Tie:
    """Say that a piece is an organisation's (it produced or signs it), or that it receives the project of an
    expediente. Raises NotFound, AccessDenied, Incomplete when kind and thing do not fit, or RuleViolation when it is
    said already."""
    if actor is not None:
        permissions.check(actor, Action.GRANT, subject)
    place = subject if isinstance(subject, Expediente) else None
    fits = organisation.kind == (OrganisationKind.RECEPTOR if place else OrganisationKind.SUPPLIER)
    if kind not in TieKind.values or (kind == TieKind.RECEIVES) != (place is not None) or not fits:
        raise Incomplete(["organisation"])
    piece = subject if isinstance(subject, Document) else None
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        said = {"kind": kind, "organisation": organisation, "expediente": place, "document": piece}
        if Tie.objects.filter(end=None, **said).exists():
            raise RuleViolation("tie_stands")
        made = Tie.objects.create(
            **said,
            act=act.strip(), tied_by=actor, tied_at=clock.now(),
        )  # fmt: skip
        audit.record("organisation.tied", actor=actor, subject=subject, organisation=organisation.pk, kind=kind)
    return made


def untie(*, actor: Actor | None, held: Tie, act: str) -> TieEnd:
    """Raises NotFound, AccessDenied, Incomplete, or RuleViolation when it has ended."""
    subject = held.document or held.expediente
    if actor is not None:
        permissions.check(actor, Action.GRANT, subject)
    if not act.strip():
        raise Incomplete(["act"])
    with transaction.atomic():
        Tie.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if TieEnd.objects.filter(tie=held).exists():
            raise RuleViolation("already_ended")
        end = TieEnd.objects.create(tie=held, ended_at=clock.now(), ended_by=actor, act=act.strip())
        audit.record("organisation.untied", actor=actor, subject=subject, organisation=held.organisation_id)
    return end
