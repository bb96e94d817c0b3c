"""Retention of an expediente, and moving it to a later version of the schedule: previewed, proposed, decided (R2)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.doors import BOTH, desk_view
from records.desk.expedientes import head
from records.desk.fields import DemandedText, sent, show_refusal
from records.errors import AccessDenied, RecordsError
from records.models import Expediente, Resentencing, Subserie
from records.permissions import Actor
from records.selectors.expedientes import get_expediente_for
from records.selectors.resentencing import (
    RETENTION,
    Effect,
    effect_of,
    get_resentencing_for,
    list_resentencings_for,
    list_resentencings_of,
    list_targets,
)
from records.services.resentencing import approve_resentencing, propose_resentencing, return_resentencing
from records.vocabulary import Action, ActState, Disposition

WORDS: dict[str, Any] = {
    "support": _("Soporte"),
    "years_management": _("Años en archivo de gestión"),
    "years_central": _("Años en archivo central"),
    "disposition": _("Disposición final"),
    "digitise": _("Medio técnico"),
    "procedure": _("Procedimiento"),
}


class ProposalForm(forms.Form):
    subserie = forms.ChoiceField(label=_("Versión a la que pasaría"))
    reason = DemandedText(
        label=_("Motivo"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Lo leerá quien decide, y queda en la historia del expediente."),
        max_length=500,
    )

    def __init__(self, *args: Any, targets: list[Subserie], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {str(target.pk): target for target in targets}
        self.fields["subserie"].choices = [(key, spoken(target)) for key, target in self.targets.items()]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    observations = DemandedText(
        label=_("Qué debe corregirse"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Una frase basta; quien propuso la leerá."),
        max_length=500,
    )


def spoken(subserie: Subserie) -> str:
    return _("Versión %(number)s, subserie %(code)s %(name)s") % {
        "number": subserie.serie.trd_id,
        "code": subserie.code,
        "name": subserie.name,
    }


@desk_view(*BOTH)
def retention(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What the schedule says of an expediente; for whoever may propose it, what a later version would change."""
    expediente = get_expediente_for(request.user, key)
    may_propose = permissions.allows(request.user, Action.LOAD_TRD, expediente)
    if request.method == "POST" and not may_propose:
        raise AccessDenied(action=Action.LOAD_TRD)
    targets = list_targets(expediente) if may_propose and expediente.subserie else []
    chosen = request.POST.get("subserie") or request.GET.get("hacia", "")
    form = ProposalForm(sent(request), targets=targets, initial={"subserie": chosen})
    if request.method == "POST" and form.is_valid() and proposed(request, expediente, form):
        messages.success(
            request, _("La propuesta quedó por decidir. Hasta entonces el expediente conserva su versión.")
        )
        return redirect("desk:expediente-retention", key=expediente.pk)
    shown = form.targets.get(chosen) or (targets[0] if targets else None)
    proposals = list_resentencings_of(request.user, expediente)
    context = {
        **head(request, expediente, "expediente-retention"),
        "form": form,
        "targets": [{"target": target, "words": spoken(target), "shown": target == shown} for target in targets],
        "effect": effect_context(request.user, expediente, expediente.subserie, shown),
        "retention": facts_of(expediente.subserie),
        "proposals": proposals,
        "waits": any(act.state == ActState.PROPOSED for act in proposals),
        "may_propose": may_propose,
    }
    return render(request, "records/expediente_retention.html", context, status=422 if form.errors else 200)


def proposed(request: HttpRequest, expediente: Expediente, form: ProposalForm) -> Resentencing | None:
    data = form.cleaned_data
    try:
        return propose_resentencing(
            actor=request.user,
            expediente=expediente,
            subserie=form.targets[data["subserie"]],
            reason=data["reason"],
        )
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


@desk_view(*BOTH)
def decide(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One proposal: what it would change, side by side, and the two decisions."""
    act = get_resentencing_for(request.user, key)
    form = ReturnForm(sent(request))
    if request.method == "POST":
        permissions.check(request.user, Action.APPROVE_TRD, act.expediente)
        try:
            return decided(request, act, form)
        except RecordsError as refusal:
            form.is_valid()
            show_refusal(form, refusal)
    context = {
        "act": act,
        "form": form,
        "effect": effect_context(request.user, act.expediente, act.from_subserie, act.to_subserie),
        "may_decide": list_resentencings_for(request.user).filter(pk=act.pk).exists(),
        "section": "/custodia/trd/",
    }
    return render(request, "records/resentencing.html", context, status=422 if form.errors else 200)


def decided(request: HttpRequest, act: Resentencing, form: ReturnForm) -> HttpResponse:
    if request.POST.get("decision") == "approve":
        approve_resentencing(actor=request.user, act=act)
        messages.success(request, _("Se aprobó. El expediente sigue desde ahora esa versión de la tabla."))
    else:
        form.is_valid()
        observations = form.cleaned_data.get("observations", "")
        return_resentencing(actor=request.user, act=act, observations=observations)
        messages.success(request, _("Se devolvió la propuesta. El expediente conserva su versión."))
    return redirect("desk:expediente-retention", key=act.expediente_id)


# -- what is shown -------------------------------------------------------------------------------------------------


def effect_context(
    actor: Actor, expediente: Expediente, before: Subserie | None, after: Subserie | None
) -> dict[str, Any] | None:
    if before is None or after is None:
        return None
    effect = effect_of(actor, expediente, before, after)
    return {
        "effect": effect,
        "rows": rows_of(effect),
        "before": spoken(before),
        "after": spoken(after),
        "kept": sum(each.pieces for each in effect.vanishing),
    }


def rows_of(effect: Effect) -> list[dict[str, Any]]:
    return [
        {
            "label": WORDS[name],
            "before": word_of(effect.before, name),
            "after": word_of(effect.after, name),
            "changed": name in effect.changed,
        }
        for name in RETENTION
    ]


def facts_of(subserie: Subserie | None) -> list[dict[str, Any]]:
    return [{"label": WORDS[name], "value": word_of(subserie, name)} for name in RETENTION] if subserie else []


def word_of(subserie: Subserie, name: str) -> Any:
    value = getattr(subserie, name)
    if name == "digitise":
        return _("Sí") if value else _("No")
    if name == "disposition" and value:
        return Disposition(value).label
    return _("Sin definir") if value in (None, "") else value
