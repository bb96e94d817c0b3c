"""The annex registry of an expediente: its tab, and the form that notes one (B8)."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.acts import act_page, may_do
from records.desk.doors import BOTH, READ, desk_view
from records.desk.expedientes import head, may
from records.desk.fields import DemandedText, DeskForm, sent
from records.desk.paging import page_of
from records.selectors.annexes import annex_rows, list_annexes
from records.selectors.expedientes import get_expediente_for
from records.services.annexes import TEMPLATES, list_annex
from records.vocabulary import Action

SIZE = 50
#: Models of art. 44 of the offset policy, by their item.
MODELS = {
    "i": _("Estudios previos"),
    "ii": _("Convenio marco"),
    "iii": _("Convenio derivado"),
    "iv": _("Informe de supervisión"),
    "v": _("Acta de liquidación"),
    "vi": _("Fichas y negociación de créditos"),
}


class AnnexForm(DeskForm):
    key = DemandedText(
        label=_("Clave"), max_length=60, help_text=_("No cambia y es única en el expediente, p. ej. PI-A2.1.")
    )
    label = DemandedText(
        label=_("Rótulo"), max_length=120, help_text=_("Como lo llama el convenio, p. ej. Anexo 1; puede repetirse.")
    )
    title = forms.CharField(
        label=_("Título"),
        max_length=300,
        required=False,
        help_text=_("Lo lee el equipo mientras el anexo no tenga piezas; después, solo quien lea alguna de ellas."),
    )
    template = forms.ChoiceField(
        label=_("Modelo (art. 44)"),
        required=False,
        choices=[("", _("Ninguno")), *((code, f"{code}. {MODELS[code]}") for code in TEMPLATES)],
    )
    template_version = forms.CharField(label=_("Versión del modelo"), max_length=40, required=False)


@desk_view(*READ)
def annexes(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    known = list_annexes(request.user, expediente)
    page = page_of(request, known, ("key",), SIZE)
    context = {
        **head(request, expediente, "expediente-annexes"),
        "page": page,
        "annexes": annex_rows(request.user, page.rows),
        "total": known.count(),
        "may_list": may(permissions.rights_of(request.user), Action.FILE, expediente),
    }
    return render(request, "records/expediente_annexes.html", context)


@desk_view(*BOTH)
def new_annex(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.FILE)
    form = AnnexForm(sent(request))
    told = {
        "title": _("Anotar un anexo"),
        "submit": _("Anotar el anexo"),
        "done": _("El anexo quedó en el registro."),
        "text": _("La clave identifica el anexo para siempre; el número es solo un rótulo."),
        "back_to": "desk:expediente-annexes",
    }

    def act() -> object:
        return list_annex(actor=request.user, expediente=expediente, **form.cleaned_data)

    return act_page(request, expediente, form, act, told)
