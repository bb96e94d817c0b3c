"""What filing by command answers: a row per path, a line for people, and receipts appended as they are given."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Self, TextIO

from django.utils.translation import gettext as _

from records.commanding import Refused
from records.services.filing import FilingReceipt

Row = dict[str, Any]


def row_of(path: str, receipt: FilingReceipt | None = None, *, code: str = "", message: str = "") -> Row:
    return {
        "path": path,
        "ok": receipt is not None,
        "document": str(receipt.document) if receipt else None,
        "radicado": receipt.radicado if receipt else None,
        "sha256": receipt.sha256 if receipt else None,
        "bytes": receipt.bytes if receipt else None,
        "pages": receipt.pages if receipt else None,
        "folios": [receipt.folio_first, receipt.folio_last] if receipt else None,
        "error": None if receipt else {"code": code, "message": message},
    }


def line_of(row: Row) -> str:
    if row["ok"]:
        return f"{row['path']}: {row['radicado']} · folios {row['folios'][0]}–{row['folios'][1]} · {row['sha256']}"
    return f"{row['path']}: {row['error']['message']}"


class Receipts:
    """Appends one line per filed piece and waits for the disk, once its commit has returned."""

    def __init__(self, target: TextIO | None) -> None:
        self.target = target

    def keep(self, row: Row) -> None:
        if self.target is None or not row["ok"]:
            return
        self.target.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.target.flush()
        os.fsync(self.target.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self.target:
            self.target.close()


def receipts_to(path: str | None) -> Receipts:
    """Where receipts go. Raises Refused before anything is filed when they cannot be kept."""
    try:
        return Receipts(Path(path).open("a", encoding="utf-8") if path else None)
    except OSError as fault:
        message = _("No se puede escribir en %(path)s: %(fault)s") % {"path": path, "fault": fault.strerror}
        raise Refused("receipts_unwritable", message) from fault
