"""Rows that citizens read: copies made by a decision, and nothing else (D2; arts. 21, 25, 38).

No row here points into custody: identities of decisions and projects are plain values.
"""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cms.core.spanish import share
from cms.publication import vocabulary


class PublishedProject(models.Model):
    """One project as it is shown now. Credits have two decimals, in the currency of the convenio marco.

    `impacts` and `inclusion_codes` hold the codes of its parts, separated by commas: the list counts them all at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project_id = models.UUIDField(_("proyecto"), unique=True)
    code = models.CharField(_("código"), max_length=20, unique=True)
    slug = models.SlugField(_("dirección"), max_length=120, unique=True)
    name = models.CharField(_("nombre"), max_length=300)
    phase = models.CharField(_("fase"), max_length=20)
    objective = models.TextField(_("objetivo"))
    summary = models.TextField(_("resumen"), blank=True)
    department = models.CharField(_("departamento"), max_length=80, blank=True)
    municipality = models.CharField(_("municipio"), max_length=120, blank=True)
    area_of_interest = models.CharField(_("área de interés"), max_length=120, blank=True)
    strategic_bet = models.CharField(_("apuesta"), max_length=60, blank=True)
    offset_kind = models.CharField(_("clase"), max_length=20, blank=True)
    supplier = models.CharField(_("proveedor"), max_length=200, blank=True)
    recipient = models.CharField(_("receptor"), max_length=200, blank=True)
    beneficiaries = models.TextField(_("beneficiarios"), blank=True)
    convenio_number = models.CharField(_("convenio derivado"), max_length=40, blank=True)
    framework_number = models.CharField(_("convenio marco"), max_length=40, blank=True)
    credits_agreed = models.DecimalField(_("créditos acordados"), max_digits=18, decimal_places=2, default=Decimal(0))
    credits_executed = models.DecimalField(
        _("créditos ejecutados"), max_digits=18, decimal_places=2, default=Decimal(0)
    )
    entered_on = models.DateField(_("entrada al Banco"), null=True)
    year = models.CharField(_("año de entrada"), max_length=4, blank=True)
    impacts = models.CharField(_("clases de impacto"), max_length=200, blank=True)
    inclusion_codes = models.CharField(_("criterios"), max_length=600, blank=True)
    decision_id = models.UUIDField(_("decisión"))
    decided_at = models.DateTimeField(_("actualizado"))

    class Meta:
        ordering = ("code",)
        verbose_name = _("proyecto publicado")
        verbose_name_plural = _("proyectos publicados")
        indexes = (
            models.Index(fields=("phase", "code"), name="published_by_phase"),
            models.Index(fields=("department", "code"), name="published_by_department"),
            models.Index(fields=("strategic_bet", "code"), name="published_by_bet"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return f"/banco/{self.slug}/"

    @property
    def phase_label(self) -> str:
        return vocabulary.label(vocabulary.PHASES, self.phase)

    @property
    def bet_label(self) -> str:
        return vocabulary.label(vocabulary.BETS, self.strategic_bet)

    @property
    def area_label(self) -> str:
        return vocabulary.label(vocabulary.AREAS, self.area_of_interest)

    @property
    def kind_label(self) -> str:
        return vocabulary.label(vocabulary.OFFSET_KINDS, self.offset_kind)

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.municipality, self.department) if part)

    @property
    def executed_share(self) -> Decimal:
        """Executed credits as a percentage of the agreed ones, two decimals."""
        return share(self.credits_executed, self.credits_agreed)

    @cached_property
    def inclusion_labels(self) -> list[str]:
        return [vocabulary.label(vocabulary.INCLUSION, row.code) for row in self.inclusion.all()]


class PublishedInclusion(models.Model):
    """A differential criterion of a project (arts. 30, 37); rows of their own so that they can be counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(PublishedProject, on_delete=models.CASCADE, related_name="inclusion")
    code = models.CharField(_("criterio"), max_length=60, db_index=True)

    class Meta:
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=("project", "code"), name="published_inclusion_once"),)


class PublishedIndicator(models.Model):
    """Target and achievement of one indicator, with the date and the source of the achieved value (arts. 25.b, 41)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(PublishedProject, on_delete=models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField(_("orden"))
    kind = models.CharField(_("impacto"), max_length=20)
    name = models.CharField(_("indicador"), max_length=200)
    unit = models.CharField(_("unidad"), max_length=60, blank=True)
    target = models.DecimalField(_("meta"), max_digits=18, decimal_places=2, null=True)
    achieved = models.DecimalField(_("logro"), max_digits=18, decimal_places=2, null=True)
    measured_on = models.DateField(_("fecha"), null=True)
    source = models.CharField(_("fuente"), max_length=300, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("project", "position"), name="published_indicator_place"),)

    @property
    def kind_label(self) -> str:
        return vocabulary.label(vocabulary.IMPACTS, self.kind)


class WithheldNotice(models.Model):
    """That something is withheld and on which ground; only where its existence may be told (Ley 1712, arts. 18, 19)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(PublishedProject, on_delete=models.CASCADE, related_name="withheld")
    norm = models.CharField(_("norma"), max_length=120)
    article = models.CharField(_("artículo"), max_length=40, blank=True)
    literal = models.CharField(_("literal"), max_length=20, blank=True)
    count = models.PositiveIntegerField(_("documentos"))
    until = models.DateField(_("hasta"), null=True)

    class Meta:
        ordering = ("norm", "article", "literal")

    @property
    def ground(self) -> str:
        """`Ley 1712 de 2014, art. 18, c`."""
        article = f"art. {self.article}" if self.article else ""
        return ", ".join(part for part in (self.norm, article, self.literal) if part)


