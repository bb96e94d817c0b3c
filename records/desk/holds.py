"""/custodia/retenciones/: suspensions of the disposition, set by the custodian and lifted by the head of office."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedChoice, DemandedText, sent, show_refusal
from records.desk.paging import page_of
from records.errors import RecordsError
from records.holds.acts import get_hold_for, lift_hold, place_hold, place_of, subject_of
from records.holds.selectors import list_holds_for
from records.models import Document, Expediente, Hold
from records.permissions import Rights
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.vocabulary import Action, HoldKind

SIZE = 25
ALL = "todas"
SECTION = "/custodia/expedientes/"


class HoldForm(forms.Form):
    hold_kind = DemandedChoice(label=_("Causa"), choices=[("", _("Elija")), *HoldKind.choices])
    authority = DemandedText(
        label=_("Autoridad y acto que la ordenan"),
        max_length=200,
        help_text=_("P. ej.: Contraloría General, oficio 2026EE0012345 del 3 de marzo de 2026."),
    )
    reason = DemandedText(label=_("Motivo"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LiftForm(forms.Form):
    authority = DemandedText(label=_("Autoridad y acto que la levantan"), max_length=200)
    reason = DemandedText(label=_("Motivo"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@dataclass(frozen=True)
class Line:
    """A hold as its reader may know it: a piece she does not read has no title."""

    hold: Hold
    expediente: Expediente
    name: str
    url: str
    lift_url: str

    @property
    def lifted(self) -> bool:
        return hasattr(self.hold, "lift")


@desk_view(*READ)
def holds(request: HttpRequest) -> HttpResponse:
    """Those that stand, or all; of one expediente where the address names its code."""
    rows, code = list_holds_for(request.user), request.GET.get("expediente", "")[:80].replace("\x00", "")
    everything = request.GET.get("ver") == ALL
    rows = rows if everything else rows.filter(lift=None)
    if code:
        rows = rows.filter(expediente__code=code) | rows.filter(document__expediente__code=code)
    page, rights = page_of(request, rows, ("-placed_at", "pk"), SIZE), permissions.rights_of(request.user)
    context = {
        "lines": [line_of(rights, hold) for hold in page.rows],
        "page": page,
        "count": rows.count(),
        "everything": everything,
        "code": code,
        "section": SECTION,
    }
    return render(request, "records/holds.html", context)


def line_of(rights: Rights, hold: Hold) -> Line:
    place, piece = place_of(hold), hold.document
    lift = reverse("desk:hold-lift", args=[hold.pk]) if rights.allows(Action.LIFT_HOLD, subject_of(hold)) else ""
    if piece is None:
        return Line(hold, place, place.title, reverse("desk:documents", args=[place.pk]), lift)
    if not rights.reads(piece):
        return Line(hold, place, "", reverse("desk:documents", args=[place.pk]), lift)
    return Line(hold, place, piece.title, reverse("desk:document", args=[piece.pk]), lift)


@desk_view(*BOTH)
def hold_expediente(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    return hold_page(request, expediente, expediente)


@desk_view(*BOTH)
def hold_document(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return hold_page(request, piece, piece.expediente)


def hold_page(request: HttpRequest, target: Document | Expediente, expediente: Expediente) -> HttpResponse:
    permissions.check(request.user, Action.PLACE_HOLD, target)
    form = HoldForm(sent(request))
    if request.method == "POST" and form.is_valid() and was_placed(request, target, form):
        messages.success(request, _("La disposición quedó suspendida. Nada de lo señalado puede eliminarse."))
        return redirect(back_to(target))
    context: dict[str, Any] = {
        "piece": target if isinstance(target, Document) else None,
        "expediente": expediente,
        "count": expediente.documents.count(),
        "form": form,
        "back": back_to(target),
        "section": SECTION,
    }
    return render(request, "records/hold_form.html", context, status=422 if form.errors else 200)


def back_to(target: Document | Expediente) -> str:
    return reverse("desk:document" if isinstance(target, Document) else "desk:documents", args=[target.pk])


def was_placed(request: HttpRequest, target: Document | Expediente, form: HoldForm) -> bool:
    data = form.cleaned_data
    try:
        place_hold(
            actor=request.user,
            target=target,
            kind=data["hold_kind"],
            authority=data["authority"],
            reason=data["reason"],
        )
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return False
    return True


@desk_view(*BOTH)
def lift(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button."""
    hold = get_hold_for(request.user, key)
    permissions.check(request.user, Action.LIFT_HOLD, subject_of(hold))
    form = LiftForm(sent(request))
    if request.method == "POST" and form.is_valid() and was_lifted(request, hold, form):
        messages.success(request, _("La suspensión quedó levantada."))
        return redirect("desk:holds")
    context = {
        "line": line_of(permissions.rights_of(request.user), hold),
        "others": list_holds_for(request.user).filter(lift=None).filter(**same_target(hold)).count() - 1,
        "form": form,
        "section": "/custodia/retenciones/",
    }
    return render(request, "records/hold_lift.html", context, status=422 if form.errors else 200)


def same_target(hold: Hold) -> dict[str, Any]:
    return {"document": hold.document_id} if hold.document_id else {"expediente": hold.expediente_id}


def was_lifted(request: HttpRequest, hold: Hold, form: LiftForm) -> bool:
    data = form.cleaned_data
    try:
        lift_hold(actor=request.user, hold=hold, authority=data["authority"], reason=data["reason"])
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return False
    return True
