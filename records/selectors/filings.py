"""What the ledger says was filed, against what the database holds: a row that somebody took out is missed here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from records.keys import as_uuid
from records.models import Document, Expediente, LedgerEvent

FILED = "document.filed"
AT_ONCE = 500


def ids_filed(expediente: Expediente | None = None) -> Iterator[str]:
    """Ids of the pieces that the ledger says were filed, in one expediente or in all, in their order."""
    events = LedgerEvent.objects.filter(action=FILED).order_by("index")
    if expediente:
        events = events.filter(payload__contains=f'"expediente":"{expediente.pk}"')
    return events.values_list("object_id", flat=True).iterator(chunk_size=AT_ONCE)


def list_gone(expediente: Expediente | None = None) -> list[str]:
    """Ids of the pieces that were filed and have no row: nothing of the product takes one out."""
    told, gone = ids_filed(expediente), set[str]()
    while some := set(islice(told, AT_ONCE)):
        here = Document.objects.filter(pk__in=[as_uuid(key) for key in some]).values_list("pk", flat=True)
        gone |= some - {str(key) for key in here}
    return sorted(gone)
