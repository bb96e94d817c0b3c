"""Registering what is classified: one piece with what it lacks, or every piece of an expediente that lacks nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import permissions
from records.desk.acts import act_page, may_do, may_do_to
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DemandedChoice, DemandedText, sent
from records.desk.paging import AFTER
from records.models import Document, Expediente
from records.selectors.annexes import annex_choices
from records.sentences import MISSING
from records.services.registration import (
    Registered,
    count_left,
    lacking,
    ready_or_not,
    register_complete,
    register_document,
)
from records.vocabulary import Action, DocumentState

#: Where each thing that may be missing is supplied: an address of the piece; the rest is asked on this page.
SUPPLIED = {"level_in_force": "desk:propose", "physical_place": "desk:locate"}
STATES = (DocumentState.FILED, DocumentState.CLASSIFIED, DocumentState.REGISTERED, DocumentState.SEALED)


class RegisterForm(forms.Form):
    """What the tipo of the piece demands is not optional; whether it is missing, the service says."""

    annex = DemandedChoice(
        label=_("Anexo al que corresponde"), help_text=_("Según el registro de anexos del expediente.")
    )
    template_version = DemandedText(
        label=_("Versión del modelo"),
        max_length=40,
        help_text=_("Con la que se hizo el documento. En blanco, la que anotó el registro para ese anexo."),
    )

    def __init__(self, *args: Any, annexes: list[tuple[str, str]], demanded: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in demanded
        nothing = _("Elija") if "annex" in demanded else _("Ninguno")
        self.fields["annex"].choices = [("", nothing), *annexes]  # type: ignore[attr-defined]


@desk_view(*BOTH)
def register(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = may_do_to(request, key, Action.REGISTER)
    present = {"annex": piece.annex.key if piece.annex else "", "template_version": piece.template_version}
    annexes = annex_choices(request.user, piece.expediente)
    form = RegisterForm(sent(request), annexes=annexes, demanded=piece.tipo.requires, initial=present)
    told = {
        "title": _("Registrar el documento"),
        "submit": _("Registrar"),
        "done": _("El documento quedó registrado. Desde ahora solo se corrige con anulación."),
        "piece": piece,
        "course": course_of(piece.state),
        "missing": told_missing(request, piece, lacking([piece], piece.expediente)[piece.pk]),
    }

    def act() -> object:
        return register_document(actor=request.user, document=piece, **form.cleaned_data)

    return act_page(request, piece.expediente, form, act, told)


def told_missing(request: HttpRequest, piece: Document, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """What a piece lacks, each with where it is supplied (an empty address: here) and what one does there."""
    return [{"what": MISSING[code], **supply_of(request, piece, code)} for code in codes]


def supply_of(request: HttpRequest, piece: Document, code: str) -> dict[str, Any]:
    """An annex is chosen on this page among those noted in the expediente: who may note one is led there."""
    if code == "annex" and permissions.allows(request.user, Action.FILE, piece.expediente):
        return {"url": reverse("desk:annex-new", args=[piece.expediente_id]), "act": _("Anotar un anexo")}
    return {"url": reverse(SUPPLIED[code], args=[piece.pk]) if code in SUPPLIED else "", "act": _("Completar")}


def course_of(state: str) -> list[dict[str, Any]]:
    """Filed, classified, registered, sealed: how far a piece has come. None for an annulled one."""
    if state not in STATES:
        return []
    here = STATES.index(DocumentState(state))
    words = {-1: "is-done", 0: "is-now", 1: ""}
    return [{"label": step.label, "state": words[(at > here) - (at < here)]} for at, step in enumerate(STATES)]


@desk_view(*BOTH)
def register_all(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """First what would be registered and what each other lacks; once sent, what is left, which may be the next lot."""
    expediente, after = may_do(request, key, Action.REGISTER), place_asked(request)
    if request.method == "POST":
        outcomes = register_complete(actor=request.user, expediente=expediente, after=after)
        tell_result(request, sum(1 for outcome in outcomes if outcome.done))
        if outcomes and not count_left(request.user, expediente, 0):
            return redirect("desk:documents", key=key)
    rows = ready_or_not(request.user, expediente, after=after)
    context = {
        "expediente": expediente,
        "ready": [row for row in rows if row.done],
        "waiting": [waiting_row(request, row) for row in rows if not row.done],
        **what_is_left(request, expediente, rows, after),
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/register_all.html", context)


def place_asked(request: HttpRequest) -> int:
    """The orden after which one goes on; what is no number starts from the first."""
    asked = request.GET.get(AFTER, "")
    return int(asked[:9]) if asked.isascii() and asked.isdigit() else 0


def tell_result(request: HttpRequest, count: int) -> None:
    told = ngettext("Se registró %(count)s pieza.", "Se registraron %(count)s piezas.", count) % {"count": count}
    (messages.success if count else messages.info)(request, told)


def what_is_left(request: HttpRequest, expediente: Expediente, rows: list[Registered], after: int) -> dict[str, Any]:
    """How many more there are beyond these rows, with where they are; `before` when one did not start at the first."""
    last = rows[-1].document.order if rows else after
    left = count_left(request.user, expediente, last)
    return {"left": left, "next_url": f"?{AFTER}={last}" if left else "", "before": after}


def waiting_row(request: HttpRequest, row: Registered) -> dict[str, Any]:
    return {"piece": row.document, "missing": told_missing(request, row.document, row.missing)}
