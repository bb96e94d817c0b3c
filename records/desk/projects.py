"""Projects: what citizens see of each is decided here, with a reason; convenios as a plain list."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.convenios.api import (
    Project,
    get_project_for,
    list_convenios_for,
    list_projects_for,
    publish_project,
    withdraw_project,
)
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedText, sent, show_refusal
from records.desk.paging import page_of
from records.errors import RecordsError
from records.explain import told_of
from records.models import Expediente
from records.permissions import grounds_for
from records.vocabulary import Action

SIZE = 25
#: What opens the list of convenios.
OFFICE = "office"
OF_CONVENIOS = {OFFICE: _("Su dependencia, %(office)s, trabaja en todos los convenios.")}


class DecisionForm(forms.Form):
    reason = DemandedText(label=_("Motivo"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    correction = forms.BooleanField(
        label=_("Corrige algo que se publicó mal"),
        required=False,
        help_text=_("La historia pública lo marca y conserva lo anterior. Para que deje de leerse, retírelo."),
    )
    note = forms.CharField(
        label=_("Qué se corrige, en una frase para los ciudadanos"), max_length=300, required=False, strip=True
    )


@desk_view(*READ)
def projects(request: HttpRequest) -> HttpResponse:
    known = list_projects_for(request.user)
    context = {
        "page": page_of(request, known, ("code",), SIZE),
        "count": known.count(),
        "may_publish": permissions.allows(request.user, Action.PUBLISH),
    }
    return render(request, "records/projects.html", context)


@desk_view(*BOTH)
def project(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One project: what is public of it now, and the decision that changes it."""
    found = get_project_for(request.user, key)
    form = DecisionForm(sent(request))
    if request.method == "POST":
        permissions.check(request.user, Action.PUBLISH)
        if form.is_valid() and decided(request, found, form):
            return redirect("desk:projects")
    context = {
        "project": found,
        "form": form,
        "section": "/custodia/proyectos/",
        "public_url": f"/banco/{found.slug}/",
        "may_publish": permissions.allows(request.user, Action.PUBLISH),
    }
    return render(request, "records/project.html", context, status=422 if form.errors else 200)


def decided(request: HttpRequest, found: Project, form: DecisionForm) -> bool:
    withdrawing = request.POST.get("decision") == "withdraw"
    said = {name: form.cleaned_data[name] for name in ("correction", "note") if not withdrawing}
    act = withdraw_project if withdrawing else publish_project
    try:
        act(actor=request.user, project=found, reason=form.cleaned_data["reason"], **said)
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(
        request,
        _("El proyecto salió del sitio público.") if withdrawing else _("El proyecto quedó publicado en el Banco."),
    )
    return True


@desk_view(*READ)
def convenios(request: HttpRequest) -> HttpResponse:
    known = list_convenios_for(request.user)
    page = page_of(request, known, ("number",), SIZE)
    context = {
        "page": page,
        "count": known.count(),
        "grantable": grantable(request, [row.number for row in page.rows]),
        "why": told_of((one for one in grounds_for(request.user) if one.rule == OFFICE), OF_CONVENIOS).values(),
    }
    return render(request, "records/convenios.html", context)


def grantable(request: HttpRequest, numbers: list[str]) -> set[str]:
    """Of these convenios, those over which the person may grant: she keeps every expediente that carries the number.
    The address takes letters, digits and hyphens."""
    rights, places = permissions.rights_of(request.user), dict[str, set[uuid.UUID]]()
    rows = Expediente.objects.filter(convenio_number__in=numbers).order_by().values_list("convenio_number", "pk")
    for number, key in rows if rights.kept() else ():
        places.setdefault(number, set()).add(key)
    return {number for number, keys in places.items() if slug_re.match(number) and rights.keeps_all(frozenset(keys))}
