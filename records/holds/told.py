"""Holds and their lifts as the ledger tells them, against the rows: one put in or taken out behind the product (R5)."""

from __future__ import annotations

import json

from records.models import Hold, HoldLift, LedgerEvent

PLACED, LIFTED = "hold.placed", "hold.lifted"


def list_untold() -> list[str]:
    """Ids of the holds whose placing or lift is a row that the ledger does not tell, or is told and has no row."""
    wrong = told_in(PLACED) ^ set(map(str, Hold.objects.values_list("pk", flat=True)))
    wrong |= told_in(LIFTED) ^ set(map(str, HoldLift.objects.values_list("pk", flat=True)))
    return sorted(wrong)


def told_in(action: str) -> set[str]:
    payloads = LedgerEvent.objects.filter(action=action).order_by().values_list("payload", flat=True)
    return {str(json.loads(payload)["facts"].get("hold")) for payload in payloads.iterator()}
