"""Incorporating a piece into another expediente, and noting where its paper is (E10, C10)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from records.desk.acts import act_page, may_do, may_do_to, reason_field
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DemandedText, DeskForm, sent
from records.errors import NotFound
from records.models import Document, Expediente
from records.selectors.documents import find_by_radicado
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.placements import locate_document, place_document
from records.vocabulary import Action

WHY = reason_field(_("Motivo"), _("Por qué el mismo documento hace parte también de ese expediente."))


class PlaceForm(DeskForm):
    """From a piece: into which expediente."""

    code = forms.CharField(label=_("Código del expediente"), max_length=80)
    reason = WHY

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_code(self) -> Expediente:
        code = self.cleaned_data["code"].strip().replace("\x00", "")
        try:
            return get_expediente_by_code_for(self.actor, code)
        except NotFound as absent:
            raise forms.ValidationError(_("No hay un expediente que usted conozca con ese código.")) from absent


class PlaceHereForm(DeskForm):
    """From an expediente: which piece."""

    radicado = forms.CharField(label=_("Radicado de la pieza"), max_length=20, help_text=_("P. ej. 2026-000123."))
    reason = WHY

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_radicado(self) -> Document:
        found = find_by_radicado(self.actor, self.cleaned_data["radicado"].strip().replace("\x00", ""))
        if found is None:
            raise forms.ValidationError(_("No hay una pieza que usted lea con ese radicado."))
        return found


class LocateForm(DeskForm):
    archive = DemandedText(label=_("Archivo o depósito"), max_length=200)
    box = forms.CharField(label=_("Caja"), max_length=40, required=False)
    folder = forms.CharField(label=_("Carpeta"), max_length=40, required=False)
    volume = forms.CharField(label=_("Tomo"), max_length=40, required=False)
    folios = forms.CharField(label=_("Folios en papel"), max_length=60, required=False)
    cross_reference = DemandedText(
        label=_("Referencia cruzada"),
        max_length=300,
        help_text=_("Lo que en el papel remite a este expediente, p. ej. el testigo o la carátula."),
    )


TOLD = {
    "title": _("Incorporar en otro expediente"),
    "submit": _("Incorporar"),
    "done": _("La pieza quedó incorporada, con orden y folios propios de ese expediente."),
    "text": _(
        "El mismo documento, sin copiar sus bytes, toma orden y folios en el otro expediente. "
        "No lo abre a nadie más: lo lee quien ya podía leerlo."
    ),
}


@desk_view(*BOTH)
def place(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = may_do_to(request, key, Action.FILE)
    form = PlaceForm(sent(request), actor=request.user)

    def act() -> object:
        data = form.cleaned_data
        return place_document(actor=request.user, document=piece, expediente=data["code"], reason=data["reason"])

    return act_page(request, piece.expediente, form, act, {**TOLD, "piece": piece})


@desk_view(*BOTH)
def place_here(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.FILE)
    form = PlaceHereForm(sent(request), actor=request.user)

    def act() -> object:
        data = form.cleaned_data
        return place_document(
            actor=request.user, document=data["radicado"], expediente=expediente, reason=data["reason"]
        )

    return act_page(request, expediente, form, act, {**TOLD, "title": _("Incorporar una pieza de otro expediente")})


@desk_view(*BOTH)
def locate(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = may_do_to(request, key, Action.REGISTER)
    form = LocateForm(sent(request))
    told = {
        "title": _("Ubicación física"),
        "submit": _("Anotar la ubicación"),
        "done": _("Se anotó dónde está el papel."),
        "text": _("Rige la última que se anote; las anteriores quedan como historia."),
        "piece": piece,
    }

    def act() -> object:
        return locate_document(actor=request.user, document=piece, **form.cleaned_data)

    return act_page(request, piece.expediente, form, act, told)
