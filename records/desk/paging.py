"""Keyset paging: a list keeps its place while rows arrive, and each page costs the same (screens §4)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
LONGEST = 1024
AFTER, BEFORE = "despues", "antes"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the addresses of the rows around them (empty at an end)."""

    rows: list[Row]
    previous_url: str = ""
    next_url: str = ""


def page_of(request: HttpRequest, rows: QuerySet[Row], order: Sequence[str], size: int) -> Page[Row]:
    """The page that the address asks for. `order` names fields, "-" before a falling one; the last is unique.

    A cursor that is garbage counts as none.
    """
    after, before = read(request.GET.get(AFTER), order), read(request.GET.get(BEFORE), order)
    backwards = before is not None and after is None
    directed = [flipped(name) for name in order] if backwards else list(order)
    place = before if backwards else after
    chosen = rows.order_by(*directed)
    try:
        found = list((chosen.filter(beyond(directed, place)) if place else chosen)[: size + 1])
    except (ValidationError, ValueError, TypeError, FieldError, OverflowError):  # a day of no calendar overflows
        place, backwards = None, False
        found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    earlier, later = (more, True) if backwards else (place is not None, more)
    return Page(
        found,
        address(request, BEFORE, found[0], order) if found and earlier else "",
        address(request, AFTER, found[-1], order) if found and later else "",
    )


def page_of_growing(request: HttpRequest, rows: QuerySet[Row], size: int) -> Page[Row]:
    """A page of a list that grows only at its newest end, given newest first.

    A cursor is how many of *these* rows are older: it stays in place while rows arrive, and tells nothing else.
    The rows' own numbers would: those of the ledger count all that happened, hidden or not (D11).
    """
    total = rows.count()
    asked = request.GET.get(AFTER, "")
    older = min(int(asked[:9]), total) if asked.isascii() and asked.isdigit() else total
    found = list(rows[total - older : total - older + size])
    return Page(
        found,
        address_at(request, older + size, total) if older < total else "",
        address_at(request, older - size, total) if older > size else "",
    )


def address_at(request: HttpRequest, older: int, total: int) -> str:
    kept = [(key, value) for key, value in request.GET.items() if key != AFTER]
    return "?" + urlencode(kept if older >= total else [*kept, (AFTER, str(older))])


def beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows after a place: greater in the first field, or equal there and greater in the next, and so on."""
    total, equal = Q(), Q()
    for name, value in zip(order, place, strict=True):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        total |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return total


def flipped(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def address(request: HttpRequest, side: str, row: Row, order: Sequence[str]) -> str:
    kept = [(key, value) for key, value in request.GET.items() if key not in (AFTER, BEFORE)]
    return "?" + urlencode([*kept, (side, write(row, order))])


def write(row: Row, order: Sequence[str]) -> str:
    values = [str(getattr(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read(cursor: str | None, order: Sequence[str]) -> list[str] | None:
    if not cursor:
        return None
    try:
        padded = cursor[:LONGEST] + "=" * (-len(cursor[:LONGEST]) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii", "replace")))
    except (ValueError, binascii.Error, RecursionError):
        return None
    right = isinstance(values, list) and len(values) == len(order) and all(map(is_value, values))
    return values if right else None


def is_value(value: object) -> bool:
    """Text that every database takes: PostgreSQL has no NUL."""
    return isinstance(value, str) and "\x00" not in value
