"""PDFs written by hand, with the tables that a library would never write."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\b")


def stream(body: bytes, members: bytes = b"") -> bytes:
    """A stream of ``body`` as it is."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (members, len(body), body)


def packed(body: bytes, members: bytes = b"") -> bytes:
    """A stream of ``body``, deflated."""
    return stream(zlib.compress(body, 9), b"/Filter/FlateDecode" + members)


def written(objects: Mapping[int, bytes], trailer: bytes = b"", head: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF of numbered objects; 1 is the catalog. ``trailer``: more members of it."""
    out, places = bytearray(head), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return bytes(out) + table(places, len(out), trailer)


def table(places: Mapping[int, int], start: int, trailer: bytes = b"") -> bytes:
    """A table of references, its trailer and the end of the file, for a table that begins at ``start``."""
    size = max(places) + 1
    rows = [b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(size)]
    head = b"xref\n0 %d\n" % size
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return head + b"".join(rows) + end


def simple(*more: bytes, catalog: bytes = CATALOG, pages: bytes = PAGES, page: bytes = PAGE, **options: bytes) -> bytes:
    """A PDF of one page; ``more`` are objects from 4 on."""
    return written(dict(enumerate((catalog, pages, page, *more), 1)), **options)


def page_with(content: bytes, resources: bytes = b"") -> bytes:
    """A page whose content is object 4."""
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<<%s>>>>" % resources


def streamed(objects: Mapping[int, bytes], inside: Mapping[int, tuple[int, int]], rows: Sequence[bytes] = ()) -> bytes:
    """A PDF whose table is a stream; ``inside``: object number → (object stream that holds it, place in it).

    ``rows``: the table's own body instead of the right one.
    """
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    own = max((*objects, *inside)) + 1
    places[own] = len(out)
    entries = b"".join(rows) or b"".join(_entry(number, places, inside) for number in range(own + 1))
    members = b"/Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode" % (own + 1)
    out += b"%d 0 obj\n%s\nendobj\n" % (own, stream(zlib.compress(entries, 9), members))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % places[own]


def _entry(number: int, places: Mapping[int, int], inside: Mapping[int, tuple[int, int]]) -> bytes:
    if number in inside:
        holder, index = inside[number]
        return b"\2" + holder.to_bytes(4) + index.to_bytes(2)
    return b"\1" + places[number].to_bytes(4) + bytes(2) if number in places else bytes(7)


def updated(data: bytes, objects: Mapping[int, bytes]) -> bytes:
    """A later revision appended, with new bodies of some objects."""
    before = int(data[data.rindex(b"startxref") :].split()[1])
    size = max(int(found[1]) for found in _OBJECT.finditer(data)) + 1
    out, rows = bytearray(data), b""
    for number, body in objects.items():
        rows += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    end = b"trailer<</Size %d/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out) + b"xref\n" + rows + end % (max(size, max(objects) + 1), before, start)


def retabled(data: bytes) -> bytes:
    """The same objects after their bodies were changed in place: a new table that tells where they are now."""
    body = data[: data.rindex(b"xref\n", 0, data.rindex(b"startxref"))]
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", data, re.S)
    members = re.sub(rb"/Size \d+|/Root 1 0 R", b"", trailer[1]) if trailer else b""
    return body + table({int(found[1]): found.start() for found in _OBJECT.finditer(body)}, len(body), members)
