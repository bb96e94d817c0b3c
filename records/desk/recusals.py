"""Recusals of an expediente or of one piece: listed and written by who keeps it, ended by an act."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DayField, DemandedChoice, DemandedText, DeskForm, sent, show_refusal, tell_also
from records.desk.foreseeing import is_rehearsal, rehearsed
from records.errors import RecordsError
from records.explain import shown
from records.models import Document, Expediente
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.selectors.people import list_people, list_recusals_over
from records.services.recusals import end_recusal, get_recusal_for, recuse
from records.services.rehearsal import rehearse_recusal, rehearse_recusal_end
from records.vocabulary import Action

SECTION = "/custodia/expedientes/"


#: What a recusal is nothing without.
DEMANDED = ("person", "act")


class RecusalForm(DeskForm):
    person = DemandedChoice(label=_("Persona"))
    act = DemandedText(label=_("Acto"), max_length=300, help_text=_("P. ej.: Acta 4 del comité, punto 2."))
    starts_on = DayField(label=_("Desde"), required=False, help_text=_("Vacío: desde hoy."))
    until = DayField(label=_("Hasta"), required=False, help_text=_("Vacío: hasta que otro acto lo termine."))

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [person for person in list_people() if person.pk != actor.pk]
        named = [(str(one.pk), f"{one.get_full_name()} ({one.get_username()})") for one in others]
        self.fields["person"].choices = [("", _("Elija")), *named]  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """To whom and on what terms, as the service takes it."""
        facts = {**self.cleaned_data}
        chosen = facts.pop("person")
        return {"person": get_user_model().objects.filter(pk=chosen).first() if chosen else None, **facts}


class EndForm(DeskForm):
    act = DemandedText(label=_("Acto que lo termina"), max_length=300)


@desk_view(*BOTH)
def recusals(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    return recusals_page(request, expediente, expediente)


@desk_view(*BOTH)
def document_recusals(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return recusals_page(request, piece, piece.expediente)


def recusals_page(request: HttpRequest, subject: Document | Expediente, expediente: Expediente) -> HttpResponse:
    permissions.check(request.user, Action.RECUSE, subject)
    form, forecast = RecusalForm(sent(request), actor=request.user), None
    if request.method == "POST" and form.is_valid():
        act = {"actor": request.user, "subject": subject, **form.terms()}
        if is_rehearsal(request):
            forecast = rehearsed(form, partial(rehearse_recusal, **act))
        elif done(form, partial(recuse, **act)):
            messages.success(request, told_recused(form))
            return redirect(request.path)
    elif request.method == "POST":
        tell_also(form, [name for name in DEMANDED if not form.cleaned_data.get(name)])
    context = {
        "forecast": forecast,
        "form": form,
        "expediente": expediente,
        "piece": subject if isinstance(subject, Document) else None,
        "recusals": list_recusals_over(request.user, subject),
        "section": SECTION,
    }
    return render(request, "records/recusals.html", context, status=422 if form.errors else 200)


def told_recused(form: RecusalForm) -> str:
    """Whose it is and from when, as the act was written."""
    terms = form.terms()
    who, start = terms["person"].get_full_name(), terms["starts_on"]
    if start and start > clock.today():
        return str(
            _("El impedimento de %(who)s quedó registrado. Rige desde el %(day)s.") % {"who": who, "day": shown(start)}
        )
    return str(_("El impedimento de %(who)s quedó registrado. Rige desde ahora.") % {"who": who})


def done(form: DeskForm, act: Callable[[], object]) -> bool:
    """Was the act done? Else the form tells why not."""
    try:
        act()
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return False
    return True


@desk_view(*BOTH)
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_recusal_for(request.user, key)
    form, forecast = EndForm(sent(request)), None
    if request.method == "POST" and form.is_valid():
        act = {"actor": request.user, "recusal": found, **form.cleaned_data}
        if is_rehearsal(request):
            forecast = rehearsed(form, partial(rehearse_recusal_end, **act))
        elif done(form, partial(end_recusal, **act)):
            who = found.person.get_full_name()
            messages.success(request, _("El impedimento de %(who)s terminó. Rige desde ahora.") % {"who": who})
            name = "desk:document-recusals" if found.document else "desk:recusals"
            return redirect(name, key=found.subject.pk)
    context = {"form": form, "forecast": forecast, "found": found, "section": SECTION}
    return render(request, "records/recusal_end.html", context, status=422 if form.errors else 200)
