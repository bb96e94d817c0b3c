"""A PDF made into PDF/A-2b by pikepdf: what it holds stays, what the norm forbids and nobody reads is let go.

Signatures do not survive any saving: the copy carries none, so that nobody takes it for a broken original.
"""

from __future__ import annotations

import io

import pikepdf
from pikepdf import pdfa

from . import pdf_weight, pdfa_fonts, pdfa_repairs
from .contents import Contents, Damaged, Sink

ENGINE = ("pikepdf", str(pikepdf.__version__))
PROFILE = "2b"
_FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError, RuntimeError)


def prepare() -> None:
    """Loading this module is all that is needed."""


def read(contents: Contents, sink: Sink) -> None:
    """Send the copy; raises Damaged (``not_conformant`` where what the file holds cannot be PDF/A)."""
    sink.say(engine=ENGINE[0], version=ENGINE[1], profile=PROFILE)
    try:
        with pikepdf.open(contents.stream(), suppress_warnings=True) as pdf:
            pdf_weight.check(pdf, contents.limits)
            pdfa_repairs.repair(pdf)
            pdfa_fonts.embed(pdf)
            copy = _conformant(pdf, bool(contents.order.get("written_as_pdfa")))
    except pikepdf.PasswordError as fault:
        raise Damaged("encrypted") from fault
    except _FAULTS as fault:
        raise Damaged from fault
    if len(copy) > contents.limits.part_bytes:
        raise Damaged("limits")
    sink.blob(copy)


def _conformant(pdf: pikepdf.Pdf, written_as_pdfa: bool) -> bytes:
    """The file as saved, once the validator passed it; raises Damaged("not_conformant").

    Of a file that a writer of PDF/A made, what the validator does not know is not held against it; violations are.
    """
    settings = pdfa.resolve_save_kwargs(PROFILE)
    pdfa.prepare(pdf, PROFILE)
    out = io.BytesIO()
    pdf.save(out, **settings)
    out.seek(0)
    verdict = pdfa.validate_written(out, PROFILE).verdict
    if verdict != "pass" and not (written_as_pdfa and verdict == "not_checked"):
        raise Damaged("not_conformant")
    return out.getvalue()
