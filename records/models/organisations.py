"""Suppliers and receptors as custody knows them: who belongs to them, and what is theirs (I7).

Every row is added and never changed; what ended has its row of ending.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.models.document import Document
from records.models.expediente import Expediente
from records.models.people import Ending
from records.vocabulary import OrganisationKind, TieKind


class Organisation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("clase"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(_("nombre"), max_length=200)
    tax_id = models.CharField(_("NIT"), max_length=40, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    noted_at = models.DateTimeField(_("registrada"))

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("kind", "name"), name="organisation_once"),)

    def __str__(self) -> str:
        return self.name


class OrganisationMember(models.Model):
    """A person acts for an organisation between two dates, by an act."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="organisations")
    starts_on = models.DateField(_("desde"))
    until = models.DateField(_("hasta"), null=True, blank=True)
    act = models.CharField(_("acto"), max_length=300)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    noted_at = models.DateTimeField(_("registrado"))

    class Meta:
        indexes = (models.Index(fields=("person", "organisation")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("starts_on")), name="member_ends_after_start"
            ),
        )


class MemberEnd(Ending):
    member = models.OneToOneField(OrganisationMember, on_delete=models.PROTECT, primary_key=True, related_name="end")


class Tie(models.Model):
    """What is an organisation's: a piece that it produced or signs, or the expediente of a project that it receives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("calidad"), max_length=20, choices=TieKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="ties")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="ties")
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, null=True, blank=True, related_name="ties")
    act = models.CharField(_("en qué consta"), max_length=300, blank=True)
    tied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    tied_at = models.DateTimeField(_("registrado"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=TieKind.RECEIVES, document__isnull=True, expediente__isnull=False)
                | ~Q(kind=TieKind.RECEIVES) & Q(document__isnull=False, expediente__isnull=True),
                name="tie_of_its_thing",
            ),
        )


class TieEnd(Ending):
    tie = models.OneToOneField(Tie, on_delete=models.PROTECT, primary_key=True, related_name="end")
