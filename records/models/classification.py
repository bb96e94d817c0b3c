"""The act that gives a piece its level (Ley 1712 de 2014, arts. 18 to 22 and 28)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.vocabulary import ActState, Level, Reason


class ClassificationAct(models.Model):
    """A proposed or effective level with its legal ground; who proposes never approves (D12).

    A piece that follows or replaces a closed one enters with its level by an act that nobody proposes nor decides:
    `inherited_from` is that piece, whose grounds are copied here as they stood (ADR 16).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="classification_acts")
    level = models.CharField(_("nivel"), max_length=20, choices=Level.choices)
    previous_level = models.CharField(_("nivel anterior"), max_length=20, choices=Level.choices)
    state = models.CharField(_("estado"), max_length=20, choices=ActState.choices, default=ActState.PROPOSED)
    norm = models.CharField(_("norma"), max_length=200, blank=True)
    article = models.CharField(_("artículo"), max_length=20, blank=True)
    literal = models.CharField(_("literal"), max_length=20, blank=True)
    reason = models.CharField(_("razón"), max_length=40, choices=Reason.choices, blank=True)
    harm_present = models.TextField(_("daño presente"), blank=True)
    harm_probable = models.TextField(_("daño probable"), blank=True)
    harm_specific = models.TextField(_("daño específico"), blank=True)
    balance = models.TextField(_("ponderación"), blank=True)
    extent = models.CharField(
        _("alcance"), max_length=10, choices=(("total", _("total")), ("partial", _("parcial"))), blank=True
    )
    generated = models.DateField(_("generada el"), null=True, blank=True)
    until = models.DateField(_("hasta"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    safe_title = models.CharField(_("denominación pública"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    inherited_from = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField(_("propuesto el"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decidido el"), null=True, blank=True)
    observations = models.TextField(_("observaciones"), blank=True)

    class Meta:
        ordering = ("proposed_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="classification_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(level__in=(Level.PUBLIC,)) | ~Q(state=ActState.IN_FORCE) | Q(decided_by__isnull=False),
                name="classification_public_needs_approval",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False, inherited_from__isnull=True)
                | Q(
                    proposed_by__isnull=True,
                    inherited_from__isnull=False,
                    decided_by__isnull=True,
                    state__in=(ActState.IN_FORCE, ActState.SUPERSEDED),
                ),
                name="classification_proposed_or_inherited",
            ),
            models.UniqueConstraint(
                fields=("document",), condition=Q(state=ActState.PROPOSED), name="classification_one_pending"
            ),
            models.UniqueConstraint(
                fields=("document",), condition=Q(state=ActState.IN_FORCE), name="classification_one_in_force"
            ),
        )
