"""What is said of a piece after it was filed: where else it lies, why it was annulled, what was made from it.

Every row here is added and never changed.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Blob, Document
from records.models.expediente import Expediente
from records.vocabulary import RenditionKind


class Placement(models.Model):
    """A piece that also lies in another expediente, with that one's own order and folios and the same bytes (E10).

    It opens nothing to anybody: who may read the piece is decided where it was filed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="placements")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="placements")
    order = models.PositiveIntegerField(_("orden"))
    folio_first = models.PositiveIntegerField(_("folio inicial"))
    folio_last = models.PositiveIntegerField(_("folio final"))
    reason = models.CharField(_("motivo"), max_length=300)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(_("incorporado el"))

    class Meta:
        ordering = ("expediente", "order")
        constraints = (
            models.UniqueConstraint(fields=("document", "expediente"), name="placement_once"),
            models.UniqueConstraint(fields=("expediente", "order"), name="placement_order_in_expediente"),
        )


class PhysicalPlace(models.Model):
    """Where the paper of a hybrid piece is, and what refers to it (C10). The newest row is the present place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="physical_places")
    archive = models.CharField(_("archivo o depósito"), max_length=200)
    box = models.CharField(_("caja"), max_length=40, blank=True)
    folder = models.CharField(_("carpeta"), max_length=40, blank=True)
    volume = models.CharField(_("tomo"), max_length=40, blank=True)
    folios = models.CharField(_("folios en papel"), max_length=60, blank=True)
    cross_reference = models.CharField(_("referencia cruzada"), max_length=300)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("anotado el"))

    class Meta:
        ordering = ("-noted_at",)


class Annulment(models.Model):
    """A piece that no longer counts, and the one that takes its place if there is one; its bytes stay (B10)."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="annulment")
    reason = models.CharField(_("motivo"), max_length=500)
    replaced_by = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="replaces")
    annulled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    annulled_at = models.DateTimeField(_("anulado el"))


class Part(models.Model):
    """One part of a piece that is a unit of several: headers, body and attachments of a message, files inside a
    PDF (C6). `digest` is of the decoded bytes; the bytes themselves stay inside the piece."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="parts")
    index = models.PositiveIntegerField(_("parte"))
    role = models.CharField(_("papel"), max_length=20)
    name = models.TextField(_("nombre"), blank=True)
    media_type = models.CharField(_("formato"), max_length=120)
    size = models.PositiveBigIntegerField(_("bytes"))
    digest = models.CharField(_("huella"), max_length=64)
    flags = models.JSONField(_("advertencias"), default=list)

    class Meta:
        ordering = ("document", "index")
        constraints = (models.UniqueConstraint(fields=("document", "index"), name="part_once"),)


class Rendition(models.Model):
    """Something made from a piece, with its own digest and provenance (C4, D7).

    Bytes lie in the store under `blob`; a rendition kept as rows (text by page) has a digest and no blob.
    Making it again adds a row: the newest of a kind and page is the present one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="renditions")
    kind = models.CharField(_("clase de copia"), max_length=20, choices=RenditionKind.choices)
    page = models.PositiveIntegerField(_("página"), null=True, blank=True)
    digest = models.CharField(_("huella"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("formato"), max_length=120)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, blank=True, related_name="renditions")
    engine = models.CharField(_("motor"), max_length=60)
    engine_version = models.CharField(_("versión del motor"), max_length=60, blank=True)
    parameters = models.JSONField(_("parámetros"), default=dict)
    made_at = models.DateTimeField(_("hecho el"))

    class Meta:
        ordering = ("document", "-made_at")
        indexes = (models.Index(fields=("document", "kind", "page")),)


class SignatureReport(models.Model):
    """What validating the signatures inside a piece gave, at one moment (C7). `signatures` is a list of objects
    with the fields of `parsing.Signature`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signature_reports")
    engine = models.CharField(_("motor"), max_length=60)
    engine_version = models.CharField(_("versión del motor"), max_length=60, blank=True)
    signatures = models.JSONField(_("firmas"), default=list)
    fault = models.CharField(_("novedad"), max_length=60, blank=True)
    validated_at = models.DateTimeField(_("validado el"))

    class Meta:
        ordering = ("-validated_at",)


class SigningKey(models.Model):
    """The public half of each key this installation has signed with; old receipts are checked against it."""

    key_id = models.CharField(_("llave"), max_length=16, primary_key=True)
    public_key = models.CharField(_("clave pública Ed25519, base64"), max_length=60)
    since = models.DateTimeField(_("desde"))
