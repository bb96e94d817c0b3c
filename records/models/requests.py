"""Access asked for, and doors broken open by two people. Rows are added and never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.models.grants import Grant


class AccessRequest(models.Model):
    """Somebody asks for something by its reference; what that names, if anything, is for the custodian alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_requests")
    reference = models.CharField(_("referencia"), max_length=200)
    purpose = models.CharField(_("para qué"), max_length=500)
    case_number = models.CharField(_("número de caso"), max_length=80, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("pedido el"))

    class Meta:
        ordering = ("-asked_at",)
        indexes = (models.Index(fields=("person", "asked_at")),)


class AccessAnswer(models.Model):
    """What the custodian did of a request: a grant, or none and why. Whoever asked is told of grants alone."""

    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, primary_key=True, related_name="answer")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="asked_by")
    reason = models.CharField(_("motivo"), max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("atendido el"))


class BreakGlass(models.Model):
    """An emergency: one person asks to read a piece she may not, for minutes. Nothing opens until another confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.CharField(_("motivo"), max_length=500)
    minutes = models.PositiveSmallIntegerField(_("minutos"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergencies")
    asked_at = models.DateTimeField(_("pedido el"))

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=60), name="emergency_of_an_hour_at_most"),
        )


class BreakGlassConfirmation(models.Model):
    """The second person's word, which opens the door; `asked_by` is copied so that the database compares the two."""

    emergency = models.OneToOneField(
        BreakGlass, on_delete=models.PROTECT, primary_key=True, related_name="confirmation"
    )
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="emergency")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmado el"))

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(asked_by=F("confirmed_by")), name="emergency_of_two_people"),
        )


class BreakGlassReview(models.Model):
    """What whoever keeps the papers says of it afterwards."""

    emergency = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, primary_key=True, related_name="review")
    observations = models.CharField(_("observaciones"), max_length=500)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("revisado el"))
