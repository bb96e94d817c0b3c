"""/custodia/personas/: who manages people sees accounts, roles and their history, and nothing of custody."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.people import acts
from cms.people.forms import CreateForm, DescribeForm, InvitedForm, ReasonForm, RoleForm
from cms.users.confirming import confirmed
from cms.users.models import User
from cms.users.required import has
from cms.users.trail import note
from records import api as records

SECTION = "/custodia/personas/"
PAGE, EVENTS = 50, 40
#: What a form's own act may refuse: the sentences go on top of it.
REFUSALS = (acts.Refused, records.RecordsError)


READ, BOTH = ("GET", "HEAD"), ("GET", "HEAD", "POST")


def managed(view: Callable[..., HttpResponseBase], methods: tuple[str, ...] = BOTH) -> Callable[..., HttpResponseBase]:
    """For who manages people; anybody else is told that the page is not hers, whoever it is about."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        try:
            acts.check_manages(request.user)
        except records.AccessDenied as refusal:
            note("access.denied", str(parts.get("key", "people")), code=refusal.code)
            context = {"sentence": records.sentence_for(refusal), "whose": str(acts.ADMINISTRATOR.label)}
            return render(request, "records/refusals/403.html", context, status=403)
        return confirmed(view)(request, **parts)

    return require_http_methods(methods)(guarded)


def managed_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    return managed(view, READ)


def person_of(key: uuid.UUID) -> User:
    found = User.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@managed_page
def people(request: HttpRequest) -> HttpResponse:
    """By login, with what was searched for; counted."""
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    found = User.objects.filter(Q(username__icontains=words) | Q(full_name__icontains=words)).order_by("username")
    page = Paginator(found.prefetch_related("groups"), PAGE).get_page(request.GET.get("pagina"))
    with_factor = set(Authenticator.objects.filter(user__in=list(page)).values_list("user_id", flat=True))
    rows = [
        {"person": one, "roles": [label_of(group.name) for group in one.groups.all()], "factor": one.pk in with_factor}
        for one in page
    ]
    context = {"rows": rows, "page": page, "q": words, "section": SECTION}
    return render(request, "cms/people/people.html", context)


@managed_page
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = person_of(key)
    roles = [{"code": code, "label": label_of(code)} for code in sorted(records.roles_of(found) or roles_held(found))]
    context = {
        "person": found, "roles": roles, "factor": has(found), "events": history_of(found), "section": SECTION,
        "memberships": records.list_memberships_of(found),
        "oneself": found.pk == request.user.pk, "last": acts.is_last(found),
        "enters": found.has_usable_password(), "tied": found.identities.exists(),
        "waiting": [
            {"asked": one, "what": label_of(one.role) if one.role else _("Invitación para poner la contraseña")}
            for one in records.list_waiting().filter(person=found)
        ],
    }  # fmt: skip
    return render(request, "cms/people/person.html", context)


def roles_held(found: User) -> frozenset[str]:
    """Of somebody disabled too: her roles rule again when she is enabled."""
    return frozenset(found.groups.values_list("name", flat=True))


def label_of(code: str) -> str:
    return str(dict(records.Role.choices).get(code, code))


def history_of(found: User) -> list[dict[str, Any]]:
    """What the ledger tells of this account, newest first, with the act that each thing was asked by."""
    told = records.LedgerEvent.objects.filter(object_type="User", object_id=str(found.pk)).order_by("-index")
    told = told.exclude(action="person.roles_changed")  # what a role's own event tells better
    acts = {str(one.pk): one.act for one in records.person_acts_of(found)}
    return [
        {"at": event.at, "who": event.actor, "what": records.ACTIONS.get(event.action, event.action), **of(event, acts)}
        for event in told[:EVENTS]
    ]


def of(event: Any, acts: Mapping[str, str]) -> dict[str, str]:
    facts = json.loads(event.payload)["facts"]
    role = label_of(facts["role"]) if facts.get("role") else ""
    reason = str(facts.get("reason", "")) or acts.get(str(facts.get("asked")), "")
    return {"detail": " · ".join(part for part in (role, reason, state_told(facts)) if part)}


def state_told(facts: dict[str, Any]) -> str:
    return _("quedó bloqueada por intentos") if facts.get("locked") else ""


@managed
def new(request: HttpRequest) -> HttpResponse:
    form = CreateForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = acts.create(actor=request.user, **form.cleaned_data)
        messages.success(request, _("La cuenta quedó creada. Falta darle cargo y entregarle su invitación."))
        return redirect("people:person", key=made.pk)
    return shown(request, form, _("Nueva persona"), _("Crear la cuenta"), None)


def act_page(
    request: HttpRequest,
    found: User,
    form: forms.Form,
    words: tuple[str, str, str],
    act: Callable[..., object],
    rehearse: Callable[..., records.Standing] | None = None,
) -> HttpResponse:
    """One act over one person: (title, button, what is said when it is done); `rehearse` tells what it would change."""
    title, button, done = words
    forecast = None
    if form.is_bound and form.is_valid():
        try:
            if rehearse is not None and "rehearse" in request.POST:
                forecast = rehearse(**form.cleaned_data)
            else:
                act(**form.cleaned_data)
                messages.success(request, done)
                return redirect("people:person", key=found.pk)
        except REFUSALS as refusal:
            for sentence in sentences_of(refusal):
                form.add_error(None, sentence)
    told = {"forecast": forecast, "rehearsal": _("Ver qué cambiaría") if rehearse else ""}
    return shown(request, form, title, button, found, **told)


