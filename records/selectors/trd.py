"""The retention schedule as forms and services need it."""

from __future__ import annotations

import datetime

from django.db.models import Q

from records.models import Expediente, TipoDocumental, TrdVersion


def find_version_on(day: datetime.date) -> TrdVersion | None:
    """The version in force on a day; the newest where two meet."""
    begun = TrdVersion.objects.filter(in_force_from__lte=day)
    return begun.filter(Q(in_force_until=None) | Q(in_force_until__gte=day)).order_by("-number").first()


def list_tipos_for(expediente: Expediente) -> list[TipoDocumental]:
    """Tipos documentales that this expediente admits, by name. The catalogue is short: chosen here, because
    the databases do not ask a list of codes alike."""
    tipos = TipoDocumental.objects.filter(trd=expediente.trd_id).order_by("name")
    return [tipo for tipo in tipos if expediente.kind in tipo.kinds]
