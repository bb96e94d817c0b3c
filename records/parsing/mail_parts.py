"""A message as one unit: its header block, its bodies and its attachments, in the order in which they stand.

Attachments of an attached message follow it, marked ``within_message``; messages attached to that one are listed
whole, marked ``nested_message``, and not opened.
"""

from __future__ import annotations

from collections.abc import Iterator

from .answers import PartRole
from .contents import Contents, Damaged, Sink
from .mime import MAX_OUTSIDE, Leaf, Letter, shown
from .names import extension_of, visible_line
from .part import Part

HEADERS = "From Sender Reply-To To Cc Bcc Subject Date Message-ID In-Reply-To References".split()
HEADERS_TYPE = "text/rfc822-headers"
MAX_SHOWN = 2_000
MAX_REPEATED = 20
_BODIES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_MESSAGES = frozenset({"message/rfc822", "message/global"})


def parts(contents: Contents, sink: Sink) -> Iterator[Part]:
    """All parts of a message; tells its ``headers``. Raises Damaged when it has none, or beyond the limits."""
    if contents.size > contents.limits.mail_bytes:
        raise Damaged("limits")
    letter = Letter(contents.data, contents.limits.mail_parts)
    if not letter.headers.keys():
        raise Damaged
    sink.say(headers=main_headers(letter))
    block = bytes(contents.data[: letter.body]).rstrip(b"\r\n")
    leaves = list(letter.leaves())
    flags = ("text_outside_parts",) if letter.outside > MAX_OUTSIDE else ()
    yield Part("headers", "", HEADERS_TYPE, lambda: (block, ()), flags)
    for leaf in leaves:
        yield from _with_what_it_brings(leaf, contents)


def main_headers(letter: Letter) -> list[tuple[str, str]]:
    """(name, value) of the headers people read, each as often as it stands, decoded, one line each."""
    return [
        (name, visible_line(shown(value))[:MAX_SHOWN])
        for name in HEADERS
        for value in letter.headers.get_all(name, [])[:MAX_REPEATED]
    ]


def _with_what_it_brings(leaf: Leaf, contents: Contents) -> Iterator[Part]:
    yield _part(leaf)
    if not _is_message(leaf):
        return
    inner = Letter(leaf.decoded()[0], contents.limits.mail_parts)
    for nested in inner.leaves():
        if _role(nested) == "attachment":
            flags = ("within_message", "nested_message") if _is_message(nested) else ("within_message",)
            yield _part(nested, flags)


def _part(leaf: Leaf, flags: tuple[str, ...] = ()) -> Part:
    if _role(leaf) == "body":
        return Part("body", "", leaf.media_type, lambda: _body(leaf), (*leaf.flags, *flags))
    return Part("attachment", leaf.file_name, leaf.media_type, leaf.decoded, (*leaf.flags, *flags))


def is_body(leaf: Leaf) -> bool:
    """A text that is meant to be read in place is a body; everything else is an attachment, however it is shown."""
    plain = leaf.media_type in _BODIES and leaf.disposition in ("", "inline") and not leaf.file_name
    return plain and not leaf.flags


def _role(leaf: Leaf) -> PartRole:
    return "body" if is_body(leaf) else "attachment"


def _is_message(leaf: Leaf) -> bool:
    return leaf.media_type in _MESSAGES or extension_of(leaf.file_name) == ".eml"


def _body(leaf: Leaf) -> tuple[bytes, tuple[str, ...]]:
    data, flags = leaf.decoded()
    try:
        data.decode(str(leaf.headers.get_content_charset() or "utf-8"))
    except (LookupError, ValueError, TypeError):
        flags = (*flags, "bad_charset")
    return data, flags
