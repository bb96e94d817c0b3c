"""An Office Open XML file as a guarded package: counted, measured and checked before anything is inflated."""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO, cast

from lxml import etree

from .contents import Bounded, Contents, Damaged
from .formats import UNKNOWN_KIND

CONTENT_TYPES = "[Content_Types].xml"
MAX_DIRECTORY = 4 * 1024 * 1024
MAX_SMALL_PART = 8 * 1024 * 1024
MAX_PROLOG = 1024 * 1024
SMALL_PACKAGE = 10 * 1024 * 1024
LOCAL_HEADER, UTF8_NAMES = 30, 0x800

_MAIN_TYPES = (
    ("wordprocessingml.document.main+xml", "docx"),
    ("spreadsheetml.sheet.main+xml", "xlsx"),
    ("presentationml.presentation.main+xml", "pptx"),
    ("presentationml.slideshow.main+xml", "pptx"),
)
_FOLDERS = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"))
_MACROS = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet", re.I)
_SAFE_ENCODINGS = re.compile(r"\A(?:utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso-8859-\d+|windows-125\d)\Z", re.I)
_DECLARED = re.compile(r"""\A\ufeff?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""", re.I)
_PROLOG = re.compile(r"\A\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?P<next>!DOCTYPE|[^\s!?])", re.I | re.S)

#: Options of every XML parser here: no DTD, no entities, no network, libxml2's own limits on depth and size.
SAFE_XML: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


