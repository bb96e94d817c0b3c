"""Suppliers and receptors as they are listed: their people for who manages people, what is theirs for who keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from records import clock, permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Document, Expediente, Organisation, OrganisationMember, Tie
from records.permissions import SPEAKING, Actor
from records.services.roles import check_manages
from records.vocabulary import Action, OrganisationKind


@dataclass(frozen=True)
class MemberLine:
    """A person of an organisation: `standing` today, and whether she holds the role without which it opens nothing."""

    member: OrganisationMember
    standing: bool
    speaks: bool


def list_organisations_for(actor: Actor) -> QuerySet[Organisation, Organisation]:
    """All of them with `people`, how many act for each today; for who manages people. Raises AccessDenied."""
    check_manages(actor)
    today = clock.today()
    lasting = Q(members__until=None) | Q(members__until__gte=today)
    acting = lasting & Q(members__end=None, members__starts_on__lte=today)
    return Organisation.objects.annotate(people=Count("members", filter=acting)).order_by("name", "pk")


def get_organisation_for(actor: Actor, key: Key) -> Organisation:
    """For who manages people. Raises AccessDenied or NotFound."""
    check_manages(actor)
    found = Organisation.objects.filter(pk=as_uuid(key)).first()
    if found is None:
        raise NotFound
    return found


def get_member_for(actor: Actor, key: Key) -> OrganisationMember:
    """For who manages people. Raises AccessDenied or NotFound."""
    check_manages(actor)
    found = OrganisationMember.objects.select_related("organisation", "person").filter(pk=as_uuid(key)).first()
    if found is None:
        raise NotFound
    return found


def list_members(organisation: Organisation) -> list[MemberLine]:
    """Its people, those of today first, with the whole history."""
    related = ("person", "noted_by", "end__ended_by")
    rows = organisation.members.select_related(*related).order_by("-noted_at", "pk")
    speaking = set(permissions.holders_of({SPEAKING[organisation.kind]}).values_list("user_id", flat=True))
    lines = [MemberLine(one, stands(one), one.person_id in speaking) for one in rows]
    return sorted(lines, key=lambda line: not line.standing)


def list_memberships_of(person: Any) -> list[OrganisationMember]:
    """Organisations for which a person acts or acted, newest first; for who manages people."""
    rows = OrganisationMember.objects.filter(person=person).select_related("organisation", "end")
    return list(rows.order_by("-noted_at", "pk"))


def stands(member: OrganisationMember) -> bool:
    day = clock.today()
    lasting = member.until is None or member.until >= day
    return not hasattr(member, "end") and member.starts_on <= day and lasting


# What is theirs -----------------------------------------------------------------------------------------------


def list_ties_over(actor: Actor, subject: Document | Expediente) -> QuerySet[Tie]:
    """Whose a piece is, or who receives an expediente and whose its pieces are; those that ended too, newest first.

    The caller has decided that the reader keeps it.
    """
    over = Q(document=subject) if isinstance(subject, Document) else Q(expediente=subject) | Q(
        document__expediente=subject
    )  # fmt: skip
    related = ("organisation", "document", "tied_by", "end__ended_by")
    shown = permissions.rights_of(actor).not_shut("document")
    return Tie.objects.filter(over & shown).select_related(*related).order_by("-tied_at", "pk")


def list_organisations_of(kind: str) -> QuerySet[Organisation]:
    """Those of a kind, by name, to choose one from."""
    return Organisation.objects.filter(kind=kind).order_by("name", "pk")


def get_tie_for(actor: Actor, key: Key) -> Tie:
    """A tie over something the person keeps. Raises NotFound."""
    rows = Tie.objects.select_related("organisation", "document__expediente", "expediente", "end")
    found = rows.filter(pk=as_uuid(key)).first()
    if found is None or not permissions.allows(actor, Action.GRANT, found.document or found.expediente):
        raise NotFound
    return found


def kind_for(subject: Document | Expediente) -> str:
    """What kind of organisation may be tied to it."""
    return OrganisationKind.SUPPLIER if isinstance(subject, Document) else OrganisationKind.RECEPTOR
