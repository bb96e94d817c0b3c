"""Access for a case: opened by who keeps an expediente, listed, told in full with what was read, and ended."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.audit import ACTIONS
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedChoice, DemandedDay, DemandedText, DeskForm, sent, show_refusal
from records.desk.paging import page_of
from records.errors import RecordsError
from records.keys import as_uuid
from records.models import AccessCase, Document, Expediente, Grant, LedgerEvent
from records.selectors.expedientes import get_expediente_for
from records.selectors.people import list_people
from records.services import cases
from records.services.cases import Instrument
from records.vocabulary import GrantBasis

SECTION = "/custodia/accesos/"
SIZE, SHOWN = 25, 200
WHOLE, SOME = "whole", "some"


class CaseForm(DeskForm):
    basis = DemandedChoice(
        label=_("Fundamento"), choices=[("", _("Elija")), *((one.value, one.label) for one in cases.BASES)]
    )
    authority = DemandedText(
        label=_("Autoridad"), max_length=200, help_text=_("P. ej.: Contraloría General de la República.")
    )
    official = DemandedText(
        label=_("Quién lo firma"), max_length=200, help_text=_("Nombre y cargo de quien firma la petición u orden.")
    )
    instrument = DemandedText(
        label=_("Oficio, orden o acto"), max_length=200, help_text=_("Su clase y número, como aparecen en él.")
    )
    instrument_on = DemandedDay(label=_("Fecha del oficio, orden o acto"))
    case_number = DemandedText(label=_("Número de caso"), max_length=80, help_text=_("Irá en la marca de cada página."))
    person = DemandedChoice(label=_("A quién se abre"), help_text=_("Una persona con cuenta, por su nombre."))
    until = DemandedDay(label=_("Hasta"), help_text=_("El último día en que rige; termina por sí solo."))
    reason = DemandedText(label=_("Para qué"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    reach = forms.ChoiceField(
        label=_("Qué se abre"),
        choices=((SOME, _("Solo las piezas que señale")), (WHOLE, _("Todas las piezas que el expediente tiene hoy"))),
        initial=SOME,
        widget=forms.RadioSelect,
    )
    pieces = forms.MultipleChoiceField(
        label=_("Piezas, si solo se abren las que señale"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Any, openable: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [one for one in list_people() if one.pk != actor.pk]
        named = [(str(one.pk), f"{one.get_full_name()} ({one.get_username()})") for one in others]
        self.fields["person"].choices = [("", _("Elija")), *named]  # type: ignore[attr-defined]
        lines = [(str(one.pk), f"{one.order}. {one.title} · {one.get_level_display()}") for one in openable]
        self.fields["pieces"].choices = lines  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = self.cleaned_data
        names = ("basis", "authority", "official", "instrument", "instrument_on", "case_number")
        chosen = {as_uuid(key) for key in typed["pieces"]}
        return {
            "asked": Instrument(**{name: typed[name] for name in names}),
            "person": get_user_model().objects.filter(pk=typed["person"]).first() if typed["person"] else None,
            "until": typed["until"],
            "reason": typed["reason"],
            "pieces": None if typed["reach"] == WHOLE else chosen,
        }


class EndForm(DeskForm):
    act = DemandedText(label=_("Acto o motivo"), max_length=300, help_text=_("P. ej.: Auto de archivo del 3 de junio."))


@desk_view(*READ)
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases over what this person keeps."""
    rows = cases.list_cases_for(request.user)
    page = page_of(request, rows, ("-opened_at", "pk"), SIZE)
    context = {
        "lines": [(case, state_of(case)) for case in page.rows],
        "page": page,
        "count": rows.count(),
        "section": SECTION,
    }
    return render(request, "records/cases.html", context)


def state_of(case: AccessCase) -> str:
    """Open, ended by an act, or over: by its term, or piece by piece."""
    if hasattr(case, "end"):
        return "ended"
    return "open" if case.standing else "over"  # type: ignore[attr-defined]


@desk_view(*BOTH)
def new_case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    openable = list(cases.list_openable(request.user, expediente))
    form = CaseForm(sent(request), actor=request.user, openable=openable)
    if request.method == "POST" and form.is_valid() and (made := opened(request, expediente, form)):
        messages.success(request, _("Se abrió el acceso para el caso. Rige desde ahora."))
        return redirect("desk:case", key=made.pk)
    context = {"form": form, "expediente": expediente, "section": SECTION}
    return render(request, "records/case_new.html", context, status=422 if form.errors else 200)


def opened(request: HttpRequest, expediente: Expediente, form: CaseForm) -> AccessCase | None:
    try:
        return cases.open_case(actor=request.user, expediente=expediente, **form.terms())
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


@desk_view(*READ)
def case(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The whole of a case: its papers, each piece with its standing, and what was read for it."""
    found = cases.get_case_for(request.user, key)
    shown = permissions.rights_of(request.user).not_shut("document")
    grants = list(cases.grants_of(found).filter(shown))
    reads = told_reads(grants, cases.reads_under(found))
    context = {
        "case": found,
        "basis": GrantBasis(found.basis).label,
        "state": state_of(found),
        "grants": grants,
        "reads": reads[:SHOWN],
        "read_count": len(reads),
        "today": clock.today(),
        "section": SECTION,
    }
    return render(request, "records/case.html", context)


def told_reads(grants: list[Grant], reads: list[LedgerEvent]) -> list[dict[str, Any]]:
    """Each reading with its moment, what was done and of which piece, newest first."""
    pieces = {str(grant.document_id): grant.document for grant in grants}
    return [
        {"at": event.at, "did": ACTIONS.get(event.action, event.action), "piece": pieces[event.object_id]}
        for event in reversed(reads)
        if event.object_id in pieces
    ]


@desk_view(*BOTH)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button."""
    found = cases.get_case_for(request.user, key)
    form = EndForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            cases.end_case(actor=request.user, case=found, **form.cleaned_data)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("El acceso del caso terminó. Nada de él sigue abierto."))
            return redirect("desk:case", key=found.pk)
    context = {"form": form, "case": found, "section": SECTION}
    return render(request, "records/case_end.html", context, status=422 if form.errors else 200)
