"""The chain of custody of a piece on a page of its own, by kinds of links, and as a PREMIS file to take away."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from records import permissions
from records.custody_chain.chain import export_chain, list_links_of
from records.custody_chain.kinds import ACTS, Link
from records.desk import ledger_lines
from records.desk.doors import READ, desk_view
from records.desk.images import WALLS, only_headers
from records.desk.paging import page_of_growing
from records.selectors.documents import get_document_for
from records.selectors.history import reasons_of
from records.vocabulary import Action

SIZE = 50
MEDIA_TYPE = "application/xml"


@desk_view(*READ)
def chain(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    asked = request.GET.get("paso", "")
    page = page_of_growing(request, list_links_of(request.user, piece, asked), SIZE)
    lines = ledger_lines.told(request.user, page.rows, reasons_of(page.rows))
    context = {
        "piece": piece,
        "page": page,
        "sees_all": permissions.allows(request.user, Action.EXPLAIN_OTHERS, piece),
        "links": [{"line": line, "kind": ACTS[line.action].link.label} for line in lines],
        "tabs": [
            {
                "url": f"?paso={code}" if code else "?",
                "label": label,
                "current": code == (asked if asked in Link.values else ""),
            }
            for code, label in (("", _("Todo")), *Link.choices)
        ],
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/custody_chain.html", context)


@desk_view(*READ)
def premis(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """HEAD is told no length: the file ends with the event of its own leaving."""
    piece = get_document_for(request.user, key)
    name = f"cadena-{piece.radicado}.xml"
    if request.method == "HEAD":
        return only_headers(name, MEDIA_TYPE, None)
    content = export_chain(actor=request.user, document=piece)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=MEDIA_TYPE, headers={**WALLS, **disposition})
