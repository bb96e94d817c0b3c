"""Files of every kind for the cell's tests, made in memory: ordinary, odd and hostile ones."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name
from PIL import Image

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PPTX_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
NAMESPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{RELATIONS}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)

Change = Callable[[pikepdf.Pdf], None]


def saved(folder: Path, name: str, data: bytes) -> Path:
    """Write ``data`` under a neutral name in ``folder`` (the received name is told apart)."""
    path = folder / f"{abs(hash(name)):x}-{len(data)}"
    path.write_bytes(data)
    return path


# -- PDF -----------------------------------------------------------------------------------------------------------


def text_pdf(*pages: str) -> bytes:
    """A PDF with one page per text."""
    pdf = FPDF()
    for text in pages:
        pdf.add_page()
        pdf.set_font("Helvetica", size=12)
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def changed_pdf(change: Change, pages: int = 1, **save: Any) -> bytes:
    """A blank PDF after ``change``."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **save)
    return out.getvalue()


def action(kind: str, **more: Any) -> Dictionary:
    """An action dictionary of type ``kind``."""
    return Dictionary(S=Name("/" + kind), **more)


JS = {"JS": "app.alert(1)"}


def _annotated(annotation: Callable[[], dict[str, Any]]) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **annotation())
        pdf.pages[0].Annots = Array([pdf.make_indirect(note)])

    return change


def _names_tree(pdf: pikepdf.Pdf) -> None:
    leaf = pdf.make_indirect(Dictionary(Names=Array(["a", action("JavaScript", **JS)])))
    pdf.Root.Names = Dictionary(JavaScript=pdf.make_indirect(Dictionary(Kids=Array([leaf]))))


def _open_action(**members: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = action(**members)

    return change


def _chain(pdf: pikepdf.Pdf) -> None:
    last = pdf.make_indirect(action("JavaScript", **JS))
    middle = pdf.make_indirect(action("GoTo", Next=Array([last])))
    pdf.Root.OpenAction = action("URI", URI="https://example.org", Next=middle)


def _field(pdf: pikepdf.Pdf, **members: Any) -> None:
    kid = pdf.make_indirect(Dictionary(T="hija", FT=Name.Tx, **members))
    field = pdf.make_indirect(Dictionary(T="madre", Kids=Array([kid])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def _outline(pdf: pikepdf.Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title="uno", A=action("Launch", F="calc.exe")))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=item, Last=item))


def _rich_media(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))])


#: What → (change, the refusal it must bring).
REFUSED_PDFS: Mapping[str, tuple[Change, str]] = {
    "JavaScript in the names tree": (_names_tree, "pdf_javascript"),
    "JavaScript as OpenAction": (_open_action(kind="JavaScript", **JS), "pdf_javascript"),
    "JavaScript at the end of a chain": (_chain, "pdf_javascript"),
    "JavaScript in the document's AA": (
        lambda pdf: setattr(pdf.Root, "AA", Dictionary(WC=action("JavaScript", **JS))),
        "pdf_javascript",
    ),
    "JavaScript in a page's AA": (
        lambda pdf: setattr(pdf.pages[0], "AA", Dictionary(O=action("JavaScript", **JS))),
        "pdf_javascript",
    ),
    "JavaScript in an annotation": (_annotated(lambda: {"A": action("JavaScript", **JS)}), "pdf_javascript"),
    "JavaScript in an annotation's AA": (
        _annotated(lambda: {"AA": Dictionary(E=action("JavaScript", **JS))}),
        "pdf_javascript",
    ),
    "JavaScript in a child field": (
        lambda pdf: _field(pdf, AA=Dictionary(K=action("JavaScript", **JS))),
        "pdf_javascript",
    ),
    "JavaScript of a rendition": (
        _annotated(lambda: {"A": action("Rendition", **JS)}),
        "pdf_javascript",
    ),
    "Launch as OpenAction": (_open_action(kind="Launch", F="calc.exe"), "pdf_launch"),
    "Launch in the outline": (_outline, "pdf_launch"),
    "SubmitForm of a button": (
        _annotated(lambda: {"A": action("SubmitForm", F="https://example.org")}),
        "pdf_submit",
    ),
    "XFA form": (lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(XFA="<xdp/>")), "pdf_xfa"),
    "RichMedia": (_rich_media, "pdf_richmedia"),
}


def _destination(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])


def _looping_outline(pdf: pikepdf.Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title="uno"))
    item.Next = item
    item.First = item
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=item, Last=item))


def _looping_actions(pdf: pikepdf.Pdf) -> None:
    first = pdf.make_indirect(action("GoTo"))
    first.Next = pdf.make_indirect(action("GoTo", Next=first))
    pdf.Root.OpenAction = first


#: What → (change, the flag it must bring, if any).
ACCEPTED_PDFS: Mapping[str, tuple[Change, str]] = {
    "OpenAction that is a destination": (_destination, "open_action"),
    "OpenAction that goes to a page": (_open_action(kind="GoTo"), "open_action"),
    "a link": (_annotated(lambda: {"A": action("URI", URI="https://example.org")}), "links"),
    "a form without script": (_field, "form"),
    "an empty JavaScript tree": (
        lambda pdf: setattr(pdf.Root, "Names", Dictionary(JavaScript=Dictionary(Names=Array([])))),
        "",
    ),
    "an outline that turns on itself": (_looping_outline, ""),
    "actions that turn on themselves": (_looping_actions, "open_action"),
    "the word JavaScript in a title": (
        lambda pdf: setattr(pdf.Root, "Lang", "/JavaScript /Launch /XFA"),
        "",
    ),
}


