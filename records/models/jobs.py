"""Long work that a person started: what it is, how far it is, and what became of each of its rows (D16)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.vocabulary import JobState, RowState


class Job(models.Model):
    """`kind` is a code of `services.jobs.KINDS`; `parameters` what it needs to begin again after a cut."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("trabajo"), max_length=40)
    title = models.CharField(_("título"), max_length=200)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(_("estado"), max_length=20, choices=JobState.choices, default=JobState.QUEUED)
    total = models.PositiveIntegerField(_("en total"), default=0)
    done = models.PositiveIntegerField(_("hechos"), default=0)
    failed = models.PositiveIntegerField(_("con novedad"), default=0)
    stop_asked = models.BooleanField(_("se pidió detener"), default=False)
    parameters = models.JSONField(_("parámetros"), default=dict)
    result = models.JSONField(_("resultado"), default=dict)
    created_at = models.DateTimeField(_("pedido el"))
    started_at = models.DateTimeField(_("empezó"), null=True, blank=True)
    finished_at = models.DateTimeField(_("terminó"), null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)


class JobRow(models.Model):
    """One unit of a job. Its state changes in the transaction of what it did, so a restart repeats nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("fila"))
    label = models.CharField(_("qué"), max_length=300)
    state = models.CharField(_("estado"), max_length=20, choices=RowState.choices, default=RowState.PENDING)
    code = models.CharField(_("motivo"), max_length=60, blank=True)
    sentence = models.TextField(_("explicación"), blank=True)
    facts = models.JSONField(_("datos"), default=dict)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("job", "number")
        constraints = (models.UniqueConstraint(fields=("job", "number"), name="job_row_once"),)
