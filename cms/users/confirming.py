"""Saying again who one is, for an act of approval: password or code, when the last time was more than five minutes ago.

What was typed travels in the page that asks, not in the session: two windows do not mix, and nothing of it is kept.
`RECORDS["CONFIRM_IDENTITY"]` names `confirmed`; the desk knows no more of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from cms.users.forms import CODE_ATTRIBUTES, FactorForm
from cms.users.limits import CONFIRMED
from cms.users.trail import note
from cms.users.typed import CODE, PASSWORD, typed_in

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD", "OPTIONS")
WRONG = _("No corresponde. Escríbala de nuevo; lo que usted iba a hacer sigue en esta página.")
ASKED = {
    "ok": False,
    "code": "confirm_identity",
    "sentence": str(_("Para este acto confirme primero quién es, en su página.")),
}


class ConfirmForm(forms.Form):
    """The password, or a code where the person has an application that makes them."""

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(*args)
        self.request, coded = request, makes_codes(request.user)
        attributes = {"autocomplete": "current-password", "autofocus": True}
        self.fields[PASSWORD] = forms.CharField(
            label=_("Su contraseña"), strip=False, max_length=4096, required=not coded,
            widget=forms.PasswordInput(attributes),
        )  # fmt: skip
        if coded:
            widget = forms.TextInput({**CODE_ATTRIBUTES, "autofocus": False})
            self.fields[CODE] = forms.CharField(
                label=_("O un código de su aplicación"), max_length=40, required=False, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if not self.errors and not self.is_hers(held):
            self.add_error(PASSWORD, WRONG)
        return held

    def is_hers(self, held: dict[str, Any]) -> bool:
        """Either way a failure counts for the lock-out, and one who is locked is told no more than that it is wrong."""
        person: Any = self.request.user
        if held.get(PASSWORD):
            return bool(authenticate(self.request, username=person.get_username(), password=held[PASSWORD]) == person)
        return bool(held.get(CODE) and FactorForm({"code": held[CODE]}, user=person).is_valid())


def makes_codes(person: Any) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def confirmed(view: View) -> View:
    """The view, whose acts (not its pages) ask who one is when that was not said lately."""
    return asking(view, lambda request: request.method not in READ)


def confirmed_page(view: View) -> View:
    """The same for a page that must not even be shown before."""
    return asking(view, lambda _request: True)


def asking(view: View, asks: Callable[[HttpRequest], bool]) -> View:
    @sensitive_post_parameters(PASSWORD, CODE)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated or not asks(request) or is_recent(request):
            return view(request, *args, **kwargs)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(ASKED, status=403)
        answering = PASSWORD in request.POST or CODE in request.POST
        form = ConfirmForm(request, request.POST if answering else None)
        if not (answering and form.is_valid()):
            return asked_again(request, form)
        note_confirmed(request)
        return resumed(view, request, *args, **kwargs)

    return guarded


def is_recent(request: HttpRequest) -> bool:
    """Said lately, or never asked in this installation (CONFIRM_SECONDS 0)."""
    limit = settings.CONFIRM_SECONDS
    return not limit or 0 <= time.time() - request.session.get(CONFIRMED, 0) < limit


def note_confirmed(request: HttpRequest) -> None:
    request.session[CONFIRMED] = int(time.time())
    note("session.confirmed", request.user)


def resumed(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Go on with what was typed; a page that was only asked for is asked for again."""
    typed = QueryDict(mutable=True)
    for name, value in typed_in(request):
        typed.appendlist(name, value)
    if not typed:
        return HttpResponseRedirect(request.get_full_path())
    request.POST = typed  # type: ignore[assignment]  # the same class, before it is closed
    return view(request, *args, **kwargs)


def asked_again(request: HttpRequest, form: ConfirmForm) -> HttpResponse:
    """The page that asks, with all that was typed; 422, since nothing was done yet."""
    context = {"form": form, "typed": list(typed_in(request)), "files": bool(request.FILES)}
    return render(request, "cms/users/confirm.html", context, status=422 if request.method == "POST" else 200)
