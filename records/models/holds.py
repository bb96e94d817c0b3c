"""Holds: acts that suspend the disposition of an expediente or a piece, and the acts that lift them (R5).

Every row here is added and never changed. A hold stands as long as nothing lifted it.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.vocabulary import HoldKind


class Hold(models.Model):
    """While it stands nothing of what it names is removed, neither by the code nor through the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("causa"), max_length=20, choices=HoldKind.choices)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    authority = models.CharField(_("autoridad y acto"), max_length=200)
    reason = models.CharField(_("motivo"), max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(_("suspendida el"))

    class Meta:
        ordering = ("-placed_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(document__isnull=False, expediente__isnull=True)
                | Q(document__isnull=True, expediente__isnull=False),
                name="hold_of_one_thing",
            ),
        )


class HoldLift(models.Model):
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, primary_key=True, related_name="lift")
    authority = models.CharField(_("autoridad y acto"), max_length=200)
    reason = models.CharField(_("motivo"), max_length=500)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(_("levantada el"))
