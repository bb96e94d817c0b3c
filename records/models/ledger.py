"""The ledger's rows and the worker's pulse. Only `records.audit` writes the first."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerEvent(models.Model):
    """One act or reading: canonical JSON (RFC 8785) and its RFC 6962 leaf hash, in gapless order.

    Actor and object are kept as text, so that the ledger never depends on living rows.
    """

    index = models.PositiveBigIntegerField(_("número"), primary_key=True)
    at = models.DateTimeField(_("momento"))
    action = models.CharField(_("acto"), max_length=60, db_index=True)
    actor = models.CharField(_("persona"), max_length=150)
    object_type = models.CharField(_("clase de objeto"), max_length=40)
    object_id = models.CharField(_("objeto"), max_length=80)
    payload = models.TextField(_("contenido"))
    leaf = models.CharField(_("huella"), max_length=64)

    class Meta:
        ordering = ("index",)
        indexes = (
            models.Index(fields=("object_id", "index")),
            models.Index(fields=("actor", "index")),
        )


class WorkerBeat(models.Model):
    """When a worker last said it lives, in machine time."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
