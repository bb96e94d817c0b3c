"""Retention schedule: series, subseries and tipos documentales (Acuerdo AGN 001 de 2024)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.vocabulary import ExpedienteKind


class TrdVersion(models.Model):
    """A version of the schedule; it is closed by a later one, never deleted."""

    number = models.PositiveIntegerField(_("versión"), primary_key=True)
    in_force_from = models.DateField(_("vigente desde"))
    in_force_until = models.DateField(_("vigente hasta"), null=True, blank=True)

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
    """A subserie holds the expedientes of one kind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    serie = models.ForeignKey(Serie, on_delete=models.PROTECT, related_name="subseries")
    code = models.CharField(_("código"), max_length=30)
    name = models.CharField(_("nombre"), max_length=200)
    kind = models.CharField(_("tipo de expediente"), max_length=30, choices=ExpedienteKind.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("serie", "code"), name="subserie_code_in_serie"),)

    def __str__(self) -> str:
        return f"{self.serie.name}, {self.name}"


class TipoDocumental(models.Model):
    """A document type: where it may be filed, who makes it, and its usual class.

    `kinds` lists expediente kinds; `default_reasons` lists codes of `vocabulary.Reason`.
    """

    code = models.SlugField(_("código"), max_length=120, primary_key=True)
    name = models.CharField(_("nombre"), max_length=200)
    kinds = models.JSONField(_("expedientes que lo admiten"), default=list)
    stage = models.CharField(_("cuándo se exige"), max_length=200, blank=True)
    producer = models.CharField(_("productor"), max_length=200, blank=True)
    default_level = models.CharField(_("clase usual"), max_length=20, blank=True)
    default_reasons = models.JSONField(_("razones usuales"), default=list)
    template = models.CharField(_("modelo"), max_length=60, blank=True)
    formats = models.CharField(_("formato"), max_length=100, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
