"""Pages as a scanner gives them: images of text with no text behind, made without any font of the machine."""

from __future__ import annotations

import io

import pypdfium2 as pdfium
from PIL import Image

from tests.unit.parsing import makers

TEXT = (
    "CONVENIO DERIVADO 2026-014 celebrado entre el Ministerio y la empresa. En la ciudad de Bogotá, a los diez días "
    "del mes de noviembre de dos mil veintiséis, comparecieron los señores Ana Peña Gómez, identificada con cédula "
    "52.345.678, y Luis Núñez Ibáñez, con el fin de suscribir la presente acta de liquidación. PRIMERA. Que mediante "
    "la Resolución 1234 de 2025 se ordenó la cooperación industrial y social por valor de 12.450.000 dólares con "
    "cargo al proyecto de fortalecimiento tecnológico. SEGUNDA. Que el cooperante entregó los informes de avance y "
    "los anexos exigidos por el artículo diecisiete del manual, según consta en el expediente. TERCERA. Que la "
    "supervisión certificó el cumplimiento de las obligaciones pactadas y el porcentaje de créditos aprobados, sin "
    "que existan observaciones pendientes ni reclamaciones de las partes."
)


def picture(text: str = TEXT, dpi: int = 300, turned: int = 0) -> Image.Image:
    """The image of an A4 page with ``text``, turned by so many degrees against the clock."""
    with pdfium.PdfDocument(makers.text_pdf(text)) as document:
        page = document[0].render(scale=dpi / 72).to_pil().convert("L")
    return page.rotate(turned, expand=True, fillcolor=255)


def saved_as(kind: str, image: Image.Image, dpi: int = 300) -> bytes:
    """Bytes of a file that holds just the image: ``PDF``, ``PNG``, ``JPEG`` or ``TIFF``."""
    out = io.BytesIO()
    image.save(out, kind, **({"resolution": dpi} if kind == "PDF" else {"dpi": (dpi, dpi)}))
    return out.getvalue()


def scanned(text: str = TEXT, dpi: int = 300, turned: int = 0) -> bytes:
    """A PDF of one scanned page."""
    return saved_as("PDF", picture(text, dpi, turned), dpi)
