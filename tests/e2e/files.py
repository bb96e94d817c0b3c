"""The files an archivist drops: a PDF and a DOCX with text, a plain text, and a scanned PDF without any."""

from __future__ import annotations

import io
from pathlib import Path

import docx
from fpdf import FPDF
from PIL import Image, ImageDraw


def make_files(folder: Path, tag: str) -> dict[str, Path]:
    """Kind → path; `tag` is a word that stands in the text of each and makes its bytes unlike others."""
    made = {
        "pdf": folder / f"acta de recibo {tag}.pdf",
        "docx": folder / f"informe mensual {tag}.docx",
        "txt": folder / f"correo {tag}.txt",
        "scan": folder / f"soporte escaneado {tag}.pdf",
    }
    made["pdf"].write_bytes(pdf_of(f"Acta de recibo a satisfacción. Referencia {tag}pdf."))
    document = docx.Document()
    document.add_paragraph(f"Informe mensual de supervisión. Referencia {tag}docx.")
    document.save(str(made["docx"]))
    made["txt"].write_text(f"Remite los soportes del mes. Referencia {tag}txt.\n", encoding="utf-8")
    made["scan"].write_bytes(scan_of(f"Referencia {tag}scan"))
    return made


def pdf_of(text: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=14)
    pdf.multi_cell(0, 10, text)
    return bytes(pdf.output())


def scan_of(text: str) -> bytes:
    """A page that is only an image: its words cannot be read as text."""
    image = Image.new("L", (620, 877), 255)
    ImageDraw.Draw(image).text((80, 120), text, fill=0)
    sink, pdf = io.BytesIO(), FPDF(unit="pt", format=(620, 877))
    image.save(sink, "PNG")
    pdf.add_page()
    pdf.image(sink, 0, 0, 620, 877)
    return bytes(pdf.output())
