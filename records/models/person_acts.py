"""What is asked of somebody's account and rules only when a second person says so. Rows are added, never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonActKind(models.TextChoices):
    ROLE = "role", _("Cargo")
    INVITATION = "invitation", _("Invitación")


class PersonAct(models.Model):
    """A role to be given, or an invitation to set a password, asked by who manages people. `role` and the dates are
    of a role; `act` is what orders it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=PersonActKind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person_acts")
    role = models.CharField(_("rol"), max_length=150, blank=True)
    starts_on = models.DateField(_("desde"), null=True, blank=True)
    until = models.DateField(_("hasta"), null=True, blank=True)
    act = models.CharField(_("acto"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("pedido el"))

    class Meta:
        ordering = ("-asked_at",)
        indexes = (models.Index(fields=("person", "kind", "asked_at"), name="person_act_of"),)


class PersonActDecision(models.Model):
    """The second person's word. `decided_by` None: an operator, where nobody of the house could. `mark` is the keyed
    digest of the code of an invitation."""

    asked = models.OneToOneField(PersonAct, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    confirmed = models.BooleanField(_("confirmado"))
    reason = models.CharField(_("motivo"), max_length=300, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decidido el"))
