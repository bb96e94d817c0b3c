"""Access given and taken: grants by name with an end, appointments, and their withdrawal."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from records import audit, clock, permissions, policies
from records.errors import NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import (
    Appointment,
    Document,
    DocumentUserPermission,
    Expediente,
    ExpedienteUserPermission,
    Grant,
    GrantWithdrawal,
)
from records.permissions import Actor
from records.vocabulary import Action

#: Which column of a grant, guardian table and permission each kind of object uses.
TABLES: Mapping[type, tuple[str, Any, str]] = {
    Document: ("document", DocumentUserPermission, "view_document"),
    Expediente: ("expediente", ExpedienteUserPermission, "view_expediente"),
}


def grant_access(
    *, actor: Actor, target: Document | Expediente, person: Any, until: datetime.date, reason: str
) -> Grant:
    """Open one piece or one expediente to one person until the end of a day, for a stated reason.

    Only the named custodian grants. A grant on an expediente opens no reserved piece. Granting again
    renews: the earlier grant is withdrawn and a new one made. Raises NotFound, AccessDenied,
    Incomplete (end passed, no reason) or RuleViolation (disabled person, own access).
    """
    permissions.check(actor, Action.GRANT, target)
    policies.check_grant_term(until, reason, clock.today())
    check_person(actor, person)
    column, table, codename = TABLES[type(target)]
    with transaction.atomic():
        for earlier in table.objects.select_for_update().filter(user=person, content_object=target):
            withdraw(earlier.grant, actor, "renovada")
        grant = Grant.objects.create(
            person=person,
            until=until,
            reason=reason.strip(),
            granted_by=actor,
            granted_at=clock.now(),
            **{column: target},
        )
        right = Permission.objects.get(content_type__app_label="records", codename=codename)
        table.objects.create(user=person, permission=right, content_object=target, grant=grant)
        audit.record("access.granted", actor=actor, subject=target, grant=grant.pk, person=person, until=until)
    return grant


def check_person(actor: Actor, person: Any) -> None:
    if not person.is_active:
        raise RuleViolation("person_disabled")
    if person.pk == actor.pk:
        raise RuleViolation("grant_to_oneself")


def revoke_grant(*, actor: Actor, grant: Grant, reason: str = "") -> Grant:
    """Withdraw a grant: the person reads no more from the next request on. Raises NotFound, AccessDenied,
    RuleViolation when it was already withdrawn."""
    permissions.check(actor, Action.GRANT, grant.document or grant.expediente)
    with transaction.atomic():
        held = Grant.objects.select_for_update().get(pk=grant.pk)
        if GrantWithdrawal.objects.filter(grant=held).exists():
            raise RuleViolation("already_withdrawn")
        withdraw(held, actor, reason)
    return held


def withdraw(grant: Grant, actor: Actor, reason: str) -> None:
    DocumentUserPermission.objects.filter(grant=grant).delete()
    ExpedienteUserPermission.objects.filter(grant=grant).delete()
    GrantWithdrawal.objects.create(grant=grant, withdrawn_by=actor, withdrawn_at=clock.now(), reason=reason)
    target = grant.document or grant.expediente
    audit.record("access.withdrawn", actor=actor, subject=target, grant=grant.pk, person=grant.person)


def get_grant_for(actor: Actor, grant_id: Key) -> Grant:
    """A grant over something the person answers for. Raises NotFound."""
    grant = (
        Grant.objects.select_related("document__expediente", "expediente", "person")
        .filter(pk=as_uuid(grant_id))
        .first()
    )
    if grant is None or not permissions.allows(actor, Action.GRANT, grant.document or grant.expediente):
        raise NotFound
    return grant


def appoint(
    *,
    expediente: Expediente,
    person: Any,
    kind: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    act: str,
    actor: Actor | None = None,
) -> Appointment:
    """Record that an act appoints a person to an expediente between two dates.

    `actor` None is set-up by an operator; the screens for offices and people come with their own rights.
    """
    with transaction.atomic():
        appointment = Appointment.objects.create(
            expediente=expediente,
            person=person,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            act=act,
            appointed_by=actor,
            appointed_at=clock.now(),
        )
        audit.record(
            "person.appointed",
            actor=actor,
            subject=expediente,
            person=person,
            kind=kind,
            until=ends_on,
            appointment=appointment.pk,
        )
    return appointment
