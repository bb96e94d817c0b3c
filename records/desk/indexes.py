"""The electronic index at the desk: as it would be today, as it was issued, proved and taken away."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.acts import act_page, may_do
from records.desk.doors import BOTH, READ, desk_view
from records.desk.expedientes import asked_in, head, page_context
from records.desk.fields import sent
from records.desk.images import WALLS, only_headers
from records.desk.inventories import plain
from records.models import Expediente, IndexIssue
from records.selectors.expedientes import Asked, Lines, get_expediente_for, lines_for, list_rows_for, summary_of
from records.selectors.indexes import get_issue_for, knows_issues, list_issues_for, unread_in
from records.services.index_copies import COVER, INDEX, open_issue, size_for
from records.services.index_proofs import Proof, verify_index
from records.services.indexes import issue_index
from records.telling_indexes import STATES, told_step
from records.vocabulary import Action

XML = "application/xml; charset=utf-8"
#: Lines of the index shown where it is about to be issued.
PREVIEWED = 20


@desk_view(*READ)
def index(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The index as it would be issued now, from the same lines; `completo` shows all of it, to print."""
    expediente = get_expediente_for(request.user, key)
    whole = "completo" in request.GET
    lines = (
        Lines(list_rows_for(request.user, expediente))
        if whole
        else lines_for(request.user, expediente, Asked(asked_in(request).since))
    )
    context = {
        **head(request, expediente, "expediente-index"),
        **page_context(request, lines),
        "whole": whole,
        "issues": list_issues_for(request.user, expediente),
        "knows_issues": knows_issues(request.user, expediente),
        "may_issue": permissions.allows(request.user, Action.ISSUE_INDEX, expediente),
    }
    return render(request, "records/expediente_index.html", context)


@desk_view(*BOTH)
def issue(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.ISSUE_INDEX)
    told = {
        "title": _("Expedir el índice electrónico"),
        "submit": _("Expedir y firmar"),
        "done": _("El índice quedó expedido y firmado."),
        "back_to": "desk:expediente-index",
        "effects": effects_of(request, expediente),
        **preview_of(request, expediente),
    }
    return act_page(
        request,
        expediente,
        forms.Form(sent(request)),
        lambda: issue_index(actor=request.user, expediente=expediente),
        told,
    )


def effects_of(request: HttpRequest, expediente: Expediente) -> list[Any]:
    """What issuing an index does, in figures: the same at the closing."""
    summary = summary_of(request.user, expediente)
    last = list_issues_for(request.user, expediente).first()
    figures = {"number": last.number + 1 if last else 1, "count": summary.count, "folios": summary.folios}
    told: list[Any] = [
        _("Se expide y se firma el índice electrónico %(number)s: %(count)s documentos, %(folios)s folios.") % figures,
        _("Antes se vuelve a calcular la huella de cada documento; si alguna no coincide, no se expide."),
    ]
    if last:
        told.append(_("Sigue al índice %(number)s, que se conserva.") % {"number": last.number})
    return told


def preview_of(request: HttpRequest, expediente: Expediente) -> dict[str, Any]:
    """The first lines of the index as it will be, for the page of an act that issues it."""
    lines = lines_for(request.user, expediente, size=PREVIEWED)
    return {"index_rows": lines.rows, "index_more": lines.next is not None}


@desk_view(*BOTH)
def issued(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponse:
    """One issue; once sent, its proof."""
    found = get_issue_for(request.user, key, number)
    proof = verify_index(actor=request.user, issue=found) if request.method == "POST" else None
    context = {
        "expediente": found.expediente,
        "issue": found,
        "unread": len(unread_in(request.user, found.expediente)),
        "may_verify": permissions.allows(request.user, Action.VERIFY, found.expediente),
        "steps": told_steps(proof) if proof else [],
        "faults": proof.faults if proof else [],
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/index_issue.html", context)


def told_steps(proof: Proof) -> list[dict[str, Any]]:
    return [
        {"state": state, "label": STATES[state], "sentence": told_step(code, state, detail)}
        for code, state, detail in proof.steps
    ]


@desk_view(*READ)
def file(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponseBase:
    """The index as XML, with what this reader does not read withheld."""
    return given(request, get_issue_for(request.user, key, number), INDEX, "indice")


@desk_view(*READ)
def cover(request: HttpRequest, key: uuid.UUID, number: int) -> HttpResponseBase:
    """The signed cover."""
    return given(request, get_issue_for(request.user, key, number), COVER, "cubierta")


def given(request: HttpRequest, found: IndexIssue, part: str, name: str) -> HttpResponseBase:
    """The file, once the ledger tells who took it; HEAD is told what GET would be told, and takes nothing."""
    called = f"{name}-{found.number}-{plain(found.expediente.code)}.xml"
    if request.method == "HEAD":
        return only_headers(called, XML, size_for(actor=request.user, issue=found, part=part))
    content = open_issue(actor=request.user, issue=found, part=part)
    return FileResponse(content, as_attachment=True, filename=called, content_type=XML, headers=WALLS)
