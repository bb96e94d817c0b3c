"""What each act of the ledger is in a chain of custody, and what PREMIS 3 calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Link(TextChoices):
    """Kinds of links of a chain of custody, in the order in which they are offered."""

    RECEIVED = "received", _("Recibido")
    DECIDED = "decided", _("Decidido")
    VERIFIED = "verified", _("Verificado")
    MOVED = "moved", _("Movido")
    VIEWED = "viewed", _("Consultado")
    COPIED = "copied", _("Copiado")
    TRANSFERRED = "transferred", _("Incorporado a otro expediente")


@dataclass(frozen=True)
class Place:
    """A row of ACTS. `event_type` is a term of the Library of Congress's list of preservation events where `listed`,
    else one of ours (its readings have none there)."""

    link: Link
    event_type: str
    listed: bool = True


#: Act of the ledger → its place. What is not here is no custody of a piece.
ACTS: Mapping[str, Place] = {
    "document.filed": Place(Link.RECEIVED, "ingestion"),
    "document.parts_listed": Place(Link.RECEIVED, "metadata extraction"),
    "document.read": Place(Link.RECEIVED, "metadata extraction"),
    "document.classified": Place(Link.DECIDED, "policy assignment"),
    "hold.placed": Place(Link.DECIDED, "policy assignment"),
    "hold.lifted": Place(Link.DECIDED, "policy assignment"),
    "level.proposed": Place(Link.DECIDED, "policy assignment"),
    "level.raised": Place(Link.DECIDED, "policy assignment"),
    "level.approved": Place(Link.DECIDED, "policy assignment"),
    "level.returned": Place(Link.DECIDED, "policy assignment"),
    "level.inherited": Place(Link.DECIDED, "policy assignment"),
    "level.overtaken": Place(Link.DECIDED, "policy assignment"),
    "document.registered": Place(Link.DECIDED, "accession"),
    "document.sealed": Place(Link.DECIDED, "accession"),
    "document.annulled": Place(Link.DECIDED, "deaccession"),
    "custody.verified": Place(Link.VERIFIED, "fixity check"),
    "custody.damaged": Place(Link.VERIFIED, "fixity check"),
    "custody.mended": Place(Link.VERIFIED, "recovery", listed=False),
    "document.signatures_checked": Place(Link.VERIFIED, "digital signature validation"),
    "document.located": Place(Link.MOVED, "transfer"),
    "document.viewed": Place(Link.VIEWED, "viewing", listed=False),
    "document.page_viewed": Place(Link.VIEWED, "viewing", listed=False),
    "receipt.read": Place(Link.VIEWED, "viewing", listed=False),
    "document.downloaded": Place(Link.COPIED, "exporting", listed=False),
    "document.exported": Place(Link.COPIED, "exporting", listed=False),
    "custody.copied": Place(Link.COPIED, "replication"),
    "document.rendered": Place(Link.COPIED, "migration"),
    "chain.exported": Place(Link.COPIED, "exporting", listed=False),
    "document.placed": Place(Link.TRANSFERRED, "transfer"),
}


def acts_of(link: str) -> list[str]:
    """Acts of one kind of link; of every kind for what is none."""
    return [act for act, place in ACTS.items() if link not in Link.values or place.link == link]
