"""Emergencies: asked from the line of an expediente, confirmed by another person, reviewed by who keeps the papers."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.audit import ACTIONS
from records.desk.confirming import asks_identity
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedText, DeskForm, sent, show_refusal
from records.errors import RecordsError
from records.models import BreakGlass
from records.selectors.expedientes import get_expediente_for
from records.services import break_glass
from records.vocabulary import Action

SECTION = "/custodia/accesos/"
SHOWN = 20


class EmergencyForm(DeskForm):
    order = forms.IntegerField(label=_("Orden de la pieza en el expediente"), min_value=1, max_value=10**9)
    reason = forms.CharField(label=_("Qué ocurre"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = forms.IntegerField(
        label=_("Minutos"),
        min_value=1,
        max_value=break_glass.MOST_MINUTES,
        initial=break_glass.MOST_MINUTES,
        help_text=_("De 1 a 60. Se cierra por sí solo."),
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), _("Escriba de 1 a 60 minutos.")),
    )


class ReviewForm(DeskForm):
    observations = DemandedText(label=_("Observaciones"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@desk_view(*BOTH)
def ask(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    permissions.check(request.user, Action.BREAK_GLASS, expediente)
    form = EmergencyForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            facts = form.cleaned_data
            piece = break_glass.piece_at(request.user, expediente, facts["order"])
            made = break_glass.ask_to_break(
                actor=request.user, document=piece, reason=facts["reason"], minutes=facts["minutes"]
            )
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Quedó pedido. No se abre nada hasta que otra persona lo confirme."))
            return redirect("desk:emergency", key=made.pk)
    context = {"form": form, "expediente": expediente, "section": SECTION}
    return render(request, "records/emergency_ask.html", context, status=422 if form.errors else 200)


@desk_view(*READ)
def emergencies(request: HttpRequest) -> HttpResponse:
    """Those that wait for this person's word, those to review, and her own."""
    context = {
        "to_confirm": break_glass.list_to_confirm(request.user),
        "to_review": break_glass.list_to_review(request.user),
        "kept": break_glass.list_kept(request.user)[:SHOWN],
        "months": break_glass.count_by_month(request.user)[:12],
        "own": break_glass.list_own_emergencies(request.user)[:SHOWN],
        "section": SECTION,
    }
    return render(request, "records/emergencies.html", context)


@desk_view(*BOTH)
def emergency(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One of them: what was asked and by whom, what was read, and the act that is due from this person."""
    found = break_glass.get_emergency_for(request.user, key)
    if request.method == "POST" and request.POST.get("act") == "confirm":
        return confirm(request, key)
    form = ReviewForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            break_glass.review_break(actor=request.user, emergency=found, **form.cleaned_data)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("La revisión quedó registrada."))
            return redirect("desk:emergency", key=key)
    status = 422 if form.errors else 200
    return render(request, "records/emergency.html", context_of(request, found, form), status=status)


@asks_identity
def confirm(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = break_glass.get_emergency_for(request.user, key)
    break_glass.confirm_break(actor=request.user, emergency=found)
    messages.success(request, _("Se abrió. Se cierra por sí solo y el custodio ya lo sabe."))
    return redirect("desk:emergency", key=key)


def context_of(request: HttpRequest, found: BreakGlass, form: ReviewForm) -> dict[str, object]:
    rights, piece = permissions.rights_of(request.user), found.document
    keeps = rights.allows(Action.REVIEW_BREAK_GLASS, piece)
    confirmation = getattr(found, "confirmation", None)
    reads = break_glass.reads_under(found) if keeps else []
    return {
        "found": found,
        "form": form,
        "confirmation": confirmation,
        "open": confirmation is not None and break_glass.is_open(confirmation),
        "review": getattr(found, "review", None),
        "may_confirm": break_glass.list_to_confirm(request.user).filter(pk=found.pk).exists(),
        "may_review": keeps and break_glass.list_to_review(request.user).filter(pk=found.pk).exists(),
        "reads": [(event.at, ACTIONS.get(event.action, event.action)) for event in reads],
        "keeps": keeps,
        "readable": rights.reads(piece),
        "section": SECTION,
    }
