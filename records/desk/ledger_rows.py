"""Events of the ledger as rows of a table that leaves the house: codes as they are kept, and no titles."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from records.audit import ACTIONS
from records.models import LedgerEvent

MEDIA_TYPE = "text/csv; charset=utf-8"
#: What begins a file of UTF-8 for spreadsheets: once, whatever number of parts it is written in.
MARK = b"\xef\xbb\xbf"
HEADS = (
    *("número", "momento", "persona", "dependencia", "acto", "código del acto", "clase de objeto", "objeto"),
    *("resultado", "fundamento", "acto en que se funda", "sesión", "dirección", "huella"),
)


def row_of(event: LedgerEvent) -> tuple[Any, ...]:
    told = json.loads(event.payload)
    ground = told.get("ground", {})
    return (
        event.index, timezone.localtime(event.at).isoformat(timespec="seconds"), event.actor,
        ", ".join(told.get("office", ())), str(ACTIONS.get(event.action, event.action)), event.action,
        event.object_type, event.object_id, event.result, ground.get("rule", ""),
        ground.get("act", "") or ground.get("office", ""), told.get("session", ""), told.get("address", ""), event.leaf,
    )  # fmt: skip
