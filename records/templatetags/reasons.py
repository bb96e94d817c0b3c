"""Reasons of access, wherever they are told: the same sentences with the same links."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import template

from records.desk.reasons import reasons_of
from records.explain import BLOCKED, Because
from records.vocabulary import Level

register = template.Library()


@register.inclusion_tag("records/reasons.html")
def reasons(told: Iterable[Because], here: uuid.UUID | None = None) -> dict[str, Any]:
    """The reasons as a list, on the page of an expediente (`here`) or on any other."""
    return {"reasons": reasons_of(told, here)}


@register.filter
def why_not(level: str) -> str:
    """Why somebody who knows that a piece is there may not open it, by its level."""
    return str(BLOCKED.get(level, ""))


@register.filter
def may_be_asked(level: str) -> bool:
    """Would a grant open a piece of this level? One without a level waits for its level."""
    return level in (Level.RESTRICTED, Level.RESERVED)
