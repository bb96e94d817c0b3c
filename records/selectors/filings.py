"""What the ledger tells of pieces, against what the database holds: rows that somebody took out, put in or opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from records.keys import as_uuid
from records.models import Document, Expediente, LedgerEvent
from records.vocabulary import Level

FILED = "document.filed"
#: Acts that put a level in force; the last of them rules.
LEVELS = ("level.raised", "level.approved", "level.inherited")
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


def opened_unduly(documents: Sequence[Document]) -> set[str]:
    """Ids of those whose level is not the one that the ledger's last act upon it put in force."""
    keys = [str(document.pk) for document in documents]
    acts = LedgerEvent.objects.filter(object_id__in=keys, action__in=LEVELS).order_by("index")
    told = {key: json.loads(payload)["facts"].get("level") for key, payload in acts.values_list("object_id", "payload")}
    return {str(one.pk) for one in documents if told.get(str(one.pk), Level.UNCLASSIFIED) != one.level}
