"""The parsing cell: the only place where an uploaded file's contents are opened, always in a throw-away child.

`inspect` says what a file is and why it may not be filed, `read` gives its text page by page, `render` a page's
image, `mail` and `attachments` the files within it, `part_bytes` one of them; `ocr`, `signatures` and `to_pdfa` work in
a second cell with heavier engines (`workroom`), Word documents in a third place (`workshop`). `status` says how well
the cell is closed. A file can make any of them say *not inspected*, *unreadable* or *unavailable*, or give a fault; it
can never make them raise anything else.
"""

from __future__ import annotations

from .answers import (
    Attachments,
    CellStatus,
    Converted,
    Inspection,
    Mail,
    MailPart,
    OcrPage,
    PageContent,
    PageUnavailable,
    PartUnavailable,
    Reading,
    Signature,
    SignatureReport,
)
from .front import close, inspect, inspect_many, read, render, status
from .front_copies import to_pdfa
from .front_ocr import ocr, ocr_engine
from .front_parts import attachments, mail, part_bytes
from .front_signatures import signatures
from .front_tools import Made, marked_copy, marked_pdf, merge_pdfs, without_metadata
from .limits import CellLimits
from .names import name_flags, safe_display_name, storage_extension
from .tables import JsonText, Table, read_json, read_table

__all__ = [
    "Attachments",
    "CellLimits",
    "CellStatus",
    "Converted",
    "Inspection",
    "JsonText",
    "Made",
    "Mail",
    "MailPart",
    "OcrPage",
    "PageContent",
    "PageUnavailable",
    "PartUnavailable",
    "Reading",
    "Signature",
    "SignatureReport",
    "Table",
    "attachments",
    "close",
    "inspect",
    "inspect_many",
    "mail",
    "marked_copy",
    "marked_pdf",
    "merge_pdfs",
    "name_flags",
    "ocr",
    "ocr_engine",
    "part_bytes",
    "read",
    "read_json",
    "read_table",
    "render",
    "safe_display_name",
    "signatures",
    "status",
    "storage_extension",
    "to_pdfa",
    "without_metadata",
]
