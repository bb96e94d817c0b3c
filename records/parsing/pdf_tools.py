"""PDFs made of PDFs: many joined into one, and one without what it tells of its makers. Runs inside the cell only.

What may not be filed is not worked on either: a source that is damaged, under a password, too heavy or that acts is
the fault of the whole answer.
"""

from __future__ import annotations

import io
import json
from typing import Any

import pikepdf

from . import inspect_pdf
from .contents import Contents, Damaged, Sink
from .inspection import Findings

_FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError, RuntimeError)
#: Members that say who, when and with what, wherever they stand.
_TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AF")
_OF_CATALOG = ("/SpiderInfo", "/Collection", "/Extensions", "/Threads")
_OF_NAMES = ("/EmbeddedFiles", "/JavaScript", "/AlternatePresentations")
_OF_ANNOTATION = ("/CreationDate", "/M", "/NM")
#: Of what a JPEG says besides its picture (Exif, XMP, comments…) only JFIF, colour profile and transform are kept.
_JPEG_KEPT = frozenset({0xE0, 0xE2, 0xEE})
_JPEG_START = b"\xff\xd8"


def merge(contents: Contents, sink: Sink) -> None:
    """Send one PDF of all sources, in order, with a bookmark to each; says ``at`` before the fault of a source.

    ``order["sizes"]``: bytes of each source as they stand one after the other; a JSON list of titles follows them.
    """
    whole, start = pikepdf.new(), 0
    firsts: list[int] = []
    sources = []
    for index, size in enumerate(contents.order["sizes"]):
        sink.say(at=index)
        firsts.append(len(whole.pages))
        sources.append(source(contents, bytes(contents.data[start : start + size])))
        _append(whole, sources[-1])
        start += size
        if len(whole.pages) > contents.limits.pages:
            raise Damaged("limits")
    sink.say(at=-1)
    with whole.open_outline() as outline:
        titles = json.loads(bytes(contents.data[start:]))
        outline.root.extend(pikepdf.OutlineItem(*item) for item in zip(titles, firsts, strict=True))
    send(whole, contents, sink)


def without_metadata(contents: Contents, sink: Sink) -> None:
    """Send the same pages without document information, XMP, attached files and the authors of annotations."""
    with source(contents, bytes(contents.data)) as pdf:
        _forget_of_document(pdf)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                _drop(item, _TELLING)
            if isinstance(item, pikepdf.Stream):
                _forget_of_picture(item)
        for page in pdf.pages:
            _forget_of_annotations(page.obj)
        send(pdf, contents, sink)


def _append(whole: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    try:
        whole.add_pages_from(source)
    except _FAULTS as fault:
        raise Damaged from fault


def source(contents: Contents, data: bytes) -> pikepdf.Pdf:
    """An open source that may be worked on; raises Damaged (``active``: it would not be filed)."""
    findings = Findings()
    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
        inspect_pdf.examine(pdf, contents, findings)
    except pikepdf.PasswordError as fault:
        raise Damaged("encrypted") from fault
    except _FAULTS as fault:
        raise Damaged from fault
    if findings.refusals:
        raise Damaged("active")
    return pdf


def send(pdf: pikepdf.Pdf, contents: Contents, sink: Sink) -> None:
    """Send a finished PDF and how many pages it has; raises Damaged (``limits``)."""
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True, encryption=False)
    if out.tell() > contents.limits.answer_bytes // 2:
        raise Damaged("limits")
    sink.say(pages=len(pdf.pages))
    sink.blob(out.getvalue())


def forget_files(pdf: pikepdf.Pdf) -> None:
    """Take out files that are attached to the whole or to a page, and scripts of the whole."""
    _drop(pdf.Root, ("/AF", "/Collection"))
    _drop(pdf.Root.get("/Names"), _OF_NAMES)
    for page in pdf.pages:
        notes: Any = page.obj.get("/Annots", [])
        kept = [note for note in notes if not _is_file(note)]
        if len(kept) < len(notes):
            page.obj.Annots = pikepdf.Array(kept)


def _is_file(note: Any) -> bool:
    return isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == "/FileAttachment"


def _forget_of_document(pdf: pikepdf.Pdf) -> None:
    for name in ("/Info", "/ID"):
        if name in pdf.trailer:
            del pdf.trailer[name]
    _drop(pdf.Root, (*_TELLING, *_OF_CATALOG))
    _drop(pdf.Root.get("/Names"), _OF_NAMES)


def _forget_of_annotations(page: Any) -> None:
    kept = []
    for note in page.get("/Annots", []):
        if not isinstance(note, pikepdf.Dictionary) or note.get("/Subtype") == "/FileAttachment":
            continue
        _drop(note, _OF_ANNOTATION)
        if note.get("/Subtype") != "/Widget":  # of a field it is the name
            _drop(note, ("/T",))
        kept.append(note)
    if "/Annots" in page:
        page.Annots = pikepdf.Array(kept)


def _forget_of_picture(stream: pikepdf.Stream) -> None:
    """Take out of a JPEG what it says of camera, place and author; the picture itself is not decoded."""
    if stream.get("/Filter") not in ("/DCTDecode", pikepdf.Array(["/DCTDecode"])):
        return
    data = stream.read_raw_bytes()
    clean = picture_alone(data)
    if clean != data:
        parameters = stream.get("/DecodeParms")
        known = parameters if isinstance(parameters, pikepdf.Dictionary | pikepdf.Array) else None
        stream.write(clean, filter=pikepdf.Name.DCTDecode, decode_parms=known)


def picture_alone(data: bytes) -> bytes:
    """A JPEG without its segments of information; as it is when its segments cannot be followed."""
    if not data.startswith(_JPEG_START):
        return data
    kept, place = [_JPEG_START], 2
    while data[place : place + 1] == b"\xff" and place + 4 <= len(data):
        marker, size = data[place + 1], int.from_bytes(data[place + 2 : place + 4])
        if marker == 0xDA:  # the picture itself follows, to the end
            return b"".join([*kept, data[place:]])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _JPEG_KEPT:
            kept.append(data[place : place + 2 + size])
        place += 2 + size
    return data


def _drop(holder: Any, names: tuple[str, ...]) -> None:
    if isinstance(holder, pikepdf.Dictionary | pikepdf.Stream):
        for name in names:
            if name in holder:
                del holder[name]
