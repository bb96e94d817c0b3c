"""Entering, leaving and one's own account: forms only, so other pages need no token."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cms.users import issuer, others, required
from cms.users.adapters import KEPT, FactorAdapter, door_of, open_to
from cms.users.browsers import browser_told
from cms.users.confirming import confirmed, confirmed_page
from cms.users.forms import OwnPasswordForm
from cms.users.trail import note

#: Emptied in the browser at leaving; browsers heed it over TLS alone.
CLEAR = '"cache"'
FACTORS = "cms/users/factors"


class Enter(LoginView):
    """allauth leads; the page is ours."""

    template_name = "cms/users/login.html"

    def get_authenticated_redirect_url(self) -> str:
        """Of somebody who is in already, and came by a link to the editor that is not hers."""
        return open_to(self.request.user, super().get_authenticated_redirect_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = KEPT in self.request.session
        return {**super().get_context_data(**kwargs), "institution": institution(), "kept": kept}


def institution() -> str:
    """What people call the identity provider; empty when there is none."""
    return settings.OIDC["NAME"] if issuer.is_offered() else ""


class Leave(LogoutView):
    """GET shows the form (the link in every page leads here); POST ends the session."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
        return render(request, "cms/users/logout.html")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post(request, *args, **kwargs)
        if request.is_secure():
            answer["Clear-Site-Data"] = CLEAR
        return answer


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    context = {"door": door_of(request.user), "done": others.done_to(request.user)}
    return render(request, "cms/users/account.html", context)


@method_decorator((login_required, confirmed), name="dispatch")
class ChangePassword(PasswordChangeView):
    """Every other session of the person ends with it: they are bound to the password's hash."""

    template_name = "cms/users/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("account")


class Sessions(ListUserSessionsView):
    template_name = "cms/users/sessions.html"
    success_url = reverse_lazy("sessions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held: dict[str, Any] = super().get_context_data(**kwargs)
        for one in held["sessions"]:
            one.browser = browser_told(one.user_agent)
        return held

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        note("session.others_ended", self.request.user)
        return answer


class EnterFactor(AuthenticateView):
    template_name = f"{FACTORS}/enter.html"


class Factors(IndexView):
    """What one has; who must have a factor and has none is told so, and that nothing else opens before."""

    template_name = f"{FACTORS}/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held: dict[str, Any] = super().get_context_data(**kwargs)
        person: Any = self.request.user
        tied = person.identities.first()
        return {
            **held,
            "institution": institution(),
            "tied": tied,
            "lacking": required.lacks(self.request),
            "has": required.has(self.request.user),
        }


@method_decorator((login_required, confirmed_page), name="dispatch")
class NewCodes(ActivateTOTPView):
    template_name = f"{FACTORS}/codes_new.html"
    success_url = reverse_lazy("mfa_view_recovery_codes")


@login_required
@never_cache
@sensitive_post_parameters()
def codes_image(request: HttpRequest) -> HttpResponse:
    """The picture that an application reads, of the secret that the form behind it will activate."""
    adapter = FactorAdapter()
    address = adapter.build_totp_url(request.user, get_totp_secret())
    return HttpResponse(adapter.build_totp_svg(address), content_type="image/svg+xml")


@method_decorator((login_required, confirmed_page), name="dispatch")
class EndCodes(DeactivateTOTPView):
    template_name = f"{FACTORS}/codes_end.html"


@method_decorator((login_required, confirmed_page), name="dispatch")
class NewKey(AddWebAuthnView):
    template_name = f"{FACTORS}/key_new.html"


@method_decorator((login_required, confirmed_page), name="dispatch")
class EndKey(RemoveWebAuthnView):
    template_name = f"{FACTORS}/key_end.html"
    success_url = reverse_lazy("mfa_index")


@method_decorator((login_required, confirmed_page), name="dispatch")
class Recovery(ViewRecoveryCodesView):
    template_name = f"{FACTORS}/recovery.html"


@method_decorator((login_required, confirmed_page), name="dispatch")
class NewRecovery(GenerateRecoveryCodesView):
    template_name = f"{FACTORS}/recovery_new.html"
