"""A PDF opened by PDFium, after a repair by qpdf where PDFium refuses it. Used inside the cell only."""

from __future__ import annotations

import ctypes
import io

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from .contents import Contents, Damaged

#: The number alone: what follows the @ says how the wheel was built.
VERSION = str(pdfium.PDFIUM_INFO).partition("@")[0]
REPAIRED_VERSION = f"{VERSION} · qpdf {pikepdf.__libqpdf_version__}"


def open_pdf(contents: Contents) -> tuple[pdfium.PdfDocument, bool]:
    """The document and whether it had to be repaired; raises Damaged (``encrypted`` when a password is needed)."""
    try:
        return pdfium.PdfDocument(_in_place(contents)), False
    except pdfium.PdfiumError as fault:
        if fault.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise Damaged("encrypted") from fault
    return _repaired(contents), True


def _in_place(contents: Contents) -> ctypes.Array[ctypes.c_char]:
    """The mapped file as PDFium takes it, without a copy (the mapping is private to this child)."""
    if isinstance(contents.data, bytes):
        raise Damaged
    return (ctypes.c_char * contents.size).from_buffer(contents.data)


def _repaired(contents: Contents) -> pdfium.PdfDocument:
    whole = io.BytesIO()
    try:
        with pikepdf.open(contents.stream()) as source:
            source.save(whole, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return pdfium.PdfDocument(whole.getvalue())
    except pikepdf.PasswordError as fault:
        raise Damaged("encrypted") from fault
    except (pikepdf.PdfError, pdfium.PdfiumError, ValueError) as fault:
        raise Damaged from fault
