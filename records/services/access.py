"""Access given and taken: grants with an end, to a person or an office, renewals and withdrawals; appointments.

Nothing here is ever edited: a renewal is a new act tied to the former one, and a withdrawal is an act of its own.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from records import audit, clock, conf, permissions, policies
from records.errors import Incomplete, NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import (
    HOLDING,
    RIGHTS,
    Appointment,
    ConvenioNumber,
    Document,
    Expediente,
    Grant,
    GrantWithdrawal,
    Package,
)
from records.permissions import Actor
from records.vocabulary import Action, GrantBasis, Level, Role

Target: TypeAlias = Document | Expediente | ConvenioNumber | Package
#: Which column of a grant names each kind of thing.
COLUMNS: dict[type, str] = {
    Document: "document",
    Expediente: "expediente",
    ConvenioNumber: "convenio",
    Package: "package",
}
RENEWED = "renovada"


@dataclass(frozen=True)
class Terms:
    """From when until when, what for, for which case and on what basis."""

    until: datetime.date | None
    reason: str
    starts_on: datetime.date | None = None
    case_number: str = ""
    basis: str = GrantBasis.ORDINARY


def grant_access(
    *,
    actor: Actor,
    target: Target,
    person: Any = None,
    office: Group | None = None,
    until: datetime.date | None,
    reason: str,
    starts_on: datetime.date | None = None,
    case_number: str = "",
    renewing: Grant | Collection[str] | None = None,
) -> Grant:
    """Open one thing to one person or one office, from a day (at once without one) to the end of another.

    Only the named custodian grants, of a convenio who keeps all its expedientes. Only a grant on a piece to a person
    opens what is reserved. Granting again renews: the earlier grant is withdrawn and the new one names it; `renewing`
    is the one whoever renews has seen, or the ids of those that whoever grants was shown. Raises NotFound,
    AccessDenied, Incomplete with everything that is wrong, or RuleViolation (disabled person, own access, changed
    meanwhile).
    """
    terms = Terms(until, reason, starts_on, case_number)
    return open_to(actor, target, person, office, terms, renewing=renewing)


def open_to(
    actor: Actor,
    target: Target,
    person: Any,
    office: Group | None,
    terms: Terms,
    *,
    bundle: uuid.UUID | None = None,
    renewing: Grant | Collection[str] | None = None,
) -> Grant:
    """A grant on any basis, checked and written. Raises as `grant_access`."""
    permissions.check(actor, Action.GRANT, target)
    if terms.basis == GrantBasis.BREAK_GLASS:  # two people open that door each time, for minutes
        raise RuleViolation("emergency_by_two")
    refuse(faults_of(actor, target, person, office, terms), terms)
    with transaction.atomic():
        target = locked(target)
        earlier = standing(target, person, office)
        check_renewal(earlier, renewing, terms)
        return write(actor, target, person, office, terms, earlier, bundle)


def renew_grant(
    *, actor: Actor, grant: Grant, until: datetime.date | None, reason: str, case_number: str = ""
) -> Grant:
    """A new grant in the place of one that stands, over the same and to the same, from today. Raises as
    `grant_access`, and RuleViolation when the grant no longer stands."""
    terms = Terms(until, reason, case_number=case_number or grant.case_number, basis=grant.basis)
    return open_to(actor, grant.target, grant.person, grant.office, terms, bundle=grant.bundle, renewing=grant)


def grant_for_case(
    *,
    actor: Actor,
    pieces: Iterable[Document],
    person: Any,
    basis: str,
    case_number: str,
    until: datetime.date | None,
    reason: str,
    bundle: uuid.UUID | None = None,
) -> list[Grant]:
    """Open a narrow list of pieces for a case: an auditor's, a judge's, or an authority's (A9; Ley 1712, art. 27).

    All of them or none; the case is numbered and ends by itself. `bundle`: the id of the act, where there is one.
    Raises as `grant_access`.
    """
    listed, bundle = list(pieces), bundle or uuid.uuid4()
    if not listed or basis == GrantBasis.ORDINARY:
        raise Incomplete(["pieces_by_name"])
    terms = Terms(until, reason, case_number=case_number, basis=basis)
    with transaction.atomic():
        return [open_to(actor, piece, person, None, terms, bundle=bundle) for piece in listed]


def locked(target: Target) -> Target:
    """The thing, locked: two changes of what is over it come one after the other. What nothing had named yet is
    written down now."""
    if isinstance(target, ConvenioNumber):
        target = ConvenioNumber.objects.get_or_create(number=target.number)[0]
    elif isinstance(target, Package):
        target = Package.objects.get_or_create(pk=target.pk, defaults={"expediente": target.expediente})[0]
    type(target)._default_manager.select_for_update(of=("self",)).get(pk=target.pk)
    return target


# What is wrong with a grant ------------------------------------------------------------------------------------


def faults_of(actor: Actor, target: Target, person: Any, office: Group | None, terms: Terms) -> list[str]:
    """Codes of everything that is wrong with a grant, in the order in which a form asks for it."""
    return [*holder_faults(actor, target, person, office, terms), *terms_faults(terms)]


def most_days(basis: str) -> int:
    terms = conf.grant_terms()
    return terms.ordinary if basis == GrantBasis.ORDINARY else terms.case


def terms_faults(terms: Terms) -> list[str]:
    return policies.grant_faults(
        starts_on=terms.starts_on,
        until=terms.until,
        reason=terms.reason,
        case_number=terms.case_number,
        basis=terms.basis,
        today=clock.today(),
        most_days=most_days(terms.basis),
    )


def holder_faults(actor: Actor, target: Target, person: Any, office: Group | None, terms: Terms) -> list[str]:
    """Everything wrong with giving this to this holder."""
    by_name = isinstance(target, Document) and person is not None
    reserved = isinstance(target, Document) and target.level == Level.RESERVED
    rows = (
        ("holder", person is None and office is None),
        ("one_holder", person is not None and office is not None),
        ("person_disabled", person is not None and not person.is_active),
        ("grant_to_oneself", person is not None and person.pk == actor.pk),
        (
            "person_no_custody",
            person is not None and not permissions.NO_CUSTODY.isdisjoint(permissions.roles_of(person)),
        ),
        ("office_unknown", office is not None and not is_office(office)),
        ("reserved_by_name", office is not None and reserved),
        ("package_strict", isinstance(target, Package) and is_strict(target)),
        ("pieces_by_name", terms.basis != GrantBasis.ORDINARY and not by_name),
    )
    return [code for code, wrong in rows if wrong]


def is_office(office: Group) -> bool:
    """A group of the role matrix that is still there, and that may hold custody content."""
    there = Group.objects.filter(pk=office.pk, name=office.name).exists()
    return there and office.name in Role.values and office.name not in permissions.NO_CUSTODY


def is_strict(package: Package) -> bool:
    """A package is as strict as its strictest part (I6)."""
    pieces = Document.objects.filter(batch=package.pk, expediente=package.expediente)
    return not pieces.exists() or pieces.exclude(level__in=permissions.NOT_RESERVED).exists()


#: Refusals with a code and a sentence of their own when nothing else is wrong.
ALONE = frozenset({"person_disabled", "grant_to_oneself"})


def refuse(faults: list[str], terms: Terms) -> None:
    if len(faults) == 1 and faults[0] in ALONE:
        raise RuleViolation(faults[0])
    if faults:
        raise Incomplete(faults, most=most_days(terms.basis))


def check_renewal(earlier: Grant | None, renewing: Grant | Collection[str] | None, terms: Terms) -> None:
    """One right for one holder over one thing: another grant renews it, from now on, as whoever renews has seen it."""
    if isinstance(renewing, Grant) and (earlier is None or earlier.pk != renewing.pk):
        raise RuleViolation("grant_changed" if earlier else "grant_over")
    if renewing is not None and not isinstance(renewing, Grant) and stands_unseen(earlier, renewing):
        raise RuleViolation("grant_changed")
    if earlier is not None and terms.starts_on is not None and terms.starts_on > clock.today():
        raise Incomplete(["renewal_later"])


def stands_unseen(earlier: Grant | None, shown: Collection[str]) -> bool:
    """Has somebody else just made a grant that whoever grants was not shown?"""
    return earlier is not None and earlier.until >= clock.today() and str(earlier.pk) not in shown


# Writing ------------------------------------------------------------------------------------------------------


def rights_table(target: Target, person: Any) -> Any:
    return RIGHTS["person" if person is not None else "office", COLUMNS[type(target)]]


def standing(target: Target, person: Any, office: Group | None) -> Grant | None:
    """The grant whose right this holder has over this thing, in force or run out, locked."""
    held = {"user": person} if person is not None else {"group": office}
    rows = rights_table(target, person).objects.select_for_update(of=("self",)).filter(content_object=target, **held)
    right = rows.select_related("grant").first()
    return right.grant if right else None


def write(
    actor: Actor,
    target: Target,
    person: Any,
    office: Group | None,
    terms: Terms,
    earlier: Grant | None,
    bundle: uuid.UUID | None,
    expires_at: datetime.datetime | None = None,
) -> Grant:
    """The act, the right and the event; the earlier right goes first, since there is one at a time."""
    if earlier is not None:
        withdraw(earlier, actor, RENEWED)
    column = COLUMNS[type(target)]
    grant = Grant.objects.create(
        person=person,
        office=office,
        starts_on=terms.starts_on,
        until=cast(datetime.date, terms.until),  # one without an end was refused
        expires_at=expires_at,
        basis=terms.basis,
        reason=terms.reason.strip(),
        case_number=terms.case_number.strip(),
        bundle=bundle,
        renews=earlier if earlier is not None and earlier.basis == terms.basis else None,
        granted_by=actor,
        granted_at=clock.now(),
        **{column: target},
    )
    give(grant, target)
    audit.record("access.granted", actor=actor, subject=target, **facts_of(grant))
    return grant


def give(grant: Grant, target: Target) -> None:
    holder = "person" if grant.person is not None else "office"
    codename = f"view_{type(target)._meta.model_name}"
    right = Permission.objects.get(content_type__app_label="records", codename=codename)
    held = {HOLDING[holder]: grant.holder}
    rights_table(target, grant.person).objects.create(permission=right, content_object=target, grant=grant, **held)


def facts_of(grant: Grant) -> dict[str, Any]:
    """What the ledger keeps of a grant: ids, codes and dates; what it is for stays with the act."""
    told = {
        "grant": grant.pk,
        "person": grant.person,
        "office_granted": grant.office.name if grant.office else None,
        "from": grant.starts_on,
        "until": grant.until,
        "basis": None if grant.basis == GrantBasis.ORDINARY else grant.basis,
        "bundle": grant.bundle,
        "renews": grant.renews_id,
    }
    return {name: value for name, value in told.items() if value is not None}


def revoke_grant(*, actor: Actor, grant: Grant, reason: str = "") -> Grant:
    """Withdraw a grant: the person reads no more from the next request on. Raises NotFound, AccessDenied,
    RuleViolation when it was already withdrawn."""
    permissions.check(actor, Action.GRANT, grant.target)
    with transaction.atomic():
        held = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        if GrantWithdrawal.objects.filter(grant=held).exists():
            raise RuleViolation("already_withdrawn")
        withdraw(held, actor, reason)
    return held


def withdraw(grant: Grant, actor: Actor, reason: str) -> None:
    target = grant.target
    rights_table(target, grant.person).objects.filter(grant=grant).delete()
    GrantWithdrawal.objects.create(grant=grant, withdrawn_by=actor, withdrawn_at=clock.now(), reason=reason)
    told = facts_of(grant)
    facts = {name: told[name] for name in ("grant", "person", "office_granted") if name in told}
    audit.record("access.withdrawn", actor=actor, subject=target, **facts)


def get_grant_for(actor: Actor, grant_id: Key) -> Grant:
    """A grant over something the person answers for. Raises NotFound."""
    related = ("document__expediente", "expediente", "convenio", "package__expediente", "person", "office")
    grant = Grant.objects.select_related(*related).filter(pk=as_uuid(grant_id)).first()
    target = grant.target if grant else permissions.no_document()
    if not permissions.allows(actor, Action.GRANT, target) or grant is None:
        raise NotFound
    return grant


# What holds several pieces --------------------------------------------------------------------------------------


def get_convenio_for(actor: Actor, number: str) -> ConvenioNumber:
    """The convenio of this number, for who answers for all its expedientes; not written down while nothing is granted
    over it. Raises NotFound: absent and not hers are the same."""
    found = ConvenioNumber.objects.filter(number=number).first() or ConvenioNumber(number=number)
    return cast(ConvenioNumber, answered(actor, found))


def get_package_for(actor: Actor, batch: Key) -> Package:
    """The pieces filed in one gesture, for who answers for them, as `get_convenio_for`. Raises NotFound."""
    key = as_uuid(batch)
    first = Document.objects.filter(batch=key).select_related("expediente").order_by("order").first()
    if first is None or key is None:
        permissions.allows(actor, Action.GRANT, permissions.no_document())
        raise NotFound
    found = Package.objects.filter(pk=key).first() or Package(pk=key, expediente=first.expediente)
    return cast(Package, answered(actor, found))


def answered(actor: Actor, thing: Target) -> Target:
    """The thing, if this person may grant over it."""
    if not permissions.allows(actor, Action.GRANT, thing):
        raise NotFound
    return thing


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
