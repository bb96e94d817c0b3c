"""Grants of access: the act is ours and is never edited; the right in force is a guardian row.

A grant row says who opened what to whom, until when and why. While it is in force, one row of
guardian's direct-foreign-key table carries the right; withdrawing deletes that row and adds a
withdrawal. Expiry needs no writing: a right whose grant has ended gives nothing.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from records.models.document import Document
from records.models.expediente import Expediente


class Grant(models.Model):
    """Access to one document or one expediente for one person, until the end of a day in Bogota."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    until = models.DateField(_("hasta"))
    reason = models.CharField(_("motivo"), max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("concedido el"))

    class Meta:
        ordering = ("-granted_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(document__isnull=False, expediente__isnull=True)
                | Q(document__isnull=True, expediente__isnull=False),
                name="grant_of_one_thing",
            ),
        )


class GrantWithdrawal(models.Model):
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("retirado el"))
    reason = models.CharField(_("motivo"), max_length=500, blank=True)


class DocumentUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Document, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="document_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class ExpedienteUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Expediente, on_delete=models.CASCADE)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="expediente_permission")

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
