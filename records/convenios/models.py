"""Convenios and projects, as far as the public Banco and the expedientes need them now.

Their workflows come on top; amounts are credits with two decimals in the contract's currency.
"""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.vocabulary import Phase


class Convenio(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("número"), max_length=40, unique=True)
    title = models.CharField(_("objeto"), max_length=300)
    framework = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="derived")
    expediente = models.ForeignKey("records.Expediente", on_delete=models.PROTECT, related_name="convenios")
    supplier = models.CharField(_("proveedor"), max_length=200)
    signed_on = models.DateField(_("suscrito el"), null=True, blank=True)
    currency = models.CharField(_("moneda"), max_length=3, default="USD")
    credits_agreed = models.DecimalField(_("créditos acordados"), max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class Project(models.Model):
    """An Offset project with the facts of art. 21 that may become public once its entry is approved (art. 13.7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("código"), max_length=20, unique=True)
    slug = models.SlugField(_("dirección"), max_length=120, unique=True)
    name = models.CharField(_("nombre"), max_length=300)
    phase = models.CharField(_("fase"), max_length=20, choices=Phase.choices)
    objective = models.TextField(_("objetivo"))
    summary = models.TextField(_("resumen público"), blank=True)
    department = models.CharField(_("departamento"), max_length=80, blank=True)
    municipality = models.CharField(_("municipio"), max_length=120, blank=True)
    area_of_interest = models.CharField(_("área de interés"), max_length=120, blank=True)
    strategic_bet = models.CharField(_("apuesta"), max_length=60, blank=True)
    offset_kind = models.CharField(
        _("clase"), max_length=10, choices=(("direct", _("directo")), ("indirect", _("indirecto")))
    )
    supplier = models.CharField(_("proveedor"), max_length=200)
    recipient = models.CharField(_("receptor"), max_length=200)
    beneficiaries = models.TextField(_("beneficiarios"), blank=True)
    inclusion = models.JSONField(_("criterios de inclusión"), default=list)
    indicators = models.JSONField(_("indicadores"), default=list)
    convenio = models.ForeignKey(Convenio, on_delete=models.PROTECT, null=True, blank=True, related_name="projects")
    credits_executed = models.DecimalField(
        _("créditos ejecutados"), max_digits=18, decimal_places=2, default=Decimal(0)
    )
    bank_entry_approved_on = models.DateField(_("entrada al Banco aprobada el"), null=True, blank=True)
    bank_entry_act = models.CharField(_("acta que la aprobó"), max_length=200, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class PublicationDecision(models.Model):
    """A decision that shows a project to citizens, or withdraws it; never edited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions")
    published = models.BooleanField(_("publica"))
    reason = models.CharField(_("motivo"), max_length=500)
    correction = models.BooleanField(_("corrige lo publicado"), default=False)
    note = models.CharField(_("qué se corrige, dicho a los ciudadanos"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decidido el"))

    class Meta:
        ordering = ("-decided_at",)
