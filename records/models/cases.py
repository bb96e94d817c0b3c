"""Access for a case: which authority asked, by which instrument, and what was opened to whom. Rows are only added.

Each piece is a grant whose `bundle` is the case; the grants say what is open still.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.expediente import Expediente
from records.models.people import Ending
from records.vocabulary import GrantBasis


class AccessCase(models.Model):
    """Pieces of one expediente opened to one person until a day, for an auditor, a judge, or an authority
    (Ley 1712 de 2014, art. 27). `whole`: all the pieces that the expediente had then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    basis = models.CharField(_("fundamento"), max_length=20, choices=GrantBasis.choices)
    case_number = models.CharField(_("número de caso"), max_length=80)
    authority = models.CharField(_("autoridad"), max_length=200)
    official = models.CharField(_("quién lo firma"), max_length=200)
    instrument = models.CharField(_("oficio u orden"), max_length=200)
    instrument_on = models.DateField(_("fecha del oficio u orden"))
    reason = models.CharField(_("para qué"), max_length=500)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="cases")
    whole = models.BooleanField(_("todo el expediente"), default=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases")
    until = models.DateField(_("hasta"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("abierto el"))

    class Meta:
        ordering = ("-opened_at",)
        indexes = (models.Index(fields=("expediente", "opened_at")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(basis__in=(GrantBasis.AUDIT, GrantBasis.COURT_ORDER, GrantBasis.AUTHORITY)),
                name="case_on_a_basis_of_its_own",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("opened_by")), name="case_never_opened_to_oneself"
            ),
        )


class CaseEnd(Ending):
    case = models.OneToOneField(AccessCase, on_delete=models.PROTECT, primary_key=True, related_name="end")
