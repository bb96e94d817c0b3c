"""The text of a file's first page alone: enough to guess what it is, without reading a thousand pages for it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from . import formats, wire
from .cell import CellLost, CellUnavailable, opened
from .front import _cell
from .words import fit

#: A longer page says no more about what it is.
LONGEST = 20_000


def first_page(path: Path | str, media_type: str) -> str:
    """Text of the first page; "" where there is none, or none can be had. Never raises for what a file holds."""
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None:
        return ""
    with contextlib.suppress(OSError, CellUnavailable, CellLost, wire.WireError), opened(path) as file:
        return _first({"op": "read", "kind": row.kind}, file)
    return ""


def _first(order: dict[str, str], file: int) -> str:
    """Stop listening after one page: the child finds nobody to talk to, and ends."""
    with contextlib.closing(_cell.ask(order, file)) as frames:
        for letter, payload in frames:
            facts = wire.decoded(payload) if letter == b"J" else {}
            if "page" in facts:
                return fit(str(facts["text"]))[:LONGEST]
            if "fault" in facts or "end" in facts:
                break
    return ""
