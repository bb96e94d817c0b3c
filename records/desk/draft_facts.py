"""A draft as the drop zone's script and the pages of drafts tell it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from records.desk.words import told_at_desk
from records.errors import RejectedUpload, RuleViolation
from records.models import Document, Draft
from records.permissions import Actor
from records.selectors.drafts import DraftLine, find_linked
from records.sentences import MISSING, REFUSALS
from records.services.drafts import given_receipt
from records.services.receipts import FilingReceipt
from records.vocabulary import DraftState


def facts_of(actor: Actor, line: DraftLine) -> dict[str, Any]:
    """Plain values: where it is, what was said of it, what it lacks in sentences, and its receipt once it is filed."""
    draft = line.draft
    return {
        "id": str(draft.pk),
        "name": draft.original_name,
        "size": draft.size,
        "offset": line.arrived,
        "state": draft.state,
        "batch": str(draft.batch),
        "tipo": draft.tipo,
        "date": draft.date.strftime("%d/%m/%Y") if draft.date else "",
        "title": draft.title,
        "digest": draft.digest,
        "suggestion": draft.suggestion,
        "lacks": lacking(line),
        "twin": twin_facts(line.twin),
        "receipt": told(actor, given_receipt(draft)) if draft.state == DraftState.FILED else None,
    }


def told(actor: Actor, receipt: FilingReceipt) -> dict[str, Any]:
    """A receipt for the drop zone, with the addresses it needs next, and the twin it was linked to."""
    where = [receipt.document]
    return {
        **{name: value for name, value in asdict(receipt).items() if name != "filed_at"},
        "filed_at": receipt.filed_at.isoformat(),
        "url": reverse("desk:document", args=where),
        "reading_url": reverse("desk:reading", args=where),
        "duplicate_of": twin_facts(find_linked(actor, receipt.document)),
    }


def twin_facts(twin: Document | None) -> dict[str, str] | None:
    """The piece that has the same bytes, as its reader knows it."""
    if twin is None:
        return None
    return {"radicado": twin.radicado, "title": twin.title, "url": reverse("desk:document", args=[twin.pk])}


def lacking(line: DraftLine) -> list[str]:
    """What keeps it from being filed, in Spanish sentences; the repeated bytes are told by their twin."""
    if line.draft.state == DraftState.QUARANTINED:
        return [told_at_desk(RejectedUpload(line.lacks))]
    missing = [phrase_of(line.draft, code) for code in line.lacks if code in MISSING]
    refused = [told_at_desk(RuleViolation(code)) for code in line.lacks if code in REFUSALS and code != "duplicate"]
    return [*([as_missing(missing)] if missing else []), *refused]


def phrase_of(draft: Draft, code: str) -> str:
    facts = {"tipo": draft.tipo, "expediente_kind": draft.expediente.get_kind_display(), "article": "", "prefix": ""}
    return str(MISSING[code]) % facts


def as_missing(phrases: list[str]) -> str:
    """ "Falta una cosa." or "Faltan una y otra."."""
    verb = _("Falta") if len(phrases) == 1 else _("Faltan")
    *first, last = phrases
    return f"{verb} {_(' y ').join([', '.join(first), last] if first else [last])}."
