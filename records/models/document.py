"""A filed piece, its bytes and what was read from it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.annex import Annex
from records.models.expediente import Expediente
from records.models.trd import TipoDocumental
from records.vocabulary import DocumentState, Level, Origin, ReadingState, TextSource


class Blob(models.Model):
    """Received bytes, addressed by their digest; one row serves every piece with those bytes."""

    digest = models.CharField(_("huella"), max_length=64, primary_key=True)
    algorithm = models.CharField(_("algoritmo"), max_length=20, default="sha256")
    size = models.PositiveBigIntegerField(_("bytes"))
    stored_at = models.DateTimeField(_("guardado"))

    def __str__(self) -> str:
        return self.digest


class Document(models.Model):
    """A piece of an expediente: identity and place never change, only its level, state and annex do.

    A later version is a new row that names the one before it (B10). The receipt's signature is made with
    the row, over facts that never change; `receipt_key` says with which key.

    The frozen columns are also held by database triggers (`records.triggers`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="documents")
    order = models.PositiveIntegerField(_("orden"))
    folio_first = models.PositiveIntegerField(_("folio inicial"))
    folio_last = models.PositiveIntegerField(_("folio final"))
    radicado = models.CharField(_("radicado"), max_length=20, unique=True)
    tipo = models.ForeignKey(TipoDocumental, on_delete=models.PROTECT)
    title = models.CharField(_("título"), max_length=300)
    date = models.DateField(_("fecha del documento"))
    author = models.CharField(_("autor"), max_length=200)
    origin = models.CharField(_("origen"), max_length=20, choices=Origin.choices, default=Origin.ELECTRONIC)
    annex = models.ForeignKey(Annex, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("radicado el"))
    batch = models.UUIDField(_("lote"), null=True, blank=True, db_index=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="documents")
    original_name = models.TextField(_("nombre recibido"))
    media_type = models.CharField(_("formato"), max_length=120)
    extension = models.CharField(_("extensión"), max_length=12)
    pages = models.PositiveIntegerField(_("páginas"))
    inspected = models.BooleanField(_("inspeccionado"))
    flags = models.JSONField(_("advertencias"), default=list)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="links")
    duplicate_reason = models.CharField(_("por qué se conserva repetido"), max_length=300, blank=True)
    level = models.CharField(_("nivel"), max_length=20, choices=Level.choices, default=Level.UNCLASSIFIED)
    state = models.CharField(_("estado"), max_length=20, choices=DocumentState.choices, default=DocumentState.FILED)
    version = models.PositiveSmallIntegerField(_("versión"), default=1)
    template_version = models.CharField(_("versión del modelo"), max_length=40, blank=True)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", verbose_name=_("versión anterior")
    )
    receipt_key = models.CharField(_("llave del recibo"), max_length=16, blank=True)
    receipt_signature = models.CharField(_("firma del recibo"), max_length=100, blank=True)

    class Meta:
        ordering = ("expediente", "order")
        constraints = (
            models.UniqueConstraint(fields=("expediente", "order"), name="document_order_in_expediente"),
            models.CheckConstraint(
                condition=models.Q(folio_last__gte=models.F("folio_first")), name="document_folios_in_order"
            ),
        )
        indexes = (
            models.Index(fields=("level", "expediente")),
            models.Index(fields=("filed_at", "id")),
        )

    def __str__(self) -> str:
        return self.radicado


class Reading(models.Model):
    """What the parsing cell read of a piece, with which engine; the state of the work itself is a task row."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="reading")
    state = models.CharField(_("lectura"), max_length=20, choices=ReadingState.choices, default=ReadingState.PENDING)
    engine = models.CharField(_("motor"), max_length=40, blank=True)
    engine_version = models.CharField(_("versión del motor"), max_length=40, blank=True)
    detail = models.CharField(_("detalle"), max_length=300, blank=True)
    pages = models.PositiveIntegerField(_("páginas con texto"), default=0)
    chars = models.PositiveBigIntegerField(_("caracteres"), default=0)
    ocr_pages = models.PositiveIntegerField(_("páginas por reconocimiento óptico"), default=0)
    unreadable_pages = models.PositiveIntegerField(_("páginas sin texto legible"), default=0)
    read_at = models.DateTimeField(_("leído el"), null=True, blank=True)


class PageText(models.Model):
    """Text of one page (numbers start at 1).

    `words` is a zlib-compressed JSON list of [word, x0, y0, x1, y1], coordinates as fractions of
    the page's width and height from its top-left corner; empty where the format has no page images.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="page_texts")
    number = models.PositiveIntegerField(_("página"))
    text = models.TextField(_("texto"), blank=True)
    words = models.BinaryField(_("palabras"), default=b"")
    source = models.CharField(_("procedencia"), max_length=10, choices=TextSource.choices, default=TextSource.WRITTEN)
    confidence = models.FloatField(_("confianza, de 0 a 100"), null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("document", "number"), name="page_text_once"),)


class RadicadoCounter(models.Model):
    """The last radicado of a year; moved only inside the filing transaction, so numbers have no gaps."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
