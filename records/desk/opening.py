"""Opening an expediente: first its kind, then its data, with the code that the classification scheme suggests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import clock, permissions, stages
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DayField, DemandedChoice, DemandedDay, DemandedText, DeskForm, sent, show_refusal
from records.errors import NotFound, RecordsError
from records.models import Expediente
from records.selectors.expedientes import get_expediente_by_code_for
from records.selectors.people import list_possible_custodians
from records.selectors.trd import suggest_code
from records.services.expedientes import Custody, open_expediente
from records.vocabulary import Action, ExpedienteFormat, ExpedienteKind, Role

#: What each kind of expediente holds, in the words of the offset policy.
ABOUT: dict[str, Any] = {
    ExpedienteKind.ACQUISITION: _("El contrato de compra que da origen a la obligación."),
    ExpedienteKind.FRAMEWORK: _("El acuerdo general con el proveedor, sus adiciones y modificaciones."),
    ExpedienteKind.DERIVED: _("Un convenio de ejecución, con sus anexos, recibos y acreditaciones."),
    ExpedienteKind.PROJECT: _("La propuesta, sus estudios, los créditos y sus informes."),
    ExpedienteKind.SESSION: _("Una sesión de comité: convocatoria, acta y conceptos."),
    ExpedienteKind.SETTLEMENT: _("El paquete con que se liquida un convenio."),
    ExpedienteKind.REPORTS: _("Los informes periódicos de seguimiento."),
    ExpedienteKind.NORMS: _("Las resoluciones, el manual y los comentarios ciudadanos."),
    ExpedienteKind.CALL: _("Los términos, las postulaciones y los resultados."),
}
OFFICES = tuple((code, Role(code).label) for code in (*permissions.OFFICES, *permissions.OWNERS))


class OpenForm(DeskForm):
    """Shape only: what an opening lacks is for the service to say, all of it at once."""

    kind = forms.ChoiceField(
        label=_("Tipo de expediente"), choices=ExpedienteKind.choices, widget=forms.HiddenInput, required=False
    )
    code = DemandedText(
        label=_("Código"),
        max_length=80,
        help_text=_("Lo sugiere el cuadro de clasificación. Identifica el expediente para siempre."),
    )
    title = DemandedText(label=_("Título"), max_length=300)
    opened_on = DayField(label=_("Abierto el"), help_text=_("Decide qué versión de la tabla de retención lo rige."))
    office = DemandedChoice(label=_("Dependencia responsable"), choices=OFFICES)
    convenio_number = forms.CharField(
        label=_("Convenio"), max_length=40, required=False, help_text=_("Número del convenio, si lo tiene.")
    )
    parent = forms.CharField(
        label=_("Expediente del que depende"),
        max_length=80,
        required=False,
        help_text=_("Su código, p. ej. el del convenio marco de un derivado."),
    )
    format = DemandedChoice(label=_("Soporte"), choices=ExpedienteFormat.choices, widget=forms.RadioSelect)
    physical_place = forms.CharField(
        label=_("Ubicación física"),
        max_length=300,
        required=False,
        help_text=_("Solo si es híbrido: dónde está el papel."),
    )
    custodian = DemandedChoice(label=_("Quién recibe la custodia"))
    custodian_act = DemandedText(
        label=_("Acto que lo designa"), max_length=200, help_text=_("P. ej. Resolución 0123 de 2026, art. 2.")
    )
    custodian_until = DemandedDay(label=_("Custodia hasta"))

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.people = {str(person.pk): person for person in list_possible_custodians(actor)}
        named = ((key, f"{one.get_full_name()} ({one.get_username()})") for key, one in self.people.items())
        self.fields["custodian"].choices = [("", _("Elija")), *named]  # type: ignore[attr-defined]

    def clean_parent(self) -> Expediente | None:
        code = self.cleaned_data["parent"].strip().replace("\x00", "")
        try:
            return get_expediente_by_code_for(self.actor, code) if code else None
        except NotFound as absent:
            raise forms.ValidationError(_("No hay un expediente que usted conozca con ese código.")) from absent

    def facts(self) -> dict[str, Any]:
        """What `open_expediente` takes."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith("custodian")}
        person = self.people.get(self.cleaned_data["custodian"])
        custody = Custody(person, self.cleaned_data["custodian_act"], self.cleaned_data["custodian_until"])
        data["office"] = data["office"] or Role.CONTRACTS_GROUP
        data["format"] = data["format"] or ExpedienteFormat.ELECTRONIC
        return {**data, "custody": custody}


@desk_view(*BOTH)
def new_expediente(request: HttpRequest) -> HttpResponse:
    """Without a kind, the nine of them to choose from; with one, its form."""
    permissions.check(request.user, Action.OPEN_EXPEDIENTE)
    kind = request.POST.get("kind") or request.GET.get("tipo", "")
    if kind not in ExpedienteKind.values and request.method != "POST":
        return kinds_page(request)
    if "sugerir" in request.POST:
        return form_page(request, suggested(request, kind), kind)
    form = OpenForm(sent(request), actor=request.user, initial=initial_of(request, kind))
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_expediente(actor=request.user, **form.facts())
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Se abrió el expediente. Ya puede radicar en él."))
            return redirect("desk:documents", key=opened.pk)
    return form_page(request, form, kind)


def initial_of(request: HttpRequest, kind: str) -> dict[str, Any]:
    """Today, the suggested code, and what an address that leads here already says."""
    about, parent = request.GET.get("convenio", "")[:40], request.GET.get("de", "")[:80]
    return {
        "kind": kind,
        "opened_on": clock.today(),
        "code": suggest_code(kind, opened_on=clock.today(), convenio_number=about.replace("\x00", "")),
        "convenio_number": about,
        "parent": parent,
        "office": Role.CONTRACTS_GROUP,
        "format": ExpedienteFormat.ELECTRONIC,
    }


def suggested(request: HttpRequest, kind: str) -> OpenForm:
    """The form as it was filled in, with the code that its convenio, parent and day suggest."""
    asked = OpenForm(request.POST, actor=request.user)
    asked.is_valid()
    data = asked.cleaned_data
    code = suggest_code(
        kind,
        opened_on=data.get("opened_on") or clock.today(),
        convenio_number=data.get("convenio_number", ""),
        parent=data.get("parent"),
    )
    return OpenForm(actor=request.user, initial={**request.POST.dict(), "code": code or request.POST.get("code", "")})


def kinds_page(request: HttpRequest) -> HttpResponse:
    here = reverse("desk:new-expediente")
    kinds = [{"url": f"{here}?tipo={code}", "label": label, "about": ABOUT[code]} for code, label in kinds_named()]
    context = {"kinds": kinds, "crumbs": crumbs(), "section": "/custodia/expedientes/"}
    return render(request, "records/expediente_kinds.html", context)


def kinds_named() -> list[tuple[ExpedienteKind, Any]]:
    return [(kind, kind.label) for kind in ExpedienteKind]


def form_page(request: HttpRequest, form: OpenForm, kind: str) -> HttpResponse:
    known = kind in ExpedienteKind.values
    context = {
        "form": form,
        "crumbs": crumbs(),
        "kind": ExpedienteKind(kind).label if known else "",
        "stage": stages.label_of(kind, "") if known else "",
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/expediente_new.html", context, status=422 if form.errors else 200)


def crumbs() -> list[dict[str, Any]]:
    return [{"url": reverse("desk:expedientes"), "label": _("Expedientes")}, {"label": _("Abrir expediente")}]
