"""What is told beside a piece: its level and ground, why one reads it, how it was read, what was made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import permissions, telling, telling_signatures
from records.desk import ledger_lines
from records.explain import explain
from records.models import Document, Part, Rendition
from records.permissions import Actor
from records.selectors import made
from records.selectors.documents import current_act, pending_act, returned_act
from records.selectors.history import list_history_of
from records.services import parts, renditions
from records.vocabulary import Action, ReadingState, RenditionKind

EVENTS = 60
#: What each role of a part is called.
ROLES = {"headers": _("Encabezados"), "body": _("Cuerpo del mensaje"), "attachment": _("Adjunto")}


@dataclass(frozen=True)
class PartLine:
    """A part as it is told; without address it stays inside the piece."""

    role: Any
    part: Part
    url: str
    flags: list[str]


@dataclass(frozen=True)
class CopyLine:
    """Something made from the piece: what it is, and how (`told`)."""

    row: Rendition
    told: str
    url: str


def context_of(actor: Actor, piece: Document) -> dict[str, Any]:
    """Everything but the pages, for a reader of the piece, in a constant number of queries."""
    belongings = made.made_from(actor, piece)
    held = rights_context(actor, piece)
    for_case = held["for_case"]
    history = list(list_history_of(actor, piece)[:EVENTS])
    return {
        **held,
        "timeline": ledger_lines.gathered(ledger_lines.told(actor, history)),
        "flags": telling.told_flags(piece.flags),
        "read_how": telling.told_reading(piece, piece.reading),
        "reading": ReadingState(piece.reading.state),
        "twin": belongings.twin,
        "parts": [part_line(piece, part, for_case) for part in belongings.parts],
        "more_parts": belongings.more_parts,
        "report": belongings.signatures,
        "signatures": telling_signatures.told_signatures(belongings.signatures),
        "signatures_fault": telling_signatures.told_fault(belongings.signatures),
        "copies": [copy_line(piece, row, for_case) for row in belongings.copies],
        "images": belongings.images,
        **pdfa_context(piece),
    }


def rights_context(actor: Actor, piece: Document) -> dict[str, Any]:
    """Its level and ground, why this person reads it and what she may do with it."""
    why, rights = explain(actor, piece), permissions.rights_of(actor)
    return {
        "act": current_act(piece),
        "proposal": pending_act(piece),
        "returned": returned_act(piece),
        "because": why.because,
        "allowed": why.allowed,
        "held_by": why.held,
        "held": bool(why.held),
        "may_hold": rights.allows(Action.PLACE_HOLD, piece),
        "may_verify": rights.allows(Action.VERIFY, piece),
        "may_certify": rights.allows(Action.ISSUE_CERTIFICATE, piece),
        "names_tools": rights.allows(Action.GRANT, piece) or rights.allows(Action.READ_LEDGER),
        "may_read_again": rights.allows(Action.FILE, piece),
        "for_case": rights.reads_for_case(piece) is not None,
    }


def part_line(piece: Document, part: Part, for_case: bool) -> PartLine:
    url = "" if for_case or parts.is_kept_inside(part) else reverse("desk:part", args=[piece.pk, part.index])
    return PartLine(ROLES.get(part.role, ROLES["attachment"]), part, url, telling.told_flags(part.flags))


def copy_line(piece: Document, row: Rendition, for_case: bool) -> CopyLine:
    given = row.kind == RenditionKind.PDFA and not for_case
    url = reverse("desk:pdfa", args=[piece.pk]) if given else ""
    return CopyLine(row, HOW[row.kind](row.parameters) if row.kind in HOW else "", url)


def text_how(facts: Any) -> str:
    pages = int(facts.get("pages", 0))
    return ngettext("%(pages)s página con texto", "%(pages)s páginas con texto", pages) % {"pages": pages}


def recognised_how(facts: Any) -> str:
    shown = {"pages": text_how(facts), "dpi": facts.get("dpi"), "sure": f"{float(facts.get('confidence') or 0):.0f}"}
    return str(_("%(pages)s, a %(dpi)s puntos por pulgada, confianza media %(sure)s %%") % shown)


def archival_how(facts: Any) -> str:
    return str(_("perfil PDF/A-%(profile)s; su texto es igual al del original") % {"profile": facts.get("profile", "")})


#: How each kind was made, from its parameters.
HOW: dict[str, Callable[[Any], str]] = {
    RenditionKind.TEXT: text_how,
    RenditionKind.OCR: recognised_how,
    RenditionKind.PDFA: archival_how,
}


def pdfa_context(piece: Document) -> dict[str, Any]:
    """Whether an archival copy can be asked for, is on its way, or why there is none."""
    if not renditions.may_have_pdfa(piece):
        return {}
    state = renditions.pdfa_state(piece)
    return {
        "pdfa_asked": state.asked and state.copy is None,
        "pdfa_fault": telling.told_no_pdfa(state.fault) if state.copy is None else "",
        "pdfa_may_ask": state.copy is None and not state.asked,
    }