class Package:
    """The parts of an Office file. Opening checks the directory; `check_sizes` comes before inflating content."""

    def __init__(self, contents: Contents) -> None:
        self.limits = contents.limits
        self.data = contents.data
        _check_end_record(contents)
        self.archive = _opened(contents.stream())
        self.entries = self.archive.infolist()
        if len(self.entries) > self.limits.zip_entries:
            raise Damaged("limits")
        self.names = [entry.filename for entry in self.entries]
        self.left = self.limits.zip_bytes

    def check_names(self) -> None:
        """Raise Damaged for names that repeat, climb, are absolute or are links, and for encrypted entries."""
        folded = [name.lower() for name in self.names]
        if len(set(folded)) != len(folded) or any(map(_unsafe_name, self.names)):
            raise Damaged
        if any(entry.flag_bits & 1 or stat.S_ISLNK(entry.external_attr >> 16) for entry in self.entries):
            raise Damaged
        _check_overlaps(self.entries)
        if not all(map(self._named_alike, self.entries)):
            raise Damaged

    def _named_alike(self, entry: zipfile.ZipInfo) -> bool:
        """Whether an entry's own header calls it what the directory does: readers go by either."""
        start = entry.header_offset
        head = self.data[start : start + LOCAL_HEADER]
        length = int.from_bytes(head[26:28], "little")
        own = self.data[start + LOCAL_HEADER : start + LOCAL_HEADER + length]
        codec = "utf-8" if entry.flag_bits & UTF8_NAMES else "cp437"
        return head[:4] == b"PK\x03\x04" and own.decode(codec, "replace") == entry.orig_filename

    def check_sizes(self) -> None:
        """Raise Damaged("limits") when the declared sizes, or their ratio, are those of a bomb."""
        declared = sum(entry.file_size for entry in self.entries)
        packed = sum(entry.compress_size for entry in self.entries) or 1
        if declared > self.limits.zip_bytes:
            raise Damaged("limits")
        if declared > SMALL_PACKAGE and declared / packed > self.limits.zip_ratio:
            raise Damaged("limits")

    def open(self, name: str) -> BinaryIO:
        """A bounded stream of one part; raises Damaged when it is absent or cannot be inflated."""
        try:
            source = self.archive.open(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as fault:
            raise Damaged from fault
        return cast("BinaryIO", _Counted(self, source))

    def small(self, name: str) -> bytes:
        """A small part whole; raises Damaged("limits") beyond 8 MiB."""
        data = self.open(name).read(MAX_SMALL_PART + 1)
        if len(data) > MAX_SMALL_PART:
            raise Damaged("limits")
        return data

    def has(self, name: str) -> bool:
        """Whether the part exists."""
        return name in self.archive.NameToInfo

    def types(self) -> dict[str, str]:
        """Part name (or ``.ext`` for a default) → content type, from [Content_Types].xml."""
        if not self.has(CONTENT_TYPES):
            return {}
        declared: dict[str, str] = {}
        for node in parsed(self.small(CONTENT_TYPES)):
            key = node.get("PartName", "").lstrip("/") or "." + node.get("Extension", "").lower()
            declared[key] = node.get("ContentType", "")
        return declared

    def parts_of_type(self, ending: str) -> list[str]:
        """Names of the parts whose content type ends so, in the order of their names' numbers."""
        found = [name for name, kind in self.types().items() if kind.endswith(ending) and self.has(name)]
        return sorted(found, key=_natural)

    def relations(self, part: str) -> dict[str, str]:
        """Relation id → name of the internal part it points to, of ``part``."""
        folder, base = posixpath.split(part)
        name = f"{folder}/_rels/{base}.rels".lstrip("/")
        if not self.has(name):
            return {}
        rows = [node for node in parsed(self.small(name)) if node.get("TargetMode") != "External"]
        return {node.get("Id", ""): _resolved(folder, node.get("Target", "")) for node in rows}


class _Counted(Bounded):
    """A part's stream whose bytes count against the whole package's budget."""

    def __init__(self, package: Package, source: Any) -> None:
        super().__init__(source, package.left)
        self.package = package

    def read(self, size: int = -1) -> bytes:
        """Read; raises Damaged for bytes that cannot be inflated or are too many."""
        try:
            data = super().read(size)
        except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as fault:
            raise Damaged from fault
        self.package.left -= len(data)
        return data


def parsed(data: bytes) -> Any:
    """Root element of a small part; raises Damaged."""
    try:
        return etree.fromstring(data, etree.XMLParser(**SAFE_XML))
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Damaged from fault


def events(source: BinaryIO, kinds: tuple[str, ...], tags: tuple[str, ...] | None = None) -> Iterator[tuple[str, Any]]:
    """Events of a part while it is read, never holding it whole; raises Damaged."""
    try:
        yield from etree.iterparse(source, events=kinds, tag=tags, **SAFE_XML)
    except etree.XMLSyntaxError as fault:
        raise Damaged from fault


def kind_of(contents: Contents) -> str:
    """``docx``, ``xlsx``, ``pptx``, ``macros``, ``unknown`` or ``archive``; raises Damaged."""
    package = Package(contents)
    types = package.types()
    if not types:
        return "archive"
    if has_macros(package.names, types):
        return "macros"
    declared = types.values()
    return next((kind for ending, kind in _MAIN_TYPES if any(t.endswith(ending) for t in declared)), UNKNOWN_KIND)


def kind_by_start(contents: Contents) -> str:
    """Kind of a package whose directory is lost or too large, from the names in its first bytes."""
    head = bytes(contents.data[: 1 << 16])
    if CONTENT_TYPES.encode() not in head and b"_rels/.rels" not in head:
        return "archive"
    if _MACROS.search(head.decode("latin-1")):
        return "macros"
    return next((kind for folder, kind in _FOLDERS if folder in head), "archive")


def has_macros(names: list[str], types: dict[str, str]) -> bool:
    """Whether any part is, or is declared to be, a macro project."""
    return any(_MACROS.search(text) for text in (*names, *types, *types.values()))


def declares_doctype(source: BinaryIO) -> bool:
    """Whether a part has a DOCTYPE before its root; raises Damaged for a prolog that cannot be understood."""
    data = b""
    while len(data) < MAX_PROLOG:
        block = source.read(8192)
        data += block
        text = _decoded(data)
        if found := _PROLOG.match(text):
            return found["next"].upper() == "!DOCTYPE"
        if not block:
            return _empty(text)
    raise Damaged


def _empty(text: str) -> bool:
    if text.strip():
        raise Damaged
    return False


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[:2] in (b"<\0", b"\0<"):
        return data.decode("utf-16-le" if data[:1] == b"<" else "utf-16-be", "replace")
    text = data.decode("utf-8", "replace")
    declared = _DECLARED.match(text)
    if declared and not _SAFE_ENCODINGS.match(declared[1]):
        raise Damaged
    return text


def _check_end_record(contents: Contents) -> None:
    tail = bytes(contents.data[-65_557:])
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < 22:
        raise Damaged
    entries = int.from_bytes(tail[found + 10 : found + 12], "little")
    directory = int.from_bytes(tail[found + 12 : found + 16], "little")
    if entries > contents.limits.zip_entries or directory > MAX_DIRECTORY:
        raise Damaged("limits")


def _opened(stream: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
        raise Damaged from fault


def _unsafe_name(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\0" in name


def _check_overlaps(entries: list[zipfile.ZipInfo]) -> None:
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for first, second in pairwise(ordered):
        if first.header_offset + 30 + first.compress_size > second.header_offset:
            raise Damaged


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
