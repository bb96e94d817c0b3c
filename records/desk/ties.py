"""Whose a piece is, and who receives the project of an expediente: said, listed with its history and ended (I7)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DemandedChoice, DemandedText, DeskForm, sent, show_refusal
from records.errors import Incomplete, RecordsError
from records.models import Document, Expediente
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.selectors.organisations import get_tie_for, kind_for, list_organisations_of, list_ties_over
from records.services.organisations import tie, untie
from records.vocabulary import Action, TieKind

SECTION = "/custodia/expedientes/"
#: What may be said of a piece, and of an expediente.
OF_PIECE, OF_PROJECT = (TieKind.PRODUCED, TieKind.SIGNS), (TieKind.RECEIVES,)


class TieForm(DeskForm):
    organisation = DemandedChoice(label=_("Organización"), help_text=_("Las registra quien administra personas."))
    kind = DemandedChoice(label=_("En qué calidad"))
    act = DemandedText(label=_("En qué consta"), max_length=300, help_text=_("P. ej.: Carátula del anexo, folio 1."))

    def __init__(self, *args: Any, subject: Document | Expediente, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = OF_PIECE if isinstance(subject, Document) else OF_PROJECT
        self.known = {str(one.pk): one for one in list_organisations_of(kind_for(subject))}
        names = [(key, one.name) for key, one in self.known.items()]
        self.fields["organisation"].choices = [("", _("Elija")), *names]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class EndForm(DeskForm):
    act = DemandedText(label=_("Motivo"), max_length=300)


@desk_view(*BOTH)
def of_document(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return ties_page(request, piece, piece.expediente)


@desk_view(*BOTH)
def of_expediente(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    return ties_page(request, expediente, expediente)


def ties_page(request: HttpRequest, subject: Document | Expediente, expediente: Expediente) -> HttpResponse:
    permissions.check(request.user, Action.GRANT, subject)
    form = TieForm(sent(request), subject=subject)
    if request.method == "POST" and form.is_valid() and tied(request, subject, form):
        messages.success(
            request, _("Quedó registrado. Quien obra por esa organización lee lo suyo desde ahora, salvo lo reservado.")
        )
        return redirect(request.path)
    context = {
        "form": form,
        "expediente": expediente,
        "piece": subject if isinstance(subject, Document) else None,
        "ties": list_ties_over(request.user, subject),
        "section": SECTION,
    }
    return render(request, "records/ties.html", context, status=422 if form.errors else 200)


def tied(request: HttpRequest, subject: Document | Expediente, form: TieForm) -> bool:
    facts = form.cleaned_data
    try:
        faults = [code for code in ("organisation", "act") if not facts[code].strip()]
        if faults:
            raise Incomplete(faults)
        organisation = form.known[facts["organisation"]]
        tie(actor=request.user, organisation=organisation, subject=subject, kind=facts["kind"], act=facts["act"])
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return False
    return True


@desk_view(*BOTH)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button."""
    held = get_tie_for(request.user, key)
    form = EndForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            untie(actor=request.user, held=held, **form.cleaned_data)
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Quedó retirado. Rige desde ahora."))
            return redirect("desk:document-ties" if held.document_id else "desk:expediente-ties", key=subject_key(held))
    context = {"form": form, "held": held, "section": SECTION}
    return render(request, "records/tie_end.html", context, status=422 if form.errors else 200)


def subject_key(held: Any) -> uuid.UUID:
    key: uuid.UUID = held.document_id or held.expediente_id
    return key
