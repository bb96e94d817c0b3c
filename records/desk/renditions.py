"""Acts upon what is made from a piece: have it read again, its signatures judged again, an archival copy made."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records.desk import panel
from records.desk.doors import READ, WRITE, desk_view
from records.selectors.documents import get_document_for
from records.selectors.made import list_renditions
from records.services import recognition, renditions, signatures
from records.services.viewing import view_document
from records.vocabulary import RenditionKind


@desk_view(*WRITE)
def read_again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    recognition.read_again(actor=request.user, document=piece)
    return said(request, piece.pk, _("Se pidió leer de nuevo el documento. El resultado aparecerá aquí."))


@desk_view(*WRITE)
def check_signatures(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    signatures.ask_check(actor=request.user, document=piece)
    return said(request, piece.pk, _("Se pidió validar de nuevo las firmas. El resultado aparecerá aquí."))


@desk_view(*WRITE)
def ask_pdfa(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    renditions.ask_pdfa(actor=request.user, document=piece)
    return said(request, piece.pk, _("Se pidió la copia PDF/A. Cuando esté, podrá descargarla desde aquí."))


def said(request: HttpRequest, key: uuid.UUID, sentence: Any) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("desk:document", key=key)


@desk_view(*READ)
def fact_sheet(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """All that is known of a piece on one sheet, to print and put in a folder. Names of its parts and of who signed
    it are content: the sheet leaves the event of a reading."""
    piece = get_document_for(request.user, key)
    context = panel.context_of(request.user, piece)
    view_document(actor=request.user, document=piece)
    noted = list_renditions(piece)
    kept = [row for row in noted if row.kind != RenditionKind.PAGE_IMAGE]
    images = [row for row in noted if row.kind == RenditionKind.PAGE_IMAGE]
    context |= {"piece": piece, "expediente": piece.expediente, "section": "/custodia/expedientes/"}
    return render(request, "records/fact_sheet.html", {**context, "kept": kept, "page_images": images[:MOST_IMAGES]})


#: Digests of more page images than this do not fit a sheet of paper.
MOST_IMAGES = 40
