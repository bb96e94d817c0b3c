"""What an act is about, as the expedientes whose custody it touches."""

from __future__ import annotations

import uuid

from records.models import ConvenioNumber, Document, Expediente, Package
from records.permissions.ground import Keys

NOWHERE: Keys = frozenset()


def places_of(subject: object) -> Keys:
    """Expedientes by which somebody answers for the subject: its own; of a convenio, all that carry its number."""
    if isinstance(subject, Expediente):
        return frozenset({subject.pk})
    if isinstance(subject, Document | Package):
        return frozenset({subject.expediente_id})
    if isinstance(subject, ConvenioNumber):
        return frozenset[uuid.UUID](
            Expediente.objects.filter(convenio_number=subject.number).order_by().values_list("pk", flat=True)
        )
    return NOWHERE
