"""Who came in, who tried to, and what was changed of people and groups: events of the ledger (U1).

They are told of what is done by the net, whichever page or package does it. What somebody typed for a login may be a
password: of a name that is nobody's only a keyed digest is written (U5).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from records import api as records

#: Fields of a person that are told by their values; of the others only that they changed.
VALUES = ("is_active", "is_staff", "desk_access")
FIELDS = (*VALUES, "full_name", "email", "password")
#: In a session where a factor was made: what demands one is content.
ENROLLED = "factor_enrolled"


def connect() -> None:
    """Called once, when the apps are ready."""
    people: Any = get_user_model()
    user_logged_in.connect(entered, dispatch_uid="custodia_entered")
    user_login_failed.connect(refused, dispatch_uid="custodia_refused")
    user_logged_out.connect(left, dispatch_uid="custodia_left")
    pre_save.connect(about_to_change, sender=people, dispatch_uid="custodia_person_before")
    post_save.connect(changed, sender=people, dispatch_uid="custodia_person")
    post_delete.connect(removed, sender=people, dispatch_uid="custodia_person_gone")
    for signal in (post_save, post_delete):
        signal.connect(group_changed, sender=Group, dispatch_uid=f"custodia_group_{id(signal)}")
    factors = apps.get_model("mfa", "Authenticator")
    post_save.connect(factor_added, sender=factors, dispatch_uid="custodia_factor")
    post_delete.connect(factor_removed, sender=factors, dispatch_uid="custodia_factor_gone")
    for through in (people.groups.through, people.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(memberships_changed, sender=through, dispatch_uid=f"custodia_{through.__name__}")


_maintained: ContextVar[bool] = ContextVar("maintained", default=False)


@contextlib.contextmanager
def maintained() -> Iterator[None]:
    """What is changed in here by an operator's command is told too, as the system's own act."""
    before = _maintained.set(True)
    try:
        yield
    finally:
        _maintained.reset(before)


def is_told() -> bool:
    return records.visit() is not None or _maintained.get()


def note(action: str, subject: object, **facts: Any) -> None:
    """An event of what happens in a request, by whoever is signed in, or in a command that says that it is told."""
    if is_told():
        visit = records.visit()
        with transaction.atomic():
            records.record(action, actor=visit.person if visit else None, subject=subject, **facts)


def entered(user: Any, **_signal: Any) -> None:
    note("session.opened", user)


def left(user: Any, **_signal: Any) -> None:
    if user is not None:
        note("session.closed", user)


def refused(credentials: Mapping[str, Any], request: Any = None, **_signal: Any) -> None:
    """`locked`: it was not even looked at, since this login was locked from that address. That is told once in the time
    a lock lasts, of each person and of all unknown logins together: a stranger who goes on fills no ledger."""
    locked = {"locked": True} if getattr(request, "axes_locked_out", False) else {}
    typed = str(credentials.get("username", ""))
    known = get_user_model().objects.filter(username=typed.replace("\x00", "")).first()
    if locked and is_told_lately("session.refused", known or "person", '"locked":true'):
        return
    named = {} if known else {"typed": records.digest_of(f"login:{typed}")}
    note("session.refused", known or "person", **named, **locked)


def is_told_lately(action: str, subject: Any, fact: str) -> bool:
    """Does an event of this action over this tell the fact (as the ledger writes it), in the time that a lock lasts?"""
    since, key = records.now() - settings.AXES_COOLOFF_TIME, str(getattr(subject, "pk", subject))
    events = records.LedgerEvent.objects.filter(action=action, object_id=key, at__gte=since)
    return bool(events.filter(payload__contains=fact).exists())


def note_no_desk() -> None:
    """Somebody signed in who has no business at the desk stood at its door."""
    note("access.denied", "custody", code="no_desk")


def factor_added(instance: Any, created: bool, **_signal: Any) -> None:
    """In the act's own transaction; allauth's signal comes after it, when an event can undo nothing."""
    visit = records.visit()
    if not created or visit is None:
        return
    note("factor.added", instance.user, kind=str(instance.type))
    if visit.person == instance.user:
        visit.request.session[ENROLLED] = True


def factor_removed(instance: Any, **_signal: Any) -> None:
    note("factor.removed", instance.user, kind=str(instance.type))


def about_to_change(instance: Any, **_signal: Any) -> None:
    if is_told():
        instance.stood = type(instance).objects.filter(pk=instance.pk).values(*FIELDS).first()


def changed(instance: Any, created: bool, **_signal: Any) -> None:
    if not is_told():
        return
    stood = getattr(instance, "stood", None) or {}
    fields = [name for name in FIELDS if stood.get(name) != getattr(instance, name)]
    values = {name: [stood.get(name), getattr(instance, name)] for name in VALUES if name in fields}
    if created or fields:
        note("person.created" if created else "person.changed", instance, changed=fields, values=values)


def removed(instance: Any, **_signal: Any) -> None:
    note("person.removed", instance, login=instance.get_username())


def group_changed(instance: Group, **_signal: Any) -> None:
    note("group.changed", instance, group=instance.name)


def memberships_changed(instance: Any, action: str, model: type, pk_set: set[Any] | None, **_signal: Any) -> None:
    """Groups of a person by their code, which is what the house calls them, or permissions of either by their id."""
    if action in ("post_add", "post_remove", "post_clear") and (pk_set or action == "post_clear"):
        told = "group.changed" if isinstance(instance, Group) else "person.roles_changed"
        note(told, instance, change=action.removeprefix("post_"), which=names_of(model, pk_set or ()))


def names_of(model: type, keys: Any) -> list[str]:
    names = dict(Group.objects.filter(pk__in=keys).values_list("pk", "name")) if model is Group else {}
    return sorted(str(names.get(key, key)) for key in keys)
