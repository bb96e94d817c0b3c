"""The parts of a file that brings files: each listed with its digest and judged by the table of files, or given whole.

A part may kill the child that looks into it; the caller then asks a fresh child to go on behind it (``first``) and to
list that one unseen (``unseen``). Adding a kind of file is a row of `SOURCES`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from . import inspection, mail_parts, names, pdf_attachments
from .contents import Contents, Damaged, Sink
from .part import Part

SOURCES: dict[str, Callable[[Contents, Sink], Iterator[Part]]] = {
    "mail": mail_parts.parts,
    "pdf": pdf_attachments.parts,
}


@dataclass
class Held(Contents):
    """A part's bytes as contents of their own; there is no file behind them."""

    def stream(self) -> BinaryIO:
        """A fresh binary stream over the bytes."""
        return io.BytesIO(self.data)


class Gathered(Sink):
    """A sink that keeps facts instead of sending them."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}

    def say(self, **facts: Any) -> None:
        """Keep the facts."""
        self.facts.update(facts)

    say_at_end = say


def listed(contents: Contents, sink: Sink) -> None:
    """Send every part from ``order["first"]`` on; raises Damaged once no more can be found."""
    first, unseen = int(contents.order.get("first", 0)), contents.order.get("unseen", [])
    for index, part in enumerate(SOURCES[contents.kind](contents, sink)):
        if index >= first:
            seen = _unseen(part) if index in unseen else _seen(contents, part)
            sink.say(part={"index": index, "role": part.role, "name": _name(part), **seen})


def one(contents: Contents, sink: Sink) -> None:
    """Send the bytes of part ``order["number"]``; raises Damaged (``no_such_part``, ``limits``…)."""
    for index, part in enumerate(SOURCES[contents.kind](contents, sink)):
        if index == contents.order["number"]:
            data, _ = part.take()
            if len(data) > contents.limits.part_bytes:
                raise Damaged("limits")
            sink.say(size=len(data))
            sink.blob(data)
            return
    raise Damaged("no_such_part")


def _name(part: Part) -> str:
    return names.safe_display_name(part.name) if part.role == "attachment" else ""


def _unseen(part: Part) -> dict[str, Any]:
    return {"media_type": part.media_type, "size": 0, "digest": "", "flags": [*part.flags, "limits"], "refusals": []}


def _seen(contents: Contents, part: Part) -> dict[str, Any]:
    try:
        data, flags = part.take()
    except Damaged as fault:
        return {**_unseen(part), "flags": [*part.flags, fault.code]}
    measured = {"size": len(data), "digest": hashlib.sha256(data).hexdigest()}
    if part.role != "attachment":
        return {"media_type": part.media_type, "flags": [*part.flags, *flags], "refusals": [], **measured}
    found = _judged(contents, part, data)
    said = dict.fromkeys([*part.flags, *flags, *found.get("flags", []), *names.name_flags(part.name)])
    return {
        "media_type": found.get("media_type", part.media_type),
        "flags": list(said),
        "refusals": found.get("refusals", []),
        **measured,
    }


def _judged(contents: Contents, part: Part, data: bytes) -> dict[str, Any]:
    """What `inspect` says of the bytes; beyond the limits they are not opened."""
    order = {"kind": "", "extension": names.extension_of(part.name), "limits": contents.order["limits"]}
    gathered = Gathered()
    try:
        if len(data) > contents.limits.part_bytes:
            raise Damaged("limits")
        inspection.inspect(Held(order, -1, data), gathered)
    except Damaged as fault:
        gathered.facts["flags"] = [fault.code]
    except (MemoryError, RecursionError):
        gathered.facts["flags"] = ["limits"]
    except Exception:  # noqa: BLE001 - any fault of a parser is an answer
        gathered.facts["flags"] = ["damaged"]
    return gathered.facts
