"""The comparisons of the search index with the database, kept as records: each is an event of the ledger (`beyond 4`).

The room that searches is not known here: wiring hands over what it found, as names and counts.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from records import audit, clock, permissions
from records.keys import as_uuid
from records.models import LedgerEvent
from records.permissions import Actor
from records.services.told import note_export
from records.vocabulary import Action

AUDITED = "search.audited"
EVERY = datetime.timedelta(hours=24)
#: Names that an event holds of each kind; its counts are always whole.
MOST_NAMES = 1000
KINDS = ("missing", "extra", "differs")
#: The source whose keys are pieces in custody.
CUSTODY = "custody"
TOLD = 20

Names = Sequence[tuple[str, str]]
"""(source, key) of what differed."""


@dataclass(frozen=True)
class Finding:
    """What differed, of which kind of `KINDS`. `key` is empty for a piece that the reader does not read."""

    kind: str
    source: str
    key: str


@dataclass(frozen=True)
class IndexAudit:
    """One comparison: entries compared, how many of each kind differed, and whether they were set right."""

    event: int
    at: datetime.datetime
    compared: int
    counts: Mapping[str, int]
    repaired: bool
    findings: tuple[Finding, ...]

    @property
    def found(self) -> int:
        return sum(self.counts.values())


def note_index_audit(*, compared: int, found: Mapping[str, Names], repaired: bool) -> None:
    """Keep the report of a comparison: counts, and the names of what differed, none of their titles."""
    counts = {kind: len(found[kind]) for kind in KINDS}
    names = [[kind, *name] for kind in KINDS for name in found[kind][:MOST_NAMES]]
    with transaction.atomic():
        audit.record(
            AUDITED, actor=None, subject=CUSTODY, compared=compared, **counts, repaired=repaired, findings=names
        )


def index_audit_due() -> bool:
    """Whether the last comparison was made longer ago than a day."""
    last = LedgerEvent.objects.filter(action=AUDITED).order_by("-index").values_list("at", flat=True).first()
    return last is None or clock.now() - last >= EVERY


def index_audits_for(actor: Actor, most: int = TOLD) -> list[IndexAudit]:
    """The last comparisons, newest first, for whoever may verify custody. Raises AccessDenied."""
    permissions.check(actor, Action.VERIFY)
    events = list(LedgerEvent.objects.filter(action=AUDITED).order_by("-index")[:most])
    facts = [json.loads(event.payload)["facts"] for event in events]
    pieces = {key for one in facts for _kind, source, key in one["findings"] if source == CUSTODY}
    readable = readable_among(actor, pieces)
    return [
        IndexAudit(
            event.index,
            event.at,
            told["compared"],
            {kind: told[kind] for kind in KINDS},
            told["repaired"],
            tuple(findings_of(told["findings"], readable)),
        )
        for event, told in zip(events, facts, strict=True)
    ]


def readable_among(actor: Actor, keys: set[str]) -> set[str]:
    visible = permissions.visible_to(actor).filter(pk__in=[as_uuid(key) for key in keys]).order_by() if keys else ()
    return {str(piece.pk) for piece in visible}


def findings_of(names: Sequence[tuple[str, str, str]], readable: set[str]) -> Iterator[Finding]:
    for kind, source, key in names:
        yield Finding(kind, source, key if source != CUSTODY or key in readable else "")


def export_index_audits(actor: Actor, what: str) -> list[IndexAudit]:
    """As `index_audits_for`, for a file that leaves: it leaves its event before. `what` names the file."""
    found = index_audits_for(actor, most=400)
    note_export(actor=actor, subject=CUSTODY, what=what)
    return found
