"""Which roles people hold, now and as of a past moment: asked of everybody at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from records import clock
from records.models import AccountSpell, RoleAssignment
from records.permissions.matrix import NO_CUSTODY

Roles = dict[Any, frozenset[str]]


def memberships() -> QuerySet[Any]:
    """Rows of groups and people that give a role today: those whose dates have ended, or have not begun, do not."""
    day = clock.today()
    out_of_dates = RoleAssignment.objects.filter(
        Q(until__lt=day) | Q(starts_on__gt=day), person=OuterRef("user_id"), role=OuterRef("group__name"), end=None
    )
    through: Any = get_user_model().groups.through
    rows: QuerySet[Any] = through.objects.filter(~Exists(out_of_dates))
    return rows


def holders_of(roles: Collection[str]) -> QuerySet[Any]:
    """Ids of the people who hold one of these roles today, to filter people by."""
    return memberships().filter(group__name__in=roles).values("user_id")


def roles_now(people: Iterable[Any]) -> Roles:
    """The roles of each of these people (by id) today."""
    return grouped(people, memberships().filter(user__in=list(people)).values_list("user_id", "group__name"))


def roles_then(people: Iterable[Any], moment: datetime.datetime) -> Roles:
    """The roles of each of these people as they stood at a past moment."""
    day = timezone.localdate(moment)
    begun = Q(starts_on=None) | Q(starts_on__lte=day)
    lasting = Q(until=None) | Q(until__gte=day)
    held = RoleAssignment.objects.filter(begun, lasting, person__in=list(people), assigned_at__lte=moment)
    standing = held.exclude(end__ended_at__lte=moment)
    return grouped(people, standing.values_list("person", "role"))


def grouped(people: Iterable[Any], rows: Iterable[tuple[Any, str]]) -> Roles:
    found: dict[Any, set[str]] = {person: set() for person in people}
    for person, role in rows:
        found[person].add(role)
    return {person: frozenset(roles) for person, roles in found.items()}


def holders(people: Iterable[Any], moment: datetime.datetime | None = None) -> Roles:
    """Of these users, those who may hold custody content at all, with their roles: active, let into the desk, and
    none of those who manage people. Now, or at a past moment."""
    admitted = [one.pk for one in people if one.is_active and one.desk_access] if moment is None else (
        admitted_then(people, moment)
    )  # fmt: skip
    roles = roles_now(admitted) if moment is None else roles_then(admitted, moment)
    return {person: held for person, held in roles.items() if held.isdisjoint(NO_CUSTODY)}


def admitted_then(people: Iterable[Any], moment: datetime.datetime) -> list[Any]:
    """Of these users, the ids of those whose account was active and entered the desk at that moment. An account of
    which nothing was noted by then is taken as it was first noted."""
    known: dict[Any, tuple[bool, bool]] = {}
    told = {one.pk: bool(one.is_active and one.desk_access) for one in people}
    spells = AccountSpell.objects.filter(person__in=list(told)).order_by("since")
    for person, active, desk, since in spells.values_list("person", "is_active", "desk_access", "since"):
        if since <= moment or person not in known:
            known[person] = (active, desk)
    return [person for person, now in told.items() if all(known.get(person, (now,)))]
