"""Bytes of a piece as they leave: its pages as images, the original, a part, an archival copy; all behind walls."""

from __future__ import annotations

import io
import uuid

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from records.desk.doors import READ, desk_view
from records.desk.watching import watched
from records.models import Document
from records.parsing.names import storage_extension
from records.selectors.documents import get_document_for
from records.services import marked, parts, renditions
from records.services.viewing import check_may_download, open_original, page_image, thumbnail

#: Bytes of a piece are never a page of ours: no type is guessed, no script runs, no other site embeds them.
WALLS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@desk_view(*READ)
def page(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    """A page as it is read; with `nitida` at twice the sharpness, for who enlarges it."""
    piece = get_document_for(request.user, key)
    image = page_image(actor=request.user, document=piece, number=number, sharp=bool(request.GET.get("nitida")))
    return HttpResponse(image, content_type="image/png", headers=WALLS)


@desk_view(*READ)
def small_page(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    piece = get_document_for(request.user, key)
    image = thumbnail(actor=request.user, document=piece, number=number)
    return HttpResponse(image, content_type="image/png", headers=WALLS)


@desk_view(*READ)
def original(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The filed bytes, under a name of ours: the received one is data, never a header. HEAD is told what GET would
    be told, and neither gets nor notes a reading."""
    piece = get_document_for(request.user, key)
    if marked.mark_for(request.user, piece):
        return marked_copy(request, piece)
    name = piece.radicado + storage_extension(piece.original_name, piece.media_type)
    if request.method == "HEAD":
        check_may_download(request.user, piece)
        return only_headers(name, piece.media_type, piece.blob.size)
    opened = open_original(actor=request.user, document=piece)
    stream = watched(request, opened, piece, lambda person: check_may_download(person, get_document_for(person, key)))
    return FileResponse(stream, as_attachment=True, filename=name, content_type=piece.media_type, headers=WALLS)


def marked_copy(request: HttpRequest, piece: Document) -> HttpResponseBase:
    """Who reads for a case is given the copy that says so, and never the filed bytes."""
    name = f"{piece.radicado}-copia-de-caso.pdf"
    if request.method == "HEAD":
        return only_headers(name, marked.MEDIA_TYPE, None)
    data = marked.open_copy(actor=request.user, document=piece)
    stream = watched(request, io.BytesIO(data), piece, lambda person: get_document_for(person, piece.pk))
    return FileResponse(stream, as_attachment=True, filename=name, content_type=marked.MEDIA_TYPE, headers=WALLS)


def only_headers(name: str, media_type: str, size: int | None) -> HttpResponseBase:
    """What HEAD is answered; no length, rather than nought, of what is only made as it leaves."""
    headers = {**WALLS, "Content-Disposition": content_disposition_header(True, name) or "attachment"}
    if size is None:
        return StreamingHttpResponse((), content_type=media_type, headers=headers)
    return HttpResponse(content_type=media_type, headers={**headers, "Content-Length": str(size)})


@desk_view(*READ)
def part(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponseBase:
    """One part of a message or of a PDF with files inside; what is no format of ours leaves as bytes of no type."""
    piece = get_document_for(request.user, key)
    found = parts.part_to_open(request.user, piece, number)
    served = parts.served_as(found)
    name = f"{piece.radicado}-parte-{number}{storage_extension(found.name, served)}"
    if request.method == "HEAD":
        return only_headers(name, served, found.size)
    _found, data = parts.open_part(actor=request.user, document=piece, index=number)
    headers = {**WALLS, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=served, headers=headers)


@desk_view(*READ)
def archival_copy(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = get_document_for(request.user, key)
    name = f"{piece.radicado}-pdfa.pdf"
    if request.method == "HEAD":
        copy = renditions.pdfa_to_open(request.user, piece)
        return only_headers(name, copy.media_type, copy.size)
    copy, opened = renditions.open_pdfa(actor=request.user, document=piece)
    stream = watched(
        request, opened, piece, lambda person: renditions.pdfa_to_open(person, get_document_for(person, key))
    )
    return FileResponse(stream, as_attachment=True, filename=name, content_type=copy.media_type, headers=WALLS)
