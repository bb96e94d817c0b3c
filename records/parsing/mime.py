"""Where the parts of a message lie, byte by byte, so that each can be digested as it was received.

The standard parser keeps no offsets and copies a message several times over; this one walks the mapped file. Every
walk is bounded: header blocks, depth, number of parts. What it cannot make sense of is one opaque part.
"""

from __future__ import annotations

import binascii
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from .contents import Damaged
from .text_plain import decode

MAX_HEADER_BLOCK = 256 * 1024
MAX_DEPTH = 25
MAX_VALUE = 20_000
#: What stands before the first and after the last delimiter is shown by no reader; more than this is odd.
MAX_OUTSIDE = 4096

_BLANK_LINES = (b"\r\n\r\n", b"\n\n", b"\n\r\n", b"\r\r")
_PADDING = re.compile(rb"[ \t]*")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_AROUND = b"= \t\r\n"
_FOREIGN = bytes(code for code in range(256) if code not in _ALPHABET)
_FAULTS = (ValueError, LookupError, TypeError, AttributeError)
Data = bytes | mmap.mmap


@dataclass(frozen=True)
class Leaf:
    """A part that is not made of parts: its headers, and its body from ``body`` to ``end`` in ``data``."""

    data: Data
    headers: Message
    body: int
    end: int
    flags: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """Declared media type, lower case; ``text/plain`` where it says nothing usable."""
        return self.headers.get_content_type()

    @property
    def disposition(self) -> str:
        """``inline``, ``attachment``, another word, or empty."""
        return self.headers.get_content_disposition() or ""

    @property
    def file_name(self) -> str:
        """Name as sent, decoded; empty when there is none or it makes no sense."""
        try:
            return shown(self.headers.get_filename() or "") if _is_short(self.headers) else ""
        except _FAULTS:
            return ""

    def decoded(self) -> tuple[bytes, tuple[str, ...]]:
        """The body without its transfer encoding, and flags: ``bad_encoding``, ``unknown_encoding``."""
        encoding = str(self.headers.get("Content-Transfer-Encoding", "")).strip().lower()
        raw = self.data[self.body : self.end]
        if encoding == "base64":
            return _from_base64(raw)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(raw), ()
        return raw, () if encoding in ("", "7bit", "8bit", "binary") else ("unknown_encoding",)


class Letter:
    """One message within ``data``: its header block and its leaves, in order."""

    def __init__(self, data: Data, most: int) -> None:
        self.data = data
        self.most = self.left = most
        self.outside = 0
        self.headers, self.body = _headers(data, 0, len(data))

    def leaves(self) -> Iterator[Leaf]:
        """All parts; raises Damaged("limits") beyond ``most`` of them or where they nest too deep."""
        self.left, self.outside = self.most, 0
        yield from self._leaves(self.headers, self.body, len(self.data), 0)

    def _leaves(self, headers: Message, body: int, end: int, depth: int) -> Iterator[Leaf]:
        spans = self._spans(headers, body, end) if headers.get_content_maintype() == "multipart" else None
        if not spans:
            yield self._counted(Leaf(self.data, headers, body, end, ("malformed",) if spans == [] else ()))
            return
        if depth >= MAX_DEPTH:
            raise Damaged("limits")
        for start, stop in spans:
            inner, inner_body = _headers(self.data, start, stop)
            if headers.get_content_type() == "multipart/digest":
                inner.set_default_type("message/rfc822")
            yield from self._leaves(inner, inner_body, stop, depth + 1)

    def _counted(self, leaf: Leaf) -> Leaf:
        self.left -= 1
        if self.left < 0:
            raise Damaged("limits")
        return leaf

    def _spans(self, headers: Message, body: int, end: int) -> list[tuple[int, int]]:
        """Where the parts between delimiters lie; none when the boundary is missing or never found."""
        boundary = _boundary(headers)
        found: list[tuple[int, int]] = []
        open_at = -1
        for delimiter in _delimiters(self.data, boundary, body, end) if boundary else ():
            if open_at < 0:
                self.outside += len(self.data[body : delimiter.before].strip())
            else:
                found.append((open_at, max(open_at, delimiter.before)))
            open_at = -1 if delimiter.closes else delimiter.after
            if delimiter.closes:
                self.outside += len(self.data[delimiter.after : end].strip())
                break
            if len(found) > self.left:
                raise Damaged("limits")
        return [*found, (open_at, end)] if open_at >= 0 else found


