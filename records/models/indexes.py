"""Electronic indexes as they were issued: added, never changed (E5)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Blob
from records.models.expediente import Expediente
from records.vocabulary import IndexOccasion


class IndexIssue(models.Model):
    """One issue of an expediente's index: the file of the index and its signed cover, both in the store.

    `number` has no gaps and begins at 1. `previous` is the issue whose cover this one's cover names by its digest.
    `certificate` is the SHA-256 of the signer's certificate (DER, hex); `stamped_at` what the time-stamping authority
    told, empty where none was asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="indexes")
    number = models.PositiveIntegerField(_("número"))
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", verbose_name=_("índice anterior")
    )
    occasion = models.CharField(_("ocasión"), max_length=20, choices=IndexOccasion.choices)
    file = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", verbose_name=_("índice"))
    cover = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+", verbose_name=_("cubierta firmada"))
    documents = models.PositiveIntegerField(_("documentos"))
    folios = models.PositiveIntegerField(_("folios"))
    certificate = models.CharField(_("huella del certificado"), max_length=64)
    stamped_at = models.DateTimeField(_("estampado el"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("expedido el"))

    class Meta:
        ordering = ("expediente", "number")
        constraints = (
            models.UniqueConstraint(fields=("expediente", "number"), name="index_number_in_expediente"),
            models.CheckConstraint(
                condition=models.Q(number=1, previous__isnull=True) | models.Q(number__gt=1, previous__isnull=False),
                name="index_follows_the_one_before",
            ),
        )
