"""Files within files, for the rest of the house: a message as one unit, attachments alike, the bytes of one part."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast, get_args

from . import formats
from .answers import Attachments, Mail, MailPart, PartRole, PartUnavailable
from .front import Answer, asked, cell_limits

_SOURCES = {"application/pdf": "pdf", "message/rfc822": "mail"}


def mail(path: Path | str) -> Mail:
    """The message at ``path`` as one unit: main headers, bodies, attachments; see `Mail`. Never raises."""
    answer, parts = _listed(path, "mail")
    return Mail(tuple(_headers(answer.facts.get("headers"))), parts, answer.fault)


def attachments(path: Path | str, media_type: str) -> Attachments:
    """The files that a PDF or a message brings, under the indexes of `part_bytes`; other formats bring none."""
    kind = _SOURCES.get(media_type)
    if kind is None:
        return Attachments()
    answer, parts = _listed(path, kind)
    return Attachments(tuple(part for part in parts if part.role == "attachment"), answer.fault)


def part_bytes(path: Path | str, media_type: str, index: int) -> bytes:
    """The decoded bytes of one part, whose SHA-256 is its ``digest``; raises PartUnavailable."""
    kind = _SOURCES.get(media_type)
    if kind is None:
        raise PartUnavailable("no_such_part")
    answer = asked(path, {"op": "part", "kind": kind, "number": index})
    if answer.fault or "size" not in answer.facts:
        raise PartUnavailable(answer.fault or "damaged")
    return answer.blob


def _listed(path: Path | str, kind: str) -> tuple[Answer, tuple[MailPart, ...]]:
    """List the parts; where a child dies midway, go on with a fresh child, a few times.

    A part on which a child died after others is tried again, as it may have paid for them; one on which a child died
    at once is left unseen.
    """
    answer = Answer()
    unseen: list[int] = []
    for _ in range(cell_limits().read_restarts + 1):
        latest = asked(path, {"op": "parts", "kind": kind, "first": len(answer.parts), "unseen": unseen})
        answer.facts.update(latest.facts)
        answer.parts += latest.parts
        answer.fault, answer.detail = latest.fault, latest.detail
        if not latest.died or (unseen and not latest.parts):
            break
        unseen = [] if latest.parts else [len(answer.parts)]
    return _understood(answer)


def _understood(answer: Answer) -> tuple[Answer, tuple[MailPart, ...]]:
    """The parts as values; what a child says that makes no sense is a fault, not an exception."""
    try:
        return answer, tuple(_part(raw, index) for index, raw in enumerate(answer.parts))
    except (KeyError, TypeError, ValueError, AttributeError):
        answer.fault = "damaged"
        return answer, ()


def _part(raw: dict[str, Any], index: int) -> MailPart:
    if raw["index"] != index or raw["role"] not in get_args(PartRole):
        raise ValueError
    return MailPart(
        index=index,
        role=cast("PartRole", raw["role"]),
        name=str(raw["name"]),
        media_type=str(raw["media_type"]),
        size=int(raw["size"]),
        digest=str(raw["digest"]),
        flags=tuple(map(str, raw["flags"])),
        refusals=tuple(code for code in raw["refusals"] if code in formats.REFUSALS),
    )


def _headers(raw: Any) -> Iterable[tuple[str, str]]:
    rows = raw if isinstance(raw, list) else []
    return ((str(row[0]), str(row[1])) for row in rows if isinstance(row, list) and len(row) == 2)