@dataclass(frozen=True)
class Delimiter:
    """A delimiter line: where what stands before it ends, and where what follows begins."""

    before: int
    after: int
    closes: bool


def shown(value: object) -> str:
    """A header's value with its encoded words decoded."""
    raw = str(value)[:MAX_VALUE]
    try:
        return "".join(_word(text, charset) for text, charset in decode_header(raw))
    except (*_FAULTS, binascii.Error):
        return raw


def _word(text: str | bytes, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode(charset or "ascii")
    except (LookupError, UnicodeDecodeError):
        return decode(text)


def _headers(data: Data, start: int, end: int) -> tuple[Message, int]:
    """Headers of the entity at ``start`` and where its body begins; raises Damaged for an endless header block."""
    stop = _block_end(data, start, end)
    if stop - start > MAX_HEADER_BLOCK:
        raise Damaged("limits")
    text, codec = _as_text(data[start:stop])
    headers = HeaderParser(policy=compat32).parsestr(text)
    rest = headers.get_payload()
    return headers, stop - (len(rest.encode(codec)) if isinstance(rest, str) else 0)


def _as_text(block: bytes) -> tuple[str, str]:
    """Headers are ASCII by the letter of the norm, UTF-8 in practice, and some older eight bits."""
    try:
        return block.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return block.decode("latin-1"), "latin-1"


def _block_end(data: Data, start: int, end: int) -> int:
    """Where the blank line after the headers ends; an entity may begin with it and so have no headers."""
    for blank in (b"\r\n", b"\n", b"\r"):
        if data[start : start + len(blank)] == blank:
            return min(start + len(blank), end)
    horizon = min(end, start + MAX_HEADER_BLOCK + 4)
    found = [(at, len(blank)) for blank in _BLANK_LINES if (at := data.find(blank, start, horizon)) >= 0]
    return sum(min(found)) if found else horizon


def _boundary(headers: Message) -> bytes:
    if not _is_short(headers):
        return b""
    try:
        boundary = headers.get_boundary()
        return boundary.encode("utf-8") if boundary else b""
    except _FAULTS:
        return b""


def _is_short(headers: Message) -> bool:
    """Whether the parameters are few enough for the standard parser, whose time grows with their square."""
    return all(len(str(headers.get(name, ""))) <= MAX_VALUE for name in ("Content-Type", "Content-Disposition"))


def _delimiters(data: Data, boundary: bytes, body: int, end: int) -> Iterator[Delimiter]:
    mark = b"--" + boundary
    at = data.find(mark, body, end)
    while at >= 0:
        delimiter = _delimiter(data, at, len(mark), body, end)
        if delimiter:
            yield delimiter
        at = data.find(mark, at + len(mark), end)


def _delimiter(data: Data, at: int, length: int, body: int, end: int) -> Delimiter | None:
    """The delimiter line at ``at``, or None when the mark stands within a line."""
    if at > body and data[at - 1 : at] not in (b"\n", b"\r"):
        return None
    before = at - (2 if data[max(at - 2, 0) : at] == b"\r\n" else 1)
    rest = at + length
    closes = data[rest : rest + 2] == b"--"
    padding = _PADDING.match(data, rest + 2 * closes, end)
    line_end = padding.end() if padding else end
    if line_end < end and data[line_end : line_end + 1] not in (b"\r", b"\n"):
        return None
    after = line_end + (2 if data[line_end : line_end + 2] == b"\r\n" else 1)
    return Delimiter(max(before, body), min(after, end), closes)


def _from_base64(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What readers make of it: strange characters are passed over, missing padding is forgiven, and both are said."""
    flags = ("bad_encoding",) if _is_odd(raw) else ()
    try:
        return binascii.a2b_base64(raw), flags
    except binascii.Error:
        clean = raw.translate(None, _FOREIGN)
        whole = len(clean) - (len(clean) % 4 == 1)
        return binascii.a2b_base64(clean[:whole] + b"=" * (-whole % 4)), ("bad_encoding",)


def _is_odd(raw: bytes) -> bool:
    """Whether strange characters stand in it, or more follows the padding: readers differ on what that means."""
    padding = raw.find(b"=")
    rest = raw[padding:].translate(None, _AROUND) if padding >= 0 else b""
    return bool(rest or raw.translate(None, _ALPHABET + _AROUND))
