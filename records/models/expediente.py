"""The expediente (ISO 15489 aggregation) and who answers for it by name and dates."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.trd import Subserie, TrdVersion
from records.vocabulary import AppointmentKind, ExpedienteFormat, ExpedienteKind, ExpedienteState


class Expediente(models.Model):
    """A file of one kind, open to filing until closed.

    `last_order` and `last_folio` are the counters that make order and foliation gapless (E2);
    they move only with the row locked. `trd` is the version in force on its opening day (R2). `stage` is a
    code of its kind's course (`records.stages`), which the checklist follows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("código"), max_length=80, unique=True)
    title = models.CharField(_("título"), max_length=300)
    kind = models.CharField(_("tipo"), max_length=30, choices=ExpedienteKind.choices)
    trd = models.ForeignKey(TrdVersion, on_delete=models.PROTECT, null=True, related_name="expedientes")
    subserie = models.ForeignKey(Subserie, on_delete=models.PROTECT, null=True, blank=True)
    office = models.CharField(_("dependencia responsable"), max_length=60)
    state = models.CharField(_("estado"), max_length=30, choices=ExpedienteState.choices, default=ExpedienteState.OPEN)
    stage = models.CharField(_("etapa"), max_length=40, blank=True)
    format = models.CharField(
        _("soporte"), max_length=20, choices=ExpedienteFormat.choices, default=ExpedienteFormat.ELECTRONIC
    )
    physical_place = models.CharField(_("ubicación física"), max_length=300, blank=True)
    opened_on = models.DateField(_("abierto el"))
    closed_on = models.DateField(_("cerrado el"), null=True, blank=True)
    closed_definitively_on = models.DateField(_("cierre definitivo el"), null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    convenio_number = models.CharField(_("convenio"), max_length=40, blank=True, db_index=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("creado"))
    last_order = models.PositiveIntegerField(default=0)
    last_folio = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Appointment(models.Model):
    """A named person answers for an expediente between two dates, by an act."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("calidad"), max_length=20, choices=AppointmentKind.choices)
    expediente = models.ForeignKey(Expediente, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    starts_on = models.DateField(_("desde"))
    ends_on = models.DateField(_("hasta"))
    act = models.CharField(_("acto"), max_length=200)
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    appointed_at = models.DateTimeField(_("registrado"))

    class Meta:
        indexes = (models.Index(fields=("person", "ends_on")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="appointment_ends_after_start"
            ),
        )
