"""What people held and when: roles, appointments that ended early, accounts. Rows are added and never changed.

The membership in a group is what gives a role today; the rows here say since when, until when and by what act, so that
the roles of a past day are those of that day.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.expediente import Appointment


class Ending(models.Model):
    """The end of something before its own day, or of what had none. Subclasses name it as their key."""

    ended_at = models.DateTimeField(_("terminó el"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    act = models.CharField(_("acto"), max_length=300, blank=True)

    class Meta:
        abstract = True


class RoleAssignment(models.Model):
    """A person holds a role (the code of a group) from a day until another, by an act.

    Without `starts_on` it rules at once, without `until` as long as nobody ends it. `act` is empty, and `assigned_by`
    unknown, for a membership that was given without the service.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("rol"), max_length=150)
    starts_on = models.DateField(_("desde"), null=True, blank=True)
    until = models.DateField(_("hasta"), null=True, blank=True)
    act = models.CharField(_("acto"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    assigned_at = models.DateTimeField(_("registrado"))

    class Meta:
        indexes = (models.Index(fields=("person", "role")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until=None) | Q(until__gte=F("starts_on")),
                name="role_ends_after_start",
            ),
        )


class RoleEnd(Ending):
    assignment = models.OneToOneField(RoleAssignment, on_delete=models.PROTECT, primary_key=True, related_name="end")


class AppointmentEnd(Ending):
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, primary_key=True, related_name="end")


class AccountSpell(models.Model):
    """How an account stood from a moment on: whether it was active, and whether it entered the desk.

    It goes with the account, after it: who never held or did anything may be deleted (ADR 18), and while the account
    is there the database lets nobody change or delete the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="account_spells")
    is_active = models.BooleanField(_("activa"))
    desk_access = models.BooleanField(_("entra a custodia"))
    since = models.DateTimeField(_("desde"))

    class Meta:
        indexes = (models.Index(fields=("person", "since")),)
