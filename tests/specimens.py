"""Files for tests of what is made from a piece: scans, messages with attachments, an act that may be archived."""

from __future__ import annotations

import io
import itertools
from email.message import EmailMessage

import pypdfium2 as pdfium

from tests.unit.parsing import makers, scans

SCAN_DPI = 150
_numbers = itertools.count(1)


def scan(*pages: str) -> bytes:
    """A PDF of pictures of pages, each with these words in it; an empty text is a blank page."""
    with pdfium.PdfDocument.new() as whole:
        for text in pages:
            with pdfium.PdfDocument(scans.scanned(text or " ", dpi=SCAN_DPI)) as one:
                whole.import_pages(one)
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()


def letter(*attached: tuple[str, bytes, str], text: str = "Adjunto el informe del taller.\n") -> bytes:
    """A message with a body and these attachments: (name, bytes, media type)."""
    made = EmailMessage()
    made["From"], made["To"] = "Taller Regional <taller@proveedor.example>", "contratos@entidad.example"
    made["Subject"], made["Date"] = "Entrega del informe", "Tue, 10 Nov 2026 08:15:00 -0500"
    made["Message-ID"] = "<1@proveedor.example>"
    made.set_content(text)
    for name, data, kind in attached:
        main, sub = kind.split("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return bytes(made)


def report() -> bytes:
    """Two pages, unlike any other: the store of the tests is one, and some tests spoil what they filed."""
    return makers.text_pdf(f"Informe de la jornada {next(_numbers)}", "segunda página, donde dice guayacán")
