"""Receipts: of one piece and of all that was filed in one gesture, as a page, a PDF and JSON that proves itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from records import permissions, signing
from records.desk import receipt_lines
from records.desk.doors import READ, desk_view
from records.errors import NotFound
from records.explain import Because, explain_each
from records.rendering.receipt_pdf import MEDIA_TYPE, Leaf, receipt_pdf
from records.selectors.receipts import (
    ShownBatch,
    ShownReceipt,
    get_batch_for,
    get_receipt_for,
    list_signing_keys,
)
from records.services.receipts import issue_batch_receipt, proof_of
from records.services.told import note_receipt
from records.vocabulary import Action

SECTION = "/custodia/expedientes/"


@desk_view(*READ)
def receipt(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    shown = get_receipt_for(request.user, key)
    told(request, shown.piece, "page")
    context = {
        "receipt": shown,
        "piece": shown.piece,
        "pairs": list(receipt_lines.pairs_of(shown)),
        "standing": receipt_lines.standing(shown),
        "fingerprint": fingerprint(shown),
        "steps": receipt_lines.steps(name_of(shown) + ".json"),
        "may_certify": permissions.allows(request.user, Action.ISSUE_CERTIFICATE, shown.piece),
        "section": SECTION,
    }
    return render(request, "records/receipt.html", context)


@desk_view(*READ)
def receipt_json(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    shown = get_receipt_for(request.user, key)
    told(request, shown.piece, "json")
    return download(as_json(proof_of(shown.piece)), "application/json", name_of(shown) + ".json")


@desk_view(*READ)
def receipt_paper(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    shown = get_receipt_for(request.user, key)
    told(request, shown.piece, "pdf")
    return paper([receipt_lines.leaf_of(shown)], proof_of(shown.piece), name_of(shown), [shown])


def told(request: HttpRequest, subject: object, shape: str) -> None:
    """A receipt tells title and digest of its piece: showing it leaves its event. HEAD gets nothing of it."""
    if request.method == "GET":
        note_receipt(actor=request.user, subject=subject, shape=shape)


@desk_view(*READ)
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    shown = get_batch_for(request.user, batch)
    told(request, str(batch), "page")
    expediente = shown.pieces[0].expediente
    context = {
        "batch": shown,
        "expediente": expediente,
        "may_certify": permissions.allows(request.user, Action.ISSUE_CERTIFICATE, expediente),
        "may_grant": permissions.allows(request.user, Action.GRANT, expediente),
        "why": why_of(request, shown),
        "signed": all(one.standing == "signed" for one in shown.receipts),
        "steps": receipt_lines.steps(name_of_batch(shown) + ".json"),
        "section": SECTION,
    }
    return render(request, "records/batch_receipt.html", context)


def why_of(request: HttpRequest, shown: ShownBatch) -> list[Because]:
    """Why this person reads the pieces of a gesture, each reason once."""
    told = explain_each(request.user, [piece.pk for piece in shown.pieces])
    said = {one.sentence: one for why in told.values() for one in (*why.because, *why.held)}
    return list(said.values())


@desk_view(*READ)
def batch_json(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    shown = get_batch_for(request.user, batch)
    return download(as_json(issued(request, shown)), "application/json", name_of_batch(shown) + ".json")


@desk_view(*READ)
def batch_paper(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    shown = get_batch_for(request.user, batch)
    count, covers = len(shown.receipts), shown.total or len(shown.receipts)
    said = (
        _("Envío %(batch)s · pieza %(number)d de %(count)d")
        if covers == count
        else _("Envío %(batch)s · pieza %(number)d de %(count)d que usted lee, de %(covers)d radicadas")
    )
    leaves = [
        receipt_lines.leaf_of(one, said % {"batch": batch, "number": number, "count": count, "covers": covers})
        for number, one in enumerate(shown.receipts, 1)
    ]
    return paper(leaves, issued(request, shown), name_of_batch(shown), shown.receipts)


def issued(request: HttpRequest, shown: ShownBatch) -> Mapping[str, Any]:
    """The proof of a gesture is signed now, and that is told in the ledger; asking only for its head signs nothing
    that leaves."""
    actor = request.user if request.method == "GET" else None
    return issue_batch_receipt(actor=actor, batch=shown.batch, documents=shown.pieces, total=shown.total)


def paper(
    leaves: Sequence[Leaf], proof: Mapping[str, Any], name: str, receipts: Sequence[ShownReceipt]
) -> HttpResponse:
    attached = f"{name}.json"
    made = max(one.piece.filed_at for one in receipts)
    title = _("Recibo de radicación %(name)s") % {"name": name}
    steps = receipt_lines.steps(attached)
    content = receipt_pdf(leaves, steps, as_json(proof), title=title, attached=attached, made=made)
    return download(content, MEDIA_TYPE, f"{name}.pdf")


def as_json(proof: Mapping[str, Any]) -> bytes:
    """The same receipt is the same text, also for who compares two files."""
    return json.dumps(proof, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file of ours, under a name of ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def name_of(shown: ShownReceipt) -> str:
    return f"recibo-{shown.piece.radicado}"


def name_of_batch(shown: ShownBatch) -> str:
    return f"recibo-envio-{str(shown.batch)[:8]}"


def fingerprint(shown: ShownReceipt) -> str:
    return receipt_lines.grouped(signing.fingerprint_of(shown.public_key)) if shown.public_key else ""


# The keys that receipts are checked with ---------------------------------------------------------------------


@desk_view(*READ)
def signing_keys(request: HttpRequest) -> HttpResponse:
    """The public half of every key this installation signed with: whoever gets a receipt compares with it."""
    keys = [
        {"key": key, "fingerprint": receipt_lines.grouped(signing.fingerprint_of(key.public_key))}
        for key in list_signing_keys()
    ]
    return render(request, "records/signing_keys.html", {"keys": keys})


@desk_view(*READ)
def signing_key_pem(_request: HttpRequest, key: str) -> HttpResponse:
    public = next((each.public_key for each in list_signing_keys() if each.pk == key), "")
    if not public:
        raise NotFound
    return download(signing.pem_of(public).encode(), "application/x-pem-file", f"custodia-{key}.pem")
