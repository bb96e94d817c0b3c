"""Roles and offices given and ended, by people who manage people; and the history that every other way leaves too.

A role is the membership in the group of its code. Whatever adds or takes a membership (this service, the editor's
page of people, set-up) leaves its row of history here.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from records import audit, clock, permissions
from records.errors import Incomplete, RuleViolation, SelfApproval
from records.models import AccountSpell, Appointment, AppointmentEnd, RoleAssignment, RoleEnd
from records.permissions import Actor
from records.vocabulary import Action, Role


@dataclass(frozen=True)
class Circumstances:
    """By whom, by what act and for how long the memberships now being changed are changed."""

    actor: Any = None
    act: str = ""
    starts_on: datetime.date | None = None
    until: datetime.date | None = None


_now: ContextVar[Circumstances | None] = ContextVar("circumstances", default=None)


def assign_role(
    *,
    actor: Actor | None,
    person: Any,
    role: str,
    act: str,
    second: Actor | None = None,
    by_operator: bool = False,
    starts_on: datetime.date | None = None,
    until: datetime.date | None = None,
) -> RoleAssignment:
    """Give a role to a person by an act, from a day (at once without one) to the end of another.

    `second` confirms what `actor` asked; `actor` None is set-up by an operator, who may also stand for the second
    person (`by_operator`; `records.services.person_acts` asks whether). Giving it again ends the former assignment and
    makes another. Raises AccessDenied, SelfApproval, RuleViolation without a second person, or Incomplete with
    everything that is wrong.
    """
    check_manages(actor)
    if actor is not None and not by_operator:
        check_second(second, actor.pk, person.pk)
    check_assignment(actor, person, role, act, starts_on, until)
    group, _made = Group.objects.get_or_create(name=role)
    with transaction.atomic(), told(Circumstances(actor, act.strip(), starts_on, until)):
        type(person)._default_manager.select_for_update().get(pk=person.pk)
        person.groups.remove(group)
        person.groups.add(group)
        assignment = RoleAssignment.objects.get(person=person, role=role, end=None)
        audit.record(
            "person.role_assigned", actor=second or actor, subject=person, role=role, assignment=assignment.pk,
            until=until,
        )  # fmt: skip
    return assignment


def end_role(*, actor: Actor | None, person: Any, role: str, act: str) -> None:
    """End a role now, by an act. Raises AccessDenied, Incomplete, or RuleViolation when she does not hold it."""
    check_manages(actor)
    if not act.strip():
        raise Incomplete(["act"])
    with transaction.atomic(), told(Circumstances(actor, act.strip())):
        type(person)._default_manager.select_for_update().get(pk=person.pk)
        held = RoleAssignment.objects.filter(person=person, role=role, end=None).first()
        if held is None:
            raise RuleViolation("role_not_held")
        person.groups.remove(*Group.objects.filter(name=role))
        close([held])
        audit.record("person.role_ended", actor=actor, subject=person, role=role, assignment=held.pk)


def check_manages(actor: Actor | None) -> None:
    if actor is not None:
        permissions.check(actor, Action.MANAGE_PEOPLE)


def check_second(second: Actor | None, *others: object) -> None:
    """A second person of those who may, who is neither of the others. Raises RuleViolation, SelfApproval, or
    AccessDenied."""
    if second is None:
        raise RuleViolation("second_person")
    if second.pk in others:
        raise SelfApproval
    permissions.check(second, Action.CONFIRM_PERSON)


def check_assignment(
    actor: Actor | None, person: Any, role: str, act: str, starts_on: datetime.date | None, until: datetime.date | None
) -> None:
    """Raise Incomplete with everything that is wrong with giving this role to this person."""
    begins = starts_on or clock.today()
    rows = (
        ("unknown_role", role not in Role.values),
        ("act", not act.strip()),
        ("person_disabled", not person.is_active),
        ("role_to_oneself", actor is not None and person.pk == actor.pk),
        ("until_passed", until is not None and until < clock.today()),
        ("until_before_start", until is not None and until < begins),
    )
    if faults := [code for code, wrong in rows if wrong]:
        raise Incomplete(faults)


def end_appointment(*, actor: Actor | None, appointment: Appointment, act: str) -> AppointmentEnd:
    """End an appointment before its own day, by an act. Raises AccessDenied, Incomplete, or RuleViolation when it
    has ended already."""
    check_manages(actor)
    if not act.strip():
        raise Incomplete(["act"])
    with transaction.atomic():
        held = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if held.ends_on < clock.today() or AppointmentEnd.objects.filter(appointment=held).exists():
            raise RuleViolation("appointment_over")
        end = AppointmentEnd.objects.create(appointment=held, ended_at=clock.now(), ended_by=actor, act=act.strip())
        audit.record(
            "person.appointment_ended", actor=actor, subject=held.expediente, person=held.person, appointment=held.pk
        )
    return end


# The history of every membership ------------------------------------------------------------------------------


@contextlib.contextmanager
def told(circumstances: Circumstances) -> Iterator[None]:
    """Within the block, changes of memberships are by this person and this act."""
    token = _now.set(circumstances)
    try:
        yield
    finally:
        _now.reset(token)


def follow(instance: Any, action: str, reverse: bool, pk_set: set[Any] | None, **_signal: Any) -> None:
    """A membership that begins opens a row, one that ends closes it, whoever changed it and from whichever side."""
    if action == "post_add":
        open_rows(*sides(instance, reverse, pk_set or set()))
    elif action in ("post_remove", "post_clear"):
        close_rows(instance, reverse, pk_set)


def sides(instance: Any, reverse: bool, keys: Iterable[Any]) -> tuple[list[Any], list[str]]:
    """(ids of people, codes of roles) of a change made from the person's side, or (`reverse`) from the group's."""
    if reverse:
        return list(keys), [instance.name]
    return [instance.pk], list(Group.objects.filter(pk__in=keys).values_list("name", flat=True))


def open_rows(people: list[Any], roles: list[str]) -> None:
    how = _now.get() or Circumstances()
    standing = set(RoleAssignment.objects.filter(person__in=people, end=None).values_list("person", "role"))
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            person_id=person, role=role, starts_on=how.starts_on, until=how.until, act=how.act,
            assigned_by=how.actor, assigned_at=clock.now(),
        )
        for person in people for role in roles if (person, role) not in standing
    )  # fmt: skip


def close_rows(instance: Any, reverse: bool, keys: set[Any] | None) -> None:
    """`keys` None: everything of that side was cleared."""
    whose = Q(role=instance.name) if reverse else Q(person=instance.pk)
    if keys is not None:
        people, roles = sides(instance, reverse, keys)
        whose = Q(person__in=people, role__in=roles)
    close(RoleAssignment.objects.filter(whose, end=None))


def close(assignments: Iterable[RoleAssignment]) -> None:
    how = _now.get() or Circumstances()
    ended = RoleEnd.objects.filter(assignment__in=list(assignments)).values_list("assignment", flat=True)
    RoleEnd.objects.bulk_create(
        RoleEnd(assignment=one, ended_at=clock.now(), ended_by=how.actor, act=how.act)
        for one in assignments
        if one.pk not in set(ended)
    )


def group_goes(instance: Group, **_signal: Any) -> None:
    """A group that is deleted takes its memberships with it: nobody holds that role any more."""
    close(RoleAssignment.objects.filter(role=instance.name, end=None))


def note_account(instance: Any, **_signal: Any) -> None:
    """Leave how an account stands from now on, when that changed."""
    stands = {"is_active": bool(instance.is_active), "desk_access": bool(instance.desk_access)}
    last = AccountSpell.objects.filter(person=instance.pk).order_by("-since").values(*stands).first()
    if last != stands:
        AccountSpell.objects.create(person=instance, since=clock.now(), **stands)


def account_gone(instance: Any, **_signal: Any) -> None:
    """What was told of an account goes after it."""
    AccountSpell.objects.filter(person=instance.pk).delete()


# The matrix, put in place -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Synced:
    """Codes of the roles whose group was made, was put right, and stood as the matrix says."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def sync_roles() -> Synced:
    """Make the group of every role; take from each what Django's own rights would open of custody, and the people
    whose dates are over. Doing it again changes nothing."""
    done: dict[str, list[str]] = {"created": [], "changed": [], "unchanged": []}
    with transaction.atomic():
        for role in Role.values:
            group, made = Group.objects.get_or_create(name=role)
            put_right = strip(group) | retire(group)
            done["created" if made else "changed" if put_right else "unchanged"].append(role)
        if done["created"] or done["changed"]:
            audit.record("roles.synced", actor=None, subject="roles", created=done["created"], changed=done["changed"])
    return Synced(*(tuple(done[name]) for name in ("created", "changed", "unchanged")))


def strip(group: Group) -> bool:
    """Rights over models of custody decide nothing here (D3); a group that holds them only misleads."""
    held = Permission.objects.filter(group=group, content_type__app_label__in=("records", "convenios"))
    group.permissions.remove(*held) if (found := held.exists()) else None
    return found


def retire(group: Group) -> bool:
    over = RoleAssignment.objects.filter(role=group.name, end=None, until__lt=clock.today())
    people = list(over.values_list("person", flat=True))
    if people:
        with told(Circumstances(act="Terminó su plazo")):
            members: Any = group.user_set
            members.remove(*people)
    return bool(people)
