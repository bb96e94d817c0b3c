"""Custody certificates that were issued: what each was about, and the digest of the file that left."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente


class Certificate(models.Model):
    """`kind` and `scope` are those of `records.certificates.scope`. The file itself is kept for some days and can be
    issued again; the ledger tells the issue, under the digest of its manifest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("alcance"), max_length=20)
    scope = models.UUIDField(_("objeto"))
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="certificates")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )  # fmt: skip
    with_bytes = models.BooleanField(_("con los bytes"))
    pieces = models.PositiveIntegerField(_("piezas"))
    events = models.PositiveIntegerField(_("sucesos"))
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("huella"), max_length=64)
    manifest = models.CharField(_("huella del manifiesto"), max_length=64)
    key = models.CharField(_("llave"), max_length=16)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("expedido"))
    event = models.PositiveBigIntegerField(_("suceso"))

    class Meta:
        ordering = ("-issued_at",)
