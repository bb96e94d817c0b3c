"""The table of files: what is accepted, what is refused and by which code. Nothing here opens a file.

Adding a format is a row here and, if its text is to be read, a reader in `work.READERS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """An accepted format: its media type, the extensions that name it (first = the one we store under)."""

    media_type: str
    extensions: tuple[str, ...]
    kind: str
    page_images: bool = False


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
UNKNOWN = "application/octet-stream"

ACCEPTED = (
    Format("application/pdf", (".pdf",), "pdf", page_images=True),
    Format(DOCX, (".docx",), "docx"),
    Format(XLSX, (".xlsx",), "xlsx"),
    Format(PPTX, (".pptx",), "pptx"),
    Format("text/plain", (".txt", ".text", ".log"), "text"),
    Format("text/csv", (".csv", ".tsv"), "text"),
    Format("text/markdown", (".md", ".markdown"), "text"),
    Format("message/rfc822", (".eml",), "mail"),
    Format("image/png", (".png",), "png", page_images=True),
    Format("image/jpeg", (".jpg", ".jpeg"), "jpeg", page_images=True),
    Format("image/tiff", (".tif", ".tiff"), "tiff", page_images=True),
)

BY_EXTENSION = {extension: row for row in ACCEPTED for extension in row.extensions}
BY_MEDIA_TYPE = {row.media_type: row for row in ACCEPTED}

#: Kinds of content whose extension may be any of several formats' (a mail and a table are text too).
SAME_CONTENT = {"mail": "text", "text": "text"}

#: Content of no format in the table (a drawing, an old binary document): kept for custody, never looked into.
UNKNOWN_KIND = "unknown"

#: What content that is never accepted is called, and its media type.
REFUSED_KINDS = {
    "empty": "application/x-empty",
    "executable": "application/x-executable",
    "html": "text/html",
    "svg": "image/svg+xml",
    "archive": "application/zip",
    "macros": "application/vnd.ms-office.macroEnabled",
    "encrypted": "application/x-ole-storage",
}

#: Every media type an inspection may answer.
MEDIA_TYPES = frozenset({*BY_MEDIA_TYPE, *REFUSED_KINDS.values(), UNKNOWN})

_EXTENSIONS_REFUSED = {
    "executable": "exe dll com scr msi bat cmd ps1 vbs vbe js jse mjs wsf wsh hta lnk sh bash zsh py pyc pl rb php jar"
    " class apk app elf so dylib bin run deb rpm reg cpl sys url desktop scf iqy slk jnlp chm inf msc xll wll gadget",
    "html": "html htm xhtml xht shtml mht mhtml",
    "svg": "svg svgz",
    "archive": "zip 7z rar gz tgz tar bz2 tbz xz txz zst lz lzma cab iso arj z jmod war ear",
    "macros": "docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm",
}
REFUSED_EXTENSIONS = {f".{ext}": code for code, names in _EXTENSIONS_REFUSED.items() for ext in names.split()}

#: Every reason for which a file is refused. The Spanish sentences are made at the edge.
REFUSALS = {
    "empty": "the file has no bytes",
    "extension_mismatch": "the content is not what the extension says",
    "executable": "a program or script",
    "html": "a web page",
    "svg": "an SVG drawing, which may carry script",
    "archive": "an archive or compressed file",
    "polyglot": "a second file of another type is appended, so it opens as two different things",
    "macros": "an Office file with macros",
    "doctype": "a part of the Office file declares a DOCTYPE",
    "encrypted": "it needs a password to be opened",
    "pdf_javascript": "the PDF contains JavaScript",
    "pdf_launch": "the PDF starts programs or opens other files (Launch)",
    "pdf_submit": "the PDF sends form data (SubmitForm)",
    "pdf_xfa": "the PDF is an XFA form",
    "pdf_richmedia": "the PDF contains RichMedia",
}

#: What is accepted and said. Name flags come from `names.name_flags`.
FLAGS = {
    "unknown_format": "of no format that is looked into: kept as received, not inspected",
    "damaged": "the structure is broken: not inspected",
    "limits": "it goes beyond what the cell may spend: not inspected",
    "cell_unavailable": "the cell could not be used: not inspected",
    "open_action": "an action on opening that is only a destination or a link",
    "links": "links to outside",
    "remote_links": "links to other files",
    "form": "a form without script",
    "owner_password": "encrypted with an owner password; opens without one",
    "signed": "carries signature fields",
    "embedded_files": "carries attached files",
    "multimedia": "sound, film or 3D",
    "import_data": "an action that imports form data",
    "trailing_comment": "a comment after the end of the PDF",
    "trailing_data": "bytes after the end of the PDF",
    "leading_bytes": "bytes before the PDF header",
    "external_links": "the Office file refers to outside resources",
    "embedded_objects": "the Office file embeds other objects",
    "dde": "the Office file has a field that asks another program for data",
    "attachments": "the message has attachments",
    "malformed": "a part of a message whose own parts cannot be told apart",
    "bad_encoding": "a part whose transfer encoding is broken: readers may take it differently",
    "unknown_encoding": "a part in a transfer encoding that is not undone",
    "bad_charset": "a text that is not in the character set it declares",
    "text_outside_parts": "much stands before or after the parts of the message, where no reader shows it",
    "within_message": "attached to an attached message",
    "nested_message": "a message attached to an attached message: kept whole, not opened",
}


def kind_for(extension: str) -> str:
    """Kind of content the extension promises (``"pdf"``…); empty when it promises nothing we accept."""
    row = BY_EXTENSION.get(extension)
    return row.kind if row else ""


def media_type_for(extension: str, kind: str) -> str:
    """Media type of content ``kind`` under ``extension`` (a ``.csv`` and a ``.txt`` are both text)."""
    row = BY_EXTENSION.get(extension)
    if row and _fits(row.kind, kind):
        return row.media_type
    if kind in REFUSED_KINDS:
        return REFUSED_KINDS[kind]
    return next((row.media_type for row in ACCEPTED if row.kind == kind), UNKNOWN)


def _fits(promised: str, found: str) -> bool:
    return SAME_CONTENT.get(promised, promised) == SAME_CONTENT.get(found, found)


def extension_refusals(extension: str) -> tuple[str, ...]:
    """Refusals that the extension alone brings; one that says nothing leaves the judgement to the content."""
    refused = REFUSED_EXTENSIONS.get(extension)
    return (refused,) if refused else ()


def content_refusals(extension: str, kind: str) -> tuple[str, ...]:
    """All refusals that follow from the extension and the kind of content found, in a stable order."""
    reasons = list(extension_refusals(extension))
    if kind in REFUSED_KINDS:
        reasons.append(kind)
    promised = kind_for(extension)
    if promised and kind not in ("empty", "encrypted", "macros") and not _fits(promised, kind):
        reasons.append("extension_mismatch")
    return tuple(dict.fromkeys(reasons))
