"""Access by name: given by whoever answers for the piece, until a day and for a reason; taken back at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import (
    DayField,
    DemandedChoice,
    DemandedDay,
    DemandedText,
    DeskForm,
    sent,
    show_refusal,
    tell_also,
)
from records.desk.foreseeing import foreseen, is_rehearsal, rehearsed
from records.desk.paging import page_of
from records.errors import RecordsError
from records.explain import shown
from records.models import ConvenioNumber, Document, Expediente, Grant, Package
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.selectors.people import list_grants_over, list_offices, list_people
from records.selectors.worklists import get_known_grant, list_grants_for, list_own_grants
from records.services.access import (
    Target,
    Terms,
    faults_of,
    get_convenio_for,
    get_grant_for,
    get_package_for,
    grant_access,
    most_days,
    renew_grant,
    revoke_grant,
    terms_faults,
)
from records.services.rehearsal import Forecast, rehearse_grant, rehearse_renewal, rehearse_withdrawal
from records.vocabulary import Action, GrantBasis, Role

SIZE = 25


class TermsForm(DeskForm):
    """Until when, what for and for which case."""

    until = DemandedDay(
        label=_("Hasta"), help_text=_("Rige hasta el final de ese día en Bogotá y termina por sí solo.")
    )
    reason = DemandedText(
        label=_("Motivo"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Para qué lo necesita; p. ej. el caso o la tarea."),
    )
    case_number = forms.CharField(label=_("Número de caso"), max_length=80, required=False)


#: Whoever is not among the people offered.
NOT_HER = _("Esa cuenta no puede recibir acceso de usted: no está activa, o es la suya.")


class GrantForm(TermsForm):
    person = DemandedChoice(label=_("Persona"), error_messages={"invalid_choice": NOT_HER})
    office = forms.ChoiceField(label=_("O una dependencia"), required=False)
    starts_on = DayField(label=_("Desde"), required=False, help_text=_("Vacío: desde ahora."))

    field_order = ("person", "office", "starts_on", "until", "reason", "case_number")

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [person for person in list_people() if person.pk != actor.pk]
        named = [(str(person.pk), f"{person.get_full_name()} ({person.get_username()})") for person in others]
        self.fields["person"].choices = [("", _("Elija")), *named]  # type: ignore[attr-defined]
        offices = [(group.name, str(Role(group.name).label)) for group in list_offices()]
        self.fields["office"].choices = [("", _("Ninguna")), *offices]  # type: ignore[attr-defined]

    def holder(self) -> dict[str, Any]:
        """To whom it is, as the service takes it."""
        person, office = self.cleaned_data.get("person"), self.cleaned_data.get("office")
        return {
            "person": get_user_model().objects.filter(pk=person).first() if person else None,
            "office": Group.objects.filter(name=office).first() if office else None,
        }


@desk_view(*BOTH)
def document_access(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    return access_page(request, piece, piece.expediente)


@desk_view(*BOTH)
def expediente_grant(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    expediente = get_expediente_for(request.user, key)
    return access_page(request, expediente, expediente)


@desk_view(*BOTH)
def package_grant(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    package = get_package_for(request.user, batch)
    return access_page(request, package, package.expediente)


@desk_view(*BOTH)
def convenio_grant(request: HttpRequest, number: str) -> HttpResponse:
    return access_page(request, get_convenio_for(request.user, number), None)


def access_page(request: HttpRequest, target: Target, expediente: Expediente | None) -> HttpResponse:
    permissions.check(request.user, Action.GRANT, target)
    form, forecast = GrantForm(sent(request), actor=request.user), None
    if request.method == "POST" and not form.is_valid():
        tell_also(
            form,
            faults_of(request.user, target, **form.holder(), terms=Terms(**whole_terms(form))),
            most=most_days(GrantBasis.ORDINARY),
        )
    elif request.method == "POST":
        if is_rehearsal(request):
            act = {"actor": request.user, "target": target, **form.holder(), **terms_of(form)}
            forecast = rehearsed(form, partial(rehearse_grant, **act))
        elif made := granted(request, target, form):
            messages.success(request, told_granted(made))
            return redirect(request.path)
    return show_form(request, form, target, expediente, list_grants_over(request.user, target), forecast)


def show_form(
    request: HttpRequest,
    form: DeskForm,
    target: Target,
    expediente: Expediente | None,
    over: Iterable[Grant],
    forecast: Forecast | None = None,
) -> HttpResponse:
    standing = list(over)
    context = {
        "forecast": forecast,
        "piece": target if isinstance(target, Document) else None,
        "of_package": isinstance(target, Package),
        "of_convenio": isinstance(target, ConvenioNumber),
        "thing": called(target),
        "renewed": not isinstance(form, GrantForm),
        "expediente": expediente,
        "form": form,
        "grants": standing,
        "seen": " ".join(str(grant.pk) for grant in standing),
        "today": clock.today(),
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/access_form.html", context, status=422 if form.errors else 200)


def told_granted(made: Grant) -> str:
    """Who reads from when until when: a grant may begin on a day to come."""
    who, until = made.holder_name, shown(made.until)
    if made.starts_on and made.starts_on > clock.today():
        words = {"who": who, "from": shown(made.starts_on), "until": until}
        return str(_("%(who)s tendrá acceso desde el %(from)s hasta el %(until)s.") % words)
    return str(_("%(who)s tiene acceso desde ahora y hasta el %(until)s.") % {"who": who, "until": until})


def called(target: Target) -> str:
    """What a thing that holds pieces is called after «acceso a»."""
    if isinstance(target, ConvenioNumber):
        return str(_("el convenio %(number)s") % {"number": target.number})
    if isinstance(target, Package):
        return str(_("un envío al expediente %(code)s") % {"code": target.expediente.code})
    return target.title


def granted(request: HttpRequest, target: Target, form: GrantForm) -> Grant | None:
    try:
        return grant_access(
            actor=request.user, target=target, **form.holder(), **terms_of(form), renewing=shown_to(request)
        )
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


def shown_to(request: HttpRequest) -> list[str] | None:
    """Ids of the grants that the page told as standing; None where it was not sent back."""
    return request.POST["seen"].split() if "seen" in request.POST else None


def whole_terms(form: TermsForm) -> dict[str, Any]:
    """Terms of a form of which something could not be read: what is not there is as if it had not been written."""
    return {"until": None, "reason": "", **terms_of(form)}


def terms_of(form: TermsForm) -> dict[str, Any]:
    names = ("until", "reason", "case_number", "starts_on")
    return {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}


@desk_view(*BOTH)
def renew(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A new act in the place of one that stands: the same thing, to the same holder."""
    grant = get_grant_for(request.user, key)
    form, forecast = TermsForm(sent(request)), None
    if is_rehearsal(request) and form.is_valid():
        act = partial(rehearse_renewal, actor=request.user, grant=grant, **terms_of(form))
        forecast = rehearsed(form, act)
    elif request.method == "POST" and not form.is_valid():
        tell_also(form, terms_faults(Terms(**{"basis": grant.basis, **whole_terms(form)})), most=most_days(grant.basis))
    elif request.method == "POST":
        try:
            made = renew_grant(actor=request.user, grant=grant, **terms_of(form))
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, told_granted(made))
            return redirect("desk:grants")
    return show_form(request, form, grant.target, grant.place, [grant], forecast)


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


