"""The files embedded in a PDF, wherever they hang: the document's attachments, annotations, associated files.

Readers find them by several roads and some by none; here every object of the file is looked at, so that what is
embedded is listed even where nothing leads to it. Each stream counts once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pikepdf

from . import pdf_weight
from .contents import Contents, Damaged, Sink
from .part import Part

_CONTAINERS = pikepdf.Dictionary | pikepdf.Array
_NAMES = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
_FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError, RuntimeError)
UNTOLD = "application/octet-stream"


def parts(contents: Contents, _sink: Sink) -> Iterator[Part]:
    """Every embedded file; raises Damaged (``encrypted`` when a password is needed)."""
    try:
        with pikepdf.open(contents.stream(), suppress_warnings=True) as pdf:
            found = list(_embedded(pdf, contents.limits.pdf_nodes))
            if len(found) > contents.limits.mail_parts:
                raise Damaged("limits")
            for name, stream in found:
                yield _part(name, stream, contents)
    except pikepdf.PasswordError as fault:
        raise Damaged("encrypted") from fault
    except _FAULTS as fault:
        raise Damaged from fault


def _embedded(pdf: pikepdf.Pdf, budget: int) -> Iterator[tuple[str, pikepdf.Stream]]:
    """(name, stream) of each, once; those that a specification names come first."""
    if len(pdf.objects) > budget:
        raise Damaged("limits")
    seen: set[tuple[int, int]] = set()
    streams = []
    for item in pdf.objects:
        for specification in _specifications(item):
            yield from _fresh(_streams_of(specification), seen)
        if isinstance(item, pikepdf.Stream) and item.get("/Type") == "/EmbeddedFile":
            streams.append(("", item))
    yield from _fresh(streams, seen)


def _fresh(found: Any, seen: set[tuple[int, int]]) -> Iterator[tuple[str, pikepdf.Stream]]:
    for name, stream in found:
        if stream.objgen not in seen:
            seen.add(stream.objgen)
            yield name, stream


def _specifications(item: Any) -> Iterator[pikepdf.Object]:
    """File specifications that are this object or stand in it at any depth, in their order."""
    holder = item.stream_dict if isinstance(item, pikepdf.Stream) else item
    if not isinstance(holder, _CONTAINERS) or b"/EF" not in holder.unparse(resolved=True):
        return
    waiting = [holder]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary) and isinstance(node.get("/EF"), pikepdf.Dictionary):
            yield node
        members = list(node) if isinstance(node, pikepdf.Array) else list(dict(node.items()).values())
        waiting += [member for member in reversed(members) if isinstance(member, _CONTAINERS) and not member.objgen[0]]


def _streams_of(specification: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Stream]]:
    name = next((str(value) for key in _NAMES if isinstance(value := specification.get(key), pikepdf.String)), "")
    files = specification.EF
    for held in dict(files.items()).values():
        if isinstance(held, pikepdf.Stream):
            yield name, held


def _part(name: str, stream: pikepdf.Stream, contents: Contents) -> Part:
    kind = stream.get("/Subtype")
    media_type = str(kind)[1:] if isinstance(kind, pikepdf.Name) else UNTOLD
    return Part("attachment", name, media_type, lambda: _decoded(stream, contents))


def _decoded(stream: pikepdf.Stream, contents: Contents) -> tuple[bytes, tuple[str, ...]]:
    """The file itself; as stored, and said so, where its filters cannot be undone. Raises Damaged("limits")."""
    limit = contents.limits.part_bytes
    pdf_weight.check_stream(stream, dataclasses.replace(contents.limits, stream_bytes=limit))
    try:
        return stream.read_bytes(), ()
    except _FAULTS:
        return stream.read_raw_bytes(), ("bad_encoding",)
