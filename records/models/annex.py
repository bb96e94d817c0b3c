"""The annex registry of an expediente: a stable key for each; its number is only a label (B8)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.expediente import Expediente


class Annex(models.Model):
    """An annex that an expediente has or awaits. Two may carry the label "Anexo 1"; no two the same key.

    `template` names the model it was made with (art. 44 item) and `template_version` which version of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="annexes")
    key = models.CharField(_("clave"), max_length=60)
    label = models.CharField(_("rótulo"), max_length=120)
    title = models.CharField(_("título"), max_length=300, blank=True)
    template = models.CharField(_("modelo"), max_length=60, blank=True)
    template_version = models.CharField(_("versión del modelo"), max_length=40, blank=True)
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    listed_at = models.DateTimeField(_("anotado el"))

    class Meta:
        ordering = ("key",)
        verbose_name_plural = "annexes"
        constraints = (models.UniqueConstraint(fields=("expediente", "key"), name="annex_key_in_expediente"),)

    def __str__(self) -> str:
        return self.key
