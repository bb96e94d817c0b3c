"""Where the act of a reason is: each sentence of an explanation leads down to what made it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.explain import Because

#: Rule, or how it begins → name of the address, which fact of the reason it takes, and how the link is called.
PLACES: Mapping[str, tuple[str, str, Any]] = {
    **{rule: ("desk:grant-act", "act", _("Ver la concesión")) for rule in permissions.GRANT_RULES},
    "appointment_custodian": ("desk:expediente-access", "place", _("Ver la designación")),
    "appointment_supervisor": ("desk:expediente-access", "place", _("Ver el expediente")),
    "pending_approval": ("desk:act", "act", _("Ver la propuesta")),
    "hold": ("desk:holds", "", _("Ver la suspensión")),
}


@dataclass(frozen=True)
class Reason:
    """A sentence and the address of its act; empty where the reason rests on no act that has a page."""

    sentence: str
    url: str = ""
    label: Any = ""


def reasons_of(told: Iterable[Because], here: uuid.UUID | None = None) -> list[Reason]:
    """Each sentence once, in the order given. `here`: the expediente whose page it is, to which nothing leads."""
    said = {because.sentence: because for because in told}
    return [reason_of(because, here) for because in said.values()]


def reason_of(because: Because, here: uuid.UUID | None) -> Reason:
    name, fact, label = PLACES.get(because.rule, ("", "", ""))
    key = getattr(because, fact) if fact else None
    if not name or (fact and key in (None, here)):
        return Reason(because.sentence)
    return Reason(because.sentence, reverse(name, args=[key] if key else []), label)
