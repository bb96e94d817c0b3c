"""What content is by its first and last bytes, whatever its name says. Hints for no one: the table decides."""

from __future__ import annotations

import codecs
import re

from . import formats, ooxml
from .contents import Contents, Damaged

HEAD = 8192
#: Bytes looked through for the first element of what begins with notes or declarations.
LONG_HEAD = 1 << 20
_ROOT = re.compile(
    r"\A[\s\ufeff]*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*)*(?:<!doctype\s+(?P<doctype>\w+)|<(?:\w+:)?(?P<root>\w+)[\s/>])",
    re.I | re.S,
)
_LONG_NOTE = re.compile(r"[\s\ufeff]*<[!?]")
_HTML_ROOTS = frozenset("html head body script iframe frameset".split())
_MAIL = re.compile(rb"\A(?:From [^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_NAMES = re.compile(rb"^(?:From|To|Subject|Date|Received|Message-ID|MIME-Version|Return-Path):", re.I | re.M)

#: First bytes → kind. The longest magic of a kind that could be mistaken comes first.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"\x7fELF", "executable"),
    (b"\xfe\xed\xfa\xce", "executable"),
    (b"\xfe\xed\xfa\xcf", "executable"),
    (b"\xce\xfa\xed\xfe", "executable"),
    (b"\xcf\xfa\xed\xfe", "executable"),
    (b"\xca\xfe\xba\xbe", "executable"),
    (b"\xca\xfe\xba\xbf", "executable"),
    (b"dex\n03", "executable"),
    (b"\0asm", "executable"),
    (b"!<arch>\n", "archive"),
    (b"L\0\0\0\x01\x14\x02\0", "executable"),
    (b"#!", "executable"),
    (b"\xef\xbb\xbf#!", "executable"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x1f\x9d", "archive"),
    *((b"BZh%d" % level, "archive") for level in range(1, 10)),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"LZIP\x01", "archive"),
    (b"MSCF\0\0\0\0", "archive"),
    (b"\x04\x22\x4d\x18", "archive"),
    (b"\xed\xab\xee\xdb", "archive"),
    # Letters at the start, but no text: programs and pictures that other programs run or draw.
    (b"GIF87a", formats.UNKNOWN_KIND),
    (b"GIF89a", formats.UNKNOWN_KIND),
    (b"{\\rtf", formats.UNKNOWN_KIND),
    (b"%!PS", formats.UNKNOWN_KIND),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(contents: Contents) -> str:
    """Kind of the content: one of `formats.Format.kind`, of `formats.REFUSED_KINDS`, or ``unknown``."""
    head = bytes(contents.data[:HEAD])
    if not head:
        return "empty"
    if head.startswith(_ZIP):
        return _zip_kind(contents)
    if head.startswith(_OLE):
        return _ole_kind(contents)
    plain = _by_magic(head) or _program(head) or _tape(head) or _page(contents, head)
    return plain or _late_pdf(head) or _textual(head)


def _ole_kind(contents: Contents) -> str:
    """What an old binary Office file holds, by the names of its streams (UTF-16, as its directory spells them)."""
    names = {"EncryptedPackage": "encrypted", "_VBA_PROJECT": "macros", "Macros": "macros"}
    found = (kind for name, kind in names.items() if contents.data.find(name.encode("utf-16-le")) >= 0)
    return next(found, formats.UNKNOWN_KIND)


def has_appended_zip(contents: Contents) -> bool:
    """Whether the file also opens as a ZIP because one was appended: an end record that ends with the file."""
    tail = bytes(contents.data[-65_557:])
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < 22:
        return False
    comment = int.from_bytes(tail[found + 20 : found + 22], "little")
    return found + 22 + comment == len(tail)


def decoded_start(head: bytes) -> str | None:
    """The start of a text in the encoding it shows, or None when it is not text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    if b"\0" in head:
        return head.decode(wide, "replace") if (wide := wide_encoding(head)) else None
    odd = sum(head.count(bytes([code])) for code in _ODD_CONTROLS)
    return head.decode("latin-1") if odd * 100 <= len(head) else None


_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ODD_CONTROLS = (*range(1, 8), 11, *range(14, 27), *range(28, 32))


def wide_encoding(head: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` when zeros alternate as in Western text without a mark, else empty."""
    even, odd = head[0::2], head[1::2]
    if not odd:
        return ""
    if odd.count(0) > len(odd) * 0.7 and even.count(0) == 0:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.7 and odd.count(0) == 0 else ""


def _by_magic(head: bytes) -> str:
    return next((kind for magic, kind in MAGIC if head.startswith(magic)), "")


def _program(head: bytes) -> str:
    if not head.startswith((b"MZ", b"ZM")):
        return ""
    return "executable" if b"\0" in head[:512] else ""


def _tape(head: bytes) -> str:
    return "archive" if head[257:262] == b"ustar" else ""


def _page(contents: Contents, head: bytes) -> str:
    """A page or drawing, whatever follows its first element: browsers ask for no more."""
    start = decoded_start(head) or head.decode("latin-1")
    if _LONG_NOTE.match(start) and not _ROOT.match(start):
        whole = bytes(contents.data[:LONG_HEAD])
        start = decoded_start(whole) or whole.decode("latin-1")
    return _markup(start)


def _late_pdf(head: bytes) -> str:
    """A PDF whose header comes late (mail headers, blank lines)."""
    return "pdf" if b"%PDF-" in head[:1029] else ""


def _textual(head: bytes) -> str:
    start = decoded_start(head)
    if start is None:
        return formats.UNKNOWN_KIND
    return "mail" if _MAIL.match(_lines(head)) and _MAIL_NAMES.search(head) else "text"


def _lines(head: bytes) -> bytes:
    return head.replace(b"\r\n", b"\n")


def _markup(start: str) -> str:
    found = _ROOT.match(start)
    if not found:
        return ""
    name = (found["doctype"] or found["root"]).lower()
    if name in _HTML_ROOTS:
        return "html"
    return "svg" if name == "svg" else ""


def _zip_kind(contents: Contents) -> str:
    try:
        return ooxml.kind_of(contents)
    except Damaged:
        return ooxml.kind_by_start(contents)
