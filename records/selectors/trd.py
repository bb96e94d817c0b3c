"""The retention schedule as a form needs it."""

from __future__ import annotations

from records.models import Expediente, TipoDocumental


def list_tipos_for(expediente: Expediente) -> list[TipoDocumental]:
    """Tipos documentales that this expediente admits, by name. The catalogue is short: chosen here, because
    the databases do not ask a list of codes alike."""
    return [tipo for tipo in TipoDocumental.objects.order_by("name") if expediente.kind in tipo.kinds]