def sentences_of(refusal: acts.Refused | records.RecordsError) -> list[str]:
    return refusal.reasons if isinstance(refusal, acts.Refused) else [str(records.sentence_for(refusal))]


def shown(
    request: HttpRequest, form: forms.Form, title: str, button: str, found: User | None, **told: object
) -> HttpResponse:
    back = reverse("people:person", args=[found.pk]) if found else reverse("people:people")
    context = {"form": form, "title": title, "button": button, "person": found, "back": back, **told}
    context["section"] = SECTION
    return render(request, "cms/people/act.html", context, status=422 if form.errors else 200)


def typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@managed
def describe(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = person_of(key)
    names = ("full_name", "email", "desk_access", "is_staff")
    form = DescribeForm(typed(request), initial={name: getattr(found, name) for name in names})
    words = (_("Datos de la persona"), _("Guardar"), _("Los datos quedaron guardados."))
    return act_page(request, found, form, words, lambda **d: acts.describe(actor=request.user, person=found, **d))


@managed
def assign(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = person_of(key)
    form = RoleForm(typed(request), held=roles_held(found))
    words = (_("Dar un cargo"), _("Pedir el cargo"), _("El cargo quedó pedido. Rige cuando otra persona lo confirme."))
    return act_page(
        request, found, form, words,
        lambda **typed: records.ask_role(actor=request.user, person=found, **typed),
        lambda **typed: records.rehearse_standing(actor=request.user, person=found, given=True, **typed),
    )  # fmt: skip


@managed
def end_role(request: HttpRequest, key: uuid.UUID, role: str) -> HttpResponse:
    found = person_of(key)
    form = ReasonForm(typed(request))
    title = _("Terminar el cargo: %(role)s") % {"role": label_of(role)}
    words = (title, _("Terminar el cargo"), _("El cargo terminó. Lo que con él se abría está cerrado desde ahora."))
    return act_page(
        request, found, form, words,
        lambda reason: acts.end_role(actor=request.user, person=found, role=role, act=reason),
        lambda reason: records.rehearse_standing(
            actor=request.user, person=found, role=role, given=False, act=reason
        ),
    )  # fmt: skip


@managed
def state(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Disable who is active, enable who is not."""
    found = person_of(key)
    active = not found.is_active
    words = (
        (_("Activar la cuenta"), _("Activar"), _("La cuenta quedó activa."))
        if active
        else (_("Desactivar la cuenta"), _("Desactivar"), _("La cuenta quedó inactiva y sus sesiones, cerradas."))
    )
    return act_page(
        request, found, ReasonForm(typed(request)), words,
        lambda reason: acts.set_active(actor=request.user, person=found, active=active, reason=reason),
    )  # fmt: skip


@managed
def factor(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = person_of(key)
    words = (_("Retirar su segundo factor"), _("Retirar"), _("Quedó sin segundo factor: hará otro cuando entre."))
    return act_page(
        request, found, ReasonForm(typed(request)), words,
        lambda reason: acts.reset_factor(actor=request.user, person=found, reason=reason),
    )  # fmt: skip


@managed
def identity(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take away her institution's identity; only the person ties one."""
    found = person_of(key)
    words = (_("Retirar su cuenta institucional"), _("Retirar"), _("Ya no entra con su cuenta institucional."))
    return act_page(
        request, found, ReasonForm(typed(request)), words,
        lambda reason: acts.untie(actor=request.user, person=found, reason=reason),
    )  # fmt: skip


@managed
def invitation(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The address is shown once, in the answer to the act; it is not kept."""
    found = person_of(key)
    form = ReasonForm(typed(request))
    if form.is_bound and form.is_valid():
        try:
            name, token = acts.invite(actor=request.user, person=found, reason=form.cleaned_data["reason"])
        except REFUSALS as refusal:
            for sentence in sentences_of(refusal):
                form.add_error(None, sentence)
        else:
            address = request.build_absolute_uri(reverse("invitation", args=[name, token]))
            context = {"person": found, "address": address, "section": SECTION}
            return render(request, "cms/people/invited.html", context)
    return shown(request, form, _("Invitación para poner la contraseña"), _("Generar la invitación"), found)


class SetPassword(PasswordResetConfirmView):
    """The person's own page of her invitation: it serves once, no longer after three days, and with her code."""

    template_name = "cms/people/set_password.html"
    success_url = reverse_lazy("account_login")
    post_reset_login = False
    form_class = InvitedForm

    def form_valid(self, form: Any) -> HttpResponse:
        """She is told that it was kept: what follows is the empty form of the entrance."""
        answer = super().form_valid(form)
        messages.success(self.request, _("Su contraseña quedó guardada. Entre con su usuario y con ella."), "own")
        return answer
