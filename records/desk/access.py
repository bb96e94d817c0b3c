"""Access by name: given by whoever answers for the piece, until a day and for a reason; taken back at once."""

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
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DayField, DeskForm, sent, show_refusal
from records.desk.paging import page_of
from records.errors import RecordsError
from records.models import Document, Expediente, Grant
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.selectors.people import list_grants_over, list_people
from records.selectors.worklists import list_grants_for, list_own_grants
from records.services.access import get_grant_for, grant_access, revoke_grant
from records.vocabulary import Action

SIZE = 25


class GrantForm(DeskForm):
    person = forms.ChoiceField(label=_("Persona"))
    until = DayField(label=_("Hasta"), help_text=_("Rige hasta el final de ese día en Bogotá y termina por sí solo."))
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Para qué lo necesita; p. ej. el caso o la tarea."),
    )

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [person for person in list_people() if person.pk != actor.pk]
        named = [(str(person.pk), f"{person.get_full_name()} ({person.get_username()})") for person in others]
        self.fields["person"].choices = [("", _("Elija")), *named]  # type: ignore[attr-defined]


@desk_view(*BOTH)
def document_access(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return access_page(request, piece, piece.expediente)


@desk_view(*BOTH)
def expediente_grant(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    return access_page(request, expediente, expediente)


def access_page(request: HttpRequest, target: Document | Expediente, expediente: Expediente) -> HttpResponse:
    permissions.check(request.user, Action.GRANT, target)
    form = GrantForm(sent(request), actor=request.user)
    if request.method == "POST" and form.is_valid() and granted(request, target, form):
        messages.success(request, _("Se concedió el acceso. Rige desde ahora."))
        return redirect(request.path)
    context = {
        "piece": target if isinstance(target, Document) else None,
        "expediente": expediente,
        "form": form,
        "grants": list_grants_over(target),
        "today": clock.today(),
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/access_form.html", context, status=422 if form.errors else 200)


def granted(request: HttpRequest, target: Document | Expediente, form: GrantForm) -> Grant | None:
    facts = form.cleaned_data
    person = get_user_model().objects.get(pk=facts["person"])
    try:
        return grant_access(
            actor=request.user, target=target, person=person, until=facts["until"], reason=facts["reason"]
        )
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


@desk_view(*READ)
def grants(request: HttpRequest) -> HttpResponse:
    """Grants this person answers for, and those made to her."""
    kept = list_grants_for(request.user)
    context = {
        "page": page_of(request, kept, ("-granted_at", "pk"), SIZE),
        "count": kept.count(),
        "own": list_own_grants(request.user),
        "today": clock.today(),
    }
    return render(request, "records/grants.html", context)


class WithdrawForm(DeskForm):
    reason = forms.CharField(
        label=_("Motivo"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@desk_view(*BOTH)
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button; the person reads no more from her next request on."""
    grant = get_grant_for(request.user, key)
    form = WithdrawForm(sent(request))
    if request.method == "POST" and form.is_valid():
        revoke_grant(actor=request.user, grant=grant, reason=form.cleaned_data["reason"])
        messages.success(request, _("Se retiró el acceso. Rige desde ahora."))
        return redirect("desk:grants")
    return render(
        request, "records/grant_withdraw.html", {"grant": grant, "form": form, "section": "/custodia/accesos/"}
    )
