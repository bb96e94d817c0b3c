"""Custody certificates: choose what is certified, see in numbers what it will hold, ask for it and take it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import permissions, signing
from records.certificates import keeping
from records.certificates.scope import DOCUMENT, EXPEDIENTE, PACKAGE, Scope, Weight, weight_of
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DeskForm, sent
from records.desk.images import WALLS, only_headers
from records.desk.receipt_lines import grouped
from records.desk.watching import watched
from records.selectors.documents import get_document_for
from records.vocabulary import Action

ZIP = "application/zip"
SECTION = "/custodia/expedientes/"
BYTES, DIGESTS = "bytes", "digests"
CONTENTS = (
    (BYTES, _("Con los bytes: quien lo reciba tendrá los documentos")),
    (DIGESTS, _("Solo las huellas: prueba los documentos a quien ya los tenga, sin mostrarlos")),
)
NAMES: Mapping[str, Any] = {
    DOCUMENT: _("Este documento"),
    PACKAGE: _("Todo el envío en que llegó"),
    EXPEDIENTE: _("Todo el expediente"),
}


class CertificateForm(DeskForm):
    scope = forms.ChoiceField(
        label=_("Qué se certifica"), widget=forms.RadioSelect, error_messages={"required": _("Elija qué se certifica.")}
    )
    contents = forms.ChoiceField(
        label=_("Qué lleva"),
        choices=CONTENTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija si van los bytes o solo las huellas.")},
    )

    def __init__(self, *args: Any, offered: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = list(offered.items())  # type: ignore[attr-defined]


@desk_view(*BOTH)
def of_document(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = get_document_for(request.user, key)
    permissions.check(request.user, Action.ISSUE_CERTIFICATE, piece)
    keys = [(DOCUMENT, piece.pk), (PACKAGE, piece.batch), (EXPEDIENTE, piece.expediente_id)]
    return wizard(request, [keeping.scope_of(request.user, kind, one) for kind, one in keys if one])


@desk_view(*BOTH)
def of_expediente(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    return wizard(request, [keeping.scope_of(request.user, EXPEDIENTE, key)])


@desk_view(*BOTH)
def of_package(request: HttpRequest, batch: uuid.UUID) -> HttpResponseBase:
    return wizard(request, [keeping.scope_of(request.user, PACKAGE, batch)])


def wizard(request: HttpRequest, scopes: list[Scope]) -> HttpResponseBase:
    """One page: each scope with its numbers, and whether the bytes go along."""
    weights = {scope.kind: weight_of(scope) for scope in scopes}
    offered = {kind: f"{NAMES[kind]}: {told(weight)}" for kind, weight in weights.items()}
    form = CertificateForm(sent(request), offered=offered, initial={"scope": scopes[0].kind})
    if request.method == "POST" and form.is_valid():
        chosen = next(scope for scope in scopes if scope.kind == form.cleaned_data["scope"])
        job = keeping.ask_certificate(
            actor=request.user, scope=chosen, with_bytes=form.cleaned_data["contents"] == BYTES
        )
        made = keeping.certificate_of(job)
        return redirect("desk:certificate", key=made.pk) if made else redirect("desk:job", key=job.pk)
    context = {"form": form, "expediente": scopes[0].expediente, "piece": piece_of(scopes), "section": SECTION}
    return render(request, "records/certificate_ask.html", context, status=422 if form.errors else 200)


def piece_of(scopes: list[Scope]) -> Any:
    return scopes[0].subject if scopes[0].kind == DOCUMENT else None


def told(weight: Weight) -> str:
    size = weight.bytes
    said = _("%(pieces)s piezas, %(bytes)s bytes, %(events)s sucesos de la bitácora")
    if weight.pieces == 1:
        said = _("1 pieza, %(bytes)s bytes, %(events)s sucesos de la bitácora")
    numbers = {"pieces": weight.pieces, "bytes": size, "events": weight.events}
    return str(said) % {name: f"{number:,}".replace(",", ".") for name, number in numbers.items()}


@desk_view(*READ)
def certificate(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = keeping.get_certificate_for(request.user, key)
    context = {
        "certificate": found,
        "name": NAMES[found.kind],
        "expediente": found.expediente,
        "kept": keeping.is_kept(found),
        "fingerprint": grouped(signing.fingerprint_of(signing.find_public_key(found.key))),
        "section": SECTION,
    }
    return render(request, "records/certificate.html", context)


@desk_view(*READ)
def certificate_file(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    found = keeping.get_certificate_for(request.user, key)
    name = f"certificado-{str(found.pk)[:8]}.zip"
    if request.method == "HEAD":
        return only_headers(name, ZIP, keeping.size_for(actor=request.user, certificate=found))
    opened = keeping.open_certificate(actor=request.user, certificate=found)
    file = watched(request, opened, found, lambda person: keeping.get_certificate_for(person, key))
    return FileResponse(file, as_attachment=True, filename=name, content_type=ZIP, headers=WALLS)
