"""What who manages people does to an account. Roles and their history are custody's (`records.api.assign_role`).

She manages people and reads no custody (D3). She does nothing to her own account here, and an installation is never
left without somebody who manages it.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from cms.users.identities import untie_all
from cms.users.models import User
from records import api as records

ADMINISTRATOR = records.Role.ADMINISTRATOR
REFUSED = {
    "oneself": _("Sobre su propia cuenta actúa otra persona que administre."),
    "last": _("Es la última persona activa que administra: nombre antes a otra."),
    "reason": _("Escriba el acto o el motivo: queda en la historia."),
    "no_change": _("La cuenta ya está así."),
    "disabled": _("La cuenta está inactiva: actívela primero."),
}


class Refused(Exception):
    """What stands in the way; `reasons` are sentences, all of them."""

    def __init__(self, codes: list[str]) -> None:
        self.codes, self.reasons = codes, [str(REFUSED[code]) for code in codes]
        super().__init__(", ".join(codes))


def check_manages(actor: Any) -> None:
    """Raises AccessDenied."""
    records.check(actor, records.Action.MANAGE_PEOPLE)


def refuse(**faults: bool) -> None:
    if found := [code for code, wrong in faults.items() if wrong]:
        raise Refused(found)


def is_last(person: Any) -> bool:
    """Would nobody who can enter manage people without this one?"""
    if ADMINISTRATOR not in records.roles_of(person):
        return False
    others = User.objects.filter(groups__name=ADMINISTRATOR, is_active=True, desk_access=True).exclude(pk=person.pk)
    return not any(ADMINISTRATOR in records.roles_of(one) for one in others.distinct())


def create(*, actor: Any, login: str, full_name: str, email: str, desk_access: bool, is_staff: bool) -> User:
    """An account without a password: nobody enters with it until the person sets one by her invitation."""
    check_manages(actor)
    person = User(
        username=login, full_name=full_name, email=email, desk_access=desk_access, is_staff=is_staff, is_active=True
    )
    person.set_unusable_password()
    with transaction.atomic():
        person.save()
    return person


def describe(*, actor: Any, person: User, full_name: str, email: str, desk_access: bool, is_staff: bool) -> None:
    """Name, mail and doors. Raises Refused for what would open or shut her own doors."""
    check_manages(actor)
    doors = (desk_access, is_staff) != (person.desk_access, person.is_staff)
    refuse(oneself=doors and actor.pk == person.pk, last=not desk_access and is_last(person))
    person.full_name, person.email = full_name, email
    person.desk_access, person.is_staff = desk_access, is_staff
    with transaction.atomic():
        person.save(update_fields=["full_name", "email", "desk_access", "is_staff"])


def set_active(*, actor: Any, person: User, active: bool, reason: str) -> None:
    """Disable or enable; who is disabled is out of every session at once."""
    check_manages(actor)
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=person.pk)
        refuse(
            oneself=actor.pk == held.pk, reason=not reason.strip(), no_change=held.is_active == active,
            last=not active and is_last(held),
        )  # fmt: skip
        held.is_active = active
        held.save(update_fields=["is_active"])
        records.record("person.enabled" if active else "person.disabled", actor=actor, subject=held, reason=reason)
        if not active:
            end_sessions(held)


def reset_factor(*, actor: Any, person: User, reason: str) -> None:
    """Take away every factor: the person makes another when she enters. Her sessions end."""
    check_manages(actor)
    held = Authenticator.objects.filter(user=person)
    refuse(oneself=actor.pk == person.pk, reason=not reason.strip(), no_change=not held.exists())
    with transaction.atomic():
        for one in held:
            one.delete()
        records.record("factor.reset", actor=actor, subject=person, reason=reason)
        end_sessions(person)


def untie(*, actor: Any, person: User, reason: str) -> None:
    """Take away the identity of the institution with which she enters. Her sessions end."""
    check_manages(actor)
    refuse(oneself=actor.pk == person.pk, reason=not reason.strip(), no_change=not person.identities.exists())
    with transaction.atomic():
        untie_all(person, reason=reason)
        end_sessions(person)


def invite(*, actor: Any, person: User, reason: str) -> tuple[str, str]:
    """(name, token) of the address where the person sets her own password, once. Her present one still serves.

    The address is half of it: the page asks for the code that a second person gives her (ADR 36).
    """
    check_manages(actor)
    refuse(oneself=actor.pk == person.pk, reason=not reason.strip(), disabled=not person.is_active)
    records.ask_invitation(actor=actor, person=person, act=reason)
    return urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)


def end_role(*, actor: Any, person: User, role: str, act: str) -> None:
    """Raises Refused, and what `records.api.end_role` raises."""
    check_manages(actor)
    refuse(last=role == ADMINISTRATOR and is_last(person))
    records.end_role(actor=actor, person=person, role=role, act=act)


def end_sessions(person: User) -> None:
    """Those that are listed; any other is refused at its next request, since the account or the password changed."""
    for session in UserSession.objects.filter(user=person):
        session.end()
