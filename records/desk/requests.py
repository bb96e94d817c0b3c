"""*Pedir acceso*: asked by reference with one answer for everything; attended to by whoever keeps what it names."""

from __future__ import annotations

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records.desk.access import told_granted
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DayField, DemandedText, DeskForm, sent, show_refusal
from records.desk.foreseeing import is_rehearsal, rehearsed
from records.errors import RecordsError
from records.models import AccessRequest
from records.services.rehearsal import rehearse_request
from records.services.requests import (
    ask_access,
    decline_request,
    get_request_for,
    grant_request,
    list_own_requests,
)

SECTION = "/custodia/accesos/"
SHOWN = 20


class AskForm(DeskForm):
    reference = DemandedText(
        label=_("Referencia"),
        max_length=200,
        help_text=_(
            "El radicado o el identificador de un documento; el código de un expediente, o ese código, una barra y el "
            "orden de una de sus piezas."
        ),
    )
    purpose = DemandedText(label=_("Para qué lo necesita"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    case_number = forms.CharField(label=_("Número de caso"), max_length=80, required=False)


class AnswerForm(DeskForm):
    until = DayField(label=_("Hasta"), required=False, help_text=_("Para conceder: el último día en que rige."))
    reason = forms.CharField(
        label=_("Motivo"), max_length=500, required=False, help_text=_("Para no conceder: por qué. No se le comunica.")
    )


@desk_view(*BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """The same page comes back whatever the reference names."""
    form = AskForm(sent(request), initial={"reference": request.GET.get("referencia", "")[:200].replace("\x00", "")})
    if request.method == "POST" and form.is_valid():
        try:
            ask_access(actor=request.user, **form.cleaned_data)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Su solicitud quedó registrada. Si se concede, la verá entre sus accesos."))
            return redirect("desk:ask-access")
    context = {"form": form, "own": list_own_requests(request.user)[:SHOWN], "section": SECTION}
    return render(request, "records/access_ask.html", context, status=422 if form.errors else 200)


@desk_view(*BOTH)
def attend(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Grant what was asked for until a day, or leave it: whichever button was pressed."""
    found = get_request_for(request.user, key)
    form, forecast = AnswerForm(sent(request)), None
    if is_rehearsal(request) and form.is_valid():
        act = partial(rehearse_request, actor=request.user, request=found, **form.cleaned_data)
        forecast = rehearsed(form, act)
    elif request.method == "POST" and form.is_valid():
        try:
            attended(request, found, form)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("desk:bandeja")
    context = {
        "asked": found,
        "forecast": forecast,
        "form": form,
        "answered": hasattr(found, "answer"),
        "section": SECTION,
    }
    return render(request, "records/access_request.html", context, status=422 if form.errors else 200)


def attended(request: HttpRequest, found: AccessRequest, form: AnswerForm) -> None:
    if request.POST.get("decision") == "grant":
        made = grant_request(
            actor=request.user, request=found, until=form.cleaned_data["until"], reason=form.cleaned_data["reason"]
        )
        messages.success(request, told_granted(made))
        return
    decline_request(actor=request.user, request=found, reason=form.cleaned_data["reason"])
    messages.success(request, _("La solicitud quedó atendida sin conceder acceso."))
