"""Who must enter with a second factor, and whether she did (settings: MFA_REQUIRED_ROLES)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from cms.users.trail import ENROLLED
from records import api as records

#: Words of the setting that no group tells: they follow from what custody knows of the person now, asked of it once.
TOLD: Mapping[str, Callable[[records.Rights], bool]] = {
    "custodian": lambda rights: any(ground.rule == "appointment_custodian" for ground in rights.grounds),
    "reserved_reader": lambda rights: (
        records.Level.RESERVED in rights.reach() and rights.visible().filter(level=records.Level.RESERVED).exists()
    ),
}
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must(person: Any) -> bool:
    """Does what this person may do demand a second factor?"""
    asked = settings.MFA_REQUIRED_ROLES
    if not asked:
        return False
    if records.roles_of(person) & set(asked):
        return True
    rights = records.rights_of(person)
    return any(TOLD[word](rights) for word in asked if word in TOLD)


def has(person: Any) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=MAIN).exists())


def used(request: HttpRequest) -> bool:
    """Was a factor shown in this session, or made in it?"""
    records_of = get_authentication_records(request, request.user)
    return bool(request.session.get(ENROLLED)) or any(one.get("method") == "mfa" for one in records_of)


def lacks(request: HttpRequest) -> bool:
    """Is this a session without a factor of somebody who must have one? One taken away since does not count."""
    if not settings.MFA_REQUIRED_ROLES or (used(request) and has(request.user)):
        return False
    return must(request.user)