def encrypted_pdf(user: str, owner: str = "owner") -> bytes:
    """A PDF under passwords; an empty ``user`` leaves it open to read."""
    return changed_pdf(lambda pdf: None, encryption=pikepdf.Encryption(user=user, owner=owner))


def _flate(block: bytes, times: int) -> bytes:
    """``block`` deflated ``times`` over: one deflated block, which needs none before it, repeated."""
    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    body = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + body * times + packer.flush()


def flate_bomb_pdf(expanded: int = 1_000_000_000) -> bytes:
    """A PDF of a few megabytes whose one page's content inflates to ``expanded`` bytes."""
    block = b"0 0 m 1 1 l S\n" * 73_000
    return _page_with_stream(_flate(block, expanded // len(block)), b"/FlateDecode")


def nested_flate_pdf() -> bytes:
    """A few kilobytes that two Flate layers turn into a gigabyte."""
    return _page_with_stream(zlib.compress(_flate(bytes(1_000_000), 1_000), 9), b"[/FlateDecode /FlateDecode]")


def _page_with_stream(packed: bytes, filters: bytes) -> bytes:
    return plain_pdf(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(packed), filters, packed),
    )


def plain_pdf(*objects: bytes, pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>") -> bytes:
    """A PDF written by hand; ``objects`` are numbered from 3."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate((b"<</Type/Catalog/Pages 2 0 R>>", pages, *objects), 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(out)


def looping_pages_pdf() -> bytes:
    """A page tree whose child is its own parent."""
    return plain_pdf(b"<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>")


def deep_pdf(depth: int = 500_000) -> bytes:
    """An array nested ``depth`` times."""
    return plain_pdf(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/X 4 0 R>>", b"[" * depth + b"]" * depth)


# -- Office --------------------------------------------------------------------------------------------------------


def package(parts: Mapping[str, str | bytes], types: Mapping[str, str], default: str = "application/xml") -> bytes:
    """An Office package of ``parts``, with content types for those named in ``types``."""
    rows = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items())
    declared = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="{default}"/>{rows}</Types>'
    )
    return zipped({"[Content_Types].xml": declared, **parts})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of ``parts``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def paragraphs(*texts: str) -> str:
    """Runs of plain paragraphs."""
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def docx(body: str = "", more: Mapping[str, tuple[str, str]] | None = None, prolog: str = "") -> bytes:
    """A DOCX with ``body``; ``more``: part name → (content type ending, XML)."""
    others = more or {}
    parts = {name: xml for name, (_, xml) in others.items()}
    types = {name: f"application/vnd.openxmlformats-officedocument.{kind}" for name, (kind, _) in others.items()}
    main = f"{prolog}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    return package({"word/document.xml": main, **parts}, {"word/document.xml": DOCX_MAIN, **types})


def xlsx(sheets: Mapping[str, str], strings: Iterable[str] = ()) -> bytes:
    """An XLSX; ``sheets``: title → rows in XML."""
    numbered = list(enumerate(sheets.items(), 1))
    listed = "".join(f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"/>' for n, (title, _) in numbered)
    related = "".join(f'<Relationship Id="rId{n}" Type="t" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered)
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{related}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{shared}</sst>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
            for n, (_, rows) in numbered
        },
    }
    strings_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    return package(parts, {"xl/workbook.xml": XLSX_MAIN, "xl/sharedStrings.xml": strings_type})


def pptx(*slides: str) -> bytes:
    """A PPTX with one text per slide."""
    main = "http://schemas.openxmlformats.org/presentationml/2006/main"
    draw = "http://schemas.openxmlformats.org/drawingml/2006/main"
    listed = "".join(f'<p:sldId id="{n}" r:id="rId{n}"/>' for n in range(1, len(slides) + 1))
    related = "".join(
        f'<Relationship Id="rId{n}" Type="t" Target="slides/slide{n}.xml"/>' for n in range(1, len(slides) + 1)
    )
    parts = {
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{main}" xmlns:r="{RELATIONS}"><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>'
        ),
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{related}</Relationships>',
        **{
            f"ppt/slides/slide{n}.xml": (
                f'<p:sld xmlns:p="{main}" xmlns:a="{draw}"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
            )
            for n, text in enumerate(slides, 1)
        },
    }
    return package(parts, {"ppt/presentation.xml": PPTX_MAIN})


def zip_bomb_docx(size: int = 300_000_000) -> bytes:
    """A DOCX whose body is ``size`` blanks."""
    return docx("<w:p><w:r><w:t>" + " " * size + "</w:t></w:r></w:p>")


def lying_docx() -> bytes:
    """A DOCX whose directory declares far fewer bytes than its body inflates to."""
    data = docx(paragraphs("x" * 5_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        declared = archive.getinfo("word/document.xml").file_size
    return data.replace(declared.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def ole(stream: str) -> bytes:
    """An OLE compound file, as far as its first bytes and one directory name go."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(2_000)


# -- images --------------------------------------------------------------------------------------------------------


def image(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", frames: int = 1) -> bytes:
    """A plain image of one colour (a TIFF may have several frames)."""
    out = io.BytesIO()
    pages = [Image.new(mode, size, 100) for _ in range(frames)]
    more = {"save_all": True, "append_images": pages[1:]} if frames > 1 else {}
    pages[0].save(out, kind, **more)
    return out.getvalue()


def flood_png(width: int = 100_000, height: int = 100_000) -> bytes:
    """A PNG of a few bytes whose header promises ``width`` × ``height`` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + chunk(b"IEND", b"")
    )
