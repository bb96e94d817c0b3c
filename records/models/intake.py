"""Files that are not in custody: those arriving or lacking something, and those refused and set apart."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.vocabulary import DraftState


class Draft(models.Model):
    """A file on its way in: it arrives by pieces, then waits until its data are complete, then is filed.

    Its bytes lie in the folder of arrivals under its id; how many arrived is the size of that file, never a
    column. `size` is the length announced. `faults` are codes of `records.sentences`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts")
    batch = models.UUIDField(_("lote"), db_index=True)
    original_name = models.TextField(_("nombre recibido"))
    size = models.PositiveBigIntegerField(_("bytes anunciados"))
    state = models.CharField(_("estado"), max_length=20, choices=DraftState.choices, default=DraftState.RECEIVING)
    tipo = models.CharField(_("tipo documental"), max_length=120, blank=True)
    date = models.DateField(_("fecha del documento"), null=True, blank=True)
    title = models.CharField(_("título"), max_length=300, blank=True)
    digest = models.CharField(_("huella"), max_length=64, blank=True)
    faults = models.JSONField(_("lo que falta"), default=list)
    suggestion = models.JSONField(_("sugerencia"), default=dict)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    created_at = models.DateTimeField(_("empezó"))
    updated_at = models.DateTimeField(_("último cambio"))

    class Meta:
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("person", "state")), models.Index(fields=("expediente", "state")))


class Quarantined(models.Model):
    """A refused file, set apart with its reasons (C5). It is never opened, read nor served again.

    `kept` says whether its bytes still lie in the folder of quarantine, under its id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="quarantined")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    original_name = models.TextField(_("nombre recibido"))
    digest = models.CharField(_("huella"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    reasons = models.JSONField(_("motivos"), default=list)
    detail = models.CharField(_("detalle"), max_length=300, blank=True)
    at = models.DateTimeField(_("apartado el"))
    kept = models.BooleanField(_("se conservan los bytes"), default=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    settled_at = models.DateTimeField(_("atendido el"), null=True, blank=True)
    settlement = models.CharField(_("qué se hizo"), max_length=300, blank=True)

    class Meta:
        ordering = ("-at",)
