"""Receipts: of one piece and of all that was filed in one gesture, to print or to keep as JSON."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from records.desk.doors import READ, desk_view
from records.errors import NotFound
from records.models import Document
from records.selectors.documents import get_document_for, list_batch_for
from records.services.receipts import receipt_of


@desk_view(*READ)
def receipt(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return render(request, "records/receipt.html", {"pieces": [piece], "piece": piece, **parent_of(piece)})


@desk_view(*READ)
def receipt_json(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return JsonResponse(plain(get_document_for(request.user, key)))


@desk_view(*READ)
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    pieces = pieces_of(request, batch)
    return render(request, "records/receipt.html", {"pieces": pieces, "batch": batch, **parent_of(pieces[0])})


@desk_view(*READ)
def batch_json(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    return JsonResponse({"batch": str(batch), "receipts": [plain(piece) for piece in pieces_of(request, batch)]})


def pieces_of(request: HttpRequest, batch: uuid.UUID) -> list[Document]:
    """What this person reads of the gesture; nothing of it is the same as no such gesture."""
    pieces = list(list_batch_for(request.user, batch).select_related("filed_by"))
    if not pieces:
        raise NotFound
    return pieces


def plain(piece: Document) -> dict[str, Any]:
    facts = asdict(receipt_of(piece))
    return {**facts, "filed_at": piece.filed_at.isoformat(), "filed_by": piece.filed_by.get_username()}


def parent_of(piece: Document) -> dict[str, Any]:
    return {"expediente": piece.expediente, "section": "/custodia/expedientes/"}
