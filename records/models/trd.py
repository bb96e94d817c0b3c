"""Classification scheme and retention schedule: series, subseries and tipos documentales (Acuerdo AGN 001 de 2024).

A version is loaded whole and its rows never change; a later one closes it. An expediente keeps the
version it was opened under.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.vocabulary import Disposition, ExpedienteKind


class TrdVersion(models.Model):
    """A version of the schedule; it is closed by a later one, never deleted.

    `source_digest` is the SHA-256 of the file it was loaded from.
    """

    number = models.PositiveIntegerField(_("versión"), primary_key=True)
    name = models.CharField(_("nombre"), max_length=200, blank=True)
    entity = models.CharField(_("entidad"), max_length=200, blank=True)
    office_code = models.CharField(_("código de la oficina productora"), max_length=20, blank=True)
    office_name = models.CharField(_("oficina productora"), max_length=200, blank=True)
    approval_act = models.CharField(_("acto de aprobación"), max_length=200, blank=True)
    convalidation = models.CharField(_("convalidación"), max_length=200, blank=True)
    rusd = models.CharField(_("inscripción en el RUSD"), max_length=60, blank=True)
    in_force_from = models.DateField(_("vigente desde"))
    in_force_until = models.DateField(_("vigente hasta"), null=True, blank=True)
    source_digest = models.CharField(_("huella del archivo cargado"), max_length=64, blank=True)
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    loaded_at = models.DateTimeField(_("cargada el"), null=True)

    def __str__(self) -> str:
        return f"TRD v{self.number}"


class Serie(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trd = models.ForeignKey(TrdVersion, on_delete=models.PROTECT, related_name="series")
    code = models.CharField(_("código"), max_length=20)
    name = models.CharField(_("nombre"), max_length=200)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("trd", "code"), name="serie_code_in_trd"),)

    def __str__(self) -> str:
        return self.name


class Subserie(models.Model):
    """A subserie holds the expedientes of one kind; retention runs in years from the closing of each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    serie = models.ForeignKey(Serie, on_delete=models.PROTECT, related_name="subseries")
    code = models.CharField(_("código"), max_length=30)
    name = models.CharField(_("nombre"), max_length=200)
    kind = models.CharField(_("tipo de expediente"), max_length=30, choices=ExpedienteKind.choices)
    support = models.CharField(_("soporte"), max_length=20, blank=True)
    years_management = models.PositiveSmallIntegerField(_("años en archivo de gestión"), null=True, blank=True)
    years_central = models.PositiveSmallIntegerField(_("años en archivo central"), null=True, blank=True)
    disposition = models.CharField(_("disposición final"), max_length=4, choices=Disposition.choices, blank=True)
    digitise = models.BooleanField(_("medio técnico"), default=False)
    procedure = models.TextField(_("procedimiento"), blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("serie", "code"), name="subserie_code_in_serie"),)

    def __str__(self) -> str:
        return f"{self.serie.name}, {self.name}"


class TipoDocumental(models.Model):
    """A document type of one version: where it may be filed, who makes it, and its usual class.

    `kinds` lists expediente kinds; `default_reasons` codes of `vocabulary.Reason`; `requires` what
    registration demands beyond the common metadata (codes of `policies.REQUIREMENTS`); `demands` the
    checklist: [{"kind", "stage", "article", "duty": "always"|"when"|"each", "act", "note"}], where `act` is the one
    that brings the piece and "each" asks for one of every such thing, of which nobody can count how many there are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trd = models.ForeignKey(TrdVersion, on_delete=models.PROTECT, related_name="tipos")
    code = models.SlugField(_("código"), max_length=120)
    name = models.CharField(_("nombre"), max_length=200)
    kinds = models.JSONField(_("expedientes que lo admiten"), default=list)
    mandatory = models.BooleanField(_("obligatorio"), default=False)
    stage = models.CharField(_("cuándo se exige"), max_length=200, blank=True)
    source = models.CharField(_("fuente"), max_length=200, blank=True)
    producer = models.CharField(_("productor"), max_length=200, blank=True)
    default_level = models.CharField(_("clase usual"), max_length=20, blank=True)
    default_reasons = models.JSONField(_("razones usuales"), default=list)
    level_note = models.CharField(_("nota de clase"), max_length=300, blank=True)
    template = models.CharField(_("modelo"), max_length=60, blank=True)
    formats = models.CharField(_("formato"), max_length=100, blank=True)
    requires = models.JSONField(_("exige al registrar"), default=list)
    demands = models.JSONField(_("lista de verificación"), default=list)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("trd", "code"), name="tipo_code_in_trd"),)

    def __str__(self) -> str:
        return self.name


class Resentencing(models.Model):
    """Moving an expediente to a later version: previewed, proposed by one person and decided by another (R2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    expediente = models.ForeignKey("records.Expediente", on_delete=models.PROTECT, related_name="resentencings")
    from_subserie = models.ForeignKey(Subserie, on_delete=models.PROTECT, related_name="+")
    to_subserie = models.ForeignKey(Subserie, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("estado"), max_length=20, default="proposed")
    reason = models.CharField(_("motivo"), max_length=500)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("propuesto el"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decidido el"), null=True)
    observations = models.CharField(_("observaciones"), max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="resentencing_two_people",
            ),
            models.UniqueConstraint(
                fields=("expediente",), condition=models.Q(state="proposed"), name="resentencing_one_pending"
            ),
        )
