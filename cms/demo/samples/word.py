"""DOCX samples with tables, running header, footnotes and a text box, by python-docx.

python-docx writes neither footnotes nor text boxes, and stamps the time into the archive: both are
done here, so that reading is tried on all of them and the same text always gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator
from html import escape

from docx import Document
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from cms.demo.samples.markup import Block, Sheet, runs

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
STYLES = {"title": "Title", "heading": "Heading 1", "item": "List Bullet", "paragraph": "Normal"}
#: The oldest moment a ZIP archive can hold: no clock gets into the bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
BOX = (
    '<w:r xmlns:w="{w}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape style="width:320pt;height:40pt">'
    "<v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>"
    "</w:pict></w:r>"
)
REFERENCE = '<w:r xmlns:w="{w}"><w:footnoteReference w:id="{number}"/></w:r>'
NOTE = (
    '<w:footnote w:id="{number}"><w:p><w:r><w:footnoteRef/></w:r>'
    '<w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
)
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


def make(sheet: Sheet, title: str, day: datetime.date) -> bytes:
    """A DOCX holding the sheet; its pages are separated by page breaks."""
    document = Document()
    describe(document, title, day)
    document.sections[0].header.paragraphs[0].text = sheet.header or title
    document.sections[0].footer.paragraphs[0].text = "Documento de demostración"
    notes = [block.text for blocks in sheet.pages for block in blocks if block.kind == "note"]
    marks = iter(range(1, len(notes) + 1))
    for number, blocks in enumerate(sheet.pages):
        if number:
            document.add_page_break()  # type: ignore[no-untyped-call]  # python-docx left it so
        for run in runs(blocks):
            write(document, run, marks)
    attach_notes(document, notes)
    return without_clock(document)


def describe(document: Docx, title: str, day: datetime.date) -> None:
    properties = document.core_properties
    moment = datetime.datetime.combine(day, datetime.time(9), tzinfo=datetime.UTC)
    properties.title, properties.author, properties.language = title, "Demostración", "es-CO"
    properties.created = properties.modified = moment
    properties.last_modified_by, properties.comments = "Demostración", ""


def write(document: Docx, run: tuple[Block, ...], marks: Iterator[int]) -> None:
    kind = run[0].kind
    if kind == "row":
        write_table(document, run)
    elif kind == "box":
        document.add_paragraph()._p.append(  # noqa: SLF001  python-docx has no public way to a text box
            parse_xml(BOX.format(w=W, text=escape(run[0].text)))
        )
    elif kind != "note":
        write_paragraph(document, run[0], marks)


def write_table(document: Docx, rows: tuple[Block, ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0].cells), style="Table Grid")
    for block in rows:
        for cell, text in zip(table.add_row().cells, block.cells, strict=True):
            cell.text = text
    document.add_paragraph()


def write_paragraph(document: Docx, block: Block, marks: Iterator[int]) -> None:
    before, marked, after = block.text.partition("[^]")
    paragraph = document.add_paragraph(before, style=STYLES[block.kind])
    if marked:
        number = next(marks)
        paragraph._p.append(parse_xml(REFERENCE.format(w=W, number=number)))  # noqa: SLF001  as above, for notes
        paragraph.add_run(after)


def attach_notes(document: Docx, notes: list[str]) -> None:
    if not notes:
        return
    body = "".join(NOTE.format(number=number, text=escape(text)) for number, text in enumerate(notes, 1))
    blob = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="{W}">{SEPARATORS}{body}</w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, blob.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def without_clock(document: Docx) -> bytes:
    """The archive's bytes with every entry dated alike."""
    written, dated = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return dated.getvalue()
