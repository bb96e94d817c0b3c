"""Suppliers and receptors, and who acts for each: managed by who manages people. What is theirs is never shown here."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.people.forms import ReasonForm, day_field
from cms.people.views import PAGE, REFUSALS, managed, managed_page, sentences_of, typed
from cms.users.models import User
from records import api as records

SECTION = "/custodia/personas/"


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Clase"), choices=[("", gettext_lazy("Elija")), *records.OrganisationKind.choices]
    )
    name = forms.CharField(label=gettext_lazy("Nombre o razón social"), max_length=200)
    tax_id = forms.CharField(label="NIT", max_length=40, required=False)


class JoinForm(forms.Form):
    person = forms.ChoiceField(label=gettext_lazy("Persona"))
    act = forms.CharField(
        label=gettext_lazy("Acto"), max_length=300, help_text=gettext_lazy("P. ej.: Poder del 3 de marzo de 2026.")
    )
    starts_on = day_field(gettext_lazy("Desde el día"), gettext_lazy("Día, mes y año. Vacío: desde hoy."))
    until = day_field(gettext_lazy("Hasta el día"), gettext_lazy("Vacío: hasta que alguien lo termine."))

    def __init__(self, *args: Any, actor: Any) -> None:
        super().__init__(*args)
        others = User.objects.filter(is_active=True).exclude(pk=actor.pk).order_by("username")
        named = [(str(one.pk), f"{one.get_full_name()} ({one.get_username()})") for one in others]
        self.fields["person"] = forms.ChoiceField(label=_("Persona"), choices=[("", _("Elija")), *named])


def found(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except records.NotFound as absent:
        raise Http404 from absent


@managed_page
def organisations(request: HttpRequest) -> HttpResponse:
    rows = records.list_organisations_for(request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("pagina"))
    return render(request, "cms/people/organisations.html", {"page": page, "section": SECTION})


@managed_page
def organisation(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Who acts for it today, and who did."""
    one = found(lambda: records.get_organisation_for(request.user, key))
    context = {"organisation": one, "lines": records.list_members(one), "section": SECTION}
    return render(request, "cms/people/organisation.html", context)


@managed
def new(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(typed(request))
    if form.is_bound and form.is_valid():
        made = records.note_organisation(actor=request.user, **form.cleaned_data)
        messages.success(request, _("La organización quedó registrada. Falta decir quién obra por ella."))
        return redirect("people:organisation", key=made.pk)
    return shown(request, form, _("Nueva organización"), _("Registrar"), "", reverse("people:organisations"))


@managed
def join(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    one = found(lambda: records.get_organisation_for(request.user, key))
    form = JoinForm(typed(request), actor=request.user)
    back = reverse("people:organisation", args=[one.pk])

    def act() -> None:
        facts = {**form.cleaned_data}
        starts_on: datetime.date = facts.pop("starts_on") or records.today()
        person = User.objects.get(pk=facts.pop("person"))
        records.join_organisation(
            actor=request.user, organisation=one, person=person, starts_on=starts_on, **facts
        )  # fmt: skip

    if form.is_bound and form.is_valid() and done(form, act):
        messages.success(request, _("El vínculo quedó registrado. Rige desde la fecha indicada."))
        return redirect(back)
    return shown(request, form, _("Vincular a una persona"), _("Vincular"), one.name, back)


@managed
def leave(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    member = found(lambda: records.get_member_for(request.user, key))
    form = ReasonForm(typed(request))
    back = reverse("people:organisation", args=[member.organisation_id])

    def act() -> None:
        records.leave_organisation(actor=request.user, member=member, act=form.cleaned_data["reason"])

    if form.is_bound and form.is_valid() and done(form, act):
        messages.success(request, _("El vínculo terminó. Lo que abría está cerrado desde ahora."))
        return redirect(back)
    told = f"{member.person.get_full_name()} · {member.organisation.name}"
    return shown(request, form, _("Terminar el vínculo"), _("Terminar"), told, back)


def done(form: forms.Form, act: Callable[[], None]) -> bool:
    try:
        act()
    except REFUSALS as refusal:
        for sentence in sentences_of(refusal):
            form.add_error(None, sentence)
        return False
    return True


def shown(request: HttpRequest, form: forms.Form, title: str, button: str, told: str, back: str) -> HttpResponse:
    context = {
        "form": form, "title": title, "button": button, "told": told, "back": back, "section": SECTION,
    }  # fmt: skip
    return render(request, "cms/people/organisation_act.html", context, status=422 if form.errors else 200)
