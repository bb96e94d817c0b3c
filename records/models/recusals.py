"""Recusal: somebody in conflict has nothing to do with an item's papers. Rows are added and never changed (I11)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.models.people import Ending


class Recusal(models.Model):
    """From a day until another, or until it is ended, one expediente or one piece is as absent for a person, whatever
    opens it to her. Written by whoever keeps the papers, and by the committee that heard of the conflict."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="recusals")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="recusals")
    starts_on = models.DateField(_("desde"))
    until = models.DateField(_("hasta"), null=True, blank=True)
    act = models.CharField(_("acto"), max_length=300)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    noted_at = models.DateTimeField(_("registrado"))

    class Meta:
        ordering = ("-noted_at",)
        indexes = (models.Index(fields=("person", "starts_on")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(document__isnull=False, expediente__isnull=True)
                | Q(document__isnull=True, expediente__isnull=False),
                name="recusal_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("starts_on")), name="recusal_ends_after_start"
            ),
        )

    @property
    def subject(self) -> Document | Expediente:
        return self.document or self.expediente  # type: ignore[return-value]


class RecusalEnd(Ending):
    recusal = models.OneToOneField(Recusal, on_delete=models.PROTECT, primary_key=True, related_name="end")