class PublishedConvenio(models.Model):
    """A signed convenio as citizens read it, while a project of it is shown; never the value of an activity."""

    number = models.CharField(_("número"), max_length=40, primary_key=True)
    slug = models.SlugField(_("dirección"), max_length=60, unique=True)
    kind = models.CharField(_("clase"), max_length=20)
    framework_number = models.CharField(_("convenio marco"), max_length=40, blank=True, db_index=True)
    title = models.CharField(_("objeto"), max_length=300)
    supplier = models.CharField(_("proveedor"), max_length=200, blank=True)
    recipient = models.CharField(_("receptor"), max_length=200, blank=True)
    signed_on = models.DateField(_("suscrito el"), null=True)
    stage = models.CharField(_("estado"), max_length=80, blank=True)
    currency = models.CharField(_("moneda"), max_length=3, default="USD")
    credits_agreed = models.DecimalField(_("créditos acordados"), max_digits=18, decimal_places=2)
    credits_executed = models.DecimalField(_("créditos ejecutados"), max_digits=18, decimal_places=2)
    decision_id = models.UUIDField(_("decisión"))
    decided_at = models.DateTimeField(_("actualizado"))

    class Meta:
        ordering = ("number",)
        verbose_name = _("convenio publicado")
        verbose_name_plural = _("convenios publicados")

    def __str__(self) -> str:
        return self.number

    @property
    def url(self) -> str:
        return f"/convenios/{self.slug}/"

    @property
    def kind_label(self) -> str:
        return vocabulary.label(vocabulary.CONVENIO_KINDS, self.kind)

    @property
    def pending(self) -> Decimal:
        return self.credits_agreed - self.credits_executed

    @property
    def executed_share(self) -> Decimal:
        return share(self.credits_executed, self.credits_agreed)


class PublishedDocument(models.Model):
    """A public piece: what it is, and the digest of the bytes that citizens download from a copy of their own.

    Its id follows from that of the piece without telling it, so that its address is the same whenever it is shown.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    document_id = models.UUIDField(_("pieza"), unique=True)
    convenio_number = models.CharField(_("convenio"), max_length=40, db_index=True)
    title = models.CharField(_("título"), max_length=300)
    tipo = models.CharField(_("tipo documental"), max_length=200)
    date = models.DateField(_("fecha del documento"))
    digest = models.CharField(_("huella SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    media_type = models.CharField(_("formato"), max_length=120)
    extension = models.CharField(_("extensión"), max_length=12)
    pages = models.PositiveIntegerField(_("páginas"))
    version = models.PositiveSmallIntegerField(_("versión"), default=1)
    text = models.TextField(_("texto"), blank=True)
    decision_id = models.UUIDField(_("decisión"))
    decided_at = models.DateTimeField(_("publicado"))

    class Meta:
        ordering = ("-date", "title")
        verbose_name = _("documento publicado")
        verbose_name_plural = _("documentos publicados")

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        return f"/documentos/{self.id}/"

    @property
    def download_url(self) -> str:
        return f"/documentos/{self.id}/archivo/"

    @property
    def format_label(self) -> str:
        return self.extension.lstrip(".").upper()

    @property
    def filename(self) -> str:
        return f"{slugify(self.title)[:80] or 'documento'}.{self.extension.lstrip('.')}"


class PublicChange(models.Model):
    """One public change, kept for ever with its decision; a withdrawal empties the cards kept before it (ADR 51).

    The database refuses every other change (`cms.publication.guard`). No decision: an act of its convenio made it.
    `digest` is the SHA-256 of the card as canonical JSON: whoever cites a state can tell that it is the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project_id = models.UUIDField(_("proyecto"), db_index=True)
    decision_id = models.UUIDField(_("decisión"), null=True)
    published = models.BooleanField(_("publica"))
    decided_at = models.DateTimeField(_("cuándo"))
    card = models.JSONField(_("ficha"), default=dict)
    digest = models.CharField(_("huella de la ficha"), max_length=64, blank=True)
    correction = models.BooleanField(_("corrección"), default=False)
    note = models.CharField(_("qué se corrigió"), max_length=300, blank=True)

    class Meta:
        ordering = ("project_id", "decided_at")


class PublishedKey(models.Model):
    """A key that the installation signs with, so that anybody can tell whose seal a certificate bears."""

    fingerprint = models.CharField(_("huella"), max_length=64, primary_key=True)
    since = models.DateTimeField(_("desde"))

    class Meta:
        ordering = ("-since",)
        verbose_name = _("llave publicada")
        verbose_name_plural = _("llaves publicadas")

    def __str__(self) -> str:
        return self.fingerprint
