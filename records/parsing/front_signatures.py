"""Signatures of a PDF, for the rest of the house: asked of the workroom, made into values whatever it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from . import workroom
from .answers import Signature, SignatureReport
from .names import visible_line
from .signature_codes import PROBLEMS

#: PEM of all roots together, in bytes; about eighty certificates.
MAX_ROOTS = 120 * 1024
MAX_TEXT = 200
_TEXTS = ("field", "signer", "issuer", "serial", "signed_at")
_TRUTHS = ("intact", "valid", "trusted", "changed_after")
_COUNTS = ("signed_bytes", "total_bytes")
_WORDS = {
    "time_source": ("", "timestamp", "claimed"),
    "coverage": ("part", "whole"),
    "revocation": ("unknown", "good", "revoked"),
    "level": ("unknown", "B-B", "B-T", "B-LT", "B-LTA"),
}


def signatures(path: Path | str, roots_pem: bytes = b"", at: datetime | None = None) -> SignatureReport:
    """What the signatures of the PDF at ``path`` are worth as of ``at`` (aware; the machine's present by default).

    ``roots_pem``: certificates of the authorities trusted in, at most 120 KiB; with none nothing is trusted. Raises
    ValueError for roots beyond that, and for nothing that the file holds.
    """
    if len(roots_pem) > MAX_ROOTS:
        raise ValueError("more trusted roots than an order can carry")
    moment = at or datetime.now(UTC)
    order = {"op": "signatures", "kind": "pdf", "roots": roots_pem.decode("ascii"), "at": moment.isoformat()}
    answer = workroom.asked(path, order)
    engine, version = (str(answer.facts.get(name, "")) for name in ("engine", "version"))
    try:
        return SignatureReport(engine, version, tuple(map(_signature, answer.parts)), answer.fault)
    except (TypeError, ValueError, AttributeError):
        return SignatureReport(engine, version, (), "damaged")


def _signature(raw: dict[str, Any]) -> Signature:
    """One signature as a value: texts fit for a screen, words of our own lists alone."""
    facts: dict[str, Any] = {name: visible_line(str(raw.get(name, "")))[:MAX_TEXT] for name in _TEXTS}
    facts |= {name: raw.get(name) is True for name in _TRUTHS}
    facts |= {name: int(raw.get(name, 0)) for name in _COUNTS}
    facts |= {name: raw.get(name) if raw.get(name) in words else words[0] for name, words in _WORDS.items()}
    facts["chain"] = tuple(visible_line(str(name))[:MAX_TEXT] for name in raw.get("chain", []))
    facts["problems"] = tuple(cast("str", code) for code in raw.get("problems", []) if code in PROBLEMS)
    return Signature(**facts)
