"""The ledger's rows and the worker's pulse. Only `records.audit` writes the first."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerEvent(models.Model):
    """One act or reading: canonical JSON (RFC 8785) and its RFC 6962 leaf hash, in gapless order.

    Actor and object are kept as text, so that the ledger never depends on living rows. `result` is one of
    `records.audit.RESULTS`, or empty in events that are older than it.
    """

    index = models.PositiveBigIntegerField(_("número"), primary_key=True)
    at = models.DateTimeField(_("momento"))
    action = models.CharField(_("acto"), max_length=60, db_index=True)
    actor = models.CharField(_("persona"), max_length=150)
    object_type = models.CharField(_("clase de objeto"), max_length=40)
    object_id = models.CharField(_("objeto"), max_length=80)
    payload = models.TextField(_("contenido"))
    leaf = models.CharField(_("huella"), max_length=64)
    result = models.CharField(_("resultado"), max_length=10, blank=True, default="")

    class Meta:
        ordering = ("index",)
        indexes = (
            models.Index(fields=("at",)),
            models.Index(fields=("result", "index")),
            models.Index(fields=("object_id", "index")),
            models.Index(fields=("actor", "index")),
        )


class Checkpoint(models.Model):
    """The ledger's signed head at one size: whoever keeps it can tell later whether that beginning is still the same
    (the signed tree head of RFC 6962 §3.5).

    `root` is the root of the first `size` leaves, `peaks` its complete subtrees, largest first, all in hex: from them
    the next head is made without reading the ledger again. `occasion` is one of `records.ledger.checkpoints.OCCASIONS`.
    """

    size = models.PositiveBigIntegerField(_("sucesos"), primary_key=True)
    root = models.CharField(_("raíz"), max_length=64)
    peaks = models.JSONField(_("cimas"))
    at = models.DateTimeField(_("momento"))
    occasion = models.CharField(_("ocasión"), max_length=20)
    key = models.CharField(_("llave"), max_length=16)
    signature = models.CharField(_("firma"), max_length=90)

    class Meta:
        ordering = ("size",)


class HeadStamp(models.Model):
    """The RFC 3161 token of an authority over a signed head, with the chain that it brings: from then on not even
    whoever holds the signing key can date that head otherwise (K5).

    `token` is its DER, over the SHA-256 of the head as canonical JSON; `at` the moment that the authority told.
    """

    checkpoint = models.OneToOneField(
        Checkpoint, on_delete=models.PROTECT, primary_key=True, related_name="stamp", verbose_name=_("punto de control")
    )
    at = models.DateTimeField(_("momento"))
    token = models.BinaryField(_("estampa"))


class StateChange(models.Model):
    """One step of a state machine: who, when, why, and the event that tells it (P3).

    The reason is a person's prose and stays out of the ledger, which names no content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    machine = models.CharField(_("máquina"), max_length=40)
    subject = models.UUIDField(_("objeto"))
    source = models.CharField(_("desde"), max_length=30)
    target = models.CharField(_("hacia"), max_length=30)
    reason = models.TextField(_("motivo"), blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(_("momento"))
    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT, related_name="state_changes")

    class Meta:
        ordering = ("event",)
        indexes = (models.Index(fields=("subject", "event")),)


class WorkerBeat(models.Model):
    """When a worker last said it lives, in machine time."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