@desk_view(*READ)
def grant_act(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The act itself: for who reads by it, and for who answers for what it is over."""
    grant = get_known_grant(request.user, key)
    withdrawal, today = getattr(grant, "withdrawal", None), clock.today()
    later = grant.starts_on is not None and grant.starts_on > today
    lasts = grant.until >= today and (grant.expires_at is None or grant.expires_at > clock.now())
    context = {
        "grant": grant,
        "thing": called(grant.target),
        "explains": grant.person_id is not None and bool(permissions.rights_of(request.user).kept()),
        "url": where(grant),
        "withdrawal": withdrawal,
        "later": later,
        "stands": lasts and not later and withdrawal is None,
        "may_change": lasts and withdrawal is None and permissions.allows(request.user, Action.GRANT, grant.target),
        "section": "/custodia/accesos/",
    }
    return render(request, "records/grant_act.html", context)


#: Column of a grant → the page of what it is over.
PAGES = {"document_id": "desk:document", "expediente_id": "desk:documents", "package_id": "desk:batch"}


def where(grant: Grant) -> str:
    return next((reverse(name, args=[key]) for column, name in PAGES.items() if (key := getattr(grant, column))), "")


class WithdrawForm(DeskForm):
    reason = forms.CharField(
        label=_("Motivo"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@desk_view(*BOTH)
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The effect is told before the button; the person reads no more from her next request on."""
    grant = get_grant_for(request.user, key)
    form, rehearse = WithdrawForm(sent(request)), partial(rehearse_withdrawal, actor=request.user, grant=grant)
    # Of an office there may be many people to judge: that is done when it is asked for.
    brief = grant.person is not None
    forecast = foreseen(request, rehearse, brief=brief)
    if is_rehearsal(request) and form.is_valid():
        forecast = rehearsed(form, rehearse)
    elif request.method == "POST" and form.is_valid():
        revoke_grant(actor=request.user, grant=grant, reason=form.cleaned_data["reason"])
        messages.success(request, _("Se retiró el acceso. Rige desde ahora."))
        return redirect("desk:grants")
    context = {"grant": grant, "form": form, "forecast": forecast, "brief": brief, "section": "/custodia/accesos/"}
    return render(request, "records/grant_withdraw.html", context, status=422 if form.errors else 200)
