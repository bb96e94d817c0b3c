"""Office files that carry more than text: programs, calls to outside, bombs, and packages that are two at once."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from tests.security.threats.judged import Build, Expected, accepted, left, refused
from tests.unit.parsing import makers
from tests.unit.parsing.makers import NAMESPACES, PACKAGE_RELATIONS, paragraphs

BODY = f"<w:document {NAMESPACES}><w:body>{paragraphs('Custodia')}</w:body></w:document>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ja">{LAUGHS}]>'
Parts = Mapping[str, str | bytes]
NO_PARTS: Parts = {}
NO_TYPES: Mapping[str, str] = {}
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def word(
    more: Mapping[str, str | bytes] | None = None, types: Mapping[str, str] | None = None, body: str = BODY
) -> bytes:
    """A DOCX with more parts."""
    return makers.package(
        {"word/document.xml": body, **(more or {})}, {"word/document.xml": makers.DOCX_MAIN, **(types or {})}
    )


def related(
    kind: str, target: str, mode: str = ' TargetMode="External"', part: str = "word/_rels/document.xml.rels"
) -> bytes:
    """A DOCX with one relationship."""
    row = f'<Relationship Id="r1" Type="{_OFFICE}{kind}" Target="{target}"{mode}/>'
    return word({part: f'<Relationships xmlns="{PACKAGE_RELATIONS}">{row}</Relationships>'})


def book(more: Parts, types: Mapping[str, str] = NO_TYPES, main: str = makers.XLSX_MAIN) -> bytes:
    """An XLSX of one sheet with more parts."""
    with zipfile.ZipFile(io.BytesIO(makers.xlsx({"uno": ""}))) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist() if n != "[Content_Types].xml"}
    return makers.package({**parts, **more}, {"xl/workbook.xml": main, **types})


def instruction(*pieces: str) -> bytes:
    """A DOCX with a field whose instruction is written in pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    field = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    return word(body=BODY.replace("<w:body>", "<w:body>" + field))


def simple_field() -> bytes:
    """A DOCX with a field whose instruction is an attribute."""
    return word(body=BODY.replace("<w:body>", '<w:body><w:p><w:fldSimple w:instr=" dde cmd x "/></w:p>'))


# -- packages ------------------------------------------------------------------------------------------------------


def rezipped(*entries: tuple[zipfile.ZipInfo | str, bytes | str]) -> bytes:
    """A DOCX with more entries, as they are given."""
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def linked() -> bytes:
    """An entry that is a symbolic link."""
    link = zipfile.ZipInfo("word/enlace.xml")
    link.external_attr = 0o120777 << 16
    return rezipped((link, "/etc/passwd"))


