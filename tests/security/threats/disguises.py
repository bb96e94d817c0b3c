"""Files that are not what they say, that are two at once, and pictures that are larger than they look."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from tests.security.threats.judged import Build, Expected, accepted, left, refused
from tests.unit.parsing import makers

PDF = makers.text_pdf("Custodia")
ZIP = makers.zipped({"a.txt": "a"})
EXE = b"MZ\x90\0\x03" + bytes(200)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LONG_NOTE = b"<!-- " + b"x" * 20_000 + b" -->\n"
RTF = rb"{\rtf1{\object\objocx{\*\objdata 0105}}}"
SPARSE = 10 * 1024**3


def tiff(width: int, height: int, following: int = 0, entries: int = 0) -> bytes:
    """A TIFF of one directory; ``following``: where it says the next one is, ``entries`` it says it has."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200), (278, 4, height)]
    tags += [(279, 4, 60)]
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (
        b"II*\0\x08\0\0\0" + struct.pack("<H", entries or len(tags)) + rows + struct.pack("<I", following) + bytes(300)
    )


def jpeg(width: int, height: int) -> bytes:
    """A JPEG whose header promises ``width`` × ``height``."""
    data = bytearray(makers.image("JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def png_with_note(kind: bytes, size: int = 500_000_000) -> bytes:
    """A small PNG with a compressed note that inflates to ``size`` bytes."""
    packer = zlib.compressobj(9)
    start = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"a" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    body = b"nota\0\0" + start + block * (size // 1_000_000) + packer.flush()
    data = makers.image("PNG")
    chunk = len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
    return data[:33] + chunk + data[33:]


#: What → (received name, builder, what must become of it).
PICTURES: dict[str, tuple[str, Build, Expected]] = {
    "PNG flood": ("a.png", makers.flood_png, left("limits")),
    "JPEG flood": ("a.jpg", lambda: jpeg(65_500, 65_500), left("limits")),
    "TIFF flood": ("a.tif", lambda: tiff(200_000, 200_000), left("limits")),
    "TIFF of itself": ("a.tif", lambda: tiff(6, 6, following=8), accepted()),
    "TIFF of 65,535 entries": ("a.tif", lambda: tiff(6, 6, entries=65_535), accepted()),
    "PNG with a note that is a bomb": ("a.png", lambda: png_with_note(b"zTXt"), left()),
    "PNG with colours that are a bomb": ("a.png", lambda: png_with_note(b"iCCP"), left()),
    "PNG cut short": ("a.png", lambda: makers.image("PNG", (400, 400))[:300], left("damaged")),
}

UNLIKE = refused("extension_mismatch", inspected=False)
PROGRAM = refused("executable", "extension_mismatch")

DISGUISED: dict[str, tuple[str, Build, Expected]] = {
    "PDF and ZIP": ("a.pdf", lambda: PDF + ZIP, refused("polyglot")),
    "picture and ZIP": ("a.jpg", lambda: makers.image("JPEG") + ZIP, refused("polyglot")),
    "program and PDF": ("a.pdf", lambda: EXE + PDF, refused("executable", "extension_mismatch")),
    "page and PDF": ("a.pdf", lambda: HTML + PDF, refused("html", "extension_mismatch")),
    "PDF and page": ("a.html", lambda: PDF + HTML, refused("html")),
    "picture and script": ("a.gif", lambda: b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)", left("unknown_format")),
    "picture and script, all letters": ("a.gif", lambda: b"GIF89a=1;alert(1);//", left("unknown_format")),
    "picture and script as text": ("a.txt", lambda: b"GIF89a=1;alert(1);//", UNLIKE),
    "script named so": ("a.js", lambda: b"GIF89a=1;alert(1);//", refused("executable", inspected=False)),
    "renamed program": ("acta.pdf", lambda: EXE, refused("executable", "extension_mismatch")),
    "renamed program of another system": ("acta.docx", lambda: b"\x7fELF" + bytes(99), PROGRAM),
    "page as text": ("a.txt", lambda: HTML, refused("html", "extension_mismatch")),
    "page behind a long note": ("a.txt", lambda: LONG_NOTE + HTML, refused("html", "extension_mismatch")),
    "drawing behind a long note": ("a.txt", lambda: LONG_NOTE + SVG, refused("svg", "extension_mismatch")),
    "drawing": ("a.svg", lambda: SVG, refused("svg")),
    "page in other letters": ("a.txt", lambda: HTML.decode().encode("utf-16"), refused("html", "extension_mismatch")),
    "XML": ("a.xml", lambda: b'<?xml version="1.0"?><a/>', accepted()),
    "XML that is a page": (
        "a.xml",
        lambda: b'<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"/>',
        refused("html"),
    ),
    "rich text with an object": ("a.doc", lambda: RTF, left("unknown_format")),
    "rich text as text": ("a.txt", lambda: RTF, UNLIKE),
    "printer's program": ("a.eps", lambda: b"%!PS-Adobe-3.0\n(x) run", left("unknown_format")),
    "shortcut of the network": ("a.url", lambda: b"[InternetShortcut]\nURL=file://a/b.exe\n", refused("executable")),
    "query of a workbook": ("a.iqy", lambda: b"WEB\n1\nhttp://a.org\n", refused("executable")),
    "wrong extension": ("a.docx", lambda: PDF, refused("extension_mismatch")),
    "empty": ("a.pdf", lambda: b"", refused("empty")),
    "under a password": ("a.pdf", lambda: makers.encrypted_pdf("clave"), refused("encrypted", inspected=False)),
}


def sparse(folder: Path, start: bytes) -> Path:
    """Ten gigabytes of nothing after ``start``, which take no room."""
    path = folder / "enorme"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(SPARSE)
    return path


#: Received name → how ten gigabytes of it begin.
VAST = {
    "a.pdf": b"%PDF-1.7\n",
    "a.docx": b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml word/",
    "a.png": makers.image("PNG")[:40],
    "a.tif": b"II*\0\x08\0\0\0",
    "a.txt": b"texto\n" * 2_000,
    "a.eml": b"From: a@b.co\nSubject: x\n\n" + b"texto\n" * 2_000,
}