def overlapping(copies: int = 200) -> bytes:
    """Many entries of the directory that share one body, as bombs without nesting do."""
    data = word({"word/big.xml": "<a>" + " " * 500_000 + "</a>"})
    start, end = data.index(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    rows, place = [], start
    while place < end:
        name, extra, note = struct.unpack_from("<HHH", data, place + 28)
        rows.append(data[place : place + 46 + name + extra + note])
        place += 46 + name + extra + note
    big = next(row for row in rows if b"word/big.xml" in row)
    rows += [big.replace(b"word/big.xml", b"word/b%02x.xml" % n) for n in range(copies)]
    directory = b"".join(rows)
    sizes = struct.pack("<HHII", len(rows), len(rows), len(directory), start)
    return data[:start] + directory + data[end : end + 8] + sizes + b"\0\0"


def two_names() -> bytes:
    """A picture that its own header calls a program: who reads from the front sees another package."""
    data = word({"word/media/a.png": b"MZ\x90\0" + bytes(60)})
    place = data.index(b"word/media/a.png")
    return data[:place] + b"word/media/a.exe" + data[place + 16 :]


def nested() -> bytes:
    """A package with a package with a package."""
    inner = b"x"
    for _ in range(20):
        inner = makers.zipped({"a.zip": inner})
    return word({"word/media/a.zip": inner})


OUTSIDE, OBJECTS, NO_DOCTYPE = accepted("external_links"), accepted("embedded_objects"), refused("doctype")
ASKING = "<externalLink><ddeLink ddeService='cmd'/></externalLink>"
MACROSHEET = "application/vnd.ms-excel.macrosheet+xml"
VBA = "application/vnd.ms-office.vbaProject"

#: What → (received name, builder, what must become of it).
OFFICE: dict[str, tuple[str, Build, Expected]] = {
    "macros under a plain name": ("a.docx", lambda: word({"word/vbaProject.bin": b"x"}), refused("macros")),
    "macros under another part": ("a.docx", lambda: word({"word/a.bin": b"x"}, {"word/a.bin": VBA}), refused("macros")),
    "macros by a relationship": ("a.docx", lambda: related("x/vbaProject", "a.bin", ""), refused("macros")),
    "workbook with macros as a plain one": (
        "a.xlsx",
        lambda: book({}, main="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        refused("macros"),
    ),
    "sheet of macros by its type": (
        "a.xlsx",
        lambda: book({"xl/s.xml": "<a/>"}, {"xl/s.xml": MACROSHEET}),
        refused("macros"),
    ),
    "sheet of macros by its place": ("a.xlsx", lambda: book({"xl/macrosheets/sheet1.xml": "<a/>"}), refused("macros")),
    "laughs in the body": ("a.docx", lambda: makers.docx("&l9;", prolog=DOCTYPE), NO_DOCTYPE),
    "laughs in the properties": (
        "a.docx",
        lambda: word({"docProps/core.xml": DOCTYPE + "<x>&l9;</x>"}),
        NO_DOCTYPE,
    ),
    "laughs in a drawing": (
        "a.docx",
        lambda: word({"word/media/a.svg": DOCTYPE + "<svg>&l9;</svg>"}),
        NO_DOCTYPE,
    ),
    "laughs in the relationships": (
        "a.docx",
        lambda: word({"word/_rels/document.xml.rels": DOCTYPE + "<x>&l9;</x>"}),
        NO_DOCTYPE,
    ),
    "template from outside": (
        "a.docx",
        lambda: related("attachedTemplate", "http://a.org/t.dotm"),
        OUTSIDE,
    ),
    "template from a share": (
        "a.docx",
        lambda: related("attachedTemplate", r"\\a\t.dotm", ""),
        OUTSIDE,
    ),
    "picture from outside": ("a.docx", lambda: related("image", "http://a.org/p.png"), OUTSIDE),
    "object from outside": ("a.docx", lambda: related("oleObject", "http://a.org/o"), OUTSIDE),
    "outside, oddly spelled": (
        "a.docx",
        lambda: related("image", "http://a.org", ' TargetMode="external"'),
        OUTSIDE,
    ),
    "outside, not said to be": ("a.docx", lambda: related("image", "file:///c:/p.png", ""), OUTSIDE),
    "a link": ("a.docx", lambda: related("hyperlink", "http://a.org"), accepted("links")),
    "an object inside": (
        "a.docx",
        lambda: word({"word/embeddings/oleObject1.bin": b"x"}),
        accepted("embedded_objects"),
    ),
    "a program inside": ("a.docx", lambda: word({"word/media/a.exe": b"MZ"}), OBJECTS),
    "a package twenty deep": ("a.docx", nested, OBJECTS),
    "a field that asks a program": ("a.docx", lambda: instruction('DDEAUTO c:\\\\cmd.exe "/k calc"'), accepted("dde")),
    "the same in pieces": ("a.docx", lambda: instruction("DD", "EAU", "TO c:\\\\cmd.exe"), accepted("dde")),
    "the same as an attribute": ("a.docx", simple_field, accepted("dde")),
    "a workbook that asks a program": (
        "a.xlsx",
        lambda: book(
            {"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink ddeService='cmd'/></externalLink>"}
        ),
        accepted("dde"),
    ),
    "zip bomb": ("a.docx", lambda: makers.zip_bomb_docx(300_000_000), left("limits")),
    "zip bomb without nesting": ("a.docx", overlapping, left()),
    "a directory that lies": ("a.docx", makers.lying_docx, left()),
    "a name twice": ("a.docx", lambda: rezipped(("word/a.xml", "<a/>"), ("word/A.xml", "<b/>")), left("damaged")),
    "a name that climbs": ("a.docx", lambda: rezipped(("word/../../../etc/x.xml", "<a/>")), left("damaged")),
    "an absolute name": ("a.docx", lambda: rezipped(("/etc/cron.d/x", "x")), left("damaged")),
    "a name of another system": ("a.docx", lambda: rezipped(("C:\\x.xml", "<a/>")), left("damaged")),
    "a symbolic link": ("a.docx", linked, left("damaged")),
    "two names for one part": ("a.docx", two_names, left("damaged")),
    "2,500 parts": ("a.docx", lambda: word({f"word/{n}.xml": "<a/>" for n in range(2_500)}), left("limits")),
    "elements 100,000 deep": ("a.docx", lambda: makers.docx("<w:p>" * 100_000), left()),
}
